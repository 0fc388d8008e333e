//! How often two records drawn at random reach each level: computed, not sampled.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::neighbours::Neighbours;
use super::{Level, Prepared, level::settle};
use crate::record::SourceId;

/// Pairs of distinct values looked at where the dictionary is too large for all.
const SAMPLED_PAIRS: u64 = 40_000_000;

/// Share of random record pairs, both values present, that reach each outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomAgreement {
    /// Share of each outcome from 1; they sum to 1. Never zero.
    pub shares: Vec<f64>,
    /// Record pairs with both values present.
    pub pairs: f64,
    /// Share of the distinct values whose neighbours were enumerated; 1 means exact.
    pub enumerated: f64,
}

/// Occurrences of each value in each source, and which sources may be linked.
pub(crate) struct Occurrences<'a> {
    /// Records that hold each value, by source and code.
    pub(crate) by_source: Vec<Vec<u32>>,
    /// Records that hold any value, by source.
    pub(crate) present: Vec<u64>,
    pub(crate) allowed: &'a (dyn Fn(SourceId, SourceId) -> bool + Sync),
}

impl Occurrences<'_> {
    /// Counts record pairs whose values are `v` and `w`, the two being different.
    fn pairs(&self, v: u32, w: u32) -> u64 {
        self.sum(|s, t| {
            let n = |source: usize, code: u32| u64::from(self.by_source[source][code as usize]);
            if s == t { n(s, v) * n(s, w) } else { n(s, v) * n(t, w) + n(s, w) * n(t, v) }
        })
    }

    /// Counts record pairs that share the value `v`.
    fn same(&self, v: u32) -> u64 {
        self.sum(|s, t| {
            let n = |source: usize| u64::from(self.by_source[source][v as usize]);
            if s == t { n(s) * n(s).saturating_sub(1) / 2 } else { n(s) * n(t) }
        })
    }

    /// Counts record pairs with both values present.
    fn all(&self) -> u64 {
        let present = &self.present;
        self.sum(|s, t| {
            if s == t {
                present[s] * present[s].saturating_sub(1) / 2
            } else {
                present[s] * present[t]
            }
        })
    }

    fn sum(&self, pairs: impl Fn(usize, usize) -> u64) -> u64 {
        let sources = self.by_source.len();
        let mut total = 0;
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

impl RandomAgreement {
    /// Computes the shares from the distinct values and how often each occurs.
    ///
    /// # Formula
    /// `U(l) = Σ n_s(v) n_t(w) [level(v, w) = l] / Σ n_s n_t` over values v, w and over the pairs
    /// of sources s, t that may be linked; `n (n − 1) / 2` within a source. True matches are
    /// still inside: the model takes them out. Records of several values count with each, so a
    /// pair that agrees twice counts twice; such pairs are few.
    pub(crate) fn compute(
        values: &Prepared,
        levels: &[Level],
        neighbours: Option<&Neighbours>,
        occurrences: &Occurrences<'_>,
    ) -> Self {
        let outcomes = levels.len() + 1;
        let pairs = occurrences.all() as f64;
        let mut counts = vec![0.0; outcomes];
        let exact: u64 = values.value_codes().map(|v| occurrences.same(v)).sum();
        counts[0] = exact as f64;
        let enumerated = match neighbours {
            Some(table) => {
                let mut sums = vec![0u64; outcomes];
                for (v, w, level) in table.iter() {
                    sums[level as usize - 1] += occurrences.pairs(v, w);
                }
                for (count, sum) in counts.iter_mut().zip(sums).skip(1) {
                    *count = sum as f64;
                }
                1.0
            }
            None => {
                let distinct = values.codes() as u64 - 1;
                let rows = (2 * SAMPLED_PAIRS / distinct).clamp(1, distinct);
                sample_rows(values, levels, occurrences, rows, &mut counts);
                rows as f64 / distinct as f64
            }
        };
        let near: f64 = counts[..outcomes - 1].iter().sum();
        counts[outcomes - 1] = (pairs - near).max(0.0);
        // Half a pair stands in for a level that no random pair reached.
        let floor = 0.5;
        let total: f64 = counts.iter().map(|count| count.max(floor)).sum();
        let shares = counts.iter().map(|count| count.max(floor) / total).collect();
        Self { shares, pairs, enumerated }
    }
}

/// Adds the later neighbours of so many hash-chosen values, scaled up.
///
/// Each unordered pair of values is met from its earlier end alone, so the sum over chosen values
/// divided by their share is unbiased.
fn sample_rows(
    values: &Prepared,
    levels: &[Level],
    occurrences: &Occurrences<'_>,
    rows: u64,
    counts: &mut [f64],
) {
    let hasher = FixedState::with_seed(1);
    let mut order: Vec<(u64, u32)> = values
        .value_codes()
        .map(|code| (hasher.hash_one(values.text(code).as_bytes()), code))
        .collect();
    order.sort_unstable();
    order.truncate(rows as usize);
    let none = levels.len() as u8 + 1;
    let sums: Vec<Vec<u64>> = order
        .par_iter()
        .map(|&(_, v)| {
            let mut sums = vec![0u64; levels.len() + 1];
            for w in v + 1..values.codes() as u32 {
                let level = settle(levels, values, v, w);
                if level != none {
                    sums[level as usize - 1] += occurrences.pairs(v, w);
                }
            }
            sums
        })
        .collect();
    let share = rows as f64 / (values.codes() - 1) as f64;
    for sum in sums {
        for (count, sum) in counts.iter_mut().zip(sum) {
            *count += sum as f64 / share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::DictionaryBuilder;

    /// Returns 400 near and far names, and how often each occurs in two sources.
    fn world() -> (Prepared, Vec<Level>, Vec<Vec<u32>>) {
        let mut builder = DictionaryBuilder::default();
        for first in ["ann", "hann", "joann", "be", "zo", "mari", "mary", "el", "al", "is"] {
            for last in 0..40u8 {
                let tail = [b'a' + last % 7, b'a' + last / 7];
                builder.code(&format!("{first}{}", String::from_utf8_lossy(&tail)));
            }
        }
        let values = Prepared::new(&builder.finish());
        let levels = ["exact", "jaro_winkler >= 0.92", "jaro_winkler >= 0.84"];
        let levels = levels.iter().map(|text| Level::parse(text).unwrap()).collect();
        let count =
            |source: u32| (0..values.codes() as u32).map(|c| c * (source + 3) % 5).collect();
        let by_source = vec![count(0), count(1)];
        (values, levels, by_source)
    }

    #[test]
    fn rows_of_all_values_give_the_exact_counts_and_fewer_come_near() {
        let (values, levels, by_source) = world();
        let present =
            by_source.iter().map(|n: &Vec<u32>| n[1..].iter().map(|&c| u64::from(c)).sum());
        let present = present.collect();
        let occurrences = Occurrences { by_source, present, allowed: &|s, t| s != t };
        let table = Neighbours::build(&values, &levels).unwrap();
        let mut exact = vec![0.0; 4];
        for (v, w, level) in table.iter() {
            exact[level as usize - 1] += occurrences.pairs(v, w) as f64;
        }
        let sampled = |rows: u64| {
            let mut counts = vec![0.0; 4];
            sample_rows(&values, &levels, &occurrences, rows, &mut counts);
            counts
        };
        assert_eq!(sampled(values.codes() as u64 - 1), exact);
        // Half of the rows: a fifth off at most, with this seed, where thousands of pairs count.
        for (count, truth) in sampled(200).iter().zip(&exact).filter(|(_, truth)| **truth > 0.0) {
            assert!((count / truth - 1.0).abs() < 0.2, "{count} for {truth}");
        }
    }

    #[test]
    fn settling_one_by_one_gives_the_level_of_the_table() {
        let (values, levels, _) = world();
        let table = Neighbours::build(&values, &levels).unwrap();
        for a in values.value_codes() {
            for b in a + 1..values.codes() as u32 {
                let level = settle(&levels, &values, a, b);
                assert_eq!(table.level(a, b).unwrap_or(4), level);
            }
        }
    }
}
