//! Pairs of distinct values that reach a level: string work once a pair of values.
//!
//! Where the values are few against the pairs of records to be compared, all of their pairs are
//! settled: scoring is then a look-up, and the agreement of random pairs an exact sum. Elsewhere
//! some values are enumerated with all later ones, and scoring settles what it meets.
//!
//! Most comparators have join keys, so that only values sharing a key are looked at; the others
//! look through all later values by a cheap bound.

use rayon::prelude::*;

use super::searched::{ByKeys, Searched};
use super::sorting::sort;
use super::values::Values;
use super::{Combination, level::settle};
use crate::record::MISSING;

/// Effort spent on enumeration whatever the pairs of records, in pairs of values looked through by
/// their letters, each less than a nanosecond: about a twentieth of a second.
const LEAST_EFFORT: u64 = 60_000_000;
/// Effort that settling one pair of records takes.
const EFFORT_A_RECORD_PAIR: u64 = 16;
/// Effort that it takes where a record is compared with many at once.
const EFFORT_A_PAIR_IN_A_ROW: u64 = 12;
/// Pairs a record beyond which it is.
const PAIRS_A_RECORD: u64 = 16;
/// Effort that settling one pair of values takes while all of them stay in a processor's cache.
const EFFORT_A_SETTLED_PAIR: u64 = 48;
/// Effort that it takes where they do not.
const EFFORT_A_FAR_PAIR: u64 = 100;
/// Values that stay in the cache.
const NEAR_VALUES: usize = 16_384;
/// Most effort spent at all.
const MOST_EFFORT: u64 = 2_000_000_000;
/// Most effort where not every pair of values is settled: scoring gains nothing then, and more of
/// it would only tell the agreement of random pairs better.
const MOST_EFFORT_IN_PART: f64 = 40e6;
/// Values whose neighbours are counted to know the effort of all.
const PILOT: usize = 64;
/// Effort that sorting one key of a value takes.
const EFFORT_A_KEY: f64 = 48.0;
/// Most keys of all values; each takes up to 28 bytes while values are joined.
const MOST_KEYS: f64 = 8e6;
/// Values, of the first ones and of others each, that are joined with all where joining all with
/// all takes too much.
const JOINED_ALONE: f64 = 2048.0;

/// Values that reach a level other than `exact`.
///
/// Where every pair is known each value has all its neighbours, else the later ones of those that
/// were enumerated.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours {
    /// Where the neighbours of each code start.
    starts: Vec<u32>,
    codes: Vec<u32>,
    levels: Vec<u8>,
    extent: Extent,
}

/// Which values were enumerated with all later ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Extent {
    /// Every one.
    All,
    /// Those of the first codes, and of the others so many chosen by hash.
    Some {
        /// First code that is not enumerated for being early.
        head: u32,
        /// Share of the others that is enumerated.
        share: f64,
    },
}

impl Neighbours {
    /// Enumerates the values that may reach a level: all of them if that is worth its while for
    /// so many pairs of so many records.
    pub(crate) fn build(values: &Values, levels: &[Combination], records: u64, pairs: u64) -> Self {
        let apart = pairs.min(records.saturating_mul(PAIRS_A_RECORD));
        let effort = (EFFORT_A_RECORD_PAIR.saturating_mul(apart))
            .saturating_add(EFFORT_A_PAIR_IN_A_ROW.saturating_mul(pairs - apart))
            .saturating_add(LEAST_EFFORT);
        Self::within(values, levels, effort.min(MOST_EFFORT))
    }

    /// Enumerates as many values as an effort allows.
    pub(super) fn within(values: &Values, levels: &[Combination], effort: u64) -> Self {
        let all: Vec<u32> = values.value_codes().collect();
        let (many, effort) = (all.len() as f64, effort as f64);
        let searched = Searched::all(values, levels);
        let keys: f64 =
            searched.iter().filter_map(|searched| Some(searched.by_keys?.a_value)).sum();
        let scanned = searched.iter().filter(|one| one.by_keys.is_none()).count() as f64;
        if keys * many > MOST_KEYS || keys * many * EFFORT_A_KEY > effort {
            let each = keys * EFFORT_A_KEY + scanned * many;
            let rows = (effort.min(MOST_EFFORT_IN_PART) / 2.0 / each).min(JOINED_ALONE) as usize;
            if 2 * rows < all.len() {
                let (rows, extent) = some_rows(values, &all, rows);
                return Search::prepare(values, levels, &searched, Some(&rows))
                    .settle(&rows, extent);
            }
        }
        let search = Search::prepare(values, levels, &searched, None);
        let whole = search.effort(&all).max(1.0);
        if effort >= whole {
            return search.settle(&all, Extent::All);
        }
        let share = effort.min(MOST_EFFORT_IN_PART) / whole;
        let (rows, extent) = some_rows(values, &all, (many * share / 2.0) as usize);
        search.settle(&rows, extent)
    }

