//! Standard errors by drawing blocks anew, and several starts: against simulated truth.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use cci::comparison::{Comparison, PatternSpace, RandomAgreement};
use cci::model::{
    Blocked, ComparablePairs, ModelFile, PairsCounted, PatternCounts, StandardErrors,
    TrainingInput, bootstrap, train, train_from_starts,
};
use cci::record::{Attribute, AttributeKind};
use command::{run, stderr, stdout, text, two_files};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

const GROUPS: usize = 64;
const MATCHES_A_GROUP: u32 = 40;
const PAIRS: u64 = 1_000_000_000;
/// Chance of exact agreement, one edit, two edits and else, for three numbers.
const SAME: [[f64; 4]; 3] =
    [[0.80, 0.12, 0.03, 0.05], [0.85, 0.08, 0.02, 0.05], [0.95, 0.02, 0.02, 0.01]];
const UNRELATED: [[f64; 4]; 3] = [
    [0.0004, 0.0006, 0.001, 0.998],
    [0.0003, 0.0004, 0.0013, 0.998],
    [0.00003, 0.00017, 0.0008, 0.999],
];

/// Draws pairs of each block; every match stands for so many pairs that are alike.
fn groups(seed: u64, alike: u32) -> Vec<PatternCounts> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut draw = |shares: &[f64; 4]| {
        let mut left = rng.random_range(0.0..1.0);
        let place = shares.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        place.unwrap_or(3) as u8 + 1
    };
    let space = PatternSpace::new([4; 3]).unwrap();
    let bits = |o: &[u8]| u32::from(o[0] == 1) | u32::from(o[2] == 1) << 1;
    (0..GROUPS)
        .map(|_| {
            let mut counts = hashbrown::HashMap::new();
            for _ in 0..MATCHES_A_GROUP / alike {
                let outcomes = SAME.each_ref().map(&mut draw);
                if bits(&outcomes) > 0 {
                    let key = (space.pattern(&outcomes), bits(&outcomes));
                    *counts.entry(key).or_insert(0) += u64::from(alike);
                }
            }
            for place in 0..200 {
                // By chance an unrelated pair agrees on what one of the rules asks for.
                let mut outcomes = UNRELATED.each_ref().map(&mut draw);
                outcomes[if place < 180 { 0 } else { 2 }] = 1;
                *counts.entry((space.pattern(&outcomes), bits(&outcomes))).or_insert(0) += 1;
            }
            PatternCounts::merge([counts])
        })
        .collect()
}

