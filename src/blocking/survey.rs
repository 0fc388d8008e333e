//! What rules make of records, from block sizes alone: large blocks, records left out.

use std::cmp::Reverse;

use super::Blocking;
use super::blocks::Meeting;
use crate::record::{RecordId, Records, SourceId};

/// Size of one block of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockSize {
    /// Place of the block among those of its rule.
    pub place: usize,
    /// Records in it and, under a window, in the blocks after it that are near.
    pub records: usize,
    /// Pairs of them that may be linked.
    pub pairs: u64,
}

/// Records of one source that no rule can pair with any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Source.
    pub source: SourceId,
    /// Records of the source.
    pub records: u64,
    /// Records that lack a value for every rule, and so stand in no block.
    pub without_key: u64,
    /// Records in no candidate pair, those without a key among them.
    pub without_candidate: u64,
}

/// Blocks of a rule that are left out because they have too many records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Oversize {
    /// Blocks.
    pub blocks: u64,
    /// Records in them.
    pub records: u64,
    /// Pairs that the rule would make beside: counted as those of its blocks are.
    pub pairs: u64,
}

impl Blocking<'_> {
    /// Returns what a rule leaves out for the size of blocks; `None` if it takes any size.
    pub fn oversize(&self, rule: usize) -> Option<Oversize> {
        self.rules[rule].largest_block()?;
        let blocks = &self.blocks[rule];
        let mut records: Vec<RecordId> = blocks.oversize_records().collect();
        records.sort_unstable();
        records.dedup();
        let pairs = blocks.oversize().map(|meeting| self.pairs_meeting(&meeting));
        Some(Oversize {
            blocks: pairs.len() as u64,
            pairs: pairs.sum(),
            records: records.len() as u64,
        })
    }

    /// Returns the blocks of a rule that make most pairs, the largest first.
    ///
    /// Blocks that make no pair are left out.
    pub fn largest_blocks(&self, rule: usize, most: usize) -> Vec<BlockSize> {
        let blocks = &self.blocks[rule];
        let mut sizes: Vec<BlockSize> = (0..blocks.count())
            .map(|place| {
                let meeting = blocks.meeting(place);
                let (records, pairs) = (meeting.records.len(), self.pairs_meeting(&meeting));
                BlockSize { place, records, pairs }
            })
            .filter(|size| size.pairs > 0)
            .collect();
        sizes.sort_unstable_by_key(|size| (Reverse(size.pairs), Reverse(size.records), size.place));
        sizes.truncate(most);
        sizes
    }

    /// Returns, for each key of a rule, the form of a value that all records of a block share.
    ///
    /// They are persons' values: show patterns of them, never themselves.
    pub fn shared_values(&self, records: &Records, rule: usize, place: usize) -> Vec<String> {
        let block = self.blocks[rule].block(place);
        let keys = self.rules[rule].keys().iter();
        let shared = keys.map(|key| {
            let column = records.column(&key.attribute)?;
            let forms = |record: RecordId| {
                let values = column.codes_of(record).map(|code| column.dictionary().value(code));
                values.filter_map(|value| (key.form.derive)(value))
            };
            let (first, others) = block.split_first()?;
            forms(*first)
                .find(|form| others.iter().all(|&other| forms(other).any(|held| held == *form)))
        });
        shared.map(|form| form.unwrap_or_default().into_owned()).collect()
    }

    /// Says whether the pairs counted from a rule's block sizes are just those that it makes.
    ///
    /// They are an upper bound where a record has several keys, since two records that share
    /// several are counted once for each, and where the rule has filters.
    pub fn sizes_are_exact(&self, rule: usize) -> bool {
        !self.blocks[rule].has_several_keys() && self.filters[rule].is_empty()
    }

    /// Says whether any rule has filters.
    pub fn is_filtered(&self) -> bool {
        self.filters.iter().any(|filters| !filters.is_empty())
    }

    /// Counts for each source the records that no rule can pair, from blocks alone: filters may
    /// leave further records without a candidate.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let mut keyed = vec![false; self.source_of.len()];
        let mut paired = vec![false; self.source_of.len()];
        for blocks in &self.blocks {
            for meeting in (0..blocks.count()).map(|place| blocks.meeting(place)) {
                self.note_paired(&meeting, &mut paired);
            }
            let records = (0..).zip(&mut keyed);
            records.for_each(|(record, keyed)| *keyed |= blocks.has_key(record));
            blocks.oversize_records().for_each(|record| keyed[record as usize] = true);
        }
        let mut all: Vec<LeftOut> = (0..self.mask.sources())
            .map(|source| LeftOut {
                source: source as SourceId,
                records: 0,
                without_key: 0,
                without_candidate: 0,
            })
            .collect();
        for (record, &source) in self.source_of.iter().enumerate() {
            let of = &mut all[source as usize];
            of.records += 1;
            of.without_key += u64::from(!keyed[record]);
            of.without_candidate += u64::from(!paired[record]);
        }
        all
    }

    /// Notes which of the records that meet in a block have another to pair with.
    fn note_paired(&self, meeting: &Meeting<'_>, paired: &mut [bool]) {
        let is_own = |place: usize| meeting.own.is_empty() || meeting.own[place];
        let source = |record: RecordId| self.source_of[record as usize];
        // Records of each source, and those of them that are the block's own.
        let mut held: Vec<(SourceId, usize, usize)> = Vec::new();
        for (place, &record) in meeting.records.iter().enumerate() {
            match held.last_mut() {
                Some((last, ..)) if *last == source(record) => {}
                _ => held.push((source(record), 0, 0)),
            }
            let (_, all, own) = held.last_mut().expect("one was pushed");
            (*all, *own) = (*all + 1, *own + usize::from(is_own(place)));
        }
        for (place, &record) in meeting.records.iter().enumerate() {
            let pairs_with = |&(theirs, all, own): &(SourceId, usize, usize)| {
                let own_source = usize::from(theirs == source(record));
                let others = if is_own(place) { all - own_source } else { own };
                others > 0 && self.mask.allows(source(record), theirs)
            };
            paired[record as usize] |= held.iter().any(pairs_with);
        }
    }
}
