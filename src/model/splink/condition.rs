//! Splink's conditions and our levels, each read as the other.

use super::sql::{Side, Sql, parse};

/// Regular expressions of Splink's library, with the condition that asks the same here.
const PARTS: &[(&str, Part)] = &[
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]", Part::Sector),
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", Part::District),
    ("^[A-Za-z]{1,2}", Part::Area),
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9][A-Za-z]{2}$", Part::ValidPostcode),
    ("^[^@]+", Part::MailName),
];
const SECONDS_A_DAY: f64 = 86_400.0;

/// What a level of Splink's says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// The column is missing in either record.
    Missing(String),
    /// The column reaches a level of ours.
    Level(String, String),
}

/// What of a column's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Date,
    Sector,
    District,
    Area,
    ValidPostcode,
    MailName,
}

/// Reads a condition of Splink's; `None` if nothing here asks the same.
pub(super) fn read(text: &str) -> Option<Condition> {
    match parse(text)? {
        Sql::Infix(left, "or", right) => {
            let (Sql::IsNull(left), Sql::IsNull(right)) = (*left, *right) else { return None };
            let (column, part) = pair(&left, &right)?;
            let known = matches!(part, Part::Whole | Part::Date | Part::ValidPostcode);
            known.then_some(Condition::Missing(column))
        }
        Sql::Infix(left, "=", right) => {
            let (column, part) = pair(&left, &right)?;
            let label = match part {
                Part::Whole => "exact",
                Part::Sector => "postcode_sector",
                Part::District => "postcode_district",
                Part::Area => "postcode_area",
                Part::MailName => "same_local_part",
                Part::Date | Part::ValidPostcode => return None,
            };
            Some(Condition::Level(column, label.into()))
        }
        Sql::Infix(measured, sign @ (">=" | "<="), threshold) => {
            let (column, comparator, unit) = measure(&measured, sign)?;
            let threshold = constant(&threshold)? / unit;
            Some(Condition::Level(column, format!("{comparator} {sign} {threshold}")))
        }
        _ => None,
    }
}

/// Returns column, comparator and the size of its unit of a measured expression.
fn measure(measured: &Sql, sign: &str) -> Option<(String, &'static str, f64)> {
    let Sql::Call(function, given) = measured else { return None };
    if function == "abs" {
        let (left, right, unit) = match given.as_slice() {
            [Sql::Infix(left, "-", right)] => (epoch(left)?, epoch(right)?, SECONDS_A_DAY),
            [Sql::Call(difference, dates)] if difference == "datediff" => {
                let [left, right] = dates.as_slice() else { return None };
                (left, right, 1.0)
            }
            _ => return None,
        };
        let (column, part) = pair(left, right)?;
        let days = sign == "<=" && matches!(part, Part::Date | Part::Whole);
        return days.then_some((column, "days", unit));
    }
    let [left, right] = given.as_slice() else { return None };
    let (column, part) = pair(left, right)?;
    let comparator = match (function.as_str(), sign, part) {
        ("jaro_winkler_similarity" | "jaro_winkler", ">=", Part::Whole) => "jaro_winkler",
        ("jaro_winkler_similarity" | "jaro_winkler", ">=", Part::MailName) => {
            "local_part_jaro_winkler"
        }
        ("jaro_similarity" | "jaro_sim", ">=", Part::Whole) => "jaro",
        ("levenshtein", "<=", Part::Whole) => "levenshtein",
        ("damerau_levenshtein", "<=", Part::Whole) => "damerau_levenshtein",
        _ => return None,
    };
    Some((column, comparator, 1.0))
}

fn epoch(expression: &Sql) -> Option<&Sql> {
    match expression {
        Sql::Call(function, given) if function == "epoch" && given.len() == 1 => given.first(),
        _ => None,
    }
}

/// Returns the column and its part that both expressions are about, the left record's first.
fn pair(left: &Sql, right: &Sql) -> Option<(String, Part)> {
    let ((left, Side::Left, part), (right, Side::Right, other)) = (value(left)?, value(right)?)
    else {
        return None;
    };
    (left == right && part == other).then(|| (left.to_string(), part))
}

fn value(expression: &Sql) -> Option<(&str, Side, Part)> {
    match expression {
        Sql::Column(name, side) => Some((name, *side, Part::Whole)),
        Sql::Call(function, given) => match (function.as_str(), given.as_slice()) {
            ("try_strptime", [column, Sql::Text(form)]) if form == "%Y-%m-%d" => {
                whole(column).map(|(name, side)| (name, side, Part::Date))
            }
            ("try_to_timestamp", [column, Sql::Text(form)]) if form == "yyyy-MM-dd" => {
                whole(column).map(|(name, side)| (name, side, Part::Date))
            }
            ("date", [date @ Sql::Call(..)]) => value(date).filter(|&(_, _, p)| p == Part::Date),
            ("nullif", [Sql::Call(extract, given), Sql::Text(empty)])
                if extract == "regexp_extract" && empty.is_empty() =>
            {
                let [column, Sql::Text(expression), Sql::Number(0.0)] = given.as_slice() else {
                    return None;
                };
                let (_, part) = PARTS.iter().find(|(known, _)| known == expression)?;
                whole(column).map(|(name, side)| (name, side, *part))
            }
            _ => None,
        },
        _ => None,
    }
}