fn with_input<T>(counts: &PatternCounts, then: impl FnOnce(&TrainingInput<'_>) -> T) -> T {
    let comparisons = ["a", "b", "c"]
        .map(|name| Comparison::ready_made(&Attribute::new(name, AttributeKind::Number)));
    let space = PatternSpace::new([4; 3]).unwrap();
    let random = UNRELATED.map(|shares| RandomAgreement {
        shares: shares.to_vec(),
        pairs: 1e9,
        enumerated: 1.0,
        errors: None,
    });
    let fixes = |place| {
        let state = |c| if c == place { Blocked::Equal } else { Blocked::Free };
        (0..3).map(state).collect::<Vec<_>>()
    };
    let comparable = ComparablePairs { pairs: PAIRS, most_matches: PAIRS, ..Default::default() };
    then(&TrainingInput {
        comparisons: &comparisons,
        space: &space,
        random: &random,
        counts,
        blocked: &[fixes(0), fixes(2)],
        households: None,
        comparable: &[comparable],
    })
}

fn errors(groups: &[PatternCounts]) -> Vec<StandardErrors> {
    let all = PatternCounts::weighted(groups, &[1; GROUPS]);
    with_input(&all, |input| bootstrap(input, groups, 60).unwrap())
}

#[test]
fn errors_of_independent_pairs_are_the_binomial_ones() {
    let found = errors(&groups(1, 1))[1].m[0];
    // Number b is free under both rules, so all 64 × 40 matches tell of it.
    let binomial = (0.85 * 0.15 / f64::from(64 * MATCHES_A_GROUP)).sqrt();
    // From 64 groups and 60 replicates the error is itself known to about a seventh.
    assert!((0.65..1.5).contains(&(found / binomial)), "{found} for {binomial}");
}

#[test]
fn pairs_of_one_block_that_are_alike_count_as_fewer() {
    let ratio = errors(&groups(2, 4))[1].m[0] / errors(&groups(2, 1))[1].m[0];
    // Four pairs alike tell as much as one: the error doubles.
    assert!((1.4..2.9).contains(&ratio), "the error grows {ratio} times");
}

#[test]
fn errors_tell_how_far_estimates_of_other_worlds_lie() {
    let estimates: Vec<f64> = (10..34)
        .map(|seed| {
            let all = PatternCounts::weighted(&groups(seed, 4), &[1; GROUPS]);
            with_input(&all, |input| train(input).unwrap().comparisons[1].m[0])
        })
        .collect();
    let mean = estimates.iter().sum::<f64>() / estimates.len() as f64;
    assert!((mean - 0.85).abs() < 0.01, "m is {mean} on average");
    let squares: f64 = estimates.iter().map(|m| (m - mean).powi(2)).sum();
    let spread = (squares / (estimates.len() - 1) as f64).sqrt();
    let found = errors(&groups(2, 4))[1].m[0];
    assert!((0.55..1.8).contains(&(found / spread)), "{found} for {spread}");
}

#[test]
fn a_level_that_no_match_shows_is_not_certain() {
    // Two edits in number b become one edit, so that no pair at all shows them.
    let space = PatternSpace::new([4; 3]).unwrap();
    let without: Vec<PatternCounts> = groups(5, 1)
        .iter()
        .map(|group| {
            let mut counts = hashbrown::HashMap::new();
            for (PairsCounted { pattern, rules, .. }, count) in group.iter() {
                let moved = u32::from(space.outcome(pattern, 1) == 3) * space.stride(1);
                *counts.entry((pattern - moved, rules)).or_insert(0) += count;
            }
            PatternCounts::merge([counts])
        })
        .collect();
    let all = PatternCounts::weighted(&without, &[1; GROUPS]);
    let m = with_input(&all, |input| train(input).unwrap().comparisons[1].m[2]);
    let [_, upper] = StandardErrors::interval(m, errors(&without)[1].m[2]);
    // Nothing seen among 2,560 matches leaves room for about 3 in 2,560: the rule of three.
    assert!((1.0 / 2560.0..6.0 / 2560.0).contains(&upper), "{m} up to {upper}");
}

#[test]
fn the_same_pairs_give_the_same_errors() {
    let groups = groups(3, 1);
    assert_eq!(errors(&groups), errors(&groups));
}

#[test]
fn what_sampling_adds_to_the_error_of_u_is_kept_shown_and_added() {
    let groups = groups(6, 1);
    let all = PatternCounts::weighted(&groups, &[1; GROUPS]);
    with_input(&all, |input| {
        let mut random = input.random.to_vec();
        let sampled = vec![0.0, 3e-5, 4e-5, 5e-5];
        random[1].errors = Some(sampled.clone());
        let with = TrainingInput { random: &random, ..*input };
        let drawn = bootstrap(input, &groups, 20).unwrap();
        let both = bootstrap(&with, &groups, 20).unwrap();
        assert_eq!(both[0], drawn[0]);
        for (place, error) in sampled.iter().enumerate() {
            // Errors of two sources that know nothing of each other add in their squares.
            let expected = drawn[1].u[place].powi(2) + error * error;
            assert!((both[1].u[place].powi(2) / expected - 1.0).abs() < 1e-9);
            assert!(both[1].bits[place] >= drawn[1].bits[place]);
        }
        let model = train(&with).unwrap();
        let file = ModelFile { canon: "canon/1".into(), model };
        let read = ModelFile::read(file.text().as_bytes(), "model.toml").unwrap();
        let kept: Vec<_> = read.model.comparisons.iter().map(|c| c.u_sampled.clone()).collect();
        assert_eq!(kept, [None, Some(sampled), None]);
        let shown = cci::report::text::model_levels(&read.model);
        assert!(shown.contains("Error of u") && shown.contains("5.000e-5"), "{shown}");
        assert!(shown.contains("exact"), "{shown}");
    });
}

#[test]
fn every_start_finds_a_clear_solution() {
    let all = PatternCounts::weighted(&groups(4, 1), &[1; GROUPS]);
    with_input(&all, |input| {
        let (one, best) = (train(input).unwrap(), train_from_starts(input).unwrap());
        assert_eq!((best.training.starts, best.training.agreeing), (3, 3));
        assert_eq!(one.comparisons, best.comparisons, "of equals the usual start is kept");
        assert!(best.training.log_likelihood >= one.training.log_likelihood);
    });
}

#[test]
fn a_model_with_errors_is_the_same_at_any_number_of_threads_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |names: &[&str]| -> String {
        let row =
            |(n, name): (usize, &&str)| format!("{n},{name},s{n},2010-01-{:02},c{n}\n", n + 1);
        names.iter().enumerate().map(row).collect()
    };
    let left = rows(&["anna", "ben", "zoe", "mia", "leo", "ida", "max", "eva"]);
    let right = rows(&["anna", "ben", "zoe", "mya", "leo", "ida", "maxi", "eva"]);
    let settings = two_files(folder.path(), &left, &right);
    let models = ["1", "4"].map(|threads| {
        let out = folder.path().join(format!("{threads}.toml"));
        let output = run(&[
            "model",
            "train",
            "--quiet",
            "--config",
            text(&settings),
            "--bootstrap",
            "20",
            "--threads",
            threads,
            "--out",
            text(&out),
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains("95 % of m"), "{}", stdout(&output));
        std::fs::read(out).unwrap()
    });
    assert!(models[0] == models[1]);
    let file = ModelFile::read(&models[0], "model.toml").unwrap();
    assert!(file.model.comparisons.iter().all(|comparison| comparison.errors.is_some()));
}
