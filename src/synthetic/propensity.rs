//! Chances that differ between children and yet keep the mean that a source gives.
//!
//! Two tools: odds that differ by group, balanced so that the mean stays; and a latent normal
//! number, part of which records have in common, so that errors come together without becoming
//! more common.

/// Returns the share of a standard normal distribution below a value.
///
/// # Formula
/// `Φ(x) = 1 − ½·erfc(x/√2)`, erfc by formula 7.1.26 of Abramowitz and Stegun (1964), with an
/// error below 1.5e-7.
pub(super) fn normal_share(value: f64) -> f64 {
    let x = value.abs() * std::f64::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let tail = series.iter().fold(0.0, |sum, term| (sum + term) * t) * (-x * x).exp() / 2.0;
    if value < 0.0 { tail } else { 1.0 - tail }
}

/// Returns the value below which a share of a standard normal distribution lies.
///
/// Shares of 0 and 1 give ∓8, beyond which nothing is drawn.
pub(super) fn normal_value(share: f64) -> f64 {
    bisect(-8.0, 8.0, |value| normal_share(value) < share)
}

/// Returns the chance in each cell, given its odds relative to the others, with a stated mean.
///
/// # Formula
/// `pᵢ = c·oᵢ / (1 + c·oᵢ)`, with c such that `Σ wᵢ·pᵢ / Σ wᵢ = mean`.
pub(super) fn balanced(mean: f64, cells: &[(f64, f64)]) -> Vec<f64> {
    if mean <= 0.0 || mean >= 1.0 {
        return vec![mean; cells.len()];
    }
    let total: f64 = cells.iter().map(|(weight, _)| weight).sum();
    let chance = |log: f64, odds: f64| 1.0 / (1.0 + (-log).exp() / odds);
    let log = bisect(-30.0, 30.0, |log| {
        cells.iter().map(|&(weight, odds)| weight * chance(log, odds)).sum::<f64>() < mean * total
    });
    cells.iter().map(|&(_, odds)| chance(log, odds)).collect()
}

/// Returns where a condition that holds below some value stops holding.
fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// What the errors of a record have in common with those of other records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    household_part: f64,
    provider_part: f64,
    own_part: f64,
}

impl Shared {
    /// Takes the shares of variance that belong to the household and the provider.
    pub(super) fn new(household: f64, provider: f64) -> Self {
        Self {
            household_part: household.sqrt(),
            provider_part: provider.sqrt(),
            own_part: (1.0 - household - provider).max(0.0).sqrt().max(1e-6),
        }
    }

    /// Returns a record's sloppiness from the standard normal numbers of household and provider.
    pub(super) fn sloppiness(self, household: f64, provider: f64) -> f64 {
        self.household_part * household + self.provider_part * provider
    }

    /// Returns the chance of an error in a record, given its sloppiness.
    ///
    /// # Formula
    /// `Φ((Φ⁻¹(p) + s) / √(1 − ρ))`, whose mean over sloppiness s (variance ρ) is p.
    pub(super) fn chance(self, threshold: f64, sloppiness: f64) -> f64 {
        normal_share((threshold + sloppiness) / self.own_part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::random::{Purpose, Stream};

    #[test]
    fn normal_share_agrees_with_tables() {
        // Abramowitz and Stegun (1964), table 26.1; 1.5e-7 is the error of the formula.
        for (value, share) in
            [(0.0, 0.5), (1.0, 0.841_344_7), (-1.96, 0.024_997_9), (3.0, 0.998_650_1)]
        {
            assert!((normal_share(value) - share).abs() < 2e-7, "{value}");
            assert!((normal_value(share) - value).abs() < 1e-4, "{share}");
        }
    }

    #[test]
    fn balanced_odds_keep_the_mean_and_the_ratio() {
        let cells = [(0.7, 1.0), (0.2, 2.0), (0.1, 4.0)];
        let chances = balanced(0.3, &cells);
        let mean: f64 =
            cells.iter().zip(&chances).map(|((weight, _), chance)| weight * chance).sum();
        assert!((mean - 0.3).abs() < 1e-12);
        let odds = |chance: f64| chance / (1.0 - chance);
        assert!((odds(chances[2]) / odds(chances[0]) - 4.0).abs() < 1e-9);
        assert_eq!(balanced(0.0, &cells), [0.0; 3]);
        assert_eq!(balanced(1.0, &cells), [1.0; 3]);
    }

    #[test]
    fn shared_sloppiness_leaves_the_mean_alone() {
        let shared = Shared::new(0.2, 0.1);
        let mut rng = Stream::new(5, 0, Purpose::Household);
        for rate in [0.002, 0.05, 0.4] {
            let threshold = normal_value(rate);
            let draws = 200_000;
            let sum: f64 = (0..draws)
                .map(|_| shared.chance(threshold, shared.sloppiness(rng.normal(), rng.normal())))
                .sum();
            // The chance has a standard deviation below 1.5 times the rate for the smallest rate.
            let error = (sum / f64::from(draws) - rate).abs();
            assert!(error < rate * 0.02, "{rate}: {error}");
        }
    }
}
