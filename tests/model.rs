//! Training against known answers: exact expected counts in, the parameters that made them out.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use cci::comparison::{Comparison, Level, PatternSpace, RandomAgreement};
use cci::model::{
    Blocked, ComparablePairs, CountsOfPart, HouseholdPairs, Model, ModelFile, PairsCounted,
    PatternCounts, ThresholdPolicy, TrainingInput, choose_threshold, train,
};
use cci::record::{Attribute, AttributeKind};
use std::collections::HashMap;

/// Probabilities of the outcomes of four numbers (exact, one edit, two edits, else) by class.
#[derive(Clone, Copy)]
struct World {
    same: [[f64; 4]; 4],
    unrelated: [[f64; 4]; 4],
    /// Other members of a household; the last attribute is the place and agrees as for one child.
    household: [[f64; 4]; 4],
    prior: f64,
    household_prior: f64,
    /// Records of one child twice at one address, for each pair of different children there.
    duplicates_in_roll: f64,
    /// Most matches that the sources can make.
    most_matches: u64,
}

const PAIRS: f64 = 1e9;

fn world() -> World {
    World {
        same: [
            [0.80, 0.12, 0.03, 0.05],
            [0.85, 0.08, 0.02, 0.05],
            [0.95, 0.02, 0.02, 0.01],
            [0.70, 0.10, 0.05, 0.15],
        ],
        unrelated: [
            [0.004, 0.006, 0.01, 0.98],
            [0.003, 0.004, 0.013, 0.98],
            [0.0003, 0.0017, 0.008, 0.99],
            [0.001, 0.002, 0.007, 0.99],
        ],
        household: [
            [0.004, 0.006, 0.01, 0.98],
            [0.90, 0.04, 0.01, 0.05],
            [0.02, 0.01, 0.02, 0.95],
            [0.70, 0.10, 0.05, 0.15],
        ],
        prior: 1e-5,
        household_prior: 0.0,
        duplicates_in_roll: 0.0,
        most_matches: PAIRS as u64,
    }
}

fn comparisons() -> Vec<Comparison> {
    use AttributeKind::{Date, FamilyName, GivenName, Postcode};
    [("given", GivenName), ("family", FamilyName), ("birth", Date), ("place", Postcode)]
        .map(|(name, kind)| {
            let levels = ["exact", "damerau <= 1", "damerau <= 2"];
            let levels = levels.map(|level| Level::parse(level).unwrap()).to_vec();
            Comparison::new(&Attribute::new(name, kind), levels, false).unwrap()
        })
        .to_vec()
}

/// Returns the product of a pattern's probabilities under one class.
fn likelihood(class: &[[f64; 4]; 4], outcomes: &[u8]) -> f64 {
    class.iter().zip(outcomes).map(|(shares, &outcome)| shares[outcome as usize - 1]).product()
}

/// Trains on the expected counts of a world under rules that each ask for one whole attribute.
fn trained(world: &World, rules: &[usize], with_households: bool) -> Model {
    trained_between(&[*world], rules, with_households)
}

