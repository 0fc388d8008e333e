//! The blocks of one rule: records that agree on its keys, side by side.

use std::borrow::Cow;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::BlockingRule;
use super::entries::Entries;
use super::part::Part;
use super::repeated::Repeated;
use crate::comparison::sorting::sort;
use crate::error::Result;
use crate::record::{Column, Holders, RecordId, Records};

/// Records grouped by one rule's keys; a record of several values may have several.
///
/// The filters of the rule are left out of account. Of a rule whose records meet by equal keys
/// alone a record that shares none is in no block, as a rule.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// Smallest key of each record; 0 where a part is missing. Equal keys mean agreement, and
    /// under a window keys that differ by less.
    keys: Vec<u64>,
    /// Window of the rule; 1 where it has none.
    window: u64,
    /// All keys of the records that have several.
    several: SeveralKeys,
    /// Key of each block.
    block_keys: Vec<u64>,
    /// Records of each block, by key and then by record.
    order: Vec<RecordId>,
    /// Start of each block in `order`, and the end of the last.
    starts: Vec<u32>,
    /// Blocks that are left out for their size, by key; nobody has their keys.
    oversize: Vec<OversizeBlock>,
}

/// Block that is left out for its size.
#[derive(Debug, Clone)]
struct OversizeBlock {
    key: u64,
    records: Vec<RecordId>,
}

/// Keys of the records that have several, found without a search: pairs ask for them.
#[derive(Debug, Clone)]
struct SeveralKeys {
    holders: Holders,
    /// Keys, those of a record in order.
    keys: Vec<u64>,
}

impl Blocks {
    /// Groups the records by a rule.
    ///
    /// # Errors
    /// `TooLarge` if records hold so many values that they would have too many keys; what
    /// [`BlockingRule::check`] refuses.
    pub fn build(records: &Records, rule: &BlockingRule) -> Result<Self> {
        rule.check(records)?;
        let mut parts: Vec<Part<'_>> =
            rule.equal_keys().iter().map(|key| Part::of(records, key)).collect();
        if rule.has_window() {
            parts.extend(rule.keys().last().map(|key| Part::in_order(records, key)));
        }
        let columns: Vec<&Column> = parts.iter().map(|part| part.column).collect();
        let entries = Entries::of(records.len(), &columns, rule)?;
        // Without any key all records would agree.
        let mut keys: Vec<u64> = vec![1; entries.owners.len()];
        let mut limit = 2;
        for (place, part) in parts.iter().enumerate() {
            let codes = entries.codes(place).map(|code| part.code(code));
            if place == 0 {
                keys = codes.collect();
                limit = part.limit;
                continue;
            }
            if bits(limit) + bits(part.limit) > 64 {
                limit = renumber(&mut keys);
            }
            let shift = bits(part.limit);
            for (key, code) in keys.iter_mut().zip(codes) {
                *key = if *key == 0 || code == 0 { 0 } else { (*key << shift) | code };
            }
            limit = 1u64.checked_shl(bits(limit) + shift).unwrap_or(u64::MAX);
        }
        let window = u64::from(rule.window());
        if let (true, Some(last)) = (rule.has_window(), parts.last()) {
            let shift = if parts.len() > 1 { bits(last.limit) } else { u64::BITS };
            space_out(&mut keys, shift, window);
        }
        let largest = rule.largest_block().map_or(usize::MAX, |records| records as usize);
        let shared = rule.meets_by_keys().then(|| Repeated::among(&keys));
        let group = Self::group(keys, &entries.owners, records.len(), largest, shared);
        Ok(Self { window, ..group })
    }

