//! Training sessions: all pairs of one blocking rule, seen without what the rule fixes.
//!
//! Sessions overlap. A first-rule partition would truncate later sessions (a pair that agrees on
//! an earlier rule's attributes never appears in them) and teach the model the truncation.

use hashbrown::HashMap;

use super::PatternCounts;
use crate::comparison::PatternSpace;

/// What a blocking rule says about a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// Nothing: the comparison can be learnt from the rule's pairs.
    Free,
    /// The values are equal, because the rule asks for the whole value.
    Equal,
    /// The values are alike in some form; how alike they are is biased.
    Alike,
}

/// All pairs of one rule: patterns without the comparisons that the rule touches.
pub(super) struct Session {
    /// Reduced pattern (blocked comparisons set to missing) and number of pairs.
    pub(super) patterns: Vec<(u32, f64)>,
    /// Outcomes of every reduced pattern, one a comparison.
    outcomes: Vec<u8>,
    /// For each comparison, what the rule says of it.
    pub(super) blocked: Vec<Blocked>,
    pub(super) pairs: f64,
}

impl Session {
    pub(super) fn is_free(&self, comparison: usize) -> bool {
        self.blocked[comparison] == Blocked::Free
    }

    /// Returns the outcomes of a reduced pattern, given by its place.
    pub(super) fn outcomes(&self, at: usize) -> &[u8] {
        let comparisons = self.blocked.len();
        &self.outcomes[at * comparisons..(at + 1) * comparisons]
    }
}

/// Builds the session of every rule that has pairs and leaves something to learn.
pub(super) fn sessions(
    space: &PatternSpace,
    counts: &PatternCounts,
    blocked: &[Vec<Blocked>],
) -> Vec<Session> {
    let build = |(rule, blocked): (usize, &Vec<Blocked>)| {
        let mut reduced: HashMap<u32, u64> = HashMap::new();
        for (pattern, _, count) in counts.iter().filter(|(_, rules, _)| rules >> rule & 1 == 1) {
            *reduced.entry(reduce(space, pattern, blocked)).or_default() += count;
        }
        let mut patterns: Vec<(u32, f64)> =
            reduced.into_iter().map(|(pattern, count)| (pattern, count as f64)).collect();
        patterns.sort_unstable_by_key(|&(pattern, _)| pattern);
        let pairs = patterns.iter().map(|(_, count)| count).sum();
        let outcomes = patterns.iter().flat_map(|&(pattern, _)| space.outcomes(pattern)).collect();
        Session { patterns, outcomes, blocked: blocked.clone(), pairs }
    };
    blocked
        .iter()
        .enumerate()
        .map(build)
        .filter(|session| session.pairs > 0.0 && session.blocked.contains(&Blocked::Free))
        .collect()
}

/// Sets the outcomes of blocked comparisons to missing.
pub(super) fn reduce(space: &PatternSpace, pattern: u32, blocked: &[Blocked]) -> u32 {
    blocked.iter().enumerate().fold(pattern, |reduced, (comparison, blocked)| match blocked {
        Blocked::Free => reduced,
        _ => reduced - u32::from(space.outcome(pattern, comparison)) * space.stride(comparison),
    })
}
