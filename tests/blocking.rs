//! `cci blocking` on small files: what it prints, what it refuses, what it withholds.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::Path;

use command::{TWO_FILES, run, stderr, stdout, text, two_files, write};
use common::assert_golden;
use serde_json::Value;

/// Returns rows of 60 children; in the second file one in ten has another surname, another
/// given name or another date of birth. The last child is in neither block of any rule.
fn rows(file: &str, slips: bool) -> String {
    let given = ["anna", "ben", "chloe", "dan", "ella", "finn", "grace"];
    let family = ["smith", "jones", "khan", "okafor", "nowak", "li", "evans", "ahmed"];
    let row = |n: usize| {
        let slip = if slips { n % 10 } else { 0 };
        let first = given[(n + usize::from(slip == 1)) % given.len()];
        let last = family[(n / 7 + usize::from(slip == 2)) % family.len()];
        let day = 1 + (n + usize::from(slip == 3)) % 28;
        format!("{file}{n},{first},{last},20{:02}-{:02}-{day:02},c{n}\n", 8 + n % 5, 1 + n % 12)
    };
    (0..60).map(row).collect::<String>() + &format!("{file}60,,,,c60\n")
}

fn settings(folder: &Path) -> std::path::PathBuf {
    two_files(folder, &rows("l", false), &rows("r", true))
}

#[test]
fn what_rules_make_is_printed_as_tables_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    for (options, golden) in [(&[][..], "blocking/text.txt"), (&["--json"], "blocking/json.json")] {
        let arguments = [&["blocking", "--config", text(&settings)], options].concat();
        let output = run(&arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_golden(golden, &stdout(&output));
    }
}

#[test]
fn rules_chosen_from_the_data_are_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    let start = TWO_FILES.find("[[block]]").unwrap();
    let end = TWO_FILES.find("[decide]").unwrap();
    write(folder.path(), &[("none.toml", &(TWO_FILES[..start].to_string() + &TWO_FILES[end..]))]);
    let path = folder.path().join("none.toml");
    let output = run(&["blocking", "--config", text(&path), "--counts-only"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_golden("blocking/chosen.txt", &stdout(&output));
}

#[test]
fn filtered_rules_are_told_with_their_pairs_before_and_after() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    let filters = "keys = [\"family_name\"]\n\
        filters = [\"days(date_of_birth) <= 400\", \"not exact(given_name)\"]";
    let filtered = TWO_FILES.replacen("keys = [\"family_name\"]", filters, 1);
    write(folder.path(), &[("filtered.toml", &filtered)]);
    let path = folder.path().join("filtered.toml");
    let output = run(&["blocking", "--config", text(&path), "--counts-only"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_golden("blocking/filtered.txt", &stdout(&output));
    let arguments = ["blocking", "--config", text(&path), "--quiet", "--most-pairs", "50"];
    assert_golden("blocking/filtered_refused.txt", &stdout(&run(&arguments)));
}

#[test]
fn a_rule_with_a_window_is_told_with_its_windows() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    let window = "keys = [\"year(date_of_birth)\", \"family_name\"]\nwindow = 3";
    let near = TWO_FILES.replacen("keys = [\"family_name\"]", window, 1);
    write(folder.path(), &[("near.toml", &near)]);
    let path = folder.path().join("near.toml");
    let output = run(&["blocking", "--config", text(&path), "--counts-only"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_golden("blocking/window.txt", &stdout(&output));
}

#[test]
fn what_a_largest_block_leaves_out_is_told_before_and_after_linking() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    let keys = "keys = [\"family_name\"]";
    let cut = TWO_FILES.replacen(keys, &format!("{keys}\nlargest_block = 14"), 1);
    write(folder.path(), &[("cut.toml", &cut)]);
    let path = folder.path().join("cut.toml");
    let output = run(&["blocking", "--config", text(&path), "--counts-only"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_golden("blocking/oversize.txt", &stdout(&output));
    let out = folder.path().join("out");
    let arguments = ["link", "--config", text(&path), "--out", text(&out), "--json", "--quiet"];
    let linked = run(&[&arguments[..], &["--strategy", "probabilistic"]].concat());
    let linked: Value = serde_json::from_slice(&linked.stdout).unwrap();
    let json = run(&["blocking", "--config", text(&path), "--counts-only", "--json", "--quiet"]);
    let surveyed: Value = serde_json::from_slice(&json.stdout).unwrap();
    let lost = &surveyed["rules"][0]["oversize"];
    assert_eq!(lost, &linked["rules"][0]["oversize"]);
    // Without the limit the rule makes 464 pairs: see blocking/text.txt.
    let made = surveyed["rules"][0]["pairs"].as_u64().unwrap();
    assert_eq!(lost["pairs"].as_u64().unwrap() + made, 464);
    assert_eq!(linked["rules"][1].get("oversize"), None);
}

#[test]
fn too_many_pairs_are_refused_before_they_are_counted_and_sizes_still_told() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let arguments = ["blocking", "--config", text(&settings), "--quiet", "--most-pairs", "50"];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(3));
    assert_golden("blocking/refused.txt", &stdout(&output));
    assert_golden("blocking/refused.err.txt", &stderr(&output));
    let output = run(&[&arguments[..], &["--json"]].concat());
    let surveyed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&surveyed["candidate_pairs"], &surveyed["missed"]), (&Value::Null, &Value::Null));
    assert!(surveyed["rules"][0]["pairs"].as_u64().unwrap() > 50);
}

#[test]
fn no_value_of_anybody_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    for options in [&[][..], &["--json"]] {
        let output = run(&[&["blocking", "--config", text(&settings)], options].concat());
        let all = stdout(&output) + &stderr(&output);
        for value in ["smith", "okafor", "grace", "2008-01-01", "2009"] {
            assert!(!all.contains(value), "{value} in {all}");
        }
        assert!(all.contains("aaaaa"), "{all}");
    }
}

#[test]
fn counts_are_those_of_the_linkage_itself() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let out = folder.path().join("out");
    let arguments = ["--config", text(&settings), "--json", "--quiet"];
    let linked =
        run(&[&["link", "--out", text(&out), "--strategy", "probabilistic"], &arguments[..]]
            .concat());
    let linked: Value = serde_json::from_slice(&linked.stdout).unwrap();
    let surveyed: Value =
        serde_json::from_slice(&run(&[&["blocking"], &arguments[..]].concat()).stdout).unwrap();
    assert_eq!(linked["candidate_pairs"], surveyed["candidate_pairs"]);
    for (ours, theirs) in
        surveyed["rules"].as_array().unwrap().iter().zip(linked["rules"].as_array().unwrap())
    {
        for key in ["rule", "pairs", "new_pairs"] {
            assert_eq!(ours[key], theirs[key], "{key}");
        }
    }
    // The model that the linkage left gives the same figures as the one trained anew.
    let given = run(&[&["blocking", "--model", text(&out)], &arguments[..]].concat());
    let given: Value = serde_json::from_slice(&given.stdout).unwrap();
    assert_eq!(given, surveyed);
}

#[test]
fn no_records_and_no_comparable_records_are_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for (left, right) in [("", ""), ("l1,anna,smith,2010-01-01,c1\n", "")] {
        let settings = two_files(folder.path(), left, right);
        let output = run(&["blocking", "--config", text(&settings)]);
        assert!(output.status.success(), "{}", stderr(&output));
        let shown = stdout(&output);
        assert!(shown.contains("What blocking missed is not known"), "{shown}");
        assert!(shown.contains("No two of these records may be linked"), "{shown}");
    }
}
