//! What speaks for or against any two records, or any two groups of records, being one child.

use std::sync::OnceLock;

use super::constraints::NONE;
use super::{Constraints, EarlierLinkage, Scoring, Standing};
use crate::comparison::{Comparison, ComparisonEngine};
use crate::model::{ComparisonParameters, MatchWeight, Model, PatternWeight, TermFrequencies};
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
    /// Logarithms of the ratios of each outcome from 1, comparison by comparison.
    log_ratios: Vec<Vec<[f64; 2]>>,
}

/// How much likelier the outcomes of one comparison are between records of one child.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Ratios {
    /// Sum over pairs of records of m by u, the rarity of a shared value included.
    unrelated: f64,
    /// Sum of the roots of m by the share among different children of a household.
    household: f64,
    /// Number of those pairs, which both hold a value.
    pairs: u32,
    /// Records that hold a value, of the group that has fewer of them.
    fewest: u32,
}

impl Ratios {
    /// Returns what a mean of ratios is worth, as logarithms: what agrees counts once however many
    /// records say so, since two people may have one name; what differs counts by the root of the
    /// records that would all have to be wrong.
    fn worth(self, mean: f64) -> f64 {
        if mean < 0.0 { f64::from(self.fewest).sqrt() * mean } else { mean }
    }
}

/// How two records, or two groups of records, agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Best outcome of each comparison; 0 where one side has no value.
    outcomes: Vec<u8>,
    ratios: Vec<Ratios>,
    /// Bits that sources add, summed over pairs of records.
    by_sources: f64,
    /// Bits that rivals take, summed likewise.
    by_rivals: f64,
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
        let log_ratios = log_ratios(&scoring.model, engine);
        let scored = Some(Scored { records, scoring, engine, frequencies, weights, log_ratios });
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
        let pattern = scored.engine.pattern(a, b);
        let comparisons = 0..scored.log_ratios.len();
        let outcome = |c| scored.engine.space().outcome(pattern, c);
        let mut agreement = Agreement {
            outcomes: comparisons.clone().map(outcome).collect(),
            ratios: comparisons.map(|c| scored.ratios(c, pattern, a, b)).collect(),
            ..Agreement::default()
        };
        if !scored.scoring.shifts.is_empty() || scored.scoring.models.differ() {
            let of_all = scored.weight(&agreement);
            let alone = match scored.scoring.models.differ() {
                true => {
                    let model = scored.scoring.model_of(scored.records, a, b);
                    model.pattern_weight(pattern).weight(scored.frequencies.rarity(pattern, a, b))
                }
                false => of_all,
            };
            let bits = scored.scoring.by_sources(scored.records, a, b, alone);
            let (sources, rivals) = bits.unwrap_or_default();
            let households = alone.bits() - of_all.bits();
            (agreement.by_sources, agreement.by_rivals) = (households + sources, rivals);
            agreement.pairs = 1;
        }
        agreement
    }

    /// Returns how many values a record holds for each comparison: one or none.
    pub fn holds(&self, record: RecordId) -> Vec<u32> {
        let Some(scored) = &self.scored else { return Vec::new() };
        let pattern = scored.engine.pattern(record, record);
        let comparisons = 0..scored.log_ratios.len();
        comparisons.map(|c| u32::from(scored.engine.space().outcome(pattern, c) > 0)).collect()
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
        self.weight_before_rivals(agreement)
            + agreement.by_rivals / f64::from(agreement.pairs.max(1))
    }

    /// Returns the weight that an agreement has as long as its rivals are left out of account, for
    /// those who weigh these against each other.
    pub fn weight_before_rivals(&self, agreement: &Agreement) -> f64 {
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
        let pattern = self.pattern(agreement);
        let worked_out = || self.scoring.model.pattern_weight(pattern);
        let weight = match self.weights.get(pattern as usize) {
            Some(kept) => *kept.get_or_init(worked_out),
            None => worked_out(),
        };
        let [rarity, chances] = self.chances(agreement);
        PatternWeight { household: weight.household + chances, ..weight }.weight(rarity)
    }

    /// Returns by how much the unrelated class and the household have more chances to come by an
    /// agreement than its best outcomes say, as logarithms; rarity included.
    fn chances(&self, agreement: &Agreement) -> [f64; 2] {
        let compared = agreement.outcomes.iter().zip(&agreement.ratios).enumerate();
        let mut sums = [0.0; 2];
        for (c, (&outcome, ratios)) in compared.filter(|(_, (_, ratios))| ratios.pairs > 0) {
            let best = self.log_ratios[c][usize::from(outcome) - 1];
            let mean = |sum: f64| (sum / f64::from(ratios.pairs)).ln();
            let unrelated = best[0] - ratios.worth(mean(ratios.unrelated));
            let household = best[1] - ratios.worth(2.0 * mean(ratios.household));
            let more = [unrelated, household.max(0.0)];
            // What a model holds to be impossible, or certain, no chance changes.
            if more.iter().all(|more| more.is_finite()) {
                sums = [0, 1].map(|class| sums[class] + more[class]);
            }
        }
        sums
    }

    /// Returns the ratios of a comparison of two records.
    fn ratios(&self, comparison: usize, pattern: u32, a: RecordId, b: RecordId) -> Ratios {
        match usize::from(self.engine.space().outcome(pattern, comparison)) {
            0 => Ratios::default(),
            outcome => {
                let rarity = self.frequencies.rarity_of(comparison, pattern, a, b);
                let [unrelated, household] = self.log_ratios[comparison][outcome - 1];
                Ratios {
                    unrelated: (unrelated - rarity).exp(),
                    household: (household / 2.0).exp(),
                    pairs: 1,
                    fewest: 1,
                }
            }
        }
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
    /// Each comparison keeps its best outcome, as in a record that holds several values. The more
    /// pairs of values there are the more chances it had: what it is worth against unrelated
    /// records is the mean of m by u over the pairs, which among them is 1 on average however many
    /// they are and whatever they share. Against a household it is the mean of power one half,
    /// where that is less than the best outcome is worth: brothers and sisters hardly ever agree on
    /// a name, and one pair of a hundred that does shall not outweigh all that differ. A mean that
    /// speaks against one child counts by the root of `fewest`, for each comparison the records
    /// that hold a value, of the group that has fewer: of one person all of these would be wrong,
    /// though not independently, since groups form of records that share a mistake. What sources
    /// and rivals add is the mean over all pairs of records.
    /// Source: Vovk and Wang (2021), Annals of Statistics 49(3), for means of dependent ratios.
    pub fn join(&mut self, other: &Agreement, fewest: impl Iterator<Item = u32>) {
        self.by_sources += other.by_sources;
        self.by_rivals += other.by_rivals;
        self.pairs += other.pairs;
        for (outcome, &theirs) in self.outcomes.iter_mut().zip(&other.outcomes) {
            if *outcome == 0 || (theirs != 0 && theirs < *outcome) {
                *outcome = theirs;
            }
        }
        for (ratios, theirs) in self.ratios.iter_mut().zip(&other.ratios) {
            ratios.unrelated += theirs.unrelated;
            ratios.household += theirs.household;
            ratios.pairs += theirs.pairs;
        }
        for (ratios, fewest) in self.ratios.iter_mut().zip(fewest) {
            ratios.fewest = fewest;
        }
    }
}

