//! Blocking rules, written as Splink's.

use serde_json::{Value, json};

use super::writing::{Columns, same, write};
use crate::comparison::Combination;

/// Returns a rule by its label as Splink's, or what it has no equivalent for.
///
/// Splink asks two records alone: neither what stands near a value in order nor how many share it.
pub(super) fn blocking(label: &str) -> Result<Value, String> {
    let (keys, filter) = match label.split_once(" where ") {
        Some((keys, filter)) => (keys, Some(filter)),
        None => (label, None),
    };
    for (beginning, what) in [(" (window ", "a window"), (" (blocks up to ", "a largest block")] {
        if keys.contains(beginning) {
            return Err(no_equivalent(label, what));
        }
    }
    let mut conditions = Vec::new();
    for key in keys.split(" + ") {
        // A form of an attribute, or a condition of Splink's that was not read when it came in.
        if key.is_empty() || key.contains(['(', ')', '"', '=', '<', '>']) {
            return Err(no_equivalent(label, key));
        }
        conditions.push(same(Columns::Rule, key));
    }
    if let Some(text) = filter {
        let filter = Combination::parse_naming(text).ok();
        let written = filter.and_then(|filter| write(Columns::Rule, &filter));
        let written = written.ok_or_else(|| no_equivalent(label, text))?;
        conditions.push(format!("({written})"));
    }
    Ok(json!({ "blocking_rule": conditions.join(" AND "), "sql_dialect": "duckdb" }))
}

fn no_equivalent(label: &str, what: &str) -> String {
    match label == what {
        true => format!("blocking rule {label}: no equivalent"),
        false => format!("blocking rule {label}: no equivalent for {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_equal_attributes_and_their_filters_are_written() {
        for (label, sql) in [
            ("surname", r#"l."surname" = r."surname""#),
            (
                "surname + date of birth",
                r#"l."surname" = r."surname" AND l."date of birth" = r."date of birth""#,
            ),
            (
                "dob where not exact(first_name)",
                r#"l."dob" = r."dob" AND (NOT (l."first_name" = r."first_name"))"#,
            ),
            (
                "dob where (exact(sex) or missing(sex)) and levenshtein(surname) <= 2",
                r#"l."dob" = r."dob" AND (((l."sex" = r."sex") OR (l."sex" IS NULL OR r."sex" IS NULL)) AND (levenshtein(l."surname", r."surname") <= 2))"#,
            ),
            (
                "sex where days(dob) <= 1",
                r#"l."sex" = r."sex" AND (ABS(EPOCH(try_strptime(l."dob", '%Y-%m-%d')) - EPOCH(try_strptime(r."dob", '%Y-%m-%d'))) <= 86400.0)"#,
            ),
        ] {
            assert_eq!(blocking(label).unwrap()["blocking_rule"], sql, "{label}");
        }
    }

    #[test]
    fn what_no_condition_of_two_records_says_is_named() {
        for (label, told) in [
            ("dob (window 5)", "blocking rule dob (window 5): no equivalent for a window"),
            (
                "dob + surname (blocks up to 9) where exact(sex)",
                "blocking rule dob + surname (blocks up to 9) where exact(sex): \
                 no equivalent for a largest block",
            ),
            (
                "dob + sound(surname)",
                "blocking rule dob + sound(surname): no equivalent for sound(surname)",
            ),
            (
                "dob where same_sound(surname)",
                "blocking rule dob where same_sound(surname): \
                 no equivalent for same_sound(surname)",
            ),
            ("l.dob <> r.dob", "blocking rule l.dob <> r.dob: no equivalent"),
        ] {
            assert_eq!(blocking(label).unwrap_err(), told);
        }
    }
}
