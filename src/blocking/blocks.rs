//! The blocks of one rule: records that agree on its keys, side by side.

use hashbrown::HashMap;
use rayon::prelude::*;

use super::{BlockingKey, BlockingRule};
use crate::error::Result;
use crate::record::{DictionaryBuilder, MISSING, RecordId, Records};

/// Records grouped by one rule's key.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// Key of each record; 0 where a part is missing. Equal keys mean agreement.
    keys: Vec<u64>,
    /// Records that have a key, by key and then by record.
    order: Vec<RecordId>,
    /// Start of each block in `order`, and the end of the last.
    starts: Vec<u32>,
}

impl Blocks {
    /// Groups the records by a rule.
    ///
    /// # Errors
    /// What [`BlockingRule::check`] refuses.
    pub fn build(records: &Records, rule: &BlockingRule) -> Result<Self> {
        rule.check(records)?;
        let mut parts = rule.keys().iter().map(|key| derived_codes(records, key));
        let (mut keys, mut codes) = parts.next().expect("a rule has a key; its constructor checks");
        for (part, part_codes) in parts {
            if bits(codes) + bits(part_codes) > 64 {
                codes = renumber(&mut keys);
            }
            let shift = bits(part_codes);
            for (key, part) in keys.iter_mut().zip(part) {
                *key = if *key == 0 || part == 0 { 0 } else { (*key << shift) | part };
            }
            codes = 1u64.checked_shl(bits(codes) + shift).unwrap_or(u64::MAX);
        }
        Ok(Self::group(keys))
    }

    fn group(keys: Vec<u64>) -> Self {
        let mut sorted: Vec<(u64, RecordId)> = keys
            .iter()
            .enumerate()
            .filter(|&(_, &key)| key != 0)
            .map(|(record, &key)| (key, record as RecordId))
            .collect();
        sorted.par_sort_unstable();
        let mut starts = Vec::new();
        for (place, &(key, _)) in sorted.iter().enumerate() {
            if place == 0 || sorted[place - 1].0 != key {
                starts.push(place as u32);
            }
        }
        starts.push(sorted.len() as u32);
        Self { keys, order: sorted.into_iter().map(|(_, record)| record).collect(), starts }
    }

    /// Says whether two records agree on the rule.
    pub fn agree(&self, a: RecordId, b: RecordId) -> bool {
        let key = self.keys[a as usize];
        key != 0 && key == self.keys[b as usize]
    }

    /// Iterates over the blocks, each with its records in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[RecordId]> {
        self.starts.windows(2).map(|ends| &self.order[ends[0] as usize..ends[1] as usize])
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

/// Returns each record's code of a key, 0 for missing, and the number of codes.
fn derived_codes(records: &Records, key: &BlockingKey) -> (Vec<u64>, u64) {
    let column = records.column(&key.attribute).expect("the rule was checked against the records");
    let dictionary = column.dictionary();
    if key.form.whole {
        let codes = column.codes().iter().map(|&code| u64::from(code)).collect();
        return (codes, dictionary.codes() as u64);
    }
    let mut builder = DictionaryBuilder::default();
    let mut derived = vec![u64::from(MISSING); dictionary.codes()];
    for (code, value) in dictionary.iter() {
        let form = (key.form.derive)(value).unwrap_or_default();
        derived[code as usize] = u64::from(builder.code(&form));
    }
    let codes = column.codes().iter().map(|&code| derived[code as usize]).collect();
    (codes, builder.finish().codes() as u64)
}

/// Returns the bits that hold every code below a limit.
fn bits(codes: u64) -> u32 {
    u64::BITS - codes.saturating_sub(1).leading_zeros()
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
    fn renumbering_keeps_equal_keys_equal() {
        let mut keys = vec![9, 0, 7, 9];
        assert_eq!(renumber(&mut keys), 3);
        assert_eq!(keys, [1, 0, 2, 1]);
    }
}
