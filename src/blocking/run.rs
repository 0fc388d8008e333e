//! Small blocks visited together: what is asked of their pairs is fetched for many records at once.
//!
//! Most blocks hold a few records that lie far apart in memory. Block after block a pair waits for
//! what its own records hold; of many blocks the waits overlap.

use std::ops::Range;

use super::stream::{Blocking, Row};
use crate::record::{RecordId, SourceId};

/// Records of the largest block that is visited together with others; places in it are bits.
pub(super) const LARGEST: usize = u64::BITS as usize;
/// Records from which on the blocks taken are visited.
const MANY: usize = 256;

/// Blocks of one rule that follow each other, all of whose records may be paired.
pub(super) struct Run<'r, 'a> {
    blocking: &'r Blocking<'a>,
    rule: usize,
    /// Whether any two records may be linked.
    allows_all: bool,
    /// Records of the blocks, and their places.
    records: Vec<RecordId>,
    blocks: Vec<BlockOfRun>,
    /// Smallest keys of the records under each earlier rule.
    keys: Vec<Vec<u64>>,
    /// Rules under which each record has several keys, as bits.
    several: Vec<u32>,
    /// Sources of the records, unless all may be linked.
    sources: Vec<SourceId>,
    found: Found,
}

/// Block among the records of a run.
struct BlockOfRun {
    number: usize,
    places: Range<usize>,
    /// Places in the block whose rows are asked for.
    rows: Range<usize>,
}

/// Pairs that are candidates: their records, block by block, and the places of the others of each
/// row among them.
#[derive(Default)]
struct Found {
    records: Vec<RecordId>,
    others: Vec<u32>,
    /// Place of each row's record, and where its others are.
    rows: Vec<(u32, Range<usize>)>,
}

impl<'r, 'a> Run<'r, 'a> {
    /// Starts with no block of a rule.
    pub(super) fn new(blocking: &'r Blocking<'a>, rule: usize) -> Self {
        Self {
            blocking,
            rule,
            allows_all: blocking.mask.allows_all(),
            records: Vec::new(),
            blocks: Vec::new(),
            keys: vec![Vec::new(); rule],
            several: Vec::new(),
            sources: Vec::new(),
            found: Found::default(),
        }
    }

    /// Takes a block, given by its number and records, of which some rows are asked for.
    pub(super) fn push(&mut self, number: usize, block: &[RecordId], rows: Range<usize>) {
        let start = self.records.len();
        self.records.extend_from_slice(block);
        self.blocks.push(BlockOfRun { number, places: start..self.records.len(), rows });
    }

    /// Says whether there are enough blocks to be visited.
    pub(super) fn is_full(&self) -> bool {
        self.records.len() >= MANY
    }

    /// Visits the rows of the blocks taken, and lets go of these.
    pub(super) fn visit(&mut self, visit: &mut impl FnMut(&Row<'_>)) {
        let Some(first) = self.blocks.first() else { return };
        let of = (self.rule, first.number);
        self.fetch();
        self.found.clear();
        for block in &self.blocks {
            let mut candidates = [0; LARGEST];
            for place in block.rows.clone() {
                candidates[place] = self.candidates(block, place);
            }
            self.found.take(&self.records[block.places.clone()], &candidates);
        }
        for (place, others) in &self.found.rows {
            let others = &self.found.others[others.clone()];
            visit(&Row { of, records: &self.found.records, place: *place, others });
        }
        self.records.clear();
        self.blocks.clear();
    }

    /// Fetches what is asked of the records.
    fn fetch(&mut self) {
        let Blocking { blocks, source_of, .. } = self.blocking;
        for (keys, blocks) in self.keys.iter_mut().zip(blocks) {
            keys.clear();
            keys.extend(self.records.iter().map(|&record| blocks.smallest_key(record)));
        }
        self.several.clear();
        self.several.resize(self.records.len(), 0);
        for (rule, blocks) in blocks.iter().enumerate().take(self.rule + 1) {
            if blocks.has_several_keys() {
                let several = self.several.iter_mut().zip(&self.records);
                several.for_each(|(rules, &r)| *rules |= u32::from(blocks.has_several(r)) << rule);
            }
        }
        self.sources.clear();
        if !self.allows_all {
            self.sources.extend(self.records.iter().map(|&record| source_of[record as usize]));
        }
    }

    /// Returns the places in a block of the later records that one is a candidate with, as bits.
    fn candidates(&self, block: &BlockOfRun, place: usize) -> u64 {
        let Blocking { blocks, filters, mask, .. } = self.blocking;
        let (own, filter) = (&blocks[self.rule], &filters[self.rule]);
        let x = block.places.start + place;
        let a = self.records[x];
        let is_candidate = |y: usize| {
            let b = self.records[y];
            let several = |rule: usize| (self.several[x] | self.several[y]) >> rule & 1 != 0;
            let agree = |rule: usize| {
                let (blocks, keys) = (&blocks[rule], &self.keys[rule]);
                blocks.are_near(keys[x], keys[y])
                    || (several(rule) && blocks.first_shared(a, b).is_some())
            };
            (self.allows_all || mask.allows(self.sources[x], self.sources[y]))
                && (!several(self.rule) || own.gives(block.number, a, b))
                && filter.keep(a, b)
                && !(0..self.rule).any(|rule| agree(rule) && filters[rule].keep(a, b))
        };
        let later = x + 1..block.places.end;
        later.fold(0, |bits, y| bits | u64::from(is_candidate(y)) << (y - block.places.start))
    }
}

impl Found {
    fn clear(&mut self) {
        self.records.clear();
        self.others.clear();
        self.rows.clear();
    }

    /// Takes the records of a block that are in a pair, and its rows; `candidates` gives for each
    /// place in the block those of the others as bits.
    fn take(&mut self, block: &[RecordId], candidates: &[u64; LARGEST]) {
        let start = self.records.len() as u32;
        let rows = || (0..block.len()).map(|place| (place, candidates[place]));
        let paired = rows()
            .filter(|&(_, others)| others != 0)
            .fold(0, |paired, (place, others)| paired | others | 1 << place);
        self.records.extend(bits_of(paired).map(|place| block[place as usize]));
        let among_paired = |place: u32| start + (paired & ((1 << place) - 1)).count_ones();
        for (place, others) in rows().filter(|&(_, others)| others != 0) {
            let from = self.others.len();
            self.others.extend(bits_of(others).map(among_paired));
            self.rows.push((among_paired(place as u32), from..self.others.len()));
        }
    }
}

/// Iterates over the places of the bits that are set.
fn bits_of(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(place)
    })
}
