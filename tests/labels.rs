//! Training from labelled pairs: hand-worked figures, honest intervals, refusals by name.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use cci::comparison::{Comparison, PatternSpace, RandomAgreement};
use cci::model::{
    Blocked, ComparablePairs, Label, Model, PatternCounts, StandardErrors, TrainingInput,
    train_on_labels,
};
use cci::record::{Attribute, AttributeKind};
use command::{run, stderr, stdout, text, two_files, write};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Trains on labelled outcomes of one number: exact, one edit, two edits, else.
fn trained(labelled: &[(u8, Label)]) -> cci::error::Result<Model> {
    let comparisons = [Comparison::ready_made(&Attribute::new("a", AttributeKind::Number))];
    let space = PatternSpace::new([4]).unwrap();
    let shares = vec![0.01, 0.02, 0.03, 0.94];
    let random = [RandomAgreement { shares, pairs: 1e6, enumerated: 1.0, errors: None }];
    // A hundred candidates agree and nine hundred do not, among a million pairs.
    let counts = PatternCounts::merge([hashbrown::HashMap::from_iter([
        ((1u32, 1u32), 100u64),
        ((4u32, 1u32), 900u64),
    ])]);
    let labelled: Vec<(u32, Label)> =
        labelled.iter().map(|&(outcome, label)| (u32::from(outcome), label)).collect();
    let comparable =
        ComparablePairs { pairs: 1_000_000, most_matches: 1_000_000, ..Default::default() };
    train_on_labels(
        &TrainingInput {
            comparisons: &comparisons,
            space: &space,
            random: &random,
            counts: &counts,
            blocked: &[vec![Blocked::Free]],
            households: None,
            comparable: &[comparable],
        },
        &labelled,
    )
}

fn times(outcome: u8, label: Label, count: usize) -> Vec<(u8, Label)> {
    vec![(outcome, label); count]
}

#[test]
fn shares_and_errors_are_those_worked_by_hand() {
    let labelled = [
        times(1, Label::Match, 17),
        times(2, Label::Match, 2),
        times(0, Label::Match, 5),
        times(1, Label::NoMatch, 1),
        times(4, Label::NoMatch, 18),
    ]
    .concat();
    let model = trained(&labelled).unwrap();
    let comparison = &model.comparisons[0];
    // 17 of 19 with a value agree, and one pair more stands at nine tenths: 17.9 / 20.
    assert!((comparison.m[0] - 0.895).abs() < 1e-12);
    // One of 19 agrees, and one pair more at the calculated hundredth: 1.01 / 20.
    assert!((comparison.u[0] - 0.0505).abs() < 1e-12);
    let errors = comparison.errors.as_ref().unwrap();
    assert!((errors.m[0] - (0.895 * 0.105 / 20.0_f64).sqrt()).abs() < 1e-12);
    // √(0.105 / (0.895 × 20) + 0.9495 / (0.0505 × 20)) / ln 2 = √0.945964 / 0.693147 = 1.4032.
    assert!((errors.bits[0] - 1.4032).abs() < 1e-4, "{}", errors.bits[0]);
    assert_eq!(model.training.pairs, 43);
}

#[test]
fn the_prior_comes_from_the_candidates_and_not_from_the_labels() {
    for (others, u) in [(300, 0.01 / 301.0), (3000, 0.01 / 3001.0)] {
        let labelled = [times(1, Label::Match, 300), times(4, Label::NoMatch, others)].concat();
        let prior = trained(&labelled).unwrap().prior.get();
        // A hundred candidates agree, u million of them by chance; the rest are matches.
        let expected = 1e-4 - u;
        assert!((prior / expected - 1.0).abs() < 0.02, "{prior} for {expected}");
    }
}

