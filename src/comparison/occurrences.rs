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
    /// Of each level, the pairs of values that one record holds in a source linked within itself:
    /// counts of values take them for pairs of records.
    own: Vec<f64>,
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
        Self { by_source, present, weighted: Vec::new(), own: Vec::new(), allowed }
    }

    /// Counts the records that hold each value of a comparison; `outcome` is that of two values.
    pub(super) fn count(
        records: &Records,
        column: &Column,
        values: &Values,
        comparison: &Comparison,
        outcome: &dyn Fn(u32, u32) -> u8,
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
            own: own_pairs(records, column, values, comparison, outcome, allowed),
            allowed,
        }
    }

    /// Returns the pairs of a level, from 0, that are of two values of one record.
    pub(super) fn own(&self, level: usize) -> f64 {
        self.own.get(level).copied().unwrap_or(0.0)
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
    let share = share_of_level(column, values, level);
    let of_source = |source: SourceId| {
        let mut counts = vec![0.0; values.codes()];
        for record in records.of_source(source) {
            if !column.holds_several(record) {
                counts[column.codes()[record as usize] as usize] += 1.0;
                continue;
            }
            for code in column.codes_of(record) {
                counts[code as usize] += share(record, code) as f32;
            }
        }
        counts
    };
    (0..records.sources().len() as SourceId).map(of_source).collect()
}

/// Returns what a record's tuple counts for one level: one among those that have the same values of
/// what the level asks about.
fn share_of_level<'v>(
    column: &'v Column,
    values: &'v Values,
    level: &Combination,
) -> impl Fn(RecordId, u32) -> f64 + 'v {
    let asked: Vec<usize> = level.levels().into_iter().map(|(place, _)| place).collect();
    move |record, code| {
        let alike = |&other: &u32| {
            asked.iter().all(|&place| values.code(place, code) == values.code(place, other))
        };
        1.0 / column.codes_of(record).filter(alike).count() as f64
    }
}

/// Counts for each level the pairs of values that one record holds, in sources linked within
/// themselves, as pairs of values of two records are counted.
fn own_pairs(
    records: &Records,
    column: &Column,
    values: &Values,
    comparison: &Comparison,
    outcome: &dyn Fn(u32, u32) -> u8,
    allowed: &dyn Fn(SourceId, SourceId) -> bool,
) -> Vec<f64> {
    let levels = comparison.levels();
    let mut own = vec![0.0; levels.len()];
    let mut several: Vec<RecordId> = column.further().iter().map(|&(record, _)| record).collect();
    several.dedup();
    for record in several {
        let source = records.source_of(record);
        if !allowed(source, source) {
            continue;
        }
        let codes: Vec<u32> = column.codes_of(record).collect();
        let pairs = codes.iter().enumerate();
        for (x, y) in pairs.flat_map(|(place, &x)| codes[place + 1..].iter().map(move |&y| (x, y)))
        {
            let level = usize::from(outcome(x, y)) - 1;
            if level < levels.len() {
                let share = |code| match values.are_tuples() {
                    true => share_of_level(column, values, &levels[level])(record, code),
                    false => 1.0,
                };
                own[level] += share(x) * share(y);
            }
        }
    }
    own
}
