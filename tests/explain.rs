//! `cci explain` on small files: decisions, rivals, what would have changed them, dead ends.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::{Path, PathBuf};

use command::{run, stderr, stdout, text, two_files};
use common::assert_golden;
use serde_json::Value;

const GIVEN: [&str; 7] = ["anna", "ben", "chloe", "dan", "ella", "finn", "grace"];
const FAMILY: [&str; 8] = ["smith", "jones", "khan", "okafor", "nowak", "li", "evans", "ahmed"];

/// Returns a child's row; in a file with slips one child in ten has another surname, another
/// given name or another day of birth.
fn row(file: &str, n: usize, slips: bool) -> String {
    let slip = if slips { n % 10 } else { 0 };
    let first = GIVEN[(n + usize::from(slip == 1)) % GIVEN.len()];
    let last = FAMILY[(n / 7 + usize::from(slip == 2)) % FAMILY.len()];
    let day = 1 + (n + usize::from(slip == 3)) % 28;
    format!("{file}{n},{first},{last},20{:02}-{:02}-{day:02},c{n}\n", 8 + n % 5, 1 + n % 12)
}

/// Writes 60 children into two files, and into the first one without any value and one whom
/// nobody is like.
fn children(folder: &Path) -> PathBuf {
    let left: String = (0..60).map(|n| row("l", n, false)).collect();
    let right: String = (0..60).map(|n| row("r", n, true)).collect();
    two_files(
        folder,
        &format!("{left}lx,,,,cx\nly,zoe,quist,2001-01-30,cy\nlz,anna,,,cz\n"),
        &right,
    )
}

fn explain(settings: &Path, arguments: &[&str]) -> std::process::Output {
    run(&[&["explain"], arguments, &["--config", text(settings), "--quiet"]].concat())
}

fn explained(settings: &Path, arguments: &[&str]) -> Value {
    let output = explain(settings, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn candidates_of_a_record_are_printed_best_first() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let output = explain(&settings, &["record", "left:l13", "--most", "4"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_golden("explain/record.txt", &stdout(&output));
    let json = explain(&settings, &["record", "left:l13", "--most", "2", "--json"]);
    assert_golden("explain/record.json", &stdout(&json));
}

#[test]
fn weights_and_decisions_are_those_of_the_pair() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    for record in ["left:l3", "left:l12", "right:r21"] {
        let all = explained(&settings, &["record", record, "--most", "3"]);
        let candidates = all["candidates"].as_array().unwrap();
        assert_eq!(candidates.len(), 3);
        for candidate in candidates {
            let other = candidate["record"].as_str().unwrap();
            let pair = explained(&settings, &["pair", record, other]);
            assert_eq!(pair["match_weight"], candidate["match_weight"], "{record} {other}");
            assert_eq!(pair["linked"], Value::Bool(candidate["linked_by"] == "probability"));
        }
        let weight = |place: usize| candidates[place]["match_weight"].as_f64().unwrap();
        assert!(weight(0) >= weight(1) && weight(1) >= weight(2));
        // Files are linked with each other, so there is one other source.
        let margins = all["margins"].as_array().unwrap();
        assert_eq!(margins.len(), 1);
        assert_eq!(margins[0]["margin"].as_f64().unwrap(), weight(0) - weight(1));
    }
}

#[test]
fn what_is_said_to_change_a_decision_changes_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    // Where rarity counts, that of the value is not known before; so dates count alike here.
    let compare = "[[compare]]\nattribute = \"given_name\"\n[[compare]]\nattribute = \"family_name\"\n\
                   [[compare]]\nattribute = \"date_of_birth\"\nterm_frequency = false\n[decide]";
    let alike = std::fs::read_to_string(&settings).unwrap().replace("[decide]", compare);
    std::fs::write(&settings, alike).unwrap();
    let out = folder.path().join("out");
    let linked = run(&["link", "--config", text(&settings), "--out", text(&out), "--quiet"]);
    assert!(linked.status.success(), "{}", stderr(&linked));
    let model = ["--model", text(&out)];
    // Child 2 of the second file shares the surname of child 13 of the first.
    for (l, r, linked_now, date) in
        [("l13", 2, false, "2011-02-14"), ("l14", 14, true, "1999-12-27")]
    {
        let (l, name) = (format!("left:{l}"), format!("right:r{r}"));
        let all = explained(&settings, &[&["record", &l], &model[..]].concat());
        let candidates = all["candidates"].as_array().unwrap();
        let candidate = candidates.iter().find(|c| c["record"] == name.as_str()).unwrap();
        assert_eq!(candidate["linked_by"].is_string(), linked_now, "{candidate}");
        let changes = candidate["changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["attribute"] == "date_of_birth").unwrap();
        let old = row("r", r, true);
        let new = old.replace(old.split(',').nth(3).unwrap(), date);
        assert_ne!(new, old);
        let file = folder.path().join("right.csv");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, before.replace(&old, &new)).unwrap();
        let pair = explained(&settings, &[&["pair", &l, &name], &model[..]].concat());
        std::fs::write(&file, before).unwrap();
        let (found, told) = (&pair["match_weight"], &change["match_weight"]);
        assert!((found.as_f64().unwrap() - told.as_f64().unwrap()).abs() < 1e-9, "{found} {told}");
        assert_eq!(pair["linked"], Value::Bool(!linked_now), "{pair}");
    }
}

#[test]
fn a_record_without_candidates_is_unlinkable_and_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let all: String = ["left:lx", "left:ly", "left:lz"]
        .iter()
        .map(|record| stdout(&explain(&settings, &["record", record])))
        .collect();
    assert_golden("explain/unlinkable.txt", &all);
    let unlinkable = &explained(&settings, &["record", "left:lx"])["unlinkable"];
    assert_eq!(unlinkable[0]["lacks"], serde_json::json!(["family_name"]));
    assert!(explained(&settings, &["record", "left:l1"])["unlinkable"].is_null());
}

