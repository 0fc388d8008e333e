//! What rules make of records, from block sizes alone: large blocks, records left out.

use std::cmp::Reverse;

use super::Blocking;
use crate::record::{RecordId, Records, SourceId};

/// Size of one block of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockSize {
    /// Place of the block among those of its rule.
    pub place: usize,
    /// Records in it.
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

impl Blocking<'_> {
    /// Returns the blocks of a rule that make most pairs, the largest first.
    ///
    /// Blocks that make no pair are left out.
    pub fn largest_blocks(&self, rule: usize, most: usize) -> Vec<BlockSize> {
        let blocks = self.blocks[rule].iter().enumerate();
        let mut sizes: Vec<BlockSize> = blocks
            .map(|(place, block)| BlockSize {
                place,
                records: block.len(),
                pairs: self.pairs_in(block),
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
        shared.map(Option::unwrap_or_default).collect()
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
        for block in self.blocks.iter().flat_map(|blocks| blocks.iter()) {
            for same in block.chunk_by(|&a, &b| self.source(a) == self.source(b)) {
                let source = self.source(same[0]);
                let others = block.iter().any(|&other| {
                    let theirs = self.source(other);
                    theirs != source && self.mask.allows(source, theirs)
                });
                let among = same.len() > 1 && self.mask.allows(source, source);
                for &record in same {
                    keyed[record as usize] = true;
                    paired[record as usize] |= among || others;
                }
            }
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

    fn source(&self, record: RecordId) -> SourceId {
        self.source_of[record as usize]
    }
}
