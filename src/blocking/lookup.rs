//! Records by the keys that they have under a rule, for values that no record need hold.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::blocks::Entries;
use super::{BlockingKey, BlockingRule};
use crate::error::Result;
use crate::record::{Column, MISSING, RecordId, Records};

/// Records by a hash of their keys under one rule.
///
/// Two keys may have one hash, so that what is found may hold a record too many, never one too
/// few.
#[derive(Debug, Clone)]
pub struct KeyIndex {
    hashes: Vec<u64>,
    records: Vec<RecordId>,
}

impl KeyIndex {
    /// Indexes the records by a rule.
    ///
    /// # Errors
    /// What [`BlockingRule::check`] refuses.
    pub fn build(records: &Records, rule: &BlockingRule) -> Result<Self> {
        rule.check(records)?;
        let column = |key: &BlockingKey| records.column(&key.attribute);
        let columns: Vec<&Column> =
            rule.keys().iter().map(|key| column(key).expect("the rule was checked")).collect();
        let entries = Entries::of(records.len(), &columns);
        let mut hashes = vec![START; entries.owners.len()];
        for (place, (key, column)) in rule.keys().iter().zip(&columns).enumerate() {
            let dictionary = column.dictionary();
            let hash = |code: u32| match code {
                MISSING => NONE,
                code => form_hash(key, dictionary.value(code)),
            };
            let forms: Vec<u64> = (0..dictionary.codes() as u32).map(hash).collect();
            for (hash, code) in hashes.iter_mut().zip(entries.codes(place)) {
                *hash = joined(*hash, forms[code as usize]);
            }
        }
        let all = hashes.into_iter().zip(entries.owners);
        let mut keyed: Vec<(u64, RecordId)> = all.filter(|&(hash, _)| hash != NONE).collect();
        keyed.par_sort_unstable();
        keyed.dedup();
        let (hashes, records) = keyed.into_iter().unzip();
        Ok(Self { hashes, records })
    }

    /// Adds the records that agree on the rule with values, given by key; a record may be added
    /// several times, and one that does not agree may be among them.
    pub fn find(&self, rule: &BlockingRule, values: &[Vec<&str>], found: &mut Vec<RecordId>) {
        let mut hashes = vec![START];
        for (key, values) in rule.keys().iter().zip(values) {
            let forms = values.iter().map(|value| form_hash(key, value));
            let longer = |form: u64| hashes.iter().map(move |&hash| joined(hash, form));
            hashes = forms.flat_map(longer).filter(|&hash| hash != NONE).collect();
        }
        for hash in hashes {
            let start = self.hashes.partition_point(|&other| other < hash);
            let same = self.hashes[start..].partition_point(|&other| other == hash);
            found.extend_from_slice(&self.records[start..start + same]);
        }
    }
}

/// Hash before any key.
const START: u64 = 1;
/// Hash of what has no key.
const NONE: u64 = 0;

/// Returns the hash of a value's form; [`NONE`] if it has none.
fn form_hash(key: &BlockingKey, value: &str) -> u64 {
    let form = (key.form.derive)(value);
    form.map_or(NONE, |form| FixedState::with_seed(0).hash_one(form.as_bytes()).max(1))
}

/// Returns the hash of several keys together; [`NONE`] if one is missing.
fn joined(hash: u64, form: u64) -> u64 {
    match (hash, form) {
        (NONE, _) | (_, NONE) => NONE,
        both => FixedState::with_seed(0).hash_one(both).max(1),
    }
}
