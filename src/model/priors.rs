//! The priors: shares of all comparable pairs, found where the posterior agrees with them.

use super::parameters::log_sum;

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
}
