use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::*;

fn value(component: &Margins, labels: &[usize]) -> f64 {
    let pairs = (0..component.size).flat_map(|x| (0..x).map(move |y| (y, x)));
    pairs.filter(|&(x, y)| labels[x] == labels[y]).map(|(x, y)| component.margin(x, y)).sum()
}

/// Returns the value of the best of all partitions.
fn best_of_all(component: &Margins, labels: &mut Vec<usize>) -> f64 {
    if labels.len() == component.size {
        return value(component, labels);
    }
    let next = labels.iter().max().map_or(0, |most| most + 1);
    (0..=next)
        .map(|label| {
            labels.push(label);
            let best = best_of_all(component, labels);
            labels.pop();
            best
        })
        .fold(f64::NEG_INFINITY, f64::max)
}

/// Returns margins between -9 and 9 that a hash of seed and places gives.
fn random(seed: u64, size: usize) -> Margins {
    let hasher = FixedState::with_seed(seed);
    Margins::of_places(size, |x, y| (hasher.hash_one((x, y)) % 18_001) as f64 / 1_000.0 - 9.0)
}

#[test]
fn small_components_get_the_best_of_all_partitions() {
    for seed in 0..40 {
        let component = random(seed, 2 + seed as usize % 7);
        let found = value(&component, &part_exactly(&component));
        let best = best_of_all(&component, &mut Vec::new());
        assert!((found - best).abs() < 1e-9, "seed {seed}: {found} for {best}");
    }
}

#[test]
fn larger_components_come_near_the_best() {
    let (mut found, mut best) = (0.0, 0.0);
    for seed in 100..160 {
        let component = random(seed, 10);
        found += value(&component, &part_greedily(&component));
        best += value(&component, &part_exactly(&component));
    }
    assert!(found > 0.9 * best, "{found} of {best}");
}

#[test]
fn a_third_record_is_kept_if_the_evidence_outweighs_the_doubt_and_parted_if_not() {
    let margins = |doubt: f64| move |x, y| if (x, y) == (0, 2) { -doubt } else { 5.0 };
    assert_eq!(part(&Margins::of_places(3, margins(4.0))), [0, 0, 0]);
    // Either end may keep the middle; the first does.
    assert_eq!(part(&Margins::of_places(3, margins(6.0))), [0, 0, 1]);
}

#[test]
fn excluded_records_never_share_a_set_in_small_and_large_components() {
    for size in [6, 20] {
        let exclude = |x: usize, y: usize| x.is_multiple_of(3) && y.is_multiple_of(3);
        let component =
            Margins::of_places(size, |x, y| if exclude(x, y) { f64::NEG_INFINITY } else { 3.0 });
        let labels = part(&component);
        for x in 0..size {
            for y in x + 1..size {
                assert!(!exclude(x, y) || labels[x] != labels[y], "{x} and {y} of {size}");
            }
        }
    }
}
