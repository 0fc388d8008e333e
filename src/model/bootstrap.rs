//! Standard errors by training again on blocks drawn anew.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use rayon::prelude::*;

use super::parameters::Model;
use super::training::{TrainingInput, train};
use super::{PatternCounts, StandardErrors};
use crate::error::Result;

/// Returns the standard errors of every comparison of a model trained on these pairs.
///
/// The pairs come in groups of whole blocks. Each replicate draws as many groups as there are,
/// with replacement, and trains on what it drew; the standard deviations over replicates are the
/// errors. A level that no match shows would look certain, since no draw shows it either; so
/// no error of m is below the binomial one of as many matches as the model counts, and that of
/// the weight below what follows from it. Drawing blocks and not pairs keeps together what depends on one value or one child.
/// The draws are chosen by hash, so that the same pairs give the same errors. Random agreement
/// and the pairs of households are not drawn anew; what sampling values adds to the error of u is.
///
/// Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 6 and 8.
///
/// # Errors
/// As [`train`].
pub fn bootstrap(
    input: &TrainingInput<'_>,
    groups: &[PatternCounts],
    replicates: u32,
) -> Result<Vec<StandardErrors>> {
    let models: Result<Vec<Model>> = (0..replicates)
        .into_par_iter()
        .map(|replicate| PatternCounts::weighted(groups, &draws(replicate, groups.len())))
        // Of very few pairs a replicate may draw none, and says nothing then.
        .filter(|counts| counts.pairs() > 0)
        .map(|counts| train(&TrainingInput { counts: &counts, ..*input }))
        .collect();
    let models = models?;
    let share: f64 = models.iter().map(|model| model.prior.get()).sum();
    let matches = share / models.len().max(1) as f64 * input.pairs();
    let of = |comparison| {
        let errors = floored(spread(&models, comparison), &models, comparison, matches);
        with_sampling(errors, input.random[comparison].errors.as_deref(), &models, comparison)
    };
    Ok((0..input.comparisons.len()).map(of).collect())
}

/// Returns how often a replicate draws each group.
fn draws(replicate: u32, groups: usize) -> Vec<u64> {
    let mut times = vec![0; groups];
    for draw in 0..groups {
        let hash = FixedState::with_seed(u64::from(replicate)).hash_one(draw as u64);
        times[((u128::from(hash) * groups as u128) >> 64) as usize] += 1;
    }
    times
}

fn spread(models: &[Model], comparison: usize) -> StandardErrors {
    let outcomes = models.first().map_or(0, |model| model.comparisons[comparison].m.len());
    let deviations = |of: &dyn Fn(&Model, usize) -> f64| {
        (0..outcomes)
            .map(|place| deviation(models.iter().map(|model| of(model, place))))
            .collect::<Vec<f64>>()
    };
    StandardErrors {
        m: deviations(&|model, place| model.comparisons[comparison].m[place]),
        u: deviations(&|model, place| model.comparisons[comparison].u[place]),
        bits: deviations(&|model, place| model.comparisons[comparison].weight(place as u8 + 1)),
    }
}

/// Raises errors to those that so many independent matches would have.
fn floored(
    mut errors: StandardErrors,
    models: &[Model],
    comparison: usize,
    matches: f64,
) -> StandardErrors {
    for place in 0..errors.m.len() {
        let m = models.iter().map(|model| model.comparisons[comparison].m[place]).sum::<f64>()
            / models.len() as f64;
        let least = (m * (1.0 - m) / matches.max(1.0)).sqrt();
        errors.m[place] = errors.m[place].max(least);
        errors.bits[place] = errors.bits[place].max(least / m / std::f64::consts::LN_2);
    }
    errors
}

/// Adds the error that u has where values stood for others; the draws are independent of it.
fn with_sampling(
    mut errors: StandardErrors,
    sampled: Option<&[f64]>,
    models: &[Model],
    comparison: usize,
) -> StandardErrors {
    for (place, error) in sampled.unwrap_or_default().iter().enumerate() {
        let u = models.iter().map(|model| model.comparisons[comparison].u[place]).sum::<f64>()
            / models.len() as f64;
        errors.u[place] = errors.u[place].hypot(*error);
        errors.bits[place] = errors.bits[place].hypot(error / u / std::f64::consts::LN_2);
    }
    errors
}

/// Returns the standard deviation of some numbers, 0 for fewer than two.
fn deviation(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = numbers.clone().count() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean = numbers.clone().sum::<f64>() / count;
    let squares: f64 = numbers.map(|number| (number - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replicate_draws_as_many_groups_as_there_are() {
        let all: Vec<Vec<u64>> = (0..200).map(|replicate| draws(replicate, 64)).collect();
        assert!(all.iter().all(|times| times.iter().sum::<u64>() == 64));
        assert_ne!(all[0], all[1]);
        // A group is left out by (1 − 1/64)^64 = 0.365 of the replicates.
        let left_out = all.iter().flatten().filter(|&&times| times == 0).count();
        let share = left_out as f64 / (64.0 * 200.0);
        assert!((share - 0.365).abs() < 0.02, "{share}");
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        // Mean 5; squares 9 + 1 + 1 + 9 = 20; 20 / 3 = 6.667; its root is 2.582.
        assert!((deviation([2.0, 4.0, 6.0, 8.0].into_iter()) - 2.582).abs() < 1e-3);
    }
}
