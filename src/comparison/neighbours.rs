//! All pairs of distinct values that reach a level: string work once a pair of values.
//!
//! Scoring a pair of records is then a look-up, and the agreement of random pairs an exact sum.
//! Most comparators have join keys, so that only values sharing a key are looked at; the others
//! look through all later values by a cheap bound.

use rayon::prelude::*;

use super::{Level, Prepared, level::settle};

/// Most pairs of distinct values that are looked at beforehand.
const MOST_PAIRS: u64 = 400_000_000;

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
    /// Levels by keys: for each, pairs of (key, code), sorted.
    keyed: Vec<(&'a Level, Vec<(u64, u32)>)>,
    /// Levels to be looked through; only the loosest of each comparator.
    scanned: Vec<&'a Level>,
}

impl<'a> Search<'a> {
    fn prepare(values: &Prepared, levels: &'a [Level]) -> Option<Self> {
        let mut search = Self { keyed: Vec::new(), scanned: Vec::new() };
        let mut pairs = 0u64;
        for (place, level) in levels.iter().enumerate().skip(1) {
            let same = |other: &Level| other.comparator().name() == level.comparator().name();
            if levels[place + 1..].iter().any(same) {
                continue;
            }
            let mut postings = Vec::new();
            let mut has_keys = true;
            for code in values.value_codes() {
                has_keys = keys_of(level, values, code, &mut |key| postings.push((key, code)));
                if !has_keys {
                    break;
                }
            }
            if has_keys {
                postings.par_sort_unstable();
                postings.dedup();
                pairs += postings
                    .chunk_by(|x, y| x.0 == y.0)
                    .map(|block| (block.len() * block.len() / 2) as u64)
                    .sum::<u64>();
                search.keyed.push((level, postings));
            } else {
                pairs += (values.codes() as u64).pow(2) / 2;
                search.scanned.push(level);
            }
            if pairs > MOST_PAIRS {
                return None;
            }
        }
        Some(search)
    }

    /// Finds the later codes that may reach a level with a value, sorted, each once.
    fn candidates(&self, values: &Prepared, code: u32, found: &mut Vec<u32>) {
        found.clear();
        for (level, postings) in &self.keyed {
            keys_of(level, values, code, &mut |key| {
                let start = postings.partition_point(|&posting| posting <= (key, code));
                let block = postings[start..].iter().take_while(|posting| posting.0 == key);
                found.extend(block.map(|&(_, other)| other));
            });
        }
        for level in &self.scanned {
            level.comparator().scan(values, code, level.threshold(), found);
        }
        found.sort_unstable();
        found.dedup();
    }
}

fn keys_of(level: &Level, values: &Prepared, code: u32, keys: &mut dyn FnMut(u64)) -> bool {
    level.comparator().join_keys(values, code, level.threshold(), keys)
}