#[test]
fn a_wrong_identifier_gets_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let output = explain(&settings, &["record", "left:l599"]);
    assert_eq!(output.status.code(), Some(3));
    assert_golden("explain/wrong.err.txt", &stderr(&output));
}

#[test]
fn a_given_model_explains_as_the_one_that_was_trained() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let out = folder.path().join("out");
    assert!(run(&["link", "--config", text(&settings), "--out", text(&out)]).status.success());
    for arguments in [&["pair", "left:l3", "right:r3"][..], &["record", "left:l3"]] {
        let given = explained(&settings, &[arguments, &["--model", text(&out)]].concat());
        assert_eq!(given, explained(&settings, arguments));
    }
}

#[test]
fn a_strategy_that_scores_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let by_key = std::fs::read_to_string(&settings)
        .unwrap()
        .replace("strategy = \"probabilistic\"", "strategy = \"exact_key\"");
    std::fs::write(&settings, by_key).unwrap();
    let output = explain(&settings, &["record", "left:l3"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("strategy exact_key scores no pairs"), "{}", stderr(&output));
}

/// Writes files in which one child has a record in the first and two in the second.
fn thrice(folder: &Path) -> PathBuf {
    let settings = children(folder);
    let file = folder.join("right.csv");
    let right = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, right + &row("r9", 5, false).replace("r95", "r99")).unwrap();
    settings
}

#[test]
fn an_entity_is_explained_by_its_pairs_and_rivals() {
    let folder = tempfile::tempdir().unwrap();
    let settings = thrice(folder.path());
    let output = explain(&settings, &["entity", "left:l5"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_golden("explain/entity.txt", &stdout(&output));
    let entity = explained(&settings, &["entity", "right:r99"]);
    let number = entity["entity"].as_u64().unwrap().to_string();
    assert_eq!(entity, explained(&settings, &["entity", &number]), "by number too");
    let pairs = entity["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 3);
    for pair in pairs {
        let (a, b) = (pair["a"].as_str().unwrap(), pair["b"].as_str().unwrap());
        let alone = explained(&settings, &["pair", a, b]);
        assert_eq!(alone["match_weight"], pair["match_weight"]);
        // Two records of one file are no candidates here: both hang on the child's other record.
        let across = a.starts_with("left") != b.starts_with("left");
        assert_eq!(pair["candidate"], Value::Bool(across), "{pair}");
        assert_eq!(pair["bridge"], Value::Bool(across), "{pair}");
    }
    for member in entity["members"].as_array().unwrap() {
        let name = member["record"].as_str().unwrap();
        let record = explained(&settings, &["record", name, "--most", "100"]);
        let candidates = record["candidates"].as_array().unwrap();
        let outside = candidates.iter().find(|candidate| candidate["same_entity"] == false);
        assert_eq!(member["rival"], outside.map_or(Value::Null, |c| c["record"].clone()));
    }
}

#[test]
fn an_entity_of_one_record_and_one_that_is_not_there_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let all = stdout(&explain(&settings, &["entity", "left:lx"]))
        + &stderr(&explain(&settings, &["entity", "4000"]));
    assert_golden("explain/entity_alone.txt", &all);
}
