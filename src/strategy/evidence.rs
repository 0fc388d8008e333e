//! What speaks for or against any two records, or any two groups of records, being one child.

use std::sync::OnceLock;

use super::constraints::NONE;
use super::{Constraints, EarlierLinkage, Scoring, Standing};
use crate::comparison::ComparisonEngine;
use crate::model::{MatchWeight, PatternWeight, TermFrequencies};
use crate::record::{RecordId, Records};

/// Patterns whose weights are kept when they are first asked for: all, as a rule.
const MOST_KEPT: u32 = 1 << 16;

/// Evidence of a scored linkage about any pair, candidate or not.
pub struct Evidence<'a> {
    scored: Option<Scored<'a>>,
    earlier: Option<(&'a EarlierLinkage, Standing)>,
    constraints: &'a Constraints,
}

struct Scored<'a> {
    records: &'a Records,
    scoring: &'a Scoring,
    engine: &'a ComparisonEngine<'a>,
    frequencies: TermFrequencies<'a>,
    /// Weights of the first patterns, as far as they were asked for.
    weights: Vec<OnceLock<PatternWeight>>,
}

/// How two records, or two groups of records, agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Outcome of each comparison; 0 where one side has no value.
    outcomes: Vec<u8>,
    /// What the rarity of the shared value adds to the unrelated class, as a logarithm.
    rarity: Vec<f64>,
    /// Bits that sources and rivals add, summed over pairs of records.
    by_sources: f64,
    /// Number of those pairs.
    pairs: u32,
}

impl<'a> Evidence<'a> {
    /// Returns the evidence of a linkage that did not score: none for or against any pair.
    pub fn none() -> Self {
        Self { scored: None, earlier: None, constraints: &NONE }
    }

    /// Returns the evidence that a scoring holds.
    pub fn new(
        scoring: &'a Scoring,
        records: &'a Records,
        engine: &'a ComparisonEngine<'a>,
    ) -> Self {
        let frequencies = TermFrequencies::new(records, engine, &scoring.model);
        let patterns = engine.space().size().min(MOST_KEPT);
        let weights = (0..patterns).map(|_| OnceLock::new()).collect();
        let scored = Some(Scored { records, scoring, engine, frequencies, weights });
        Self { scored, ..Self::none() }
    }

    /// Adds what an earlier linkage decided, which stands.
    #[must_use]
    pub fn after(self, earlier: &'a EarlierLinkage, standing: Standing) -> Self {
        Self { earlier: Some((earlier, standing)), ..self }
    }

    /// Adds what was decided of single records.
    #[must_use]
    pub(super) fn under(self, constraints: &'a Constraints) -> Self {
        Self { constraints, ..self }
    }

