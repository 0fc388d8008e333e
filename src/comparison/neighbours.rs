//! All pairs of distinct values that reach a level: string work once a pair of values.
//!
//! Scoring a pair of records is then a look-up, and the agreement of random pairs an exact sum.
//! Most comparators have join keys, so that only values sharing a key are looked at; the others
//! look through all later values by a cheap bound.

use rayon::prelude::*;

use super::{Level, Prepared, level::settle};

/// Most pairs of distinct values that are looked through by their bounds.
const MOST_SCANNED_PAIRS: u64 = 400_000_000;
/// Most pairs of distinct values that share a key of one level; each takes eight bytes.
const MOST_KEYED_PAIRS: u64 = 50_000_000;

/// Values that reach a level other than `exact`, by the smaller code of the two.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours {
    starts: Vec<u32>,
    codes: Vec<u32>,
    levels: Vec<u8>,
}

impl Neighbours {
    /// Settles every pair of distinct values that may reach a level, or returns `None` if there
    /// are too many to look at.
    pub(crate) fn build(values: &Prepared, levels: &[Level]) -> Option<Self> {
        let search = Search::prepare(values, levels)?;
        let none = levels.len() as u8 + 1;
        let rows: Vec<Vec<(u32, u8)>> = values
            .value_codes()
            .into_par_iter()
            .map_init(Vec::new, |found, a| {
                search.candidates(values, a, found);
                found
                    .iter()
                    .map(|&b| (b, settle(levels, values, a, b)))
                    .filter(|&(_, level)| level != none)
                    .collect()
            })
            .collect();
        let total: usize = rows.iter().map(Vec::len).sum();
        let mut table = Self {
            starts: vec![0, 0],
            codes: Vec::with_capacity(total),
            levels: Vec::with_capacity(total),
        };
        for row in rows {
            for (code, level) in row {
                table.codes.push(code);
                table.levels.push(level);
            }
            table.starts.push(u32::try_from(table.codes.len()).ok()?);
        }
        Some(table)
    }

    /// Returns the level of two different values, if they reach one.
    pub(crate) fn level(&self, a: u32, b: u32) -> Option<u8> {
        let (low, high) = (a.min(b) as usize, a.max(b));
        let range = self.starts[low] as usize..self.starts[low + 1] as usize;
        let place = self.codes[range.clone()].binary_search(&high).ok()?;
        Some(self.levels[range.start + place])
    }

    /// Iterates over pairs of values and their level.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, u8)> + '_ {
        (0..self.starts.len() - 1).flat_map(move |low| {
            (self.starts[low] as usize..self.starts[low + 1] as usize)
                .map(move |place| (low as u32, self.codes[place], self.levels[place]))
        })
    }
}

/// How to find the values that may reach a level with a given one.
struct Search<'a> {
    /// Pairs of codes that share a key of some level, the smaller first, sorted, each once.
    keyed: Vec<(u32, u32)>,
    /// Levels to be looked through; only the loosest of each comparator.
    scanned: Vec<&'a Level>,
}

impl<'a> Search<'a> {
    /// Finds the pairs that share a key, or returns `None` if there is too much to look at.
    fn prepare(values: &Prepared, levels: &'a [Level]) -> Option<Self> {
        let mut search = Self { keyed: Vec::new(), scanned: Vec::new() };
        for (place, level) in levels.iter().enumerate().skip(1) {
            let same = |other: &Level| other.comparator().name() == level.comparator().name();
            if levels[place + 1..].iter().any(same) {
                continue;
            }
            match postings(level, values) {
                Some(postings) => {
                    let blocks = postings.chunk_by(|x, y| x.0 == y.0);
                    let pairs = |block: &[(u64, u32)]| (block.len() * (block.len() - 1) / 2) as u64;
                    if blocks.clone().map(pairs).sum::<u64>() > MOST_KEYED_PAIRS {
                        return None;
                    }
                    for block in blocks {
                        for (place, &(_, a)) in block.iter().enumerate() {
                            search.keyed.extend(block[place + 1..].iter().map(|&(_, b)| (a, b)));
                        }
                    }
                }
                None => search.scanned.push(level),
            }
        }
        let scanned = search.scanned.len() as u64 * (values.codes() as u64).pow(2) / 2;
        if scanned > MOST_SCANNED_PAIRS {
            return None;
        }
        search.keyed.par_sort_unstable();
        search.keyed.dedup();
        Some(search)
    }

    /// Finds the later codes that may reach a level with a value, sorted, each once.
    fn candidates(&self, values: &Prepared, code: u32, found: &mut Vec<u32>) {
        found.clear();
        let start = self.keyed.partition_point(|&(a, _)| a < code);
        let keyed = self.keyed[start..].iter().take_while(|&&(a, _)| a == code);
        found.extend(keyed.map(|&(_, b)| b));
        for level in &self.scanned {
            level.comparator().scan(values, code, level.threshold(), found);
        }
        if !self.scanned.is_empty() {
            found.sort_unstable();
            found.dedup();
        }
    }
}

/// Returns the keys of every value with its code, sorted, or `None` if a level has no keys.
fn postings(level: &Level, values: &Prepared) -> Option<Vec<(u64, u32)>> {
    let keys = |code: u32| {
        let mut keys = Vec::new();
        let mut add = |key| keys.push((key, code));
        level.comparator().join_keys(values, code, level.threshold(), &mut add).then_some(keys)
    };
    let all: Option<Vec<Vec<(u64, u32)>>> =
        values.value_codes().into_par_iter().map(keys).collect();
    let mut postings = all?.concat();
    postings.par_sort_unstable();
    postings.dedup();
    Some(postings)
}
