use std::collections::BTreeMap;

use super::*;

/// Returns bits between -4 and 4 that a hash of seed and places gives; one pair may be excluded.
fn random(seed: u64, size: usize) -> Margins {
    let hasher = FixedState::with_seed(seed);
    Margins::of_places(size, |x, y| match hasher.hash_one((x, y)) {
        hash if hash % 11 == 0 => f64::NEG_INFINITY,
        hash => (hash % 8_001) as f64 / 1_000.0 - 4.0,
    })
}

fn chance(draw: u64) -> Chance {
    Chance { hasher: FixedState::with_seed(9), draw, component: 0, used: 0 }
}

/// Numbers the sets of a partition by their first members.
fn numbered(labels: &[usize]) -> Vec<usize> {
    let mut known: Vec<usize> = Vec::new();
    let number = |label: &usize| {
        known.iter().position(|other| other == label).unwrap_or_else(|| {
            known.push(*label);
            known.len() - 1
        })
    };
    labels.iter().map(number).collect()
}

/// Returns the probability of every partition by going through all of them.
fn every_partition(margins: &Margins) -> BTreeMap<Vec<usize>, f64> {
    fn go_on(margins: &Margins, labels: &mut Vec<usize>, all: &mut BTreeMap<Vec<usize>, f64>) {
        if labels.len() == margins.size {
            let pairs = (0..margins.size).flat_map(|x| (0..x).map(move |y| (y, x)));
            let together = pairs.filter(|&(x, y)| labels[x] == labels[y]);
            let bits: f64 = together.map(|(x, y)| margins.margin(x, y)).sum();
            all.insert(labels.clone(), bits.exp2());
            return;
        }
        for label in 0..=labels.iter().max().map_or(0, |most| most + 1) {
            labels.push(label);
            go_on(margins, labels, all);
            labels.pop();
        }
    }
    let mut all = BTreeMap::new();
    go_on(margins, &mut Vec::new(), &mut all);
    let total: f64 = all.values().sum();
    all.values_mut().for_each(|share| *share /= total);
    all
}

/// Returns half the sum by which the shares of draws differ from what they should be.
fn distance(expected: &BTreeMap<Vec<usize>, f64>, draws: impl Iterator<Item = Vec<usize>>) -> f64 {
    let mut found: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
    let mut count = 0.0;
    for labels in draws {
        *found.entry(numbered(&labels)).or_default() += 1.0;
        count += 1.0;
    }
    assert!(found.keys().all(|labels| expected[labels] > 0.0), "what is excluded was drawn");
    let off = |(labels, share): (&Vec<usize>, &f64)| {
        (share - found.get(labels).copied().unwrap_or(0.0) / count).abs()
    };
    expected.iter().map(off).sum::<f64>() / 2.0
}

/// Of n draws among k partitions the distance is about √(k / (2πn)) by chance: .028 at most here
/// (52 partitions of five, of which few are likely, and 10,000 draws).
#[test]
fn small_components_are_drawn_as_often_as_summing_over_all_partitions_says() {
    for seed in 0..12 {
        let margins = random(seed, 2 + seed as usize % 4);
        let expected = every_partition(&margins);
        let drawn = partitions(&margins, (0..10_000).map(chance));
        let off = distance(&expected, drawn.into_iter());
        assert!(off < 0.03, "seed {seed}: {off}");
    }
}

#[test]
fn sums_are_those_of_all_partitions() {
    for seed in 0..12 {
        let margins = random(seed, 2 + seed as usize % 6);
        let mut total = 0.0;
        let expected = every_partition(&margins);
        let alone: Vec<usize> = (0..margins.size).collect();
        // All alone has no pair and weighs 1, so that its share is one in the sum.
        total += 1.0 / expected[&alone];
        let exact = Exact::new(&margins);
        let found = exact.sums[exact.sums.len() - 1].exp2();
        assert!((found / total - 1.0).abs() < 1e-9, "seed {seed}: {found} for {total}");
    }
}

/// The way of larger components, on small ones where the truth can be told.
#[test]
fn moving_single_records_ends_in_the_same_shares() {
    for seed in 0..6 {
        let margins = random(seed, 3 + seed as usize % 3);
        let expected = every_partition(&margins);
        let drawn = (0..4_000).map(|draw| gibbs(&margins, &mut chance(draw)));
        let off = distance(&expected, drawn);
        assert!(off < 0.05, "seed {seed}: {off}");
    }
}

#[test]
fn two_records_are_together_with_their_match_probability() {
    for bits in [-3.0, 0.0, 2.0] {
        let margins = Margins::of_places(2, |_, _| bits);
        let drawn = partitions(&margins, (0..10_000).map(chance));
        let together = drawn.iter().filter(|labels| labels[0] == labels[1]).count() as f64;
        let probability = 1.0 / (1.0 + (-bits).exp2());
        // Three standard errors of 10,000 draws are .015 at most.
        assert!((together / 10_000.0 - probability).abs() < 0.015, "{together} at {bits} bits");
    }
}

#[test]
fn what_a_key_decided_is_never_parted() {
    let margins = Margins::of_places(14, |x, _| if x < 3 { 1e4 } else { -20.0 });
    for draw in 0..20 {
        let labels = gibbs(&margins, &mut chance(draw));
        assert!(labels.iter().all(|label| *label == labels[0]), "{labels:?}");
    }
}

#[test]
fn what_keys_joined_moves_as_one() {
    // Two pairs of one key each that belong together, and stragglers that belong to nobody: with
    // nine of them there are more than are summed over. A pair weighs 33 bits against 0.
    for stragglers in [8, 9, 30] {
        let margins = Margins::of_places(4 + stragglers, |x, y| match (x, y) {
            (0, 1) | (2, 3) => 1e4,
            (0, 2) => 33.0,
            _ if y < 4 => 0.0,
            _ => -5.0,
        });
        let drawn = partitions(&margins, (0..50).map(chance));
        assert!(drawn.iter().all(|labels| labels[..4].iter().all(|label| *label == labels[0])));
    }
}

#[test]
fn members_that_exclude_each_other_are_no_unit_though_keys_join_them() {
    let margins = Margins::of_places(5, |x, y| match (x, y) {
        (0, 1) | (1, 2) | (3, 4) => 1e4,
        (0, 2) => f64::NEG_INFINITY,
        _ => -20.0,
    });
    let (unit_of, units) = margins.units();
    assert_eq!((unit_of, units.size), (vec![0, 1, 2, 3, 3], 4));
    assert_eq!((units.margin(0, 1), units.margin(0, 3)), (1e4, -40.0));
    for labels in partitions(&margins, (0..50).map(chance)) {
        assert!(labels[0] != labels[2] && (labels[0] == labels[1] || labels[1] == labels[2]));
    }
}
