//! How rules overlap: every candidate pair counted once, by the rules that make it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Blocking;
use crate::record::RecordId;

/// Candidate pairs by the set of rules that make them, each pair once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOverlap {
    /// Rules as bits, and the pairs that just those rules make.
    counts: BTreeMap<u32, u64>,
    /// Whether each record is in some pair.
    paired: Vec<bool>,
}

impl RuleOverlap {
    /// Counts the candidate pairs by visiting each of them; `progress` counts pairs looked at.
    pub fn count(blocking: &Blocking<'_>, progress: &AtomicU64) -> Self {
        let paired: Vec<AtomicBool> =
            blocking.source_of.iter().map(|_| AtomicBool::new(false)).collect();
        let parts = blocking.visit(
            BTreeMap::new,
            |counts: &mut BTreeMap<u32, u64>, a, b, _| {
                *counts.entry(blocking.rules_of(a, b)).or_default() += 1;
                paired[a as usize].store(true, Ordering::Relaxed);
                paired[b as usize].store(true, Ordering::Relaxed);
            },
            progress,
        );
        let mut counts = BTreeMap::new();
        for (rules, pairs) in parts.into_iter().flatten() {
            *counts.entry(rules).or_default() += pairs;
        }
        Self { counts, paired: paired.into_iter().map(AtomicBool::into_inner).collect() }
    }

    /// Says whether a record is in a candidate pair.
    pub fn is_paired(&self, record: RecordId) -> bool {
        self.paired[record as usize]
    }

    /// Returns the number of candidate pairs.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Returns the pairs that both of two rules make; of one rule twice, the pairs it makes.
    pub fn shared(&self, rule: usize, other: usize) -> u64 {
        let both = 1u32 << rule | 1 << other;
        self.sum(|rules| rules & both == both)
    }

    /// Returns the pairs that a rule makes and no earlier rule does.
    pub fn new_pairs(&self, rule: usize) -> u64 {
        self.sum(|rules| rules.trailing_zeros() as usize == rule)
    }

    /// Returns the pairs that a rule alone makes, of all rules.
    pub fn only(&self, rule: usize) -> u64 {
        self.sum(|rules| rules == 1 << rule)
    }

    fn sum(&self, of: impl Fn(u32) -> bool) -> u64 {
        self.counts.iter().filter(|(rules, _)| of(**rules)).map(|(_, pairs)| pairs).sum()
    }
}
