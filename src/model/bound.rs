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

/// Returns the classes' shares of patterns, given by their logarithms and with their counts; the
/// odds of a match are lowered by one factor for all of them where more pairs would be expected to
/// be matches than there can be.
pub(super) fn shares_within(most: f64, patterns: &[(f64, [f64; 3])]) -> Vec<(f64, [f64; 3])> {
    let lowered = |by: f64| -> Vec<(f64, [f64; 3])> {
        let of = |&(count, [same, household, unrelated]): &(f64, [f64; 3])| {
            (count, shares_of([same - by, household, unrelated]))
        };
        patterns.iter().map(of).collect()
    };
    let expected = |shares: &[(f64, [f64; 3])]| -> f64 {
        shares.iter().map(|(count, [same, ..])| count * same).sum()
    };
    let free = lowered(0.0);
    if expected(&free) <= most {
        return free;
    }
    let (mut low, mut high) = (0.0_f64, MOST_LOWERED);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        *(if expected(&lowered(middle)) > most { &mut low } else { &mut high }) = middle;
    }
    lowered(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_held_to_the_bound_and_the_likeliest_stay() {
        // Odds of 2^60 to 1, 8 to 1 and 1 to 4, without households.
        let odds = [2f64.powi(60), 8.0, 0.25];
        let patterns = odds.map(|odds| (100.0, [f64::ln(odds), f64::NEG_INFINITY, 0.0]));
        let expected = |most| -> f64 {
            shares_within(most, &patterns).iter().map(|(count, shares)| count * shares[0]).sum()
        };
        assert!((expected(1e9) - (100.0 + 800.0 / 9.0 + 20.0)).abs() < 1e-9);
        assert!((expected(110.0) - 110.0).abs() < 1e-6);
        let held = shares_within(110.0, &patterns);
        let share = |place: usize| held[place].1[0];
        assert!(share(0) > 0.999_999 && share(1) < 0.1 && share(2) < share(1));
    }

    #[test]
    fn within_the_bound_nothing_changes() {
        let patterns = [(10.0, [0.0, -1.0, 2.0]), (5.0, [1.0, f64::NEG_INFINITY, 0.0])];
        let free = patterns.map(|(count, classes)| (count, shares_of(classes)));
        assert_eq!(shares_within(15.0, &patterns), free);
    }
}
