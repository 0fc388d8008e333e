//! `cci comparator`: every comparator is listed and scored, and a chart adds up.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::{Path, PathBuf};

use cci::comparison::{COMPARATORS, Comparison, Level, Measure, Prepared, ValueScore};
use cci::record::{Attribute, AttributeKind, DictionaryBuilder};
use command::{cci, ok, run, stderr, stdout, text, two_files, write};
use common::assert_golden;
use serde_json::Value;

/// Two near values of each kind, as somebody might type them, and as they are compared.
const PAIRS: [(AttributeKind, [&str; 2], [&str; 2]); 12] = [
    (AttributeKind::GivenName, ["Martha", "Marhta"], ["martha", "marhta"]),
    (AttributeKind::FamilyName, ["Dixon", "Dickson"], ["dixon", "dickson"]),
    (AttributeKind::Date, ["2015-02-11", "2015-11-02"], ["2015-02-11", "2015-11-02"]),
    (AttributeKind::Sex, ["F", "M"], ["F", "M"]),
    (AttributeKind::Postcode, ["ab1 2cd", "AB1 2CE"], ["AB1 2CD", "AB1 2CE"]),
    (AttributeKind::NhsNumber, ["9990123454", "9990123543"], ["9990123454", "9990123543"]),
    (AttributeKind::Upn, ["A123456789012", "Z123456789021"], ["A123456789012", "Z123456789021"]),
    (AttributeKind::Number, ["123456", "123465"], ["123456", "123465"]),
    (
        AttributeKind::Address,
        ["14 Ashgrove Road", "14 Ashgrove Raod"],
        ["14 ashgrove road", "14 ashgrove raod"],
    ),
    (
        AttributeKind::Email,
        ["a.b@example.org", "a.b@example.com"],
        ["a.b@example.org", "a.b@example.com"],
    ),
    (AttributeKind::Category, ["red", "reed"], ["red", "reed"]),
    (AttributeKind::Text, ["blue kite", "blue kites"], ["blue kite", "blue kites"]),
];

#[test]
fn every_comparator_is_listed_with_the_levels_that_use_it() {
    let listed = ok(&["comparator"]);
    let listed = listed["comparators"].as_array().unwrap();
    assert_eq!(listed.len(), COMPARATORS.len());
    for (listed, comparator) in listed.iter().zip(COMPARATORS) {
        assert_eq!(listed["comparator"], comparator.name());
        let kinds = AttributeKind::ALL.iter().filter(|kind| comparator.suits(**kind));
        assert_eq!(listed["kinds"].as_array().unwrap().len(), kinds.count());
        for used in listed["ready_made"].as_array().unwrap() {
            let level = Level::parse(used["level"].as_str().unwrap()).unwrap();
            assert_eq!(level.comparator().name(), comparator.name());
        }
    }
    assert_golden("comparator/list.txt", &stdout(&run(&["comparator"])));
}

#[test]
fn every_comparator_says_of_every_kind_what_the_library_says() {
    for (kind, typed, values) in PAIRS {
        let all = ok(&["comparator", "all", typed[0], typed[1]]);
        let all = all["scores"].as_array().unwrap();
        let ready_made = Comparison::ready_made(&Attribute::new("a", kind));
        let mut builder = DictionaryBuilder::default();
        let (a, b) = (builder.code(values[0]), builder.code(values[1]));
        let prepared = Prepared::new(&builder.finish());
        let uses = |c: &&&dyn cci::comparison::Comparator| {
            ready_made.levels().iter().any(|level| level.asks(**c))
        };
        for comparator in COMPARATORS.iter().filter(uses) {
            let is_it = |scored: &&Value| {
                scored["comparator"] == comparator.name() && scored["kind"] == kind.name()
            };
            let scored = all.iter().find(is_it).unwrap();
            let number = scored["number"].as_f64().unwrap();
            assert_eq!(number, comparator.compare(&prepared, a, b), "{}", comparator.name());
            let in_range = match comparator.measure() {
                Measure::Similarity => (0.0..=1.0).contains(&number),
                Measure::Distance => number >= 0.0,
                Measure::Condition => number == 0.0 || number == 1.0,
            };
            assert!(in_range, "{}: {number}", comparator.name());
            for level in scored["levels"].as_array().unwrap() {
                let parsed = Level::parse(level["level"].as_str().unwrap()).unwrap();
                assert_eq!(level["reached"], parsed.reached_by(number));
            }
            let of = ValueScore::of(*comparator, &ready_made, values[0], values[1]);
            assert_eq!(scored["outcome"], ready_made.outcome_label(of.outcome).as_str());
        }
    }
    // A comparator that no ready-made comparison uses is shown for the kinds that it suits.
    let unused = ok(&["comparator", "jaro", "martha", "marhta"]);
    let kinds = unused["scores"].as_array().unwrap();
    assert!(kinds.iter().any(|scored| scored["kind"] == "given_name"), "{unused}");
    assert!(kinds.iter().all(|scored| scored["levels"].as_array().unwrap().is_empty()));
}