/// Trains on the expected counts of worlds, each that of two sources.
fn trained_between(worlds: &[World], rules: &[usize], with_households: bool) -> Model {
    let comparisons = comparisons();
    let space = PatternSpace::new(comparisons.iter().map(Comparison::outcomes)).unwrap();
    let (mut counts, mut once) = CountsOfPart::default();
    let mut near: HashMap<u32, f64> = HashMap::new();
    let mut shares = vec![vec![0.0; 4]; 4];
    for (sources, world) in (0..).zip(worlds) {
        let share = 1.0 - world.prior - world.household_prior;
        for pattern in 0..space.size() {
            let outcomes = space.outcomes(pattern);
            if outcomes.contains(&0) {
                continue;
            }
            let household = world.household_prior * likelihood(&world.household, &outcomes);
            let all = world.prior * likelihood(&world.same, &outcomes)
                + household
                + share * likelihood(&world.unrelated, &outcomes);
            let bits = rules
                .iter()
                .enumerate()
                .fold(0, |bits, (rule, &c)| bits | u32::from(outcomes[c] == 1) << rule);
            let count = (PAIRS * all).round() as u64;
            if bits != 0 && count > 0 {
                counts.insert(PairsCounted { sources, pattern, rules: bits }, count);
                once.insert((sources, pattern), count);
            }
            if outcomes[3] == 1 {
                let share = world.household_prior * world.duplicates_in_roll;
                let twice = share * likelihood(&world.same, &outcomes);
                *near.entry(pattern).or_default() += PAIRS * (household + twice);
            }
        }
        for (c, shares) in shares.iter_mut().enumerate() {
            for (l, sum) in shares.iter_mut().enumerate() {
                let all = world.prior * world.same[c][l]
                    + world.household_prior * world.household[c][l]
                    + share * world.unrelated[c][l];
                *sum += all / worlds.len() as f64;
            }
        }
    }
    let random: Vec<RandomAgreement> = shares
        .into_iter()
        .map(|shares| RandomAgreement { shares, pairs: PAIRS, enumerated: 1.0, errors: None })
        .collect();
    let name = |sources: usize| [format!("roll {sources}"), "register".to_string()];
    let comparable: Vec<ComparablePairs> = worlds
        .iter()
        .enumerate()
        .map(|(sources, world)| ComparablePairs {
            sources: vec![name(sources)],
            pairs: PAIRS as u64,
            most_matches: world.most_matches,
        })
        .collect();
    let blocked: Vec<Vec<Blocked>> = rules
        .iter()
        .map(|&rule| {
            (0..4).map(|c| if c == rule { Blocked::Equal } else { Blocked::Free }).collect()
        })
        .collect();
    let mut patterns: Vec<(u32, f64)> =
        near.into_iter().map(|(p, n)| (p, n.round())).filter(|(_, n)| *n > 0.0).collect();
    patterns.sort_unstable_by_key(|&(pattern, _)| pattern);
    let proposed = |pattern: u32| {
        let outcomes = space.outcomes(pattern);
        rules.iter().any(|&c| outcomes[c] == 1)
    };
    let candidates = patterns.iter().map(|&(p, n)| if proposed(p) { n } else { 0.0 }).collect();
    let location = vec![false, false, false, true];
    let households = HouseholdPairs { patterns, candidates, told_by: location.clone(), location };
    train(&TrainingInput {
        comparisons: &comparisons,
        space: &space,
        random: &random,
        counts: &PatternCounts::merge_samples([(counts, once)]),
        blocked: &blocked,
        households: with_households.then_some(&households),
        comparable: &comparable,
    })
    .unwrap()
}

/// Checks every m and the prior against the world that made the counts.
fn assert_recovers(model: &Model, world: &World, tolerance: f64) {
    for (c, parameters) in model.comparisons.iter().enumerate() {
        for (l, (&found, &truth)) in parameters.m.iter().zip(&world.same[c]).enumerate() {
            assert!((found - truth).abs() < tolerance, "m of {c}, level {l}: {found} for {truth}");
        }
    }
    let ratio = model.prior.get() / world.prior;
    assert!((0.9..1.1).contains(&ratio), "prior is {ratio} of the truth");
}

#[test]
fn training_recovers_the_parameters_that_made_the_counts() {
    // The counts are exact expectations, so what is left is rounding and the pseudo-count.
    assert_recovers(&trained(&world(), &[0, 1, 2], false), &world(), 0.01);
}

#[test]
fn the_choice_of_training_rules_hardly_matters() {
    for rules in [vec![0, 1], vec![1, 2], vec![0, 2], vec![2, 3], vec![0, 1, 2, 3]] {
        assert_recovers(&trained(&world(), &rules, false), &world(), 0.015);
    }
}

/// Twenty times as many pairs of siblings as matches: two classes without a bound take the larger.
#[test]
fn a_class_of_more_pairs_than_there_can_be_matches_is_not_learnt() {
    let families = World { household_prior: 2e-4, ..world() };
    let given_name = |most_matches| {
        trained(&World { most_matches, ..families }, &[0, 1, 2, 3], false).comparisons[0].m[0]
    };
    let (free, bound) = (given_name(PAIRS as u64), given_name(11_000));
    assert!(free < 0.3, "{free}");
    assert!((0.5..0.9).contains(&bound), "{bound} for {}", world().same[0][0]);
}

