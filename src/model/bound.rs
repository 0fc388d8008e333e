//! Holds the matches that a session expects to as many as there can be.

use super::parameters::log_sum;

/// Most that the odds of a match are lowered by to hold matches to their bound, as a logarithm.
const MOST_LOWERED: f64 = 200.0;
/// Halvings in search of how far, to twelve digits.
const HALVINGS: u32 = 40;

/// Returns the classes' shares of a pattern from their logarithms.
pub(super) fn shares_of(classes: [f64; 3]) -> [f64; 3] {
    let all = classes.into_iter().fold(f64::NEG_INFINITY, log_sum);
    classes.map(|class| (class - all).exp())
}

/// Lowers the odds of a match by one factor for all patterns, given with their counts, so that no
/// more pairs are expected to be matches than there can be.
pub(super) fn hold_to(most: f64, patterns: &mut [(f64, [f64; 3])]) {
    let expected = |lower: f64| -> f64 {
        let of = |&(count, [same, household, unrelated]): &(f64, [f64; 3])| {
            count * shares_of([same - lower, household, unrelated])[0]
        };
        patterns.iter().map(of).sum()
    };
    if expected(0.0) <= most {
        return;
    }
    let (mut low, mut high) = (0.0_f64, MOST_LOWERED);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        *(if expected(middle) > most { &mut low } else { &mut high }) = middle;
    }
    patterns.iter_mut().for_each(|(_, classes)| classes[0] -= high);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(patterns: &[(f64, [f64; 3])]) -> f64 {
        patterns.iter().map(|&(count, classes)| count * shares_of(classes)[0]).sum()
    }

    #[test]
    fn matches_are_held_to_the_bound_and_the_likeliest_stay() {
        // Odds of 2^60 to 1, 8 to 1 and 1 to 4, without households.
        let odds = [2f64.powi(60), 8.0, 0.25];
        let mut patterns =
            odds.map(|odds| (100.0, [f64::ln(odds), f64::NEG_INFINITY, 0.0])).to_vec();
        assert!((expected(&patterns) - (100.0 + 800.0 / 9.0 + 20.0)).abs() < 1e-9);
        hold_to(110.0, &mut patterns);
        assert!((expected(&patterns) - 110.0).abs() < 1e-6);
        let share = |place: usize| shares_of(patterns[place].1)[0];
        assert!(share(0) > 0.999_999 && share(1) < 0.1 && share(2) < share(1));
    }

    #[test]
    fn within_the_bound_nothing_changes() {
        let mut patterns = vec![(10.0, [0.0, -1.0, 2.0]), (5.0, [1.0, f64::NEG_INFINITY, 0.0])];
        let before = patterns.clone();
        hold_to(15.0, &mut patterns);
        assert_eq!(patterns, before);
    }
}
