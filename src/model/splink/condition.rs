//! Splink's conditions, read as our levels.

use super::sql::{Side, Sql, parse};

/// Regular expressions of Splink's library, with the condition that asks the same here.
pub(super) const PARTS: &[(&str, Part)] = &[
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]", Part::Sector),
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", Part::District),
    ("^[A-Za-z]{1,2}", Part::Area),
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9][A-Za-z]{2}$", Part::ValidPostcode),
    ("^[^@]+", Part::MailName),
];
/// Comparators that Splink asks of whole values, which are there where they are asked.
pub(super) const OF_WHOLE_VALUES: &[&str] = &[
    "exact",
    "jaro_winkler",
    "jaro",
    "levenshtein",
    "damerau_levenshtein",
    "damerau",
    "difference",
];
pub(super) const SECONDS_A_DAY: f64 = 86_400.0;

/// What a level of Splink's says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// The column is missing in either record.
    Missing(String),
    /// A level of ours is reached.
    Reached(Asked),
}

/// Levels of ours, and the words that join them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// Level of a column, as settings write it.
    Level(String, String),
    /// All of them.
    All(Vec<Asked>),
    /// Any of them.
    Any(Vec<Asked>),
    /// What is not reached.
    Not(Box<Asked>),
}

impl Asked {
    /// Returns the columns that are asked about, as often as they are.
    pub(super) fn columns(&self) -> Vec<&str> {
        match self {
            Asked::Level(column, _) => vec![column],
            Asked::All(parts) | Asked::Any(parts) => {
                parts.iter().flat_map(Asked::columns).collect()
            }
            Asked::Not(part) => part.columns(),
        }
    }

    /// Returns it as settings write it, with more brackets than it needs.
    pub(super) fn text(&self) -> String {
        let joined = |parts: &[Asked], word: &str| {
            parts.iter().map(|part| format!("({})", part.text())).collect::<Vec<_>>().join(word)
        };
        match self {
            Asked::Level(_, level) => level.clone(),
            Asked::All(parts) => joined(parts, " and "),
            Asked::Any(parts) => joined(parts, " or "),
            Asked::Not(part) => format!("not ({})", part.text()),
        }
    }
}

/// What of a column's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
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
    let sql = parse(text)?;
    missing(&sql).map(Condition::Missing).or_else(|| asked(&sql).map(Condition::Reached))
}

/// Returns the column of which a value is missing in either record, if that is asked.
fn missing(sql: &Sql) -> Option<String> {
    let Sql::Infix(left, "or", right) = sql else { return None };
    let (Sql::IsNull(left), Sql::IsNull(right)) = (&**left, &**right) else { return None };
    let (column, part) = pair(left, right)?;
    matches!(part, Part::Whole | Part::Date | Part::ValidPostcode).then_some(column)
}

fn asked(sql: &Sql) -> Option<Asked> {
    match sql {
        Sql::Infix(left, "and", right) => Some(Asked::All(vec![asked(left)?, asked(right)?])),
        Sql::Infix(left, "or", right) => Some(Asked::Any(vec![asked(left)?, asked(right)?])),
        Sql::Not(part) => {
            // A part of a value may be missing where the value is not, and what is missing is
            // neither reached nor not reached in SQL.
            let part = asked(part)?;
            part.is_of_whole_values().then(|| Asked::Not(Box::new(part)))
        }
        Sql::Infix(left, "=", right) => {
            let (column, part) = pair(left, right)?;
            let label = match part {
                Part::Whole => "exact",
                Part::Sector => "postcode_sector",
                Part::District => "postcode_district",
                Part::Area => "postcode_area",
                Part::MailName => "same_local_part",
                Part::Date | Part::ValidPostcode => return None,
            };
            Some(Asked::Level(column, label.into()))
        }
        Sql::Infix(measured, sign @ (">=" | "<="), threshold) => {
            let (column, comparator, unit) = measure(measured, sign)?;
            let threshold = constant(threshold)? / unit;
            Some(Asked::Level(column, format!("{comparator} {sign} {threshold}")))
        }
        _ => None,
    }
}

