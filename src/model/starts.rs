//! Several starts of training: the best end is kept, and how many agreed is told.

use super::parameters::Model;
use super::training::{MOST_ITERATIONS, TrainingInput, train_from};
use crate::error::Result;

/// Where training starts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Start {
    /// Probability of exact agreement among matches.
    pub(super) agreement: f64,
    /// Share of matches among each session's pairs.
    pub(super) matches: f64,
}

impl Start {
    /// Start of every training: nine tenths agree, half of a session's pairs are matches or, with
    /// households, two fifths.
    pub(super) fn usual(with_households: bool) -> Self {
        Self { agreement: 0.9, matches: if with_households { 0.4 } else { 0.5 } }
    }
}

/// Other starts: careless records among many, careful records among few.
const OTHERS: [Start; 2] =
    [Start { agreement: 0.6, matches: 0.7 }, Start { agreement: 0.98, matches: 0.1 }];
/// Difference of two log likelihoods, as a share, that is no difference.
const SAME: f64 = 1e-6;

/// Trains from several starts and keeps the end of highest likelihood, the usual one if equal.
///
/// # Errors
/// As [`super::train`].
pub fn train_from_starts(input: &TrainingInput<'_>) -> Result<Model> {
    let usual = Start::usual(input.households.is_some());
    let starts = std::iter::once(usual).chain(OTHERS);
    let ends: Result<Vec<Model>> =
        starts.map(|start| train_from(input, start, MOST_ITERATIONS)).collect();
    let ends = ends?;
    let likelihood = |model: &Model| model.training.log_likelihood.unwrap_or(f64::NEG_INFINITY);
    let equal = |x: f64, y: f64| x == y || (x - y).abs() <= SAME * x.abs().max(y.abs());
    let best = ends.iter().map(likelihood).fold(f64::NEG_INFINITY, f64::max);
    let agreeing = ends.iter().filter(|model| equal(likelihood(model), best)).count() as u32;
    let count = ends.len() as u32;
    let mut kept = ends.into_iter().filter(|model| equal(likelihood(model), best));
    let mut model = kept.next().expect("the best of the ends is one of them");
    (model.training.starts, model.training.agreeing) = (count, agreeing);
    Ok(model)
}

/// Returns the usual values of m before anything is known: nine tenths agree.
pub(super) fn starting_m(outcomes: usize) -> Vec<f64> {
    falling_m(0.9, outcomes)
}

/// Returns values of m of which so many agree and the rest falls off by halves.
pub(super) fn falling_m(agreement: f64, outcomes: usize) -> Vec<f64> {
    let rest: Vec<f64> = (1..outcomes).map(|place| 0.5f64.powi(place as i32)).collect();
    let total: f64 = rest.iter().sum();
    let others = rest.into_iter().map(|share| (1.0 - agreement) * share / total);
    std::iter::once(agreement).chain(others).collect()
}
