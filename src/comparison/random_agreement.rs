//! How often two records drawn at random reach each level: computed, not sampled.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::neighbours::Neighbours;
use super::{Level, Prepared, level::settle};
use crate::record::SourceId;

/// Pairs of distinct values looked at where the dictionary is too large for all.
const SAMPLED_PAIRS: u64 = 200_000_000;

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
    pub(crate) by_source: Vec<Vec<u32>>,
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
        let present: Vec<u64> =
            self.by_source.iter().map(|n| n[1..].iter().map(|&c| u64::from(c)).sum()).collect();
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
    /// still inside: the model takes them out.
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
            None => sample_rows(values, levels, occurrences, &mut counts),
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

/// Adds the neighbours of hash-chosen values, scaled up, and returns the share of values chosen.
fn sample_rows(
    values: &Prepared,
    levels: &[Level],
    occurrences: &Occurrences<'_>,
    counts: &mut [f64],
) -> f64 {
    let distinct = values.codes() as u64 - 1;
    let rows = (SAMPLED_PAIRS / distinct).clamp(1, distinct);
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
            for w in values.value_codes().filter(|&w| w != v) {
                let level = settle(levels, values, v, w);
                if level != none {
                    sums[level as usize - 1] += occurrences.pairs(v, w);
                }
            }
            sums
        })
        .collect();
    let share = rows as f64 / distinct as f64;
    for sum in sums {
        for (count, sum) in counts.iter_mut().zip(sum) {
            // Each unordered pair of values is met from both of its ends.
            *count += sum as f64 / (2.0 * share);
        }
    }
    share
}
