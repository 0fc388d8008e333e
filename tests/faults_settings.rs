//! What may be wrong with settings and with what a model learns from: one claim a fault.
//!
//! Settings hold no fixed m or u; model files, which do, have tests of their own. Patterns of
//! linkage schemas are in `faults_encode.rs`.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use cci::comparison::{Comparison, PatternSpace, RandomAgreement};
use cci::error::{Error, ErrorKind};
use cci::model::{
    Blocked, ComparablePairs, Model, PatternCounts, TrainingInput, train, train_within,
};
use cci::record::{Attribute, AttributeKind};
use cci::schema::AgencySchema;
use cci::synthetic::Profile;
use command::{TWO_FILES, run, stderr, text, two_files, write};
use common::assert_golden;

const ROW: &str = "1,anna,smith,2010-01-02,c1\n";

/// Links two small files by settings in which one text is replaced; returns what is said.
fn said(right: &str, wrong: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    let changed = TWO_FILES.replacen(right, wrong, 1);
    assert_ne!(changed, TWO_FILES, "{right} stands in the settings");
    write(folder.path(), &[("settings.toml", &changed)]);
    let (settings, out) = (folder.path().join("settings.toml"), folder.path().join("out"));
    let output = run(&["link", "--quiet", "--config", text(&settings), "--out", text(&out)]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(!out.exists(), "nothing is left of a refused run");
    stderr(&output).replace(text(folder.path()), "DIR")
}

/// Holds what is said about several mistakes as one golden text.
fn golden(name: &str, mistakes: &[(&str, &str)]) {
    let all: Vec<String> = mistakes.iter().map(|(right, wrong)| said(right, wrong)).collect();
    assert_golden(&format!("settings/{name}.txt"), &all.join("\n"));
}

fn golden_error(name: &str, errors: &[Error]) {
    let all: Vec<String> = errors.iter().map(|error| format!("{error}\n")).collect();
    assert_golden(&format!("settings/{name}.txt"), &all.join("\n"));
}

fn schema(changed: impl Fn(&str) -> String) -> Error {
    let text = include_str!("../schemas/agencies/police.toml");
    let wrong = changed(text);
    assert_ne!(wrong, text);
    AgencySchema::parse(&wrong, "police.toml").unwrap_err()
}

#[test]
fn e3_48_unknown_key_gets_the_nearest_in_every_kind_of_settings() {
    golden(
        "unknown_key",
        &[
            ("link = ", "lnk = "),
            ("file = \"left.csv\"\n", "file = \"left.csv\"\nsplit_bye = \"x\"\n"),
            ("[decide]\n", "[decide]\nfalse_link = 0.01\n"),
        ],
    );
    let profile = Profile::parse("purpse = \"x\"\n", "mine.toml").unwrap_err();
    let schema = schema(|text| text.replacen("meaning = ", "meanng = ", 1));
    golden_error("unknown_key_elsewhere", &[schema, profile]);
}

#[test]
fn filters_of_blocking_rules_are_refused_with_their_line_and_an_example() {
    let keys = "keys = [\"family_name\"]\n";
    let filter = |filter: &str| said(keys, &format!("{keys}filters = [\"{filter}\"]\n"));
    let all = [
        "days(date_of_brith) <= 31",
        "dayz(date_of_birth) <= 31",
        "days(date_of_birth) >= 31",
        "date_of_birth",
        "days(given_name) <= 31",
    ];
    assert_golden("settings/filters.txt", &all.map(filter).join("\n"));
}

#[test]
fn windows_and_blocks_that_are_none_are_refused_with_their_line() {
    let keys = "keys = [\"family_name\"]\n";
    let window = |line: &str| said(keys, &format!("{keys}{line}\n"));
    let all = ["window = 1", "window = -3", "windw = 3", "largest_block = 1"];
    assert_golden("settings/windows.txt", &all.map(window).join("\n"));
}

#[test]
fn e3_49_version_that_is_missing_or_newer_is_refused_with_what_is_read() {
    golden(
        "version",
        &[
            ("version = 1\n", ""),
            // Keys of a newer version are not called misspelt.
            ("version = 1\n", "version = 2\nlink_how = \"well\"\n"),
            ("version = 1\n", "version = \"one\"\n"),
        ],
    );
    let missing = schema(|text| text.replacen("version = 1\n", "", 1));
    let newer = schema(|text| text.replacen("version = 1\n", "version = 7\n", 1));
    golden_error("version_of_schema", &[missing, newer]);
}

#[test]
fn e3_56_thresholds_that_are_no_numbers_reversed_or_off_tenfold_are_refused() {
    let decide = |line: &'static str| ("[decide]\n", line);
    golden(
        "thresholds",
        &[
            decide("[decide]\naccept = nan\n"),
            decide("[decide]\naccept = inf\n"),
            decide("[decide]\naccept = 120.0\n"),
            decide("[decide]\nfalse_links = nan\n"),
            decide("[decide]\nfalse_links = 1.0\n"),
            decide("[decide]\nfalse_link_cost = -20.0\n"),
            decide("[decide]\naccept = 4.0\nfalse_links = 0.01\n"),
        ],
    );
    let levels = |levels: &str| {
        let compare = "[[compare]]\nattribute = \"given_name\"\nlevels = [LEVELS]\n\n[decide]\n";
        said("[decide]\n", &compare.replace("LEVELS", levels))
    };
    let all = [
        "\"exact\", \"jaro_winkler >= 0.8\", \"jaro_winkler >= 0.92\"",
        "\"exact\", \"jaro_winkler >= nan\"",
        "\"exact\", \"jaro_winkler >= 9.2\"",
    ];
    assert_golden("settings/levels.txt", &all.map(levels).join("\n"));
}

#[test]
fn e3_61_files_outside_the_folder_of_the_data_are_refused() {
    golden(
        "paths",
        &[
            ("file = \"left.csv\"", "file = \"../left.csv\""),
            ("file = \"left.csv\"", "file = \"sub/../../left.csv\""),
            ("file = \"left.csv\"", "file = \"/etc/passwd\""),
            ("file = \"left.csv\"", "file = \"\""),
        ],
    );
}

/// Trains on counts by outcome of the second of two numbers, the first being blocked on.
fn trained(counts: &[(u8, u64)], most: Option<u32>) -> Result<Model, Error> {
    let comparisons =
        ["a", "b"].map(|name| Comparison::ready_made(&Attribute::new(name, AttributeKind::Number)));
    let space = PatternSpace::new(comparisons.iter().map(Comparison::outcomes)).unwrap();
    let counts = counts.iter().flat_map(|&(outcome, count)| {
        let is_it = |pattern: &u32| space.outcomes(*pattern)[..] == [1, outcome];
        (0..space.size()).find(is_it).map(|pattern| ((pattern, 1), count))
    });
    // Random pairs agree as often as not, so that the classes overlap and training is slow.
    let shares = vec![0.25; comparisons[0].outcomes()];
    let random = [0, 1].map(|_| RandomAgreement {
        shares: shares.clone(),
        pairs: 1e6,
        enumerated: 1.0,
        errors: None,
    });
    let comparable =
        ComparablePairs { pairs: 1_000_000, most_matches: 1_000_000, ..Default::default() };
    let input = TrainingInput {
        comparisons: &comparisons,
        space: &space,
        random: &random,
        counts: &PatternCounts::merge([counts.collect()]),
        blocked: &[vec![Blocked::Equal, Blocked::Free]],
        households: None,
        comparable: &[comparable],
    };
    match most {
        Some(most) => train_within(&input, most),
        None => train(&input),
    }
}

#[test]
fn e3_60_no_model_stands_in_for_one_that_was_not_learnt() {
    let counts = [(1, 400), (2, 350), (4, 250)];
    assert!(trained(&counts, None).unwrap().training.converged);
    let empty = trained(&[], None).unwrap_err();
    let unsettled = trained(&counts, Some(1)).unwrap_err();
    assert_eq!((empty.kind(), unsettled.kind()), (ErrorKind::BadValue, ErrorKind::BadValue));
    golden_error("training", &[empty, unsettled]);
}

#[test]
fn e3_60_linking_without_candidate_pairs_needs_no_model_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let settings = two_files(folder.path(), ROW, "1,ben,jones,2011-05-06,c1\n");
    let out = folder.path().join("out");
    let output =
        run(&["link", "--json", "--quiet", "--config", text(&settings), "--out", text(&out)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["links"], &summary["candidate_pairs"]), (&0.into(), &0.into()));
    assert!(summary["threshold"].is_null() && summary["promise"].is_null(), "{summary}");
    let explained =
        run(&["explain", "pair", "left:1", "right:1", "--quiet", "--config", text(&settings)]);
    assert_eq!(explained.status.code(), Some(2), "{}", stderr(&explained));
    assert!(stderr(&explained).contains("no weight was learnt"), "{}", stderr(&explained));
}

