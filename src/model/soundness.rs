//! Whether the numbers of a model can be true, before anything is scored with them.

use super::parameters::{ComparisonParameters, HouseholdsBetween, Model, TrainingMethod};
use crate::error::{Error, ErrorKind, Result};

/// Furthest that probabilities may be from adding up to 1; numbers typed by hand are rounded.
const SUM_TOLERANCE: f64 = 1e-3;
/// The same for a model of Splink's, which takes each level's median over training sessions.
const MEDIAN_TOLERANCE: f64 = 0.25;
/// Checks every probability of a model.
///
/// # Errors
/// `BadModel` naming comparison, level and what was expected.
pub(super) fn check(model: &Model) -> Result<()> {
    let prior = model.prior.get();
    let household = model.household_prior.map_or(0.0, |prior| prior.get());
    if !(prior > 0.0 && household >= 0.0 && prior + household < 1.0) {
        return Err(bad("expected priors above 0 that leave room for unrelated pairs".into())
            .help("the prior is the share of all comparable pairs that are matches"));
    }
    if model.household.is_some() != model.household_prior.is_some() {
        return Err(bad("expected household and household_prior together, or neither".into())
            .help("export the model again"));
    }
    let between = |of: &HouseholdsBetween| of.prior.get() > 0.0 && prior + of.prior.get() < 1.0;
    let known = model.household.is_some() || model.households_between.is_empty();
    if !(known && model.households_between.iter().all(between)) {
        return Err(bad("expected households_between above 0 beside household, or none".into())
            .help("export the model again"));
    }
    if model.comparisons.is_empty() {
        return Err(bad("expected at least one comparison".into()).help("export the model again"));
    }
    let tolerance = match model.training.method {
        TrainingMethod::ExpectationMaximisation | TrainingMethod::Labels => SUM_TOLERANCE,
        TrainingMethod::Splink => MEDIAN_TOLERANCE,
    };
    model.comparisons.iter().try_for_each(|parameters| comparison(parameters, tolerance))?;
    // Training comes to this where one source writes more than another; a file of another tool
    // is likelier to hold m and u in each other's place.
    match (model.training.method, model.against().next()) {
        (TrainingMethod::Splink, Some(of)) => Err(bad(format!(
            "comparison of {}, level {}: expected m of at least u, found m {} and u {}: agreement \
             would count against a match",
            of.attribute, of.labels[0], of.m[0], of.u[0]
        ))
        .help("check that m and u are not exchanged, or leave the comparison out")),
        _ => Ok(()),
    }
}

fn comparison(comparison: &ComparisonParameters, tolerance: f64) -> Result<()> {
    let name = &comparison.attribute;
    let household = comparison.s.as_ref().map(|s| ("s", s));
    let lists = [("m", &comparison.m), ("u", &comparison.u)].into_iter().chain(household);
    for (letter, values) in lists {
        if values.len() != comparison.labels.len() {
            let (found, expected) = (values.len(), comparison.labels.len());
            return Err(bad(format!(
                "comparison of {name}: expected one {letter} a level, {expected}, found {found}"
            ))
            .help("give a probability for every level, \"else\" among them"));
        }
        for (label, &value) in comparison.labels.iter().zip(values) {
            if !(value > 0.0 && value < 1.0) {
                return Err(bad(format!(
                    "comparison of {name}, level {label}: expected {letter} above 0 and below 1, \
                     found {value}"
                ))
                .help("nothing is certain: a probability of 0 or 1 makes an infinite weight"));
            }
        }
        let sum: f64 = values.iter().sum();
        if (sum - 1.0).abs() > tolerance {
            return Err(bad(format!(
                "comparison of {name}: expected {letter} of all levels to add up to 1, found {sum:.4}"
            ))
            .help("a missing value is no level; every other outcome is one"));
        }
    }
    let drawn = comparison.errors.iter().flat_map(|errors| [&errors.m, &errors.u, &errors.bits]);
    for errors in drawn.chain(&comparison.u_sampled) {
        let sound = |error: &f64| error.is_finite() && *error >= 0.0;
        if errors.len() != comparison.labels.len() || !errors.iter().all(sound) {
            return Err(bad(format!(
                "comparison of {name}: expected one standard error a level, each from 0"
            ))
            .help("export the model again"));
        }
    }
    if let Some(frequency) = comparison.term_frequency {
        let sound = frequency.power >= 0.0
            && frequency.power.is_finite()
            && (0.0..1.0).contains(&frequency.least);
        if !sound {
            return Err(bad(format!(
                "comparison of {name}: expected a power of term frequency from 0 and a least \
                 share from 0 to below 1"
            ))
            .help("a power of 1 and a least share of 0 are the full effect"));
        }
    }
    Ok(())
}

fn bad(message: String) -> Error {
    Error::new(ErrorKind::BadModel, message)
}
