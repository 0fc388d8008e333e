//! How rules overlap: every candidate pair counted once, by the rules that make it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use super::Blocking;

/// Candidate pairs by the set of rules that make them, each pair once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOverlap {
    /// Rules as bits, and the pairs that just those rules make.
    counts: BTreeMap<u32, u64>,
}

impl RuleOverlap {
    /// Counts the candidate pairs by visiting each of them; `progress` counts pairs looked at.
    pub fn count(blocking: &Blocking, progress: &AtomicU64) -> Self {
        let parts = blocking.visit(
            BTreeMap::new,
            |counts: &mut BTreeMap<u32, u64>, a, b, _| {
                *counts.entry(blocking.rules_of(a, b)).or_default() += 1;
            },
            progress,
        );
        let mut counts = BTreeMap::new();
        for (rules, pairs) in parts.into_iter().flatten() {
            *counts.entry(rules).or_default() += pairs;
        }
        Self { counts }
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
