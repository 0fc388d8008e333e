//! Our levels, written as DuckDB's conditions of two records.

use super::condition::{OF_WHOLE_VALUES, PARTS, Part, SECONDS_A_DAY};
use crate::comparison::{Combination, Level, Member};

/// How the columns of two records are called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Columns<'a> {
    /// A comparison's only column: `"column_l"` and `"column_r"`.
    Of(&'a str),
    /// Those of a comparison of several columns, which each level names.
    Joint(&'a [&'a str]),
    /// Those of a blocking rule, `l."column"` and `r."column"`, which each level names.
    Rule,
}

impl Columns<'_> {
    /// Returns a column of the left record and of the right.
    fn both(self, column: &str) -> [String; 2] {
        let column = column.replace('"', "\"\"");
        ["l", "r"].map(|side| match self {
            Columns::Of(_) | Columns::Joint(_) => format!("\"{column}_{side}\""),
            Columns::Rule => format!("{side}.\"{column}\""),
        })
    }

    /// Returns the column of a level that names it, or of one that does not.
    fn of_level(self, member: Option<&Member>) -> Option<[String; 2]> {
        match (self, member) {
            (_, Some(member)) => Some(self.both(member.attribute())),
            (Columns::Of(column), None) => Some(self.both(column)),
            _ => None,
        }
    }
}

/// Returns the condition that records have the same value of a column.
pub(super) fn same(columns: Columns<'_>, column: &str) -> String {
    columns.both(column).join(" = ")
}

/// Returns the condition that one record or both have no value of a column.
fn lacking(both: [String; 2]) -> String {
    both.map(|column| format!("{column} IS NULL")).join(" OR ")
}

/// Returns the condition that no column has a value in both records.
pub(super) fn missing(columns: Columns<'_>) -> String {
    match columns {
        Columns::Of(column) => lacking(columns.both(column)),
        Columns::Joint(names) => {
            let lacks = |name: &&str| format!("({})", lacking(columns.both(name)));
            let all: Vec<String> = names.iter().map(lacks).collect();
            all.join(" AND ")
        }
        Columns::Rule => unreachable!("a blocking rule has no level of missing values"),
    }
}

/// Returns the condition of a combination of our levels; `None` if there is none.
pub(super) fn write(columns: Columns<'_>, combination: &Combination) -> Option<String> {
    let joined = |parts: &[Combination], word: &str| {
        let part = |part| Some(format!("({})", write(columns, part)?));
        Some(parts.iter().map(part).collect::<Option<Vec<_>>>()?.join(word))
    };
    match combination {
        Combination::Level(level) => write_level(&columns.of_level(None)?, level),
        Combination::Of(member, level) => write_level(&columns.of_level(Some(member))?, level),
        Combination::Missing(member) => Some(lacking(columns.of_level(Some(member))?)),
        Combination::All(parts) => joined(parts, " AND "),
        Combination::Any(parts) => joined(parts, " OR "),
        Combination::Not(part) => {
            let whole =
                |(_, level): &(usize, &Level)| OF_WHOLE_VALUES.contains(&level.comparator().name());
            let written = part.levels().iter().all(whole).then(|| write(columns, part))??;
            Some(format!("NOT ({written})"))
        }
    }
}

/// Returns the condition of one of our levels; `None` if there is none.
fn write_level([left, right]: &[String; 2], level: &Level) -> Option<String> {
    let threshold = level.threshold();
    let function = |function: &str, sign: &str| {
        Some(format!("{function}({left}, {right}) {sign} {threshold}"))
    };
    let part = |wanted: Part| {
        let (expression, _) = PARTS.iter().find(|(_, part)| *part == wanted)?;
        let of = |name: &str| format!("NULLIF(regexp_extract({name}, '{expression}', 0), '')");
        Some((of(left), of(right)))
    };
    let same = |wanted: Part| part(wanted).map(|(left, right)| format!("{left} = {right}"));
    match level.comparator().name() {
        "exact" => Some(format!("{left} = {right}")),
        "jaro_winkler" => function("jaro_winkler_similarity", ">="),
        "jaro" => function("jaro_similarity", ">="),
        "levenshtein" => function("levenshtein", "<="),
        "damerau_levenshtein" => function("damerau_levenshtein", "<="),
        // One edit is one edit in either form of the distance.
        "damerau" if threshold < 2.0 => function("damerau_levenshtein", "<="),
        "postcode_sector" => same(Part::Sector),
        "postcode_district" => same(Part::District),
        "postcode_area" => same(Part::Area),
        "same_local_part" => same(Part::MailName),
        "local_part_jaro_winkler" => part(Part::MailName).map(|(left, right)| {
            format!("jaro_winkler_similarity({left}, {right}) >= {threshold}")
        }),
        "difference" => Some(format!("ABS({left} - {right}) <= {threshold}")),
        "days" => {
            let epoch = |name: &str| format!("EPOCH(try_strptime({name}, '%Y-%m-%d'))");
            let seconds = threshold * SECONDS_A_DAY;
            Some(format!("ABS({} - {}) <= {seconds:?}", epoch(left), epoch(right)))
        }
        _ => None,
    }
}