impl Asked {
    fn is_of_whole_values(&self) -> bool {
        match self {
            Asked::Level(_, level) => {
                let comparator = level.split(' ').next();
                comparator.is_some_and(|name| OF_WHOLE_VALUES.contains(&name))
            }
            Asked::All(parts) | Asked::Any(parts) => parts.iter().all(Asked::is_of_whole_values),
            Asked::Not(part) => part.is_of_whole_values(),
        }
    }
}

/// Returns column, comparator and the size of its unit of a measured expression.
fn measure(measured: &Sql, sign: &str) -> Option<(String, &'static str, f64)> {
    let Sql::Call(function, given) = measured else { return None };
    if function == "abs" {
        if let [Sql::Infix(left, "-", right)] = given.as_slice()
            && let Some((column, Part::Whole)) = pair(left, right)
        {
            return (sign == "<=").then_some((column, "difference", 1.0));
        }
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

#[cfg(test)]
mod tests {
    use super::super::writing::{Columns, missing, write};
    use super::*;
    use crate::comparison::Combination;

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
            ("difference", 2.5),
        ] {
            let label = match comparator {
                "jaro_winkler" | "jaro" | "local_part_jaro_winkler" => {
                    format!("{comparator} >= {threshold}")
                }
                "levenshtein" | "damerau_levenshtein" | "days" | "difference" => {
                    format!("{comparator} <= {threshold}")
                }
                _ => comparator.to_string(),
            };
            let sql = write(Columns::Of("a b"), &Combination::parse(&label).unwrap()).unwrap();
            let level = Asked::Level("a b".into(), label);
            assert_eq!(read(&sql), Some(Condition::Reached(level)), "{sql}");
        }
        for label in [
            "levenshtein <= 2 and jaro >= 0.8",
            "postcode_sector or levenshtein <= 1",
            "jaro >= 0.9 and not (exact or levenshtein <= 1)",
        ] {
            let sql = write(Columns::Of("a"), &Combination::parse(label).unwrap()).unwrap();
            let Some(Condition::Reached(asked)) = read(&sql) else { panic!("{sql}") };
            assert_eq!(Combination::parse(&asked.text()).unwrap().label(), label, "{sql}");
        }
        let beyond = ["exact and name_part", "not postcode_sector", "not damerau <= 2"];
        for label in beyond {
            assert_eq!(
                write(Columns::Of("a"), &Combination::parse(label).unwrap()),
                None,
                "{label}"
            );
        }
        assert_eq!(read(&missing(Columns::Of("a"))), Some(Condition::Missing("a".into())));
    }

    #[test]
    fn what_spark_and_sqlite_write_is_read() {
        for (sql, label) in [
            ("`a_l` = `a_r`", "exact"),
            ("jaro_winkler(`a_l`, `a_r`) >= 0.92", "jaro_winkler >= 0.92"),
            ("jaro_sim(\"a_l\", \"a_r\") >= 0.9", "jaro >= 0.9"),
            ("ABS(\"a_l\" - \"a_r\") <= 2", "difference <= 2"),
            (
                "abs(datediff(date(try_to_timestamp(`a_l`, 'yyyy-MM-dd')), \
                 date(try_to_timestamp(`a_r`, 'yyyy-MM-dd')))) <= floor(2629800.0 / 86400)",
                "days <= 30",
            ),
        ] {
            let level = Asked::Level("a".into(), label.into());
            assert_eq!(read(sql), Some(Condition::Reached(level)), "{sql}");
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
            "(\"a_l\" = \"a_r\") AND (lower(\"a_l\") = lower(\"a_r\"))",
            "NOT (NULLIF(regexp_extract(\"a_l\", '^[^@]+', 0), '') \
             = NULLIF(regexp_extract(\"a_r\", '^[^@]+', 0), ''))",
            "ABS(EPOCH(try_strptime(\"a_l\", '%d/%m/%Y')) - EPOCH(try_strptime(\"a_r\", '%d/%m/%Y'))) <= 1",
        ] {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
