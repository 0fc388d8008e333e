//! `cci check` on small files with planted problems: each is found, placed and explained.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::Path;

use cci::schema::RULES;
use command::{cci, run, stderr, stdout};
use common::assert_golden;
use serde_json::Value;

const HEADER: &str = "LOCAL_PATIENT_ID,NHS_NO,NHS_NO_STATUS,FAMILY_NAME,GIVEN_NAME,OTHER_GIVEN_NAME,\
                      GENDER,DATE_OF_BIRTH,ADDRESS_LINE1,POSTCODE,GP_PRACTICE_CODE,ETHNIC_CATEGORY\n";

fn row(id: usize, number: &str, given: &str, born: &str, postcode: &str) -> String {
    let family = ["Planted", "Ahmed", "Okafor", "Jones", "Nowak"][id % 5];
    format!("H{id},{number},01,{family},{given},,1,{born},{id} High Street,{postcode},Z10000,A\n")
}

/// Returns a date of birth that is neither a first of January nor a 15th.
fn ordinary(id: usize) -> String {
    format!("20{:02}{:02}{:02}", 5 + id % 15, 2 + id % 11, 1 + id % 14)
}

/// Returns a postcode that hardly any other record has.
fn postcode(id: usize) -> String {
    let letter = |n: usize| char::from(b"ABDEFGHJLN"[n % 10]);
    format!("AB{} {}{}{}", 1 + id % 9, id % 10, letter(id / 10), letter(id / 100))
}

/// Writes a health file of 300 ordinary rows; some are then spoilt.
fn planted(folder: &Path) {
    let mut file = String::from(HEADER);
    for id in 0..300 {
        let plain = (format!("Name{}", char::from(b'a' + (id % 26) as u8)), ordinary(id));
        file += &match id {
            10..=19 => row(id, "", &plain.0, &format!("20{id}0101"), &postcode(id)),
            30..=59 => row(id, "", &plain.0, "20110615", &postcode(id)),
            70..=73 => row(id, "", "Baby of Planted", &plain.1, &postcode(id)),
            80..=139 => row(id, "", &plain.0, &plain.1, "AB99 9XX"),
            // Two records hold one number of the test range (check digit by modulus 11).
            150 | 151 => row(id, "9990123454", &plain.0, &plain.1, &postcode(id)),
            160 | 165 => row(id, "", "Twice", "20120302", &postcode(id)),
            170 => row(id, "9990123455", &plain.0, &plain.1, &postcode(id)),
            180..=184 => row(id, "", &plain.0, "31/02/2011", &postcode(id)),
            // Adults, and a date far ahead that makes nobody else one.
            200..=202 => row(id, "", &plain.0, "19850404", &postcode(id)),
            203 => row(id, "", &plain.0, "20980404", &postcode(id)),
            190 => format!("H{id},,01,Short\n"),
            _ => row(id, "", &plain.0, &plain.1, &postcode(id)),
        };
    }
    std::fs::write(folder.join("health.csv"), file).unwrap();
}

fn check(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let all = [&["check", "health.csv"], arguments].concat();
    cci().current_dir(folder).args(all).output().unwrap()
}

#[test]
fn planted_problems_are_printed_by_rule() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    let output = check(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_golden("schema/check_health.txt", &stdout(&output));
}