    /// Enumerates nothing, for values of which a few pairs are met.
    pub(crate) fn none(values: &Values) -> Self {
        let starts = vec![0; values.codes() + 1];
        let extent = Extent::Some { head: MISSING + 1, share: 0.0 };
        Self { starts, codes: Vec::new(), levels: Vec::new(), extent }
    }

    /// Says whether every pair of values that reaches a level is known.
    pub(crate) fn is_whole(&self) -> bool {
        self.extent == Extent::All
    }

    /// Returns the share of the values that were enumerated.
    pub(crate) fn enumerated(&self) -> f64 {
        match self.extent {
            Extent::All => 1.0,
            Extent::Some { head, share } => {
                let values = (self.starts.len() - 2) as f64;
                let head = f64::from(head - 1);
                (head + share * (values - head)) / values
            }
        }
    }

    /// Returns how many pairs of values one stands for that begins with a code.
    pub(crate) fn stands_for(&self, code: u32) -> f64 {
        match self.extent {
            Extent::Some { head, share } if code >= head => 1.0 / share,
            _ => 1.0,
        }
    }

    /// Returns the level of two different values, if they reach one and all pairs are known.
    pub(crate) fn level(&self, a: u32, b: u32) -> Option<u8> {
        let (few, other) = if self.range(a).len() <= self.range(b).len() { (a, b) } else { (b, a) };
        let (codes, levels) = self.of(few);
        Some(levels[codes.binary_search(&other).ok()?])
    }

    /// Returns the neighbours of a value, in order, and the level that each reaches with it.
    pub(crate) fn of(&self, code: u32) -> (&[u32], &[u8]) {
        let range = self.range(code);
        (&self.codes[range.clone()], &self.levels[range])
    }

    fn range(&self, code: u32) -> std::ops::Range<usize> {
        self.starts[code as usize] as usize..self.starts[code as usize + 1] as usize
    }

    /// Returns how many of the other values were chosen by hash, and how many there are, unless
    /// every value was enumerated.
    pub(crate) fn chosen(&self) -> Option<(f64, f64)> {
        match self.extent {
            Extent::All => None,
            Extent::Some { head, share } => {
                let others = (self.starts.len() - 2) as f64 - f64::from(head - 1);
                Some((share * others, others))
            }
        }
    }

    /// Iterates over pairs of values and their level, the smaller code first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, u8)> + '_ {
        (0..self.starts.len() as u32 - 1).flat_map(move |low| {
            let (codes, levels) = self.of(low);
            let later = codes.partition_point(|&code| code < low);
            codes[later..]
                .iter()
                .zip(&levels[later..])
                .map(move |(&code, &level)| (low, code, level))
        })
    }
}

/// Returns about so many of the first codes, and of the others.
///
/// Codes follow first appearance, so that the first ones are of the values that most records
/// hold: half of the effort makes their share of random pairs exact.
fn some_rows(values: &Values, all: &[u32], rows: usize) -> (Vec<u32>, Extent) {
    let (head, tail) = all.split_at(rows.max(1).min(all.len()));
    let chosen = some_of(values, tail, rows.max(1));
    let share = chosen.len() as f64 / tail.len().max(1) as f64;
    ([head, &chosen].concat(), Extent::Some { head: head.len() as u32 + 1, share })
}

/// Returns so many of some codes, chosen by the hash of their values; sorted.
fn some_of(values: &Values, codes: &[u32], many: usize) -> Vec<u32> {
    let mut order: Vec<(u64, u32)> = codes.iter().map(|&code| (values.hash(code), code)).collect();
    order.sort_unstable();
    let mut chosen: Vec<u32> = order.into_iter().take(many).map(|(_, code)| code).collect();
    chosen.sort_unstable();
    chosen
}

