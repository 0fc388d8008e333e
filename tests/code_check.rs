//! `cci code check`: what a person at a terminal is told of a number or code.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::process::Output;

use command::{cci, run, stderr, stdout};

fn from_standard_input(kind: &str, lines: &[u8]) -> Output {
    cci().args(["code", "check", kind, "-"]).write_stdin(lines).output().unwrap()
}

#[test]
fn a_valid_number_is_shown_in_canonical_form_with_what_it_says() {
    let output = run(&["code", "check", "nhs", "999 012 3454"]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(
        stdout(&output),
        "nhs_number (NHS number)\n   1  valid      9990123454  range: test range 999, never issued\n"
    );
}

#[test]
fn each_kind_of_fact_is_told() {
    for (kind, value, fact) in [
        ("upn", "P207000016049", "kind: permanent; local authority: 207; allocated in year: 16"),
        ("upn", "D80112000001A", "kind: temporary"),
        ("upn", "A950000178301", "local authority: 950 (not in the list)"),
        ("postcode", "ec1a1bb", "EC1A 1BB  area: EC; district: EC1A; sector: EC1A 1"),
        ("postcode", "ZZ993VZ", "stands for no place: no fixed abode"),
        ("pnc", "81/34U", "1981/0000034U  year: 1981 (of the police record, not of birth)"),
        ("la-gss", "E09000001", "tier: London borough (recalled)"),
        ("practice", "V81997", "stands for: no registered practice"),
        ("ethnicity_health", "R", "broad group: asian; the group loses: Chinese"),
        ("upn_unknown_reason", "UN9", "not found in a source yet; code: recalled"),
    ] {
        let output = run(&["code", "check", kind, value]);
        assert!(output.status.success(), "{kind} {}", stderr(&output));
        assert!(stdout(&output).contains(fact), "{kind}: {}", stdout(&output));
    }
}

#[test]
fn a_refused_value_is_told_by_place_and_reason_and_never_mended() {
    let output = run(&["code", "check", "upn", "P207000016049", "Q207000016049"]);
    assert_eq!(output.status.code(), Some(1));
    let table = stdout(&output);
    assert!(table.contains("   2  not valid  the check character does not fit\n"), "{table}");
    assert!(stderr(&output).contains("1 of 2 not valid as upn"), "{}", stderr(&output));
    let alone = run(&["code", "check", "upn", "Q207000016049"]);
    let said = stdout(&alone) + &stderr(&alone);
    assert!(!said.contains("207000016049"), "neither the value nor the right letter: {said}");
}

#[test]
fn a_number_of_another_kind_is_named_as_that() {
    let output = run(&["code", "check", "uln", "9990123454"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("it is valid as nhs_number"), "{}", stdout(&output));
}

#[test]
fn an_unknown_kind_gets_the_nearest_name_and_the_list() {
    let output = run(&["code", "check", "nhs_numbr", "1"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = stderr(&output);
    assert!(errors.contains("nearest: \"nhs_number\""), "{errors}");
    assert!(cci::code::CODE_KINDS.iter().all(|kind| errors.contains(kind.name)), "{errors}");
    assert!(output.stdout.is_empty());
}

#[test]
fn standard_input_is_read_a_value_a_line() {
    let output = from_standard_input("nhs", b"9990000018\r\n\n9990000019\n");
    assert_eq!(output.status.code(), Some(1));
    let table = stdout(&output);
    assert!(table.contains("   1  valid      9990000018"), "{table}");
    assert!(table.contains("   2  not valid  nothing but spaces"), "{table}");
    assert!(table.contains("   3  not valid  the check character does not fit"), "{table}");
}

#[test]
fn standard_input_without_values_or_in_another_encoding_is_an_error() {
    assert_eq!(from_standard_input("nhs", b"").status.code(), Some(2));
    let latin = from_standard_input("nhs", b"9990000018\n\xe9\n");
    assert_eq!(latin.status.code(), Some(3));
    assert!(stderr(&latin).contains("after line 1"), "{}", stderr(&latin));
}

#[test]
fn json_holds_every_value_by_place() {
    let output = run(&["code", "check", "--json", "pnc_id", "81/34U", "81/34T"]);
    assert_eq!(output.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["kind"], &found["as_at_year"]), (&"pnc_id".into(), &2026.into()));
    assert_eq!((&found["valid"], &found["not_valid"]), (&1.into(), &1.into()));
    assert_eq!(found["values"][0]["canonical"], "1981/0000034U");
    assert_eq!(found["values"][1]["reason"], "the check character does not fit");
    assert_eq!(found["values"][1]["canonical"], serde_json::Value::Null);
}

#[test]
fn the_as_at_year_decides_the_century() {
    let output = run(&["code", "check", "pnc", "81/34U", "--as-at", "2081"]);
    assert!(stdout(&output).contains("2081/0000034U"), "{}", stdout(&output));
}

#[test]
fn a_listed_institution_is_flagged_and_a_bad_list_is_told_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    command::write(
        folder.path(),
        &[("homes.txt", "# ours\nm11ae\n"), ("bad.txt", "M1\nZZ99 3VZ\n")],
    );
    let (homes, bad) = (folder.path().join("homes.txt"), folder.path().join("bad.txt"));
    let check = |kind: &str, list: &std::path::Path| {
        run(&["code", "check", kind, "M1 1AE", "M1 1AF", "--institutional", command::text(list)])
    };
    let table = stdout(&check("postcode", &homes));
    assert!(table.contains("sector: M1 1; institution: in your list\n"), "{table}");
    assert!(table.contains("sector: M1 1; institution: not in your list\n"), "{table}");
    let refused = check("postcode", &bad);
    assert_eq!(refused.status.code(), Some(2));
    let errors = stderr(&refused);
    assert!(
        errors.contains("line 1: wrong length") && errors.contains("line 2: not in the code list"),
        "{errors}"
    );
    assert_eq!(check("upn", &homes).status.code(), Some(2));
}
