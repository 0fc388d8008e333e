//! Why a pair has its weight: steps in bits that add up to it.

use serde::Serialize;

use super::{MatchWeight, Model, TermFrequencies};
use crate::comparison::swapped_with;
use crate::record::RecordId;

/// One step of an explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What the step is about: an attribute, or a name in words.
    pub name: String,
    /// What was found, for example `jaro_winkler >= 0.92`.
    pub outcome: String,
    /// Bits that the step adds to the weight.
    pub bits: f64,
}

/// Steps from the starting weight to the match weight of one pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Steps in order; their bits add up to the weight.
    pub steps: Vec<Step>,
    /// Match weight of the pair.
    pub weight: MatchWeight,
    /// Probability that the pair is two members of one household; 0 where not learnt.
    pub household_probability: f64,
}

/// Says whether another comparison's outcome is that values are swapped with an attribute's.
fn told_elsewhere(model: &Model, pattern: u32, attribute: &str) -> bool {
    model.comparisons.iter().enumerate().any(|(place, comparison)| {
        let outcome = usize::from(model.space().outcome(pattern, place));
        let label = outcome.checked_sub(1).and_then(|outcome| comparison.labels.get(outcome));
        label.and_then(|label| swapped_with(label)) == Some(attribute)
    })
}

impl Explanation {
    /// Explains a pair.
    ///
    /// The weight weighs the same child against unrelated children, comparison by comparison,
    /// with the rarity of a shared value as part of its comparison; the last step is what the
    /// third possibility, another member of the household, takes away.
    pub fn of_pair(
        model: &Model,
        frequencies: &TermFrequencies<'_>,
        pattern: u32,
        a: RecordId,
        b: RecordId,
    ) -> Self {
        Self::of_pattern(model, pattern, |place| frequencies.rarity_of(place, pattern, a, b))
    }

    /// Explains a pattern; `rarity` says for each comparison by how much the rarity of a shared
    /// value changes the unrelated class, as a logarithm.
    pub fn of_pattern(model: &Model, pattern: u32, rarity: impl Fn(usize) -> f64) -> Self {
        let prior = model.prior.get();
        let household_prior = model.household_prior.map_or(0.0, |p| p.get());
        let start = (prior / (1.0 - prior - household_prior)).log2();
        let mut steps =
            vec![Step { name: "starting weight".into(), outcome: String::new(), bits: start }];
        for (place, comparison) in model.comparisons.iter().enumerate() {
            let outcome = model.space().outcome(pattern, place);
            let rarity = rarity(place) / std::f64::consts::LN_2;
            let label = match outcome {
                0 if told_elsewhere(model, pattern, &comparison.attribute) => {
                    "told by the swap".to_string()
                }
                0 => "missing".to_string(),
                outcome => comparison.labels[outcome as usize - 1].clone(),
            };
            steps.push(Step {
                name: comparison.attribute.clone(),
                outcome: label,
                bits: comparison.weight(outcome) - rarity,
            });
        }
        let rarity = (0..model.comparisons.len()).map(rarity).sum();
        let classes = model.pattern_weight(pattern);
        let weight = classes.weight(rarity);
        if model.household_prior.is_some() {
            let so_far: f64 = steps.iter().map(|step| step.bits).sum();
            steps.push(Step {
                name: "same household".into(),
                outcome: "could be another child there".into(),
                bits: weight.bits() - so_far,
            });
        }
        let household_probability = if model.household_prior.is_some() {
            classes.household_probability(rarity)
        } else {
            0.0
        };
        Self { steps, weight, household_probability }
    }

    /// Adds a step that is not about the pair by itself.
    pub fn and(mut self, name: &str, outcome: &str, bits: f64) -> Self {
        self.steps.push(Step { name: name.into(), outcome: outcome.into(), bits });
        self.weight = MatchWeight::new(self.weight.bits() + bits);
        self
    }

    /// Returns the weight that a pair would have with another outcome of one comparison.
    ///
    /// Which value it would then share is not known, so it is taken to be of average rarity.
    pub fn weight_if(
        model: &Model,
        frequencies: &TermFrequencies<'_>,
        pattern: u32,
        (a, b): (RecordId, RecordId),
        comparison: usize,
        outcome: u8,
    ) -> MatchWeight {
        let other = model.space().with_outcome(pattern, comparison, outcome);
        let rarity =
            frequencies.rarity(pattern, a, b) - frequencies.rarity_of(comparison, pattern, a, b);
        model.pattern_weight(other).weight(rarity)
    }
}
