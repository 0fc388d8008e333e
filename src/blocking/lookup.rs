//! Records by the keys that they have under a rule, for values that no record need hold.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::entries::Entries;
use super::part::{sortable, sorted_forms};
use super::{BlockingKey, BlockingRule};
use crate::error::Result;
use crate::record::{AttributeKind, Column, MISSING, RecordId, Records};

/// Records by a hash of their keys under one rule.
///
/// Two keys may have one hash, so that what is found may hold a record too many, never one too
/// few; of a rule with a window, unless the two stand between values that are near each other,
/// which among ten million keys happens to one index in three hundred thousand.
#[derive(Debug, Clone)]
pub struct KeyIndex {
    hashes: Vec<u64>,
    records: Vec<RecordId>,
    /// Order of the last key's values, if the rule has a window.
    order: Option<Order>,
    /// Most records of one block that are looked at.
    largest_block: usize,
}

/// Values of the last key of a rule with a window, in order.
#[derive(Debug, Clone)]
struct Order {
    kind: AttributeKind,
    forms: Vec<String>,
    /// Place of each entry's value among the forms, from 1; of one hash in order.
    places: Vec<u32>,
    window: u32,
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
        let entries = Entries::of(records.len(), &columns, rule)?;
        let largest_block = rule.largest_block().map_or(usize::MAX, |records| records as usize);
        let mut hashes = vec![START; entries.owners.len()];
        for (place, (key, column)) in rule.equal_keys().iter().zip(&columns).enumerate() {
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
        if let (true, [.., key], [.., column]) = (rule.has_window(), rule.keys(), &columns[..]) {
            let (places, forms) = sorted_forms(column, key);
            let codes = entries.codes(columns.len() - 1).map(|code| places[code as usize]);
            let all = hashes.into_iter().zip(codes).zip(&entries.owners);
            let mut keyed: Vec<(u64, u32, RecordId)> = all
                .filter(|((hash, place), _)| *hash != NONE && *place != MISSING)
                .map(|((hash, place), &owner)| (hash, place, owner))
                .collect();
            keyed.par_sort_unstable();
            keyed.dedup();
            let hashes = keyed.iter().map(|entry| entry.0).collect();
            let places = keyed.iter().map(|entry| entry.1).collect();
            let records = keyed.into_iter().map(|entry| entry.2).collect();
            let kind = column.attribute().kind();
            let order = Some(Order { kind, forms, places, window: rule.window() });
            return Ok(Self { hashes, records, order, largest_block });
        }
        let all = hashes.into_iter().zip(entries.owners);
        let mut keyed: Vec<(u64, RecordId)> = all.filter(|&(hash, _)| hash != NONE).collect();
        keyed.par_sort_unstable();
        keyed.dedup();
        let (hashes, records) = keyed.into_iter().unzip();
        Ok(Self { hashes, records, order: None, largest_block })
    }

    /// Adds the records that agree on the rule with values, given by key; a record may be added
    /// several times, and one that does not agree may be among them.
    ///
    /// Under a window they are those that a new record of these values would be near. A block has
    /// the size that it has without that record. Filters of the rule are left out of account.
    pub fn find(&self, rule: &BlockingRule, values: &[Vec<&str>], found: &mut Vec<RecordId>) {
        let mut hashes = vec![START];
        for (key, values) in rule.equal_keys().iter().zip(values) {
            let forms = values.iter().map(|value| form_hash(key, value));
            let longer = |form: u64| hashes.iter().map(move |&hash| joined(hash, form));
            hashes = forms.flat_map(longer).filter(|&hash| hash != NONE).collect();
        }
        let mut held: Vec<String> = Vec::new();
        if let (Some(order), Some(key), Some(values)) =
            (&self.order, rule.keys().last(), values.last())
        {
            let forms = values.iter().filter_map(|value| (key.form.derive)(value));
            let forms = forms.filter(|form| !form.is_empty());
            held.extend(forms.map(|form| sortable(order.kind, form)));
        }
        held.sort_unstable();
        held.dedup();
        for hash in hashes {
            let start = self.hashes.partition_point(|&other| other < hash);
            let end = start + self.hashes[start..].partition_point(|&other| other == hash);
            match &self.order {
                None if end - start > self.largest_block => {}
                None => found.extend_from_slice(&self.records[start..end]),
                Some(order) => {
                    for near in order.near(start..end, &held, self.largest_block) {
                        let mut from = near.start;
                        for run in order.places[near].chunk_by(u32::eq) {
                            let run = from..from + run.len();
                            from = run.end;
                            if run.len() <= self.largest_block {
                                found.extend_from_slice(&self.records[run]);
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Order {
    /// Returns which of the entries of one hash are near forms, in order, that stand among them;
    /// none are near a form that more records hold than a block may have.
    fn near(&self, entries: Range<usize>, held: &[String], most: usize) -> Vec<Range<usize>> {
        let places = &self.places[entries.clone()];
        let around = |(number, form): (usize, &String)| {
            let from = places.partition_point(|&place| self.form(place) < form);
            let to = places.partition_point(|&place| self.form(place) <= form);
            if to - from > most {
                return entries.start..entries.start;
            }
            let before = places[..from].chunk_by(u32::eq).rev();
            let after = places[to..].chunk_by(u32::eq);
            let smaller = self.within(before, held[..number].iter().rev(), Ordering::reverse);
            let larger = self.within(after, held[number + 1..].iter(), |order| order);
            entries.start + from - smaller..entries.start + to + larger
        };
        held.iter().enumerate().map(around).collect()
    }

    /// Counts the entries within the window on one side of a form; its record's own other forms
    /// take places too. `turned` turns the order of forms into that of nearness.
    fn within<'s>(
        &self,
        runs: impl Iterator<Item = &'s [u32]>,
        held: impl Iterator<Item = &'s String>,
        turned: impl Fn(Ordering) -> Ordering,
    ) -> usize {
        let (mut runs, mut held) = (runs.peekable(), held.peekable());
        let mut entries = 0;
        for _ in 1..self.window {
            let nearer = match (runs.peek(), held.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(run), Some(form)) => turned(self.form(run[0]).cmp(form)),
            };
            if nearer.is_le() {
                entries += runs.next().map_or(0, <[u32]>::len);
            }
            if nearer.is_ge() {
                held.next();
            }
        }
        entries
    }

    fn form(&self, place: u32) -> &String {
        &self.forms[place as usize - 1]
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