    /// Returns what was decided of single records.
    pub fn constraints(&self) -> &'a Constraints {
        self.constraints
    }

    /// Returns the earlier linkage, if there is one, and whether its entities may be joined.
    pub fn earlier(&self) -> Option<(&'a EarlierLinkage, Standing)> {
        self.earlier
    }

    /// Compares two records.
    pub fn agreement(&self, a: RecordId, b: RecordId) -> Agreement {
        let Some(scored) = &self.scored else { return Agreement::default() };
        let (engine, frequencies) = (scored.engine, &scored.frequencies);
        let pattern = engine.pattern(a, b);
        let comparisons = 0..engine.comparisons().count();
        let mut agreement = Agreement {
            outcomes: comparisons.clone().map(|c| engine.space().outcome(pattern, c)).collect(),
            rarity: comparisons.map(|c| frequencies.rarity_of(c, pattern, a, b)).collect(),
            ..Agreement::default()
        };
        if !scored.scoring.shifts.is_empty() || scored.scoring.models.differ() {
            let of_all = scored.weight(&agreement);
            let alone = match scored.scoring.models.differ() {
                true => {
                    let model = scored.scoring.model_of(scored.records, a, b);
                    model.pattern_weight(pattern).weight(agreement.rarity.iter().sum())
                }
                false => of_all,
            };
            let bits = scored.scoring.by_sources(scored.records, a, b, alone);
            let (sources, rivals) = bits.unwrap_or_default();
            let households = alone.bits() - of_all.bits();
            (agreement.by_sources, agreement.pairs) = (households + sources + rivals, 1);
        }
        agreement
    }

    /// Returns by how many bits an agreement lies above the threshold; 0 without scores, and
    /// below every threshold where a veto is against it.
    pub fn margin(&self, agreement: &Agreement) -> f64 {
        let threshold = self.scored.as_ref().map_or(0.0, |s| s.scoring.threshold.bits());
        let weight = self.weight(agreement);
        // Below a threshold that could not be chosen is below any.
        if weight == f64::NEG_INFINITY { weight } else { weight - threshold }
    }

    /// Returns the weight of an agreement in bits; 0 without scores, and less than any other
    /// where a veto is against it.
    pub fn weight(&self, agreement: &Agreement) -> f64 {
        let Some(scored) = &self.scored else { return 0.0 };
        let space = scored.engine.space();
        if scored.scoring.vetoes.against(space, scored.pattern(agreement)).is_some() {
            return f64::NEG_INFINITY;
        }
        let by_sources = agreement.by_sources / f64::from(agreement.pairs.max(1));
        scored.weight(agreement).bits() + by_sources
    }
}

impl Scored<'_> {
    /// Returns the match weight of an agreement by itself.
    fn weight(&self, agreement: &Agreement) -> MatchWeight {
        let rarity = agreement.rarity.iter().sum();
        let pattern = self.pattern(agreement);
        let worked_out = || self.scoring.model.pattern_weight(pattern);
        let weight = match self.weights.get(pattern as usize) {
            Some(kept) => *kept.get_or_init(worked_out),
            None => worked_out(),
        };
        weight.weight(rarity)
    }

    /// Returns the pattern of an agreement.
    fn pattern(&self, agreement: &Agreement) -> u32 {
        let outcomes = agreement.outcomes.iter().enumerate();
        let stride = |c| self.engine.space().stride(c);
        outcomes.map(|(c, &outcome)| u32::from(outcome) * stride(c)).sum()
    }
}

impl Agreement {
    /// Joins the agreements of two records with a third, as if the two were one of many values.
    ///
    /// Each comparison keeps its best outcome, as in a record that holds several values, and the
    /// rarest value shared. What sources and rivals add is the mean over all pairs of records.
    pub fn join(&mut self, other: &Agreement) {
        self.by_sources += other.by_sources;
        self.pairs += other.pairs;
        let pairs = self.outcomes.iter_mut().zip(&mut self.rarity);
        let others = other.outcomes.iter().zip(&other.rarity);
        for ((outcome, rarity), (&their_outcome, &their_rarity)) in pairs.zip(others) {
            if *outcome == 0 || (their_outcome != 0 && their_outcome < *outcome) {
                (*outcome, *rarity) = (their_outcome, their_rarity);
            } else if their_outcome == *outcome {
                *rarity = rarity.min(their_rarity);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Agreement;

    #[test]
    fn joined_agreements_keep_the_best_outcome_and_the_rarest_value() {
        let agreement = |outcomes: [u8; 4], rarity: [f64; 4]| Agreement {
            outcomes: outcomes.into(),
            rarity: rarity.into(),
            ..Agreement::default()
        };
        let mut joined = agreement([0, 3, 1, 0], [0.0, 0.0, -1.0, 0.0]);
        joined.join(&agreement([2, 1, 1, 0], [0.0, -3.0, -2.0, 0.0]));
        assert_eq!(joined, agreement([2, 1, 1, 0], [0.0, -3.0, -2.0, 0.0]));
        joined.join(&agreement([0, 4, 2, 0], [0.0; 4]));
        assert_eq!(joined, agreement([2, 1, 1, 0], [0.0, -3.0, -2.0, 0.0]));
    }
}