/// How to find the values that may reach a level with a given one.
struct Search<'a> {
    values: &'a Values,
    levels: &'a [Combination],
    /// Joins by the keys of one level each.
    joins: Vec<Join>,
    /// What values are looked through for.
    scanned: Vec<&'a Combination>,
}

/// Values by the keys that they share with others, for one level.
struct Join {
    /// Codes block by block, sorted within each; a block shares a key.
    codes: Vec<u32>,
    /// Where each block starts in `codes`, and its end.
    blocks: Vec<u32>,
    /// Blocks of each value, and where those of each code start.
    of_value: Vec<u32>,
    starts: Vec<u32>,
}

impl<'a> Search<'a> {
    /// Joins the values by the keys of the levels that have some: all of them, or some rows with
    /// all.
    fn prepare(
        values: &'a Values,
        levels: &'a [Combination],
        searched: &[Searched<'a>],
        rows: Option<&[u32]>,
    ) -> Self {
        let mut search = Self { values, levels, joins: Vec::new(), scanned: Vec::new() };
        for &Searched { combination, by_keys } in searched {
            match by_keys.and_then(|by_keys| postings(by_keys, values, rows)) {
                Some(postings) => search.joins.push(Join::new(&postings, values.codes())),
                None => search.scanned.push(combination),
            }
        }
        search
    }

    /// Returns the effort of settling all values, from what some of them find.
    fn effort(&self, all: &[u32]) -> f64 {
        let pilot = some_of(self.values, all, PILOT);
        let mut found = Vec::new();
        let found_by = |code: u32| {
            self.candidates(code, &mut found);
            found.len() as u64
        };
        let near = all.len() <= NEAR_VALUES;
        let each = if near { EFFORT_A_SETTLED_PAIR } else { EFFORT_A_FAR_PAIR };
        let settled = pilot.iter().copied().map(found_by).sum::<u64>() * each;
        let scanned = self.scanned.len() as f64 * (all.len() as f64).powi(2) / 2.0;
        scanned + settled as f64 * all.len() as f64 / pilot.len().max(1) as f64
    }

    /// Settles some values, given sorted, with all later ones.
    fn settle(&self, rows: &[u32], extent: Extent) -> Neighbours {
        let none = self.levels.len() as u8 + 1;
        // Rows that belong together are settled together, so that few lists are made.
        let parts: Vec<Vec<(u32, u32, u8)>> = rows
            .par_chunks(64)
            .map(|rows| {
                let (mut found, mut reached) = (Vec::new(), Vec::new());
                for &a in rows {
                    self.candidates(a, &mut found);
                    let settled = |&b: &u32| (a, b, settle(self.levels, self.values, a, b));
                    reached
                        .extend(found.iter().map(settled).filter(|&(_, _, level)| level != none));
                }
                reached
            })
            .collect();
        let both_ways = extent == Extent::All;
        let mut starts = vec![0; self.values.codes() + 1];
        for &(a, b, _) in parts.iter().flatten() {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += u32::from(both_ways);
        }
        add_up(&mut starts);
        let total = starts[starts.len() - 1] as usize;
        let (mut codes, mut levels) = (vec![0; total], vec![0; total]);
        let mut next = starts.clone();
        let mut put = |at: u32, code, level| {
            let next = &mut next[at as usize];
            (codes[*next as usize], levels[*next as usize]) = (code, level);
            *next += 1;
        };
        // Pairs come sorted: a value has met all earlier ones before it meets the later ones.
        for (a, b, level) in parts.into_iter().flatten() {
            put(a, b, level);
            if both_ways {
                put(b, a, level);
            }
        }
        Neighbours { starts, codes, levels, extent }
    }

    /// Finds the later codes that may reach a level with a value, sorted, each once.
    fn candidates(&self, code: u32, found: &mut Vec<u32>) {
        found.clear();
        self.joins.iter().for_each(|join| join.add_later(code, found));
        self.scanned.iter().for_each(|combination| combination.scan(self.values, code, found));
        found.sort_unstable();
        found.dedup();
    }
}

impl Join {
    /// Groups postings, which are sorted by key and code.
    fn new(postings: &[(u64, u32)], codes: usize) -> Self {
        let mut join = Self {
            codes: Vec::new(),
            blocks: vec![0],
            of_value: Vec::new(),
            starts: vec![0; codes + 1],
        };
        for block in postings.chunk_by(|x, y| x.0 == y.0).filter(|block| block.len() > 1) {
            join.codes.extend(block.iter().map(|&(_, code)| code));
            join.blocks.push(join.codes.len() as u32);
        }
        join.codes.iter().for_each(|&code| join.starts[code as usize + 1] += 1);
        add_up(&mut join.starts);
        let mut next = join.starts.clone();
        join.of_value = vec![0; join.codes.len()];
        for block in 0..join.blocks.len() - 1 {
            for &code in &join.codes[join.blocks[block] as usize..join.blocks[block + 1] as usize] {
                join.of_value[next[code as usize] as usize] = block as u32;
                next[code as usize] += 1;
            }
        }
        join
    }

