//! How many records hold each value, and how many pairs of records that makes.

use super::values::Values;
use super::{Combination, Comparison};
use crate::record::{Column, RecordId, Records, SourceId};

/// Records that hold each value, by source and code.
type Counts<T> = Vec<Vec<T>>;

/// Occurrences of each value in each source, and which sources may be linked.
pub(crate) struct Occurrences<'a> {
    by_source: Counts<u32>,
    /// Records that hold any value, by source and by which attributes they hold, as bits.
    present: Vec<Vec<f64>>,
    /// Counts for each level where records hold several tuples; see [`weighted`].
    weighted: Vec<Counts<f32>>,
    allowed: &'a (dyn Fn(SourceId, SourceId) -> bool + Sync),
}

impl<'a> Occurrences<'a> {
    /// Takes counts that are known: of each value, and of records that hold any, by source.
    pub(crate) fn of_counts(
        by_source: Counts<u32>,
        present: Vec<u64>,
        allowed: &'a (dyn Fn(SourceId, SourceId) -> bool + Sync),
    ) -> Self {
        let present = present.into_iter().map(|records| vec![0.0, records as f64]).collect();
        Self { by_source, present, weighted: Vec::new(), allowed }
    }

    /// Counts the records that hold each value of a comparison.
    pub(super) fn count(
        records: &Records,
        column: &Column,
        values: &Values,
        comparison: &Comparison,
        allowed: &'a (dyn Fn(SourceId, SourceId) -> bool + Sync),
    ) -> Self {
        let sources = || (0..records.sources().len()).map(|s| records.of_source(s as SourceId));
        let present = |range: std::ops::Range<RecordId>| {
            let mut present = vec![0.0; 1 << comparison.attributes().len()];
            for &code in &column.codes()[range.start as usize..range.end as usize] {
                present[values.held(code)] += 1.0;
            }
            present[0] = 0.0;
            present
        };
        let several = values.are_tuples() && column.is_list();
        let levels = comparison.levels().iter().filter(|_| several);
        Self {
            by_source: sources().map(|range| column.counts(range)).collect(),
            present: sources().map(present).collect(),
            weighted: levels.map(|level| weighted(records, column, values, level)).collect(),
            allowed,
        }
    }

    /// Returns the record pairs of a level, from 0, whose values are `v` and `w`, two values.
    pub(crate) fn pairs(&self, level: usize, v: u32, w: u32) -> f64 {
        let n = |source: usize, code: u32| self.held(level, source, code);
        self.sum(
            |s, t| {
                if s == t { n(s, v) * n(s, w) } else { n(s, v) * n(t, w) + n(s, w) * n(t, v) }
            },
        )
    }

    /// Returns the record pairs of a level, from 0, that share the value `v`.
    pub(super) fn same(&self, level: usize, v: u32) -> f64 {
        let n = |source: usize| self.held(level, source, v);
        self.sum(|s, t| if s == t { n(s) * (n(s) - 1.0).max(0.0) / 2.0 } else { n(s) * n(t) })
    }

    /// Returns the record pairs that both hold a value of some attribute.
    pub(super) fn all(&self) -> f64 {
        self.sum(|s, t| {
            let mut pairs = 0.0;
            for (held, n) in self.present[s].iter().enumerate() {
                for (other, m) in self.present[t].iter().enumerate() {
                    if held & other != 0 {
                        let itself = if s == t && held == other { 1.0 } else { 0.0 };
                        pairs += n * (m - itself).max(0.0);
                    }
                }
            }
            if s == t { pairs / 2.0 } else { pairs }
        })
    }

    fn held(&self, level: usize, source: usize, code: u32) -> f64 {
        match self.weighted.get(level) {
            Some(counts) => f64::from(counts[source][code as usize]),
            None => f64::from(self.by_source[source][code as usize]),
        }
    }

    fn sum(&self, pairs: impl Fn(usize, usize) -> f64) -> f64 {
        let sources = self.by_source.len();
        let mut total = 0.0;
        for s in 0..sources {
            for t in s..sources {
                if (self.allowed)(s as SourceId, t as SourceId) {
                    total += pairs(s, t);
                }
            }
        }
        total
    }
}

/// Counts tuples for one level: those of a record that have the same values of what the level asks
/// about count as one together, so that its other attributes do not count it several times.
fn weighted(
    records: &Records,
    column: &Column,
    values: &Values,
    level: &Combination,
) -> Counts<f32> {
    let asked: Vec<usize> = level.levels().into_iter().map(|(place, _)| place).collect();
    let alike =
        |x: u32, y: u32| asked.iter().all(|&place| values.code(place, x) == values.code(place, y));
    let of_source = |source: SourceId| {
        let mut counts = vec![0.0; values.codes()];
        for record in records.of_source(source) {
            if !column.holds_several(record) {
                counts[column.codes()[record as usize] as usize] += 1.0;
                continue;
            }
            for code in column.codes_of(record) {
                let same = column.codes_of(record).filter(|&other| alike(code, other)).count();
                counts[code as usize] += 1.0 / same as f32;
            }
        }
        counts
    };
    (0..records.sources().len() as SourceId).map(of_source).collect()
}