    /// Groups records by their keys: all of them, or those whose keys may be another's too.
    fn group(
        mut keys: Vec<u64>,
        owners: &[RecordId],
        records: usize,
        largest: usize,
        shared: Option<Repeated>,
    ) -> Self {
        let meets = |&(key, _): &(u64, RecordId)| {
            key != 0 && shared.as_ref().is_none_or(|shared| shared.may_hold(key))
        };
        let mut sorted: Vec<(u64, RecordId)> =
            keys.iter().copied().zip(owners.iter().copied()).filter(meets).collect();
        drop(shared);
        sort(&mut sorted);
        sorted.dedup();
        let blocks = sorted.chunk_by(|x, y| x.0 == y.0).filter(|block| block.len() > largest);
        let records_of = |block: &[(u64, RecordId)]| block.iter().map(|&(_, r)| r).collect();
        let oversize: Vec<OversizeBlock> = blocks
            .map(|block| OversizeBlock { key: block[0].0, records: records_of(block) })
            .collect();
        if !oversize.is_empty() {
            let left_out = |key: &u64| oversize.binary_search_by_key(key, |o| o.key).is_ok();
            sorted.retain(|(key, _)| !left_out(key));
            keys.iter_mut().filter(|key| left_out(key)).for_each(|key| *key = 0);
        }
        let further = keys.split_off(records);
        let several = SeveralKeys::of(&mut keys, &further, &owners[records..]);
        let (mut starts, mut block_keys) = (Vec::new(), Vec::new());
        for (place, &(key, _)) in sorted.iter().enumerate() {
            if place == 0 || sorted[place - 1].0 != key {
                starts.push(place as u32);
                block_keys.push(key);
            }
        }
        starts.push(sorted.len() as u32);
        let order = sorted.into_iter().map(|(_, record)| record).collect();
        Self { keys, window: 1, several, block_keys, order, starts, oversize }
    }

    /// Says whether two records agree on the rule.
    #[inline]
    pub fn agree(&self, a: RecordId, b: RecordId) -> bool {
        self.are_near(self.smallest_key(a), self.smallest_key(b))
            || ((self.has_several(a) || self.has_several(b)) && self.first_shared(a, b).is_some())
    }

    /// Says whether two keys are the same or within the window.
    #[inline]
    pub(super) fn are_near(&self, key: u64, other: u64) -> bool {
        // A missing key is further from every other than a window is wide.
        key != 0 && key.abs_diff(other) < self.window
    }

    /// Returns the smallest key of a record; 0 if it has none.
    #[inline]
    pub(super) fn smallest_key(&self, record: RecordId) -> u64 {
        self.keys[record as usize]
    }

    /// Says whether a block is the one under which a pair that meets in it is given.
    ///
    /// Records that share several keys meet in several blocks; the smallest shared key counts.
    #[inline]
    pub(crate) fn gives(&self, block: usize, a: RecordId, b: RecordId) -> bool {
        let key = self.block_keys[block];
        if self.window > 1 {
            return !(self.has_several(a) || self.has_several(b))
                || self.first_shared(a, b) == Some(key);
        }
        // No key smaller than the smallest of either is shared. A record of one key is such too.
        key == self.keys[a as usize]
            || key == self.keys[b as usize]
            || self.first_shared(a, b) == Some(key)
    }

    /// Says whether some record has several keys.
    pub(super) fn has_several_keys(&self) -> bool {
        !self.several.keys.is_empty()
    }

    /// Says whether a record has several keys.
    #[inline]
    pub(super) fn has_several(&self, record: RecordId) -> bool {
        self.several.holders.contains(record)
    }

    /// Returns the keys of a record, in order.
    fn keys_of(&self, record: RecordId) -> &[u64] {
        match (self.several.holders.range(record), &self.keys[record as usize]) {
            (several, _) if !several.is_empty() => &self.several.keys[several],
            (_, 0) => &[],
            (_, key) => std::slice::from_ref(key),
        }
    }

    /// Returns the smallest key that two records share; under a window, the smallest key of
    /// either that is near one of the other.
    pub(super) fn first_shared(&self, a: RecordId, b: RecordId) -> Option<u64> {
        let (mut x, mut y) = (self.keys_of(a), self.keys_of(b));
        while let ([first, rest @ ..], [other, others @ ..]) = (x, y) {
            if first.abs_diff(*other) < self.window {
                return Some(*first.min(other));
            }
            if first < other {
                x = rest;
            } else {
                y = others;
            }
        }
        None
    }