fn whole(expression: &Sql) -> Option<(&str, Side)> {
    match expression {
        Sql::Column(name, side) => Some((name, *side)),
        _ => None,
    }
}

/// Returns the number that an expression without columns has.
fn constant(expression: &Sql) -> Option<f64> {
    match expression {
        Sql::Number(number) => Some(*number),
        Sql::Infix(left, "/", right) => Some(constant(left)? / constant(right)?),
        Sql::Call(function, given) if function == "floor" && given.len() == 1 => {
            constant(&given[0]).map(f64::floor)
        }
        _ => None,
    }
}

/// Returns DuckDB's condition for missing values of a column.
pub(super) fn write_missing(column: &str) -> String {
    format!("{} IS NULL OR {} IS NULL", name(column, "l"), name(column, "r"))
}

/// Returns DuckDB's condition for one of our levels; `None` if it has none.
pub(super) fn write(column: &str, comparator: &str, threshold: f64) -> Option<String> {
    let (left, right) = (name(column, "l"), name(column, "r"));
    let function = |function: &str, sign: &str| {
        Some(format!("{function}({left}, {right}) {sign} {threshold}"))
    };
    let part = |wanted: Part| {
        let (expression, _) = PARTS.iter().find(|(_, part)| *part == wanted)?;
        let of = |name: &str| format!("NULLIF(regexp_extract({name}, '{expression}', 0), '')");
        Some((of(&left), of(&right)))
    };
    let same = |wanted: Part| part(wanted).map(|(left, right)| format!("{left} = {right}"));
    match comparator {
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
        "days" => {
            let epoch = |name: &str| format!("EPOCH(try_strptime({name}, '%Y-%m-%d'))");
            let seconds = threshold * SECONDS_A_DAY;
            Some(format!("ABS({} - {}) <= {seconds:?}", epoch(&left), epoch(&right)))
        }
        _ => None,
    }
}

/// Returns a column of one record as DuckDB writes it.
fn name(column: &str, side: &str) -> String {
    format!("\"{}_{side}\"", column.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for (comparator, threshold) in [
            ("exact", 1.0),
            ("jaro_winkler", 0.92),
            ("jaro", 0.8),
            ("levenshtein", 2.0),
            ("damerau_levenshtein", 3.0),
            ("postcode_sector", 1.0),
            ("postcode_district", 1.0),
            ("postcode_area", 1.0),
            ("same_local_part", 1.0),
            ("local_part_jaro_winkler", 0.88),
            ("days", 30.4375),
        ] {
            let label = match comparator {
                "jaro_winkler" | "jaro" | "local_part_jaro_winkler" => {
                    format!("{comparator} >= {threshold}")
                }
                "levenshtein" | "damerau_levenshtein" | "days" => {
                    format!("{comparator} <= {threshold}")
                }
                _ => comparator.to_string(),
            };
            let sql = write("a b", comparator, threshold).unwrap();
            assert_eq!(read(&sql), Some(Condition::Level("a b".into(), label)), "{sql}");
        }
        assert_eq!(read(&write_missing("a")), Some(Condition::Missing("a".into())));
    }

    #[test]
    fn what_spark_and_sqlite_write_is_read() {
        for (sql, label) in [
            ("`a_l` = `a_r`", "exact"),
            ("jaro_winkler(`a_l`, `a_r`) >= 0.92", "jaro_winkler >= 0.92"),
            ("jaro_sim(\"a_l\", \"a_r\") >= 0.9", "jaro >= 0.9"),
            (
                "abs(datediff(date(try_to_timestamp(`a_l`, 'yyyy-MM-dd')), \
                 date(try_to_timestamp(`a_r`, 'yyyy-MM-dd')))) <= floor(2629800.0 / 86400)",
                "days <= 30",
            ),
        ] {
            assert_eq!(read(sql), Some(Condition::Level("a".into(), label.into())), "{sql}");
        }
    }

    #[test]
    fn near_misses_are_no_levels() {
        for sql in [
            "\"a_l\" = \"b_r\"",
            "\"a_r\" = \"a_l\"",
            "\"a_l\" <> \"a_r\"",
            "lower(\"a_l\") = lower(\"a_r\")",
            "jaro_winkler_similarity(\"a_l\", \"a_r\") <= 0.92",
            "jaccard(\"a_l\", \"a_r\") >= 0.9",
            "\"a_l\" IS NULL AND \"a_r\" IS NULL",
            "ABS(EPOCH(try_strptime(\"a_l\", '%d/%m/%Y')) - EPOCH(try_strptime(\"a_r\", '%d/%m/%Y'))) <= 1",
        ] {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