    /// Adds the later codes that share a key with a value; one that shares several, each time.
    fn add_later(&self, code: u32, found: &mut Vec<u32>) {
        let blocks = self.starts[code as usize] as usize..self.starts[code as usize + 1] as usize;
        for &block in &self.of_value[blocks] {
            let (start, end) = (self.blocks[block as usize], self.blocks[block as usize + 1]);
            let block = &self.codes[start as usize..end as usize];
            found.extend(&block[block.partition_point(|&other| other <= code)..]);
        }
    }
}

/// Turns how many each code has, written one place later, into where each code starts.
fn add_up(starts: &mut [u32]) {
    for code in 1..starts.len() {
        starts[code] += starts[code - 1];
    }
}

/// Returns the keys of the values with their codes, sorted: all keys, or those that some rows
/// may have; `None` if a value has none.
fn postings(by_keys: ByKeys<'_>, values: &Values, rows: Option<&[u32]>) -> Option<Vec<(u64, u32)>> {
    let keys = |code: u32, give: &mut dyn FnMut(u64)| by_keys.give(values, code, give);
    let wanted = match rows {
        None => None,
        Some(rows) => Some(KeyFilter::of(rows, &keys)?),
    };
    let codes: Vec<u32> = values.value_codes().collect();
    let parts: Option<Vec<Vec<(u64, u32)>>> = codes
        .par_chunks(1 << 12)
        .map(|codes| {
            let mut part = Vec::new();
            let all_have = codes.iter().all(|&code| {
                keys(code, &mut |key| {
                    if wanted.as_ref().is_none_or(|wanted| wanted.may_hold(key)) {
                        part.push((key, code));
                    }
                })
            });
            all_have.then_some(part)
        })
        .collect();
    let mut postings = parts?.concat();
    sort(&mut postings);
    postings.dedup();
    Some(postings)
}

/// Set of keys that now and then takes another for one of its own.
struct KeyFilter {
    words: Vec<u64>,
    /// Bits of a hash that are not looked at.
    shift: u32,
}

impl KeyFilter {
    /// Takes the keys of some values; `None` if one of them has none.
    fn of(codes: &[u32], keys: &impl Fn(u32, &mut dyn FnMut(u64)) -> bool) -> Option<Self> {
        let mut all = Vec::new();
        let all_have = codes.iter().all(|&code| keys(code, &mut |key| all.push(key)));
        // Sixteen bits a key, two of them set: of other keys one in fifty is taken for one of these.
        let words = (all.len() / 4).next_power_of_two().max(2);
        let mut filter = Self { words: vec![0; words], shift: 64 - words.trailing_zeros() };
        for key in all {
            let (word, bits) = filter.place(key);
            filter.words[word] |= bits;
        }
        all_have.then_some(filter)
    }

    fn may_hold(&self, key: u64) -> bool {
        let (word, bits) = self.place(key);
        self.words[word] & bits == bits
    }

    /// Returns the word that a key is noted in, and its bits there.
    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bit = |from: u32| 1u64 << (mixed >> from & 63);
        ((mixed >> self.shift) as usize, bit(8) | bit(16))
    }
}