    /// Iterates over the blocks, each with its records in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[RecordId]> {
        self.starts.windows(2).map(|ends| &self.order[ends[0] as usize..ends[1] as usize])
    }

    /// Says whether a record has a key.
    pub(super) fn has_key(&self, record: RecordId) -> bool {
        self.smallest_key(record) != 0
    }

    /// Returns the records that meet in a block: its own and, under a window, those of the blocks
    /// after it that are near.
    #[inline]
    pub(super) fn meeting(&self, place: usize) -> Meeting<'_> {
        let own = self.block(place);
        let (start, end) = (self.starts[place + 1] as usize, self.window_end(place));
        if start == end {
            return Meeting { records: Cow::Borrowed(own), own: Vec::new() };
        }
        Meeting::of(own, self.order[start..end].to_vec())
    }

    /// Says whether nothing meets in a block, since it is of one record.
    pub(super) fn is_alone(&self, place: usize) -> bool {
        self.window == 1 && self.block(place).len() < 2
    }

    /// Returns what would meet in each block that is left out for its size.
    pub(super) fn oversize(&self) -> impl ExactSizeIterator<Item = Meeting<'_>> {
        self.oversize.iter().enumerate().map(|(place, block)| {
            let near = |key: u64| key != block.key && key.abs_diff(block.key) < self.window;
            let from = self.block_keys.partition_point(|&key| key + self.window <= block.key);
            let kept = (from..self.count()).take_while(|&place| near(self.block_keys[place]));
            let mut rest: Vec<RecordId> =
                kept.flat_map(|place| self.block(place)).copied().collect();
            // Pairs of two such blocks count with the first.
            let later = self.oversize[place + 1..].iter().take_while(|other| near(other.key));
            rest.extend(later.flat_map(|other| &other.records));
            Meeting::of(&block.records, rest)
        })
    }

    /// Iterates over the records of blocks that are left out for their size.
    pub(super) fn oversize_records(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.oversize.iter().flat_map(|block| &block.records).copied()
    }

    /// Returns at least as many as meet in a block, without looking at them.
    pub(super) fn most_meeting(&self, place: usize) -> usize {
        self.window_end(place) - self.starts[place] as usize
    }

    /// Returns where in `order` the blocks end that are near a block and not before it.
    #[inline]
    fn window_end(&self, place: usize) -> usize {
        if self.window == 1 {
            return self.starts[place + 1] as usize;
        }
        let limit = self.block_keys[place].saturating_add(self.window);
        let near = self.block_keys[place..].iter().take_while(|&&key| key < limit).count();
        self.starts[place + near] as usize
    }

    /// Returns the key of a block.
    pub(super) fn key(&self, place: usize) -> u64 {
        self.block_keys[place]
    }

    /// Returns one block.
    pub(crate) fn block(&self, place: usize) -> &[RecordId] {
        &self.order[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Returns the number of blocks.
    pub(crate) fn count(&self) -> usize {
        self.starts.len() - 1
    }
}

impl SeveralKeys {
    /// Collects the further keys of records by owner, and leaves each its smallest key.
    fn of(keys: &mut [u64], further: &[u64], owners: &[RecordId]) -> Self {
        let mut all: Vec<(RecordId, u64)> =
            owners.iter().copied().zip(further.iter().copied()).filter(|e| e.1 != 0).collect();
        let mut holders: Vec<RecordId> = all.iter().map(|&(owner, _)| owner).collect();
        holders.dedup();
        all.extend(holders.iter().map(|&owner| (owner, keys[owner as usize])));
        all.retain(|&(_, key)| key != 0);
        all.sort_unstable();
        all.dedup();
        for own in all.chunk_by(|x, y| x.0 == y.0) {
            keys[own[0].0 as usize] = own[0].1;
        }
        let several = || all.chunk_by(|x, y| x.0 == y.0).filter(|own| own.len() > 1).flatten();
        let holders = Holders::of(several().map(|&(owner, _)| owner), keys.len());
        Self { holders, keys: several().map(|&(_, key)| key).collect() }
    }
}

/// Records that meet in a block, in order. Pairs of those that are not its own are another's.
pub(super) struct Meeting<'a> {
    pub(super) records: Cow<'a, [RecordId]>,
    /// Whether each is the block's own; empty where all are.
    pub(super) own: Vec<bool>,
}