#[test]
fn e3_59_pattern_of_a_column_is_refused_at_its_line_and_column() {
    let column = "name = \"nominal_reference\"\n";
    let with = |line: &str| {
        let wrong = |text: &str| text.replacen(column, &format!("{column}{line}\n"), 1);
        schema(wrong)
    };
    golden_error(
        "pattern",
        &[
            with("pattern = '[A-Z]{2}(-[0-9]+'"),
            with("pattern = \"\\\\d+(?=x)\""),
            with("pattern = '[A-Z]+'"),
        ],
    );
}

#[test]
fn what_a_schema_says_is_not_said_again_beside_it() {
    let all: Vec<String> = [
        "id = \"id\"",
        "date_format = \"%d/%m/%Y\"",
        "earliest_year = 1800",
        "placeholders = [\"none\"]",
    ]
    .map(|key| {
        let folder = tempfile::tempdir().unwrap();
        two_files(folder.path(), ROW, ROW);
        let settings = TWO_FILES.split("\n[[source]]").next().unwrap().to_string();
        let decide = TWO_FILES.split_once("[decide]").unwrap().1;
        let source = format!(
            "\n[[source]]\nfile = \"left.csv\"\nschema = \"health\"\n{key}\n\n[decide]{decide}"
        );
        write(folder.path(), &[("settings.toml", &(settings + &source))]);
        let (settings, out) = (folder.path().join("settings.toml"), folder.path().join("out"));
        let output = run(&["link", "--quiet", "--config", text(&settings), "--out", text(&out)]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        stderr(&output).replace(text(folder.path()), "DIR")
    })
    .into();
    assert_golden("settings/beside_schema.txt", &all.join("\n"));
}