/// One roll shares many children with the register and few families, another one few and many.
#[test]
fn sources_that_share_families_and_not_children_do_not_spoil_the_others() {
    let children = World { household_prior: 2e-6, ..world() };
    let families = World { prior: 1e-6, household_prior: 4e-5, ..world() };
    let model = trained_between(&[children, families], &[0, 1, 2, 3], true);
    for (c, parameters) in model.comparisons.iter().enumerate() {
        for (l, (&found, &truth)) in parameters.m.iter().zip(&world().same[c]).enumerate() {
            assert!((found - truth).abs() < 0.02, "m of {c}, level {l}: {found} for {truth}");
        }
    }
    let pattern = model.space().pattern(&[4, 1, 4, 1]);
    let bits = |roll: &str| {
        let between = model.between("register", roll);
        let prior = between.household_prior.unwrap().get();
        (prior, between.pattern_weight(pattern).weight(0.0).bits())
    };
    let [(few, _), (many, weight)] = [bits("roll 0"), bits("roll 1")];
    assert!((0.5..2.0).contains(&(few / 2e-6)), "{few}");
    assert!((0.8..1.25).contains(&(many / 4e-5)), "{many}");
    let (of_all, others) = (&model.prior.get(), model.between("register", "a stranger"));
    assert!((0.9..1.1).contains(&(of_all / 5.5e-6)), "{of_all}");
    assert_eq!(others.household_prior, model.household_prior);
    let file = ModelFile { canon: "canon/1".into(), model: model.clone() };
    assert_eq!(ModelFile::read(file.text().as_bytes(), "model").unwrap(), file);
    // Another given name and birthday at one address: a sibling, and more so where families are.
    assert!(weight < others.pattern_weight(pattern).weight(0.0).bits());
    assert!(others.pattern_weight(pattern).weight(0.0).bits() < bits("roll 0").1);
}

#[test]
fn what_no_rule_leaves_free_is_said_not_to_be_learnt() {
    assert_eq!(trained(&world(), &[0], false).training.unlearnt, ["given"]);
    assert!(trained(&world(), &[0, 1], false).training.unlearnt.is_empty());
}

#[test]
fn three_classes_learn_the_child_and_not_the_household() {
    // Four times as many siblings as matches among comparable pairs.
    let world = World { household_prior: 4e-5, ..world() };
    let model = trained(&world, &[1, 2, 3], true);
    assert_recovers(&model, &world, 0.03);
    let found = model.household_prior.unwrap().get() / world.household_prior;
    assert!((0.9..1.1).contains(&found), "household prior is {found} of the truth");
}

#[test]
fn siblings_that_no_rule_proposes_are_counted_all_the_same() {
    // By given name and date of birth few siblings are proposed, but they are as many.
    let world = World { household_prior: 4e-5, ..world() };
    let model = trained(&world, &[0, 2], true);
    let found = model.household_prior.unwrap().get() / world.household_prior;
    assert!((0.8..1.25).contains(&found), "household prior is {found} of the truth");
}

#[test]
fn children_who_are_twice_in_the_roll_are_not_taken_for_siblings() {
    let world = World { household_prior: 4e-5, duplicates_in_roll: 0.1, ..world() };
    let model = trained(&world, &[1, 2, 3], true);
    assert_recovers(&model, &world, 0.03);
    // One pair in eleven at one address is a child twice; their names agree, siblings' do not.
    let given = model.comparisons[0].s.as_ref().unwrap()[0];
    assert!((given - world.household[0][0]).abs() < 0.004, "s(given exact) is {given}");
}

