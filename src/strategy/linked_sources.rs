//! The pairs of sources that are linked, numbered: what is learnt of each is kept apart.

use rayon::prelude::*;

use super::copies::copies;
use crate::blocking::LinkMask;
use crate::model::ComparablePairs;
use crate::record::{RecordId, Records, SourceId};

/// Most numbers that pairs of sources have; beyond, those of fewest records share the last.
const MOST_NUMBERS: usize = 32;

/// Most matches a record within a source that may hold a child several times, which is what 129
/// records of each child make: some lists hold dozens.
const MOST_WITHIN: u64 = 64;

/// Pairs a record that are alike in every attribute though nobody is held several times: twins
/// that were not named yet, people of whom little was asked, rows entered twice.
const COPIES_BY_CHANCE: f64 = 0.01;

/// Numbers of the pairs of sources that may be linked.
pub(super) struct LinkedSources {
    /// Number of each pair of sources, row by row; 0 for those that are not linked.
    number_of: Vec<u32>,
    source_of: Vec<SourceId>,
    sources: usize,
    /// Sources of each number.
    pairs: Vec<Vec<(SourceId, SourceId)>>,
}

impl LinkedSources {
    /// Numbers the pairs of sources that a mask allows.
    pub(super) fn new(records: &Records, mask: &LinkMask) -> Self {
        let sources = records.sources().len();
        let all = 0..sources as SourceId;
        let mut linked: Vec<(SourceId, SourceId)> = all
            .clone()
            .flat_map(|s| all.clone().map(move |t| (s, t)))
            .filter(|&(s, t)| s <= t && mask.allows(s, t))
            .collect();
        if linked.len() > MOST_NUMBERS {
            let size = |source| records.of_source(source).len() as u64;
            linked.sort_by_key(|&(s, t)| (std::cmp::Reverse(size(s) * size(t)), s, t));
        }
        let mut pairs: Vec<Vec<(SourceId, SourceId)>> = Vec::new();
        let mut number_of = vec![0; sources * sources];
        for (s, t) in linked {
            if pairs.len() < MOST_NUMBERS {
                pairs.push(Vec::new());
            }
            let number = pairs.len() - 1;
            pairs[number].push((s, t));
            for (s, t) in [(s, t), (t, s)] {
                number_of[usize::from(s) * sources + usize::from(t)] = number as u32;
            }
        }
        Self { number_of, source_of: records.source_ids(), sources, pairs }
    }

    /// Returns the number of the sources of two records.
    pub(super) fn of(&self, a: RecordId, b: RecordId) -> u32 {
        let [s, t] = [a, b].map(|record| usize::from(self.source_of[record as usize]));
        self.number_of[s * self.sources + t]
    }

    /// Returns the comparable pairs of each number.
    pub(super) fn comparable(&self, records: &Records, mask: &LinkMask) -> Vec<ComparablePairs> {
        let size = |source| records.of_source(source).len() as u64;
        let beside_another =
            |source| self.pairs.iter().flatten().any(|&(s, t)| s != t && [s, t].contains(&source));
        let sources = 0..self.sources as SourceId;
        let copies: Vec<f64> = sources
            .map(|source| if beside_another(source) { most_copies(records, source) } else { 1.0 })
            .collect();
        let most = |&(s, t): &(SourceId, SourceId)| {
            let several = |source| mask.allows(source, source);
            let once = match (several(s), several(t)) {
                _ if s == t => return MOST_WITHIN * size(s),
                (false, false) => size(s).min(size(t)),
                (true, false) => size(s),
                (false, true) => size(t),
                (true, true) => size(s) + size(t),
            };
            let copies = copies[usize::from(s)].max(copies[usize::from(t)]);
            (once as f64 * copies) as u64
        };
        let name = |source| records.sources()[usize::from(source)].name.clone();
        let of = |pairs: &Vec<(SourceId, SourceId)>| ComparablePairs {
            sources: pairs.iter().map(|&(s, t)| [s, t].map(name)).collect(),
            pairs: records.comparable_pairs(|s, t| pairs.contains(&(s, t))),
            most_matches: pairs.iter().map(most).sum(),
        };
        self.pairs.iter().map(of).collect()
    }
}

/// Returns how many records of a child a source holds at most, on average over its records, from
/// how many pairs of them are alike in every attribute: few of one child's are, for as many as
/// there may be, and next to none of two children's.
fn most_copies(records: &Records, source: SourceId) -> f64 {
    if records.sources()[usize::from(source)].duplicate_free {
        return 1.0;
    }
    let of_source = records.of_source(source);
    let size = of_source.len().max(1) as f64;
    let copies = copies(records, of_source.into_par_iter()) as f64 / size;
    1.0 + MOST_WITHIN as f64 * (copies - COPIES_BY_CHANCE).max(0.0)
}
