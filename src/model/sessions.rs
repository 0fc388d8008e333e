//! Training sessions: all pairs of one blocking rule, seen without what the rule fixes.
//!
//! Sessions overlap. A first-rule partition would truncate later sessions (a pair that agrees on
//! an earlier rule's attributes never appears in them) and teach the model the truncation.

use std::collections::BTreeMap;

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
    /// Place of the two sources whose pairs they are.
    pub(super) sources: usize,
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

/// Builds the sessions of every rule that leaves something to learn, one for each two sources
/// that have pairs.
///
/// Sources differ in how many children they share and in what they hold, so that the share of
/// matches among the pairs of two of them says little of two others.
pub(super) fn sessions(
    space: &PatternSpace,
    counts: &PatternCounts,
    blocked: &[Vec<Blocked>],
) -> Vec<Session> {
    let of_rule = |(rule, blocked): (usize, &Vec<Blocked>)| {
        let mut reduced: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (counted, count) in counts.iter().filter(|(c, _)| c.rules >> rule & 1 == 1) {
            let pattern = reduce(space, counted.pattern, blocked);
            *reduced.entry((counted.sources, pattern)).or_default() += count;
        }
        let all: Vec<((u32, u32), u64)> = reduced.into_iter().collect();
        let session = |all: &[((u32, u32), u64)]| {
            let patterns: Vec<(u32, f64)> =
                all.iter().map(|&((_, pattern), count)| (pattern, count as f64)).collect();
            let outcomes = patterns.iter().flat_map(|&(p, _)| space.outcomes(p)).collect();
            Session {
                pairs: patterns.iter().map(|(_, count)| count).sum(),
                patterns,
                outcomes,
                blocked: blocked.clone(),
                sources: all[0].0.0 as usize,
            }
        };
        all.chunk_by(|x, y| x.0.0 == y.0.0).map(session).collect::<Vec<_>>()
    };
    blocked
        .iter()
        .enumerate()
        .filter(|(_, blocked)| blocked.contains(&Blocked::Free))
        .flat_map(of_rule)
        .filter(|session| session.pairs > 0.0)
        .collect()
}

/// Sets the outcomes of blocked comparisons to missing.
pub(super) fn reduce(space: &PatternSpace, pattern: u32, blocked: &[Blocked]) -> u32 {
    blocked.iter().enumerate().fold(pattern, |reduced, (comparison, blocked)| match blocked {
        Blocked::Free => reduced,
        _ => reduced - u32::from(space.outcome(pattern, comparison)) * space.stride(comparison),
    })
}