#[test]
fn children_who_are_twice_in_the_roll_may_even_be_most_of_it() {
    let world = World { household_prior: 4e-5, duplicates_in_roll: 4.0, ..world() };
    let model = trained(&world, &[1, 2, 3], true);
    assert_recovers(&model, &world, 0.05);
    let given = model.comparisons[0].s.as_ref().unwrap()[0];
    assert!((given - world.household[0][0]).abs() < 0.01, "s(given exact) is {given}");
}

#[test]
fn a_household_class_of_records_of_one_child_is_left_out() {
    // Records of one child come in two sorts, with the given name miswritten and without; those
    // at one address are all of the second.
    let mut world = World { household_prior: 1e-5, ..world() };
    world.same[0] = [0.01, 0.30, 0.30, 0.39];
    world.household = world.same;
    world.household[0] = [0.97, 0.01, 0.01, 0.01];
    let model = trained(&world, &[1, 2, 3], true);
    assert!(model.household_prior.is_none(), "{:?}", model.household_prior);
    let given = model.comparisons[0].m[0];
    assert!((given - 0.49).abs() < 0.03, "m(given exact) is {given} for the mean of both sorts");
}

#[test]
fn two_classes_on_families_are_misled() {
    // The reason for the third class: without it given names of "matches" are the household's.
    let world = World { household_prior: 4e-5, ..world() };
    let model = trained(&world, &[1, 2, 3], false);
    assert!(model.comparisons[0].m[0] < 0.5, "m(given exact) is {}", model.comparisons[0].m[0]);
    assert!(model.may_be_of_households(), "and the model says so");
    assert!(!trained(&world, &[1, 2, 3], true).may_be_of_households());
    assert!(!trained(&self::world(), &[1, 2, 3], false).may_be_of_households());
}

#[test]
fn u_gives_up_its_matches_when_matches_are_common() {
    let world = World { prior: 0.004, ..world() };
    let model = trained(&world, &[0, 1, 2], false);
    let (found, truth) = (model.comparisons[2].u[0], world.unrelated[2][0]);
    // Random agreement on the date of birth is 0.0041; only 0.0003 of it is chance.
    assert!((found / truth - 1.0).abs() < 0.25, "u(birth exact) is {found} for {truth}");
}

#[test]
fn nothing_to_learn_from_is_an_error_not_a_default() {
    let comparisons = vec![Comparison::ready_made(&Attribute::new("a", AttributeKind::Number))];
    let space = PatternSpace::new([4]).unwrap();
    let counts = PatternCounts::merge([hashbrown::HashMap::from_iter([((1u32, 1u32), 5u64)])]);
    let random = vec![RandomAgreement {
        shares: vec![0.25; 4],
        pairs: 100.0,
        enumerated: 1.0,
        errors: None,
    }];
    let error = train(&TrainingInput {
        comparisons: &comparisons,
        space: &space,
        random: &random,
        counts: &counts,
        blocked: &[vec![Blocked::Equal]],
        households: None,
        comparable: &[ComparablePairs { pairs: 100, most_matches: 100, ..Default::default() }],
    })
    .unwrap_err();
    assert!(error.to_string().contains("nothing can be learnt"), "{error}");
}

#[test]
fn weights_are_the_sum_of_hand_worked_bits() {
    let model = trained(&world(), &[0, 1, 2], false);
    let pattern = model.space().pattern(&[1, 1, 1, 0]);
    let by_hand: f64 = (model.prior.get() / (1.0 - model.prior.get())).log2()
        + model.comparisons[..3].iter().map(|c| (c.m[0] / c.u[0]).log2()).sum::<f64>();
    let weight = model.pattern_weight(pattern).weight(0.0).bits();
    assert!((weight - by_hand).abs() < 1e-9, "{weight} {by_hand}");
}

#[test]
fn raising_the_threshold_adds_no_link() {
    let weights: Vec<f32> = (-40..40).map(|w| w as f32 / 2.0).collect();
    let mut last = u64::MAX;
    for bits in -20..20 {
        let policy = ThresholdPolicy::Weight(f64::from(bits));
        let (_, promise) = choose_threshold(policy, &weights, 0.0);
        assert!(promise.links <= last);
        last = promise.links;
    }
}
