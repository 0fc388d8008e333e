use super::*;

const BOTH: fn(usize) -> Side = |records| Side { records, duplicate_free: true };

/// Returns two sources of so many records, each free of duplicates.
fn both(records: usize) -> Contestants {
    Contestants::between(BOTH(records), BOTH(records))
}

fn contests(pairs: &[(u32, u32, f64)]) -> Vec<Contest> {
    pairs.iter().map(|&(row, column, evidence)| Contest { row, column, evidence }).collect()
}

fn probabilities(graph: &Graph) -> Vec<f64> {
    graph.log_odds().map(|log| 1.0 / (1.0 + (-log).exp())).collect()
}

/// Sums over every assignment that the sides allow.
fn by_enumeration(contests: &[Contest], rows: Side, columns: Side, log_prior: f64) -> Vec<f64> {
    let mut sums = vec![0.0; contests.len()];
    let mut total = 0.0;
    for chosen in 0u32..1 << contests.len() {
        let held = || (0..contests.len()).filter(|place| chosen >> place & 1 == 1);
        let clash = |x: usize, y: usize| {
            let (a, b) = (contests[x], contests[y]);
            (columns.duplicate_free && a.row == b.row)
                || (rows.duplicate_free && a.column == b.column)
        };
        if held().any(|x| held().any(|y| x < y && clash(x, y))) {
            continue;
        }
        let weight = held().map(|place| log_prior + contests[place].evidence).sum::<f64>().exp();
        total += weight;
        held().for_each(|place| sums[place] += weight);
    }
    sums.into_iter().map(|sum| sum / total).collect()
}

fn settled(contests: &[Contest], rows: Side, columns: Side, log_prior: f64) -> Vec<f64> {
    let mut graph = Graph::new(contests, Contestants::between(rows, columns));
    graph.settle(log_prior);
    probabilities(&graph)
}

#[test]
fn without_circles_the_posterior_is_exact() {
    // A chain and a star: messages along a tree give the marginals of the whole.
    let tree = contests(&[
        (0, 0, 9.0),
        (0, 1, 7.5),
        (1, 1, 8.0),
        (1, 2, 6.0),
        (2, 3, 5.0),
        (3, 3, 7.0),
        (4, 3, 4.0),
        (5, 4, 6.5),
    ]);
    let free = |duplicate_free| Side { records: 9, duplicate_free };
    for (rows, columns) in [(true, true), (true, false), (false, true)] {
        let (rows, columns) = (free(rows), free(columns));
        let found = settled(&tree, rows, columns, -6.0);
        for (found, truth) in found.iter().zip(by_enumeration(&tree, rows, columns, -6.0)) {
            assert!((found - truth).abs() < 1e-6, "{found} is not {truth}");
        }
    }
}

#[test]
fn with_circles_the_posterior_is_near_and_keeps_the_order() {
    // Two members of a household in both sources: four pairs, a circle.
    let circle = contests(&[(0, 0, 8.0), (0, 1, 3.0), (1, 0, 2.0), (1, 1, 4.0)]);
    let found = settled(&circle, BOTH(4), BOTH(4), -4.0);
    let truth = by_enumeration(&circle, BOTH(4), BOTH(4), -4.0);
    for (found, truth) in found.iter().zip(&truth) {
        assert!((found - truth).abs() < 0.03, "{found:?} against {truth:?}");
    }
    assert!(found[0] > found[3] && found[3] > found[1] && found[1] > found[2]);
}

#[test]
fn those_who_are_left_over_are_each_other() {
    // Nine of ten are certain; a weak candidate between the last two has no rival left.
    let mut pairs: Vec<(u32, u32, f64)> = (0..9).map(|person| (person, person, 40.0)).collect();
    pairs.push((9, 9, 1.0));
    let found = one_to_one(&contests(&pairs), both(10), 0.09);
    assert!(found.weights[9] > 1.0, "{found:?}");
    // With a thousand left over on either side the same evidence is worth little.
    let found = one_to_one(&contests(&pairs), both(1010), 1e-5);
    assert!(found.weights[9] < -10.0, "{found:?}");
}

#[test]
fn of_two_candidates_for_one_record_the_better_takes_it() {
    let pairs = contests(&[(0, 0, 30.0), (0, 1, 24.0)]);
    let found = one_to_one(&pairs, both(100), 1e-4);
    assert!(found.weights[0] > 8.0 && found.weights[1] < -8.0, "{found:?}");
    // If the columns may hold a child twice both stand.
    let twice = Side { records: 100, duplicate_free: false };
    let found = one_to_one(&pairs, Contestants::between(BOTH(100), twice), 1e-4);
    assert!(found.weights[1] > 8.0, "{found:?}");
}

#[test]
fn the_number_of_matches_agrees_with_the_weights() {
    let pairs: Vec<Contest> = (0..50u32)
        .flat_map(|row| [(row, row, f64::from(row % 12)), (row, (row + 1) % 50, 1.0)])
        .map(|(row, column, evidence)| Contest { row, column, evidence })
        .collect();
    let found = one_to_one(&pairs, Contestants::between(BOTH(60), BOTH(70)), 1e-3);
    let sum: f64 = found.weights.iter().map(|bits| 1.0 / (1.0 + (-bits).exp2())).sum();
    assert!((sum - found.matches).abs() < 1e-9 && sum < 50.0, "{sum}");
}

#[test]
fn without_declarations_two_sources_have_a_prior_of_their_own() {
    // 400 of 500 agree well: among 1,000,000 pairs that is 1 in 2,500, not the 1 in 25,000 given.
    let pairs: Vec<Contest> = (0..500u32)
        .map(|row| Contest { row, column: row, evidence: if row < 400 { 14.0 } else { 2.0 } })
        .collect();
    let twice = Side { records: 1000, duplicate_free: false };
    let found = one_to_one(&pairs, Contestants::between(twice, twice), 4e-5);
    let odds = 400.0 / (1e6 - 400.0);
    let expected = (odds / 4e-5f64).log2();
    assert!((found.gain - expected).abs() < 0.1, "{} for {expected}", found.gain);
    assert!((found.matches - 400.0).abs() < 10.0, "{}", found.matches);
}

#[test]
fn a_few_pairs_do_not_move_the_prior_far() {
    let pairs = contests(&[(0, 0, 1.0), (1, 1, 2.0)]);
    let found = one_to_one(&pairs, Contestants::within(200), 1e-5);
    assert!(found.gain.abs() < 0.3, "{found:?}");
}

#[test]
fn nothing_to_weigh_is_nothing_found() {
    let found = one_to_one(&[], Contestants::between(BOTH(3), BOTH(0)), 1e-3);
    assert_eq!((found.weights.len(), found.matches), (0, 0.0));
}

#[test]
fn evidence_without_bounds_stays_a_number() {
    let pairs = contests(&[(0, 0, f64::INFINITY), (0, 1, 500.0), (1, 1, f64::NEG_INFINITY)]);
    let found = one_to_one(&pairs, both(2), 0.1);
    assert!(found.weights.iter().all(|bits| bits.is_finite()), "{found:?}");
}