#[test]
fn ninety_five_percent_intervals_hold_the_truth_about_so_often() {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let (truth, worlds) = (0.85, 600);
    let mut held = 0;
    for _ in 0..worlds {
        let mut labelled = times(4, Label::NoMatch, 5);
        for _ in 0..150 {
            let outcome = if rng.random_bool(truth) { 1 } else { 4 };
            labelled.push((outcome, Label::Match));
        }
        let model = trained(&labelled).unwrap();
        let comparison = &model.comparisons[0];
        let error = comparison.errors.as_ref().unwrap().m[0];
        let [lower, upper] = StandardErrors::interval(comparison.m[0], error);
        held += u32::from((lower..upper).contains(&truth));
    }
    // Three standard errors of the share itself are 0.027 at 600 worlds.
    let share = f64::from(held) / f64::from(worlds);
    assert!((0.923..0.977).contains(&share), "{share} of the intervals hold the truth");
}

#[test]
fn no_labels_or_one_sort_of_label_alone_is_refused() {
    for labelled in [vec![], times(1, Label::Match, 3), times(4, Label::NoMatch, 3)] {
        assert_eq!(trained(&labelled).unwrap_err().kind().code(), "E027");
    }
}

const LEFT: &str = "1,anna,smith,2010-01-02,c1\n2,ben,jones,2011-05-06,c2\n\
                    3,zoe,khan,2012-03-04,c3\n4,mia,smith,2010-01-02,c4\n";
const RIGHT: &str = "1,anna,smith,2010-01-02,c1\n2,ben,jones,2011-05-07,c2\n\
                     3,zoe,kahn,2012-03-04,c3\n4,mia,smith,2010-01-02,c4\n";

/// Trains on labelled pairs of two small files; gives what was printed and what was said.
fn from_file(labels: &str) -> (String, String, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let settings = two_files(folder.path(), LEFT, RIGHT);
    write(folder.path(), &[("pairs.csv", labels)]);
    let (pairs, model) = (folder.path().join("pairs.csv"), folder.path().join("model.toml"));
    let trained = run(&[
        "model",
        "train",
        "--quiet",
        "--config",
        text(&settings),
        "--labels",
        text(&pairs),
        "--out",
        text(&model),
    ]);
    let linked = trained.status.success().then(|| {
        let out = folder.path().join("out");
        let linked = run(&[
            "link",
            "--quiet",
            "--config",
            text(&settings),
            "--model",
            text(&model),
            "--out",
            text(&out),
        ]);
        assert!(linked.status.success(), "{}", stderr(&linked));
        stdout(&linked)
    });
    (stdout(&trained), stderr(&trained).replace(text(folder.path()), "DIR"), linked)
}

const PAIRS: &str = "a,b,match\nleft:1,right:1,yes\nright:2,left:2,yes\nleft:3,right:3,yes\n\
                     left:1,right:4,no\nleft:2,right:3,no\nleft:1,right:1,yes\nleft:3,right:1,no\n";

#[test]
fn a_file_of_labelled_pairs_trains_a_model_that_links() {
    let (printed, said, linked) = from_file(PAIRS);
    assert_eq!(said, "");
    common::assert_golden("labels/trained.txt", &printed);
    assert!(linked.unwrap().contains("8 records, 4 links"), "each left record has its right one");
}

#[test]
fn labels_that_cannot_be_used_are_refused_by_row() {
    for (name, labels) in [
        ("empty", "a,b,match\n".to_string()),
        ("one_sort", "a,b,match\nleft:1,right:1,yes\nleft:2,right:2,1\n".to_string()),
        ("other_sort", "a,b,match\nleft:1,right:2,no\n".to_string()),
        ("no_column", "a,b,matched\nleft:1,right:1,yes\n".to_string()),
        ("no_record", format!("{PAIRS}left:9,right:1,no\n")),
        ("one_source", format!("{PAIRS}left:1,left:2,no\n")),
        ("unsure", format!("{PAIRS}left:2,right:1,maybe\n")),
        ("both", format!("{PAIRS}right:1,left:1,no\n")),
    ] {
        let (printed, said, _) = from_file(&labels);
        assert_eq!(printed, "", "{name}");
        common::assert_golden(&format!("labels/{name}.err.txt"), &said);
    }
}
