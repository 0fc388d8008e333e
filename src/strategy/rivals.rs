//! What rivals say: pairs weighed together where a source holds each child once.

use super::probabilistic::FLOOR;
use super::{Link, LinkInput, Method};
use crate::model::{Contest, Model, Side, one_to_one, one_to_one_gain};
use crate::record::{RecordId, Records, SourceId};

/// Bits below the floor down to which a pair is kept for what its rivals may say of it, at most.
const MOST_GAIN: f64 = 16.0;

/// Pairs of sources of which at least one is declared free of duplicates.
pub(super) struct Rivals<'a> {
    records: &'a Records,
    prior: f64,
    pairs: Vec<(SourceId, SourceId)>,
}

impl<'a> Rivals<'a> {
    pub(super) fn new(input: &LinkInput<'a>, model: &Model) -> Self {
        let (records, mask) = (input.records, &input.plan.mask);
        let sources = 0..records.sources().len() as SourceId;
        let unique = |s: SourceId| records.sources()[s as usize].duplicate_free;
        let pairs = sources
            .clone()
            .flat_map(|s| sources.clone().map(move |t| (s, t)))
            .filter(|&(s, t)| s < t && mask.allows(s, t) && (unique(s) || unique(t)))
            .collect();
        Self { records, prior: model.prior.get(), pairs }
    }

    /// Returns the pairs of sources.
    pub(super) fn into_pairs(self) -> Vec<(SourceId, SourceId)> {
        self.pairs
    }

    /// Returns the weight in bits from which a pair may come to matter.
    pub(super) fn floor(&self) -> f64 {
        let gain = |&(s, t)| one_to_one_gain(self.side(s), self.side(t), self.prior);
        FLOOR - self.pairs.iter().map(gain).fold(0.0, f64::max).min(MOST_GAIN)
    }

    /// Gives every pair between such sources the weight that it has among its rivals.
    ///
    /// `kept` must be sorted by records and hold weights of pairs by themselves. What a key has
    /// decided is certain, and leaves nothing to its rivals.
    pub(super) fn weigh(&self, kept: &mut [Link], by_key: &[(Method, Link)]) {
        for &(s, t) in &self.pairs {
            let within = |record, source| self.records.of_source(source).contains(&record);
            let between = |link: &Link| within(link.a, s) && within(link.b, t);
            let certain: Vec<(RecordId, RecordId)> = by_key
                .iter()
                .filter(|(_, link)| between(link))
                .map(|(_, link)| (link.a, link.b))
                .collect();
            let places: Vec<usize> = (0..kept.len())
                .filter(|&place| between(&kept[place]))
                .filter(|&place| certain.binary_search(&(kept[place].a, kept[place].b)).is_err())
                .collect();
            let (rows, columns) =
                (self.records.of_source(s).start, self.records.of_source(t).start);
            let contest =
                |(a, b), evidence| Contest { row: a - rows, column: b - columns, evidence };
            let weighed = places.iter().map(|&place| {
                let link = &kept[place];
                let weight = f64::from(link.weight) * std::f64::consts::LN_2;
                contest((link.a, link.b), weight - self.prior.ln())
            });
            let contests: Vec<Contest> =
                weighed.chain(certain.iter().map(|&pair| contest(pair, f64::INFINITY))).collect();
            let (rows_side, columns_side) = (self.side(s), self.side(t));
            let matches = self.prior * rows_side.records as f64 * columns_side.records as f64;
            let found = one_to_one(&contests, rows_side, columns_side, matches);
            for (&place, bits) in places.iter().zip(found.weights) {
                kept[place].weight = bits as f32;
            }
        }
    }

    fn side(&self, source: SourceId) -> Side {
        let duplicate_free = self.records.sources()[source as usize].duplicate_free;
        Side { records: self.records.of_source(source).len(), duplicate_free }
    }
}