#[test]
fn pairs_are_taken_from_the_command_line_from_standard_input_and_from_a_file() {
    let typed = run(&["comparator", "jaro_winkler", "Martha", "MARHTA", "Dwayne", "Duane"]);
    assert_golden("comparator/pairs.txt", &stdout(&typed));
    let mut lines = cci();
    lines.args(["comparator", "jaro_winkler", "-"]).write_stdin("Martha\nMARHTA\nDwayne\nDuane\n");
    let lines = lines.output().unwrap();
    assert_eq!(stdout(&typed), stdout(&lines));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("pairs.csv", "b,a\nMARHTA,Martha\nDuane,Dwayne\n")]);
    let path = folder.path().join("pairs.csv");
    let file = run(&["comparator", "jaro_winkler", "--pairs", text(&path)]);
    assert_eq!(stdout(&typed), stdout(&file));
    // Winkler's own example: 0.961.
    assert!(stdout(&typed).contains("0.9611"), "{}", stdout(&typed));
}

const GIVEN: [&str; 6] = ["anna", "anne", "ben", "", "chloe", "khloe"];
const FAMILY: [&str; 5] = ["smith", "smyth", "jones", "khan", "li"];

fn children(folder: &Path) -> PathBuf {
    let row = |file: &str, n: usize| {
        let (first, last) = (GIVEN[n % 6], FAMILY[n / 6 % 5]);
        format!("{file}{n},{first},{last},2010-{:02}-{:02},c{n}\n", 1 + n % 3, 1 + n % 5)
    };
    let file = |name: &str, of: usize| (0..of).map(|n| row(name, n)).collect::<String>();
    two_files(folder, &file("l", 50), &file("r", 40))
}

#[test]
fn a_chart_is_the_count_over_all_candidate_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    // By hand: pairs of the two files that agree on family name or date of birth, by given name.
    let record = |n: usize| (GIVEN[n % 6], FAMILY[n / 6 % 5], (n % 3, n % 5));
    let (mut pairs, mut missing, mut equal, mut different) = (0, 0, 0, Vec::new());
    for (left, right) in (0..50).flat_map(|l| (0..40).map(move |r| (record(l), record(r)))) {
        if left.1 != right.1 && left.2 != right.2 {
            continue;
        }
        pairs += 1;
        match (left.0, right.0) {
            ("", _) | (_, "") => missing += 1,
            (a, b) if a == b => equal += 1,
            (a, b) => different.push((a, b)),
        }
    }
    let ready_made = Comparison::ready_made(&Attribute::new("a", AttributeKind::GivenName));
    for comparator in COMPARATORS.iter().filter(|c| c.suits(AttributeKind::GivenName)) {
        let chart = ok(&[
            "comparator",
            comparator.name(),
            "--attribute",
            "given_name",
            "--config",
            text(&settings),
        ]);
        let counts =
            ["candidate_pairs", "missing", "equal"].map(|key| chart[key].as_u64().unwrap());
        assert_eq!(counts, [pairs, missing, equal], "{}", comparator.name());
        let sum = |of: &str, key: &str| -> u64 {
            chart[of].as_array().unwrap().iter().map(|one| one[key].as_u64().unwrap()).sum()
        };
        assert_eq!(sum("bins", "candidate_pairs"), different.len() as u64);
        assert_eq!(sum("levels", "candidate_pairs"), pairs - missing);
        let mut distinct: Vec<_> = different.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(sum("bins", "value_pairs"), distinct.len() as u64);
        for (place, level) in chart["levels"].as_array().unwrap().iter().enumerate() {
            let reach = different.iter().filter(|(a, b)| {
                let score = ValueScore::of(*comparator, &ready_made, a, b);
                usize::from(score.outcome) == place + 1
            });
            let expected = reach.count() as u64 + if place == 0 { equal } else { 0 };
            assert_eq!(level["candidate_pairs"], expected, "{}", level["level"]);
        }
    }
    let arguments = ["comparator", "jaro_winkler", "--attribute", "given_name", "--quiet"];
    let output = run(&[&arguments[..], &["--config", text(&settings)]].concat());
    assert_golden("comparator/chart.txt", &stdout(&output));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = children(folder.path());
    let refused = |arguments: &[&str], words: &str| {
        let output = run(&[&["comparator", "--quiet"], arguments].concat());
        let said = stderr(&output);
        assert!(output.status.code() == Some(2) && said.contains(words), "{words}: {said}");
        assert!(output.stdout.is_empty());
    };
    refused(&["jaro_winkle", "a", "b"], "nearest: \"jaro_winkler\"");
    refused(&["jaro_winkler", "zzyzx"], "expected values two by two, found 1");
    refused(&["jaro_winkler"], "expected values two by two, found 0");
    refused(&["days", "zzyzx", "2010-01-01"], "pair 1: expected two values of a kind");
    let of = |name| ["--attribute", name, "--config", text(&settings)];
    refused(&[&["all"], &of("given_name")[..]].concat(), "a chart is of one comparator");
    refused(&[&["days"], &of("given_name")[..]].concat(), "does not suit kind given_name");
    refused(&[&["exact"], &of("givenname")[..]].concat(), "nearest: \"given_name\"");
    refused(&["--pairs", "x.csv"], "<NAME>");
}
