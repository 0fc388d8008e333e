//! The priors: shares of all comparable pairs, found where the posterior agrees with them.

use super::ComparablePairs;
use super::parameters::log_sum;

/// Pairs of either class that the shares of all sources are worth beside what two of them show.
const PRIOR_PAIRS: f64 = 1.0;

/// Shares of all comparable pairs while they settle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Priors {
    /// Share that are matches.
    pub(super) same: f64,
    /// Share that are two children of one household; `None` where that class is not learnt.
    pub(super) household: Option<f64>,
}

impl Priors {
    /// Moves the shares to the fixed point of the posterior over all candidate pairs.
    ///
    /// Each candidate pattern comes with its number of pairs and the natural logarithms of its
    /// likelihoods. Matches that blocking does not propose are few and left out of account;
    /// household pairs that it does not propose are most of them, and made up for by `coverage`,
    /// the share that it does.
    pub(super) fn settle(self, candidates: &[(f64, [f64; 3])], pairs: f64, coverage: f64) -> Self {
        let (mut same, mut household) = (self.same, self.household.unwrap_or(0.0));
        for _ in 0..200 {
            let logs = [same.ln(), household.ln(), (1.0 - same - household).ln()];
            let mut sums = [0.0; 2];
            for (count, likelihood) in candidates {
                let [match_, near, unrelated]: [f64; 3] =
                    std::array::from_fn(|class| logs[class] + likelihood[class]);
                let all = log_sum(log_sum(match_, near), unrelated);
                sums[0] += count * (match_ - all).exp();
                sums[1] += count * (near - all).exp();
            }
            let before = same;
            same = (sums[0] / pairs).clamp(1e-12, 0.5);
            if self.household.is_some() {
                household = (sums[1] / (pairs * coverage)).clamp(1e-12, 0.25);
            }
            if (same / before - 1.0).abs() < 1e-9 {
                break;
            }
        }
        Self { same, household: self.household.map(|_| household) }
    }

    /// Returns the shares of all comparable pairs from those of each two sources.
    pub(super) fn of_all(by_sources: &[Self], comparable: &[ComparablePairs]) -> Self {
        if let &[only] = by_sources {
            return only;
        }
        let pairs = comparable.iter().map(|of| of.pairs as f64).sum::<f64>().max(1.0);
        let sum = |of: &dyn Fn(&Self) -> f64| -> f64 {
            let each = by_sources.iter().zip(comparable);
            each.map(|(priors, comparable)| of(priors) * comparable.pairs as f64 / pairs).sum()
        };
        let households = by_sources.iter().any(|of| of.household.is_some());
        Self {
            same: sum(&|of| of.same),
            household: households.then(|| sum(&|of| of.household.unwrap_or(0.0))),
        }
    }

    /// Draws the shares of two sources, of so many pairs, to those of all.
    pub(super) fn drawn_to(self, all: Self, pairs: f64) -> Self {
        let drawn = |own: f64, all: f64| {
            (own * pairs + PRIOR_PAIRS) / (pairs + PRIOR_PAIRS / all.max(1e-12))
        };
        Self {
            same: drawn(self.same, all.same),
            household: self.household.map(|own| drawn(own, all.household.unwrap_or(own))),
        }
    }
}