impl<'a> Meeting<'a> {
    /// Puts the records of a block, in order, together with others.
    fn of(own: &'a [RecordId], mut rest: Vec<RecordId>) -> Self {
        if rest.is_empty() {
            return Self { records: Cow::Borrowed(own), own: Vec::new() };
        }
        rest.sort_unstable();
        rest.dedup();
        rest.retain(|record| own.binary_search(record).is_err());
        let mut all: Vec<(RecordId, bool)> = own.iter().map(|&record| (record, true)).collect();
        all.extend(rest.into_iter().map(|record| (record, false)));
        all.sort_unstable();
        let (records, own): (Vec<RecordId>, Vec<bool>) = all.into_iter().unzip();
        Self { records: Cow::Owned(records), own }
    }

    /// Iterates over the records that are not the block's own.
    pub(super) fn rest(&self) -> impl Iterator<Item = RecordId> + Clone + '_ {
        let all = self.records.iter().zip(&self.own);
        all.filter(|(_, own)| !**own).map(|(&record, _)| record)
    }
}

/// Returns the bits that hold every code below a limit.
fn bits(codes: u64) -> u32 {
    u64::BITS - codes.saturating_sub(1).leading_zeros()
}

/// Numbers the distinct keys in order, in place, so that keys of one prefix follow each other and
/// those of two are a window apart; what is left of `shift` bits is the prefix.
fn space_out(keys: &mut [u64], shift: u32, window: u64) {
    let mut distinct: Vec<u64> = keys.iter().copied().filter(|&key| key != 0).collect();
    sort(&mut distinct);
    distinct.dedup();
    let prefix = |key: u64| key.checked_shr(shift).unwrap_or(0);
    let (mut places, mut last) = (Vec::with_capacity(distinct.len()), None);
    let mut place = window;
    for &key in &distinct {
        if let Some(last) = last {
            place += if last == prefix(key) { 1 } else { window };
        }
        last = Some(prefix(key));
        places.push(place);
    }
    keys.par_iter_mut().filter(|key| **key != 0).for_each(|key| {
        let found = distinct.binary_search(key);
        *key = places[found.expect("every key is among the distinct ones")];
    });
}

/// Numbers the distinct keys from 1 in order of appearance, in place; returns the new limit.
fn renumber(keys: &mut [u64]) -> u64 {
    let mut numbers: HashMap<u64, u64> = HashMap::new();
    for key in keys.iter_mut().filter(|key| **key != 0) {
        let next = numbers.len() as u64 + 1;
        *key = *numbers.entry(*key).or_insert(next);
    }
    numbers.len() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_hold_every_code_below_the_limit() {
        assert_eq!([bits(1), bits(2), bits(3), bits(4), bits(5)], [0, 1, 2, 2, 3]);
        assert_eq!(bits(u64::MAX), 64);
    }

    #[test]
    fn keys_of_two_prefixes_are_a_window_apart() {
        // Prefixes 1, 1, 1 and 2 over two bits.
        let mut keys = vec![0b111, 0, 0b101, 0b1001, 0b110, 0b101];
        space_out(&mut keys, 2, 3);
        assert_eq!(keys, [5, 0, 3, 8, 4, 3]);
        let mut keys = vec![9, 4, 7, 9];
        space_out(&mut keys, u64::BITS, 2);
        assert_eq!(keys, [4, 2, 3, 4]);
    }

    #[test]
    fn renumbering_keeps_equal_keys_equal() {
        let mut keys = vec![9, 0, 7, 9];
        assert_eq!(renumber(&mut keys), 3);
        assert_eq!(keys, [1, 0, 2, 1]);
    }
}
