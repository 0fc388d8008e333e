//! A trained model: what each outcome is worth, and the weight of a pattern.

use super::household::HouseholdTable;
use super::{MatchWeight, Probability};
use crate::comparison::PatternSpace;

/// Probabilities of one comparison's outcomes, both values present.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonParameters {
    /// Name of the attribute compared.
    pub attribute: String,
    /// Label of each outcome from 1: the levels, then "else".
    pub labels: Vec<String>,
    /// Probability of each outcome among records of the same child.
    pub m: Vec<f64>,
    /// Probability of each outcome among records of unrelated children.
    pub u: Vec<f64>,
    /// Probability of each outcome among different children of a household, if learnt.
    pub s: Option<Vec<f64>>,
}

impl ComparisonParameters {
    /// Returns the weight of an outcome from 1, in bits: `log2(m / u)`; 0 for missing.
    pub fn weight(&self, outcome: u8) -> f64 {
        match outcome {
            0 => 0.0,
            place => (self.m[place as usize - 1] / self.u[place as usize - 1]).log2(),
        }
    }
}

/// Trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Parameters of each comparison, in pattern order.
    pub comparisons: Vec<ComparisonParameters>,
    /// Share of all comparable pairs that are matches.
    pub prior: Probability,
    /// Share of all comparable pairs that are two children of one household, if learnt.
    pub household_prior: Option<Probability>,
    /// Iterations that training took.
    pub iterations: u32,
    /// Whether training settled before its limit of iterations.
    pub converged: bool,
    pub(super) space: PatternSpace,
    pub(super) household: Option<HouseholdTable>,
}

/// A pattern under the three classes, as natural logarithms of prior times likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatternWeight {
    /// Same child.
    pub same: f64,
    /// Another member of the household; minus infinity where not learnt.
    pub household: f64,
    /// Unrelated.
    pub unrelated: f64,
}

impl PatternWeight {
    /// Returns the match weight when rarer values make unrelated pairs less likely.
    ///
    /// `rarity` is the natural logarithm by which term frequency changes the unrelated class.
    /// It does not touch the household class, where names are shared for another reason.
    ///
    /// # Formula
    /// `w = log2[ λM ΠM / (λS ΠS + λU ΠU e^rarity) ]`
    /// Source: Fellegi and Sunter (1969), JASA 64(328), extended to three classes.
    pub fn weight(self, rarity: f64) -> MatchWeight {
        let against = log_sum(self.household, self.unrelated + rarity);
        MatchWeight::new((self.same - against) / std::f64::consts::LN_2)
    }

    /// Returns the probability that the pair is two members of one household.
    pub fn household_probability(self, rarity: f64) -> f64 {
        let others = log_sum(self.same, self.unrelated + rarity);
        1.0 / (1.0 + (others - self.household).exp())
    }
}

impl Model {
    /// Returns the numbering of the patterns that the model was trained on.
    pub fn space(&self) -> &PatternSpace {
        &self.space
    }

    /// Returns a pattern under the three classes.
    pub fn pattern_weight(&self, pattern: u32) -> PatternWeight {
        let prior = self.prior.get();
        let household_prior = self.household_prior.map_or(0.0, Probability::get);
        let mut same = prior.ln();
        let mut unrelated = (1.0 - prior - household_prior).ln();
        for (place, comparison) in self.comparisons.iter().enumerate() {
            let outcome = self.space.outcome(pattern, place) as usize;
            if outcome > 0 {
                same += comparison.m[outcome - 1].ln();
                unrelated += comparison.u[outcome - 1].ln();
            }
        }
        let household = match &self.household {
            Some(table) => household_prior.ln() + table.log_likelihood(pattern, &self.comparisons),
            None => f64::NEG_INFINITY,
        };
        PatternWeight { same, household, unrelated }
    }
}

/// Returns `ln(e^a + e^b)` without overflow.
pub(super) fn log_sum(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}
