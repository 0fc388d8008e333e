//! Training from labels: pairs that somebody has judged, in place of expectation–maximisation.

use super::Probability;
use super::parameters::{ComparisonParameters, Model, TrainingFacts, TrainingMethod};
use super::priors::Priors;
use super::standard_errors::StandardErrors;
use super::starts::starting_m;
use super::training::TrainingInput;
use crate::error::{Error, ErrorKind, Result};

/// Pairs that the starting values of m and of u are worth beside the labels.
const PRIOR_PAIRS: f64 = 1.0;

/// What somebody has said of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// Two records of one child.
    Match,
    /// Records of two children.
    NoMatch,
}

/// Trains a model of two classes on labelled pairs, each given by its agreement pattern.
///
/// # Formula
/// `m(l) = (n_l + m₀(l)) / (n + 1)` over pairs labelled a match with both values present, and
/// u likewise over the others, with m₀ the usual starting values and u₀ the calculated random
/// agreement, each worth one pair. Standard errors are binomial, `√(p (1 − p) / (n + 1))`, and
/// of the weight by the delta method, `√((1−m)/(m n_m) + (1−u)/(u n_u)) / ln 2`. The prior is
/// the fixed point of the posterior over all candidate pairs, as without labels.
///
/// # Errors
/// `BadTruth` without labels or with one sort of label alone.
pub fn train_on_labels(input: &TrainingInput<'_>, labelled: &[(u32, Label)]) -> Result<Model> {
    let matches = labelled.iter().filter(|(_, label)| *label == Label::Match).count();
    check_labels(labelled.len(), matches)?;
    let of = |wanted: Label| {
        let space = input.space;
        move |comparison: usize, outcomes: usize| -> Vec<f64> {
            let mut counts = vec![0.0; outcomes];
            for (pattern, _) in labelled.iter().filter(|(_, label)| *label == wanted) {
                match space.outcome(*pattern, comparison) {
                    0 => {}
                    outcome => counts[outcome as usize - 1] += 1.0,
                }
            }
            counts
        }
    };
    let (of_matches, of_others) = (of(Label::Match), of(Label::NoMatch));
    let comparisons: Vec<ComparisonParameters> = input
        .comparisons
        .iter()
        .zip(input.random)
        .enumerate()
        .map(|(place, (comparison, random))| {
            let outcomes = comparison.outcomes();
            let (m, n_m) = smoothed(&of_matches(place, outcomes), &starting_m(outcomes));
            let (u, n_u) = smoothed(&of_others(place, outcomes), &random.shares);
            let errors = StandardErrors::binomial(&m, n_m, &u, n_u);
            let mut parameters = ComparisonParameters::declared(comparison, m, u);
            parameters.errors = Some(errors);
            parameters
        })
        .collect();
    let mut model = Model {
        comparisons,
        prior: Probability::new(0.5)?,
        household_prior: None,
        households_between: Vec::new(),
        training: TrainingFacts {
            method: TrainingMethod::Labels,
            toolkit: env!("CARGO_PKG_VERSION").to_string(),
            blocking: Vec::new(),
            sessions: Vec::new(),
            pairs: labelled.len() as u64,
            starts: 0,
            agreeing: 0,
            iterations: 0,
            converged: true,
            log_likelihood: None,
            unlearnt: Vec::new(),
            dependence: Vec::new(),
        },
        space: input.space.clone(),
        household: None,
    };
    let candidates: Vec<(f64, [f64; 3])> = input
        .counts
        .by_pattern()
        .map(|(pattern, count)| {
            let weight = model.pattern_weight(pattern);
            // Even priors are in the weights; what counts is how the classes stand to each other.
            (count as f64, [weight.same, f64::NEG_INFINITY, weight.unrelated])
        })
        .collect();
    let pairs = input.pairs().max(1.0);
    let start = (0.1 * input.counts.pairs() as f64 / pairs).clamp(1e-12, 0.5);
    let priors = Priors { same: start, household: None }.settle(&candidates, pairs, 1.0);
    model.prior = Probability::new(priors.same)?;
    Ok(model)
}

/// Refuses labels that cannot teach what tells a match from another pair.
fn check_labels(pairs: usize, matches: usize) -> Result<()> {
    let message = if pairs == 0 {
        "no labelled pair to learn from".to_string()
    } else if matches == pairs {
        format!("all {pairs} labelled pairs are matches")
    } else if matches == 0 {
        format!("none of the {pairs} labelled pairs is a match")
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::BadTruth, message)
        .help("label pairs of both sorts, or train without labels"))
}

/// Returns shares of counts with one pair spread as expected, and the pairs counted.
fn smoothed(counts: &[f64], expected: &[f64]) -> (Vec<f64>, f64) {
    let total = counts.iter().sum::<f64>() + PRIOR_PAIRS;
    let share = |(count, expected): (&f64, &f64)| (count + PRIOR_PAIRS * expected) / total;
    (counts.iter().zip(expected).map(share).collect(), total)
}