#[test]
fn every_rule_finds_what_was_planted_and_counts_it() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    let checked: Value = serde_json::from_slice(&check(folder.path(), &["--json"]).stdout).unwrap();
    let findings = checked[0]["findings"].as_array().unwrap();
    let count = |rule: &str| {
        let of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
        of_rule.map(|finding| finding["count"].as_u64().unwrap()).sum::<u64>()
    };
    let planted = [
        ("invalid_cell", 1),
        ("placeholder", 4),
        ("first_of_january", 10),
        ("fifteenth_of_month", 30),
        ("date_of_many", 30),
        ("older_than_25", 3),
        ("postcode_of_many", 60),
        ("shared_number", 2),
        ("same_child_twice", 2),
    ];
    assert_eq!(RULES.iter().map(|rule| rule.name()).collect::<Vec<_>>(), planted.map(|p| p.0));
    for (rule, expected) in planted {
        assert_eq!(count(rule), expected, "{rule}");
    }
    assert_eq!((&checked[0]["quarantined"], &checked[0]["accepted"]), (&6.into(), &294.into()));
    // Row 10 stands on line 12: the header is line 1 and rows count from 0.
    let first = findings.iter().find(|finding| finding["rule"] == "first_of_january").unwrap();
    assert_eq!(first["first_lines"], serde_json::json!([12, 13, 14]));
}

#[test]
fn values_stand_as_patterns_unless_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    for arguments in [&[][..], &["--json"]] {
        let masked = stdout(&check(folder.path(), arguments));
        for value in ["Planted", "AB99 9XX", "9990123454", "20110615", "31/02/2011"] {
            assert!(!masked.contains(value), "{value} in {masked}");
        }
        assert!(masked.contains("AA99 9AA") && masked.contains("99999999"), "{masked}");
    }
    let shown = check(folder.path(), &["--show-values"]);
    assert!(stdout(&shown).contains("AB99 9XX (60)"), "{}", stdout(&shown));
    assert!(stderr(&shown).contains("Values are shown"), "{}", stderr(&shown));
}

#[test]
fn ordinary_file_has_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..300)
        .map(|id| {
            // Names of their own, so that nobody is there twice.
            let name = format!(
                "N{}{}",
                char::from(b'a' + (id / 26) as u8),
                char::from(b'a' + (id % 26) as u8)
            );
            row(id, "", &name, &ordinary(id), &postcode(id))
        })
        .collect();
    std::fs::write(folder.path().join("health.csv"), format!("{HEADER}{rows}")).unwrap();
    let output = check(folder.path(), &["--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(checked[0]["findings"], serde_json::json!([]));
    assert_eq!(checked[0]["faults"], serde_json::json!([]));
}

#[test]
fn declared_duplicates_and_bad_rows_do_not_shift_lines() {
    let folder = tempfile::tempdir().unwrap();
    let good = row(1, "", "Anna", &ordinary(1), &postcode(1));
    let bad = row(2, "", "Anna", "nonsense", &postcode(2));
    let late = row(3, "", "Baby", &ordinary(3), &postcode(3));
    let file = format!("{HEADER}{good}{bad}\n{good}{late}");
    std::fs::write(folder.path().join("health.csv"), file).unwrap();
    let checked: Value = serde_json::from_slice(&check(folder.path(), &["--json"]).stdout).unwrap();
    assert_eq!(checked[0]["declared_duplicates"], 1);
    assert_eq!(checked[0]["findings"][0]["rule"], "placeholder");
    assert_eq!(checked[0]["findings"][0]["first_lines"], serde_json::json!([6]));
}

#[test]
fn schema_is_found_by_the_header_where_the_name_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    std::fs::rename(folder.path().join("health.csv"), folder.path().join("export_7.csv")).unwrap();
    let checked =
        cci().current_dir(folder.path()).args(["check", "export_7.csv", "--json"]).output();
    let checked: Value = serde_json::from_slice(&checked.unwrap().stdout).unwrap();
    assert_eq!(checked[0]["schema"], "health");
    std::fs::write(folder.path().join("other.csv"), "id,colour\n1,red\n").unwrap();
    let refused = cci().current_dir(folder.path()).args(["check", "other.csv"]).output().unwrap();
    assert!(stderr(&refused).contains("no schema is called \"other\""), "{}", stderr(&refused));
}

#[test]
fn unknown_schema_gets_the_nearest() {
    let output = run(&["check", "nothing.csv", "--schema", "helth"]);
    assert!(stderr(&output).contains("nearest: \"health\""), "{}", stderr(&output));
}