/// Returns the logarithms of m by u and by the share among different children of a household, of
/// each outcome; places a household shares as one child does.
fn log_ratios(model: &Model, engine: &ComparisonEngine<'_>) -> Vec<Vec<[f64; 2]>> {
    let of = |(parameters, comparison): (&ComparisonParameters, &Comparison)| {
        let s = parameters.s.as_ref().filter(|_| !comparison.is_of_place());
        let ratios = |outcome: usize| {
            let m = parameters.m[outcome].ln();
            [m - parameters.u[outcome].ln(), s.map_or(0.0, |s| m - s[outcome].ln())]
        };
        (0..parameters.m.len()).map(ratios).collect()
    };
    model.comparisons.iter().zip(engine.comparisons()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Agreement, Ratios};

    #[test]
    fn joined_agreements_keep_the_best_outcome_and_add_up_ratios() {
        let agreement = |outcomes: [u8; 3], sums: [f64; 3]| {
            let ratios = outcomes.iter().zip(sums).map(|(&outcome, sum)| Ratios {
                unrelated: sum,
                household: 2.0 * sum,
                pairs: u32::from(outcome > 0),
                fewest: u32::from(outcome > 0),
            });
            Agreement {
                outcomes: outcomes.into(),
                ratios: ratios.collect(),
                ..Agreement::default()
            }
        };
        let mut joined = agreement([0, 3, 1], [0.0, 0.5, 8.0]);
        joined.join(&agreement([2, 1, 0], [4.0, 16.0, 0.0]), [1, 2, 4].into_iter());
        assert_eq!(joined.outcomes, [2, 1, 1]);
        let sums = joined.ratios.iter().map(|of| (of.unrelated, of.household, of.pairs));
        assert!(sums.eq([(4.0, 8.0, 1), (16.5, 33.0, 2), (8.0, 16.0, 1)]));
        let worth = |mean: f64| joined.ratios.iter().map(move |of| of.worth(mean));
        assert!(worth(-3.0).eq([-3.0, -3.0 * 2.0_f64.sqrt(), -6.0]));
        assert!(worth(3.0).eq([3.0; 3]));
    }
}
