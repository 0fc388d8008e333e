//! Calibration: what the model stated, beside what turned out to be true.

use serde::{Deserialize, Serialize};

use super::EvaluationInput;
use super::rate::Rate;

/// Bins of stated probability, of equal width.
const BINS: usize = 10;
/// Stated probability from which a pair counts as sure.
const SURE: f64 = 0.95;

/// Stated probabilities of scored pairs against the truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Scored pairs.
    pub pairs: u64,
    /// Expected calibration error: mean distance of stated and true share, weighted by pairs.
    pub expected_error: f64,
    /// Of pairs stated at 0.95 or more, those that are matches.
    pub sure: Rate,
    /// Tenths of the stated probability, from the lowest up.
    pub bins: Vec<CalibrationBin>,
}

/// Pairs of which about the same was stated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Lowest stated probability.
    pub from: f64,
    /// Stated probability below which the bin ends; the last one holds 1.
    pub to: f64,
    /// Mean stated probability; `None` without pairs.
    pub stated: Option<f64>,
    /// Pairs that are matches.
    pub matches: Rate,
}

impl Calibration {
    /// Compares what was stated of each scored pair with the truth.
    ///
    /// # Formula
    /// `ECE = Σ_b (n_b / n) |mean of p in b − share of matches in b|` over ten bins of equal
    /// width (Naeini, Cooper and Hauskrecht 2015). Pairs that were not scored are stated to be no
    /// matches and would only make it smaller.
    ///
    /// Returns `None` if no pair was scored.
    pub(super) fn measure(input: &EvaluationInput<'_>) -> Option<Self> {
        if input.scored.is_empty() {
            return None;
        }
        let child = &input.truth.child_of;
        let mut sums = [(0.0f64, 0u64, 0u64); BINS];
        let (mut sure, mut sure_right) = (0, 0);
        for link in input.scored {
            let stated = link.probability().get();
            let right = u64::from(child[link.a as usize] == child[link.b as usize]);
            let (sum, pairs, matches) = &mut sums[((stated * BINS as f64) as usize).min(BINS - 1)];
            *sum += stated;
            *pairs += 1;
            *matches += right;
            if stated >= SURE {
                sure += 1;
                sure_right += right;
            }
        }
        let all = input.scored.len() as f64;
        let bins: Vec<CalibrationBin> = sums
            .iter()
            .enumerate()
            .map(|(place, &(sum, pairs, matches))| CalibrationBin {
                from: place as f64 / BINS as f64,
                to: (place + 1) as f64 / BINS as f64,
                stated: (pairs > 0).then(|| sum / pairs as f64),
                matches: Rate::new(matches, pairs),
            })
            .collect();
        let error = |bin: &CalibrationBin| match (bin.stated, bin.matches.value()) {
            (Some(stated), Some(found)) => {
                (stated - found).abs() * bin.matches.denominator as f64 / all
            }
            _ => 0.0,
        };
        Some(Self {
            pairs: input.scored.len() as u64,
            expected_error: bins.iter().map(error).sum(),
            sure: Rate::new(sure_right, sure),
            bins,
        })
    }
}
