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

#[test]
fn a_run_is_explained_by_its_own_model_and_strategy() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let out = |name: &str| folder.path().join(name);
    let link = |more: &[&str], to: &Path| {
        let shared = ["link", "--config", text(&settings), "--out", text(to), "--quiet"];
        let output = run(&[&shared[..], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    };
    let pair = |run_folder: &Path| -> Value {
        let of = ["--run", text(run_folder), "--data", text(folder.path()), "--json", "--quiet"];
        let output = run(&[&["explain", "pair", "left:l14", "right:r14"][..], &of].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    // A model of labels is not what these records would teach.
    let labels: String = (0..20)
        .flat_map(|n| [(n, n, "yes"), (n, n + 1, "no")])
        .map(|(l, r, judged)| format!("left:l{l},right:r{r},{judged}\n"))
        .collect();
    command::write(folder.path(), &[("pairs.csv", &format!("a,b,match\n{labels}"))]);
    let (pairs, model) = (out("pairs.csv"), out("labels.toml"));
    let train = ["model", "train", "--config", text(&settings), "--labels", text(&pairs)];
    let output = run(&[&train[..], &["--out", text(&model)]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let (own, of_labels, by_key) = (out("own"), out("of_labels"), out("by_key"));
    link(&[], &own);
    link(&["--model", text(&model)], &of_labels);
    link(&["--strategy", "exact_key"], &by_key);
    for run_folder in [&own, &of_labels] {
        let table = cci::schema::parquet::read(&run_folder.join("links.parquet")).unwrap();
        let column = |name: &str| &table.iter().find(|(known, _)| known == name).unwrap().1;
        let cci::schema::parquet::ColumnData::Text(records) = column("record_a") else {
            panic!("names are text")
        };
        let place = records.iter().position(|record| record == "l14").unwrap();
        let cci::schema::parquet::ColumnData::Weight(weights) = column("match_weight") else {
            panic!("weights are numbers")
        };
        let told = pair(run_folder)["match_weight"].as_f64().unwrap();
        assert!((told - f64::from(weights[place])).abs() < 1e-3, "{told}");
    }
    assert_ne!(pair(&own)["match_weight"], pair(&of_labels)["match_weight"]);
    assert_eq!(pair(&own)["how"], "probability");
    assert_eq!(pair(&by_key)["how"], "exact_key");
    // The files are elsewhere, which is said with the next step.
    let output = run(&["explain", "pair", "left:l14", "right:r14", "--run", text(&own)]);
    assert!(stderr(&output).contains("name the folder that holds them with --data"));
}

#[test]
fn a_group_too_large_to_be_weighed_together_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let row = |file: &str, n: usize| format!("{file}{n},anna,smith,2010-01-02,c\n");
    let rows = |file: &str| -> String { (0..201).map(|n| row(file, n)).collect() };
    let settings = two_files(folder.path(), &rows("l"), &rows("r"));
    let link = |cluster: &str| {
        let changed = std::fs::read_to_string(&settings).unwrap();
        let changed = changed.replace("components", cluster);
        command::write(folder.path(), &[("other.toml", &changed)]);
        let (other, out) = (folder.path().join("other.toml"), folder.path().join(cluster));
        let arguments = ["link", "--config", text(&other), "--out", text(&out)];
        stderr(&run(&[&arguments[..], &["--strategy", "exact_key"]].concat()))
    };
    let said = link("correlation");
    assert!(
        said.contains("One group of linked records holds more than 400 (the largest 402)"),
        "{said}"
    );
    assert!(!link("components").contains("holds more than"));
}
