//! Keys of rules by hash, with the records that hold them: what a sample of blocks is taken from.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::quality::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::part::Part;
use crate::record::{Column, MISSING, RecordId};

/// Most records of one rule that are looked through for pairs.
pub(super) const MOST_ENTRIES: usize = 1 << 17;
/// Entries of one key from which on its records are thinned: fewer are as good as all.
pub(super) const MANY_OF_A_KEY: usize = MOST_ENTRIES / 8;
/// Records whose keys are worked out together: their hashes stay in a processor's cache.
const AT_ONCE: RecordId = 1 << 12;

/// Keys of one rule, by hash.
#[derive(Default)]
pub(super) struct SampledKeys {
    /// Hash of each key that was taken with each record that holds it, in order.
    pub(super) entries: Vec<(u64, RecordId)>,
    /// How often half of the keys were left out.
    pub(super) halvings: u32,
    /// How often half of the records of a key were left out, of keys of a great part of them all.
    thinned: HashMap<u64, u32>,
}

/// Takes keys of rules, each given by the places of its parts; of a rule without any it takes none.
///
/// All rules go through the records together: what a part is worth to one of them serves all.
/// Every thread takes a few records at a time, so that what is held has a bound.
pub(super) fn sample_keys(
    parts: &[Part<'_>],
    rules: &[Vec<usize>],
    records: RecordId,
) -> Vec<SampledKeys> {
    let mut taken: Vec<SampledKeys> = rules.iter().map(|_| SampledKeys::default()).collect();
    let froms: Vec<RecordId> = (0..records).step_by(AT_ONCE as usize).collect();
    for some in froms.chunks(rayon::current_num_threads()) {
        let few = some.par_iter().map(|&from| from..records.min(from.saturating_add(AT_ONCE)));
        let found: Vec<_> = few
            .map_init(Hashes::default, |hashes, few| {
                hashes.fill(parts, few.clone());
                let rules = rules.iter().zip(&taken);
                let of_rule = |(rule, taken): (&Vec<usize>, &SampledKeys)| {
                    hashes.keys(parts, rule, few.clone(), taken.halvings)
                };
                rules.map(of_rule).collect::<Vec<_>>()
            })
            .collect();
        taken.par_iter_mut().enumerate().for_each(|(rule, taken)| {
            found.iter().for_each(|found| taken.extend(&found[rule]));
            taken.halve();
        });
    }
    taken.par_iter_mut().for_each(|taken| {
        taken.entries.sort_unstable();
        taken.entries.dedup();
    });
    taken
}

impl SampledKeys {
    /// Returns for how many pairs each pair of a key's records stands.
    pub(super) fn stands_for(&self, hash: u64) -> u64 {
        1 << (self.halvings + 2 * self.thinned.get(&hash).copied().unwrap_or(0))
    }

    fn extend(&mut self, found: &[(u64, RecordId)]) {
        let takes = |(hash, record): &(u64, RecordId)| {
            self.thinned.get(hash).is_none_or(|&times| stays(*hash, *record, times))
        };
        match self.thinned.is_empty() {
            true => self.entries.extend_from_slice(found),
            false => self.entries.extend(found.iter().copied().filter(takes)),
        }
    }

    /// Leaves out half of the keys until there are few enough.
    ///
    /// Keys that are each a small part come apart about in the middle. Where they do not, one of
    /// them is large; it would be left out whatever its hash, and is thinned.
    fn halve(&mut self) {
        while self.entries.len() > MOST_ENTRIES {
            let zeros = self.halvings + 1;
            let is_kept = |&(hash, _): &(u64, RecordId)| hash.leading_zeros() >= zeros;
            let all = self.entries.len();
            let kept = self.entries.iter().filter(|entry| is_kept(entry)).count();
            if kept.min(all - kept) < all / 4 && self.thin_largest() {
                continue;
            }
            self.entries.retain(is_kept);
            self.halvings += 1;
        }
    }

    /// Leaves out half of the records of the largest key; `false` if it has few.
    fn thin_largest(&mut self) -> bool {
        self.entries.sort_unstable();
        let keys = self.entries.chunk_by(|x, y| x.0 == y.0);
        let largest = keys.max_by_key(|entries| entries.len()).expect("there are entries");
        if largest.len() < MANY_OF_A_KEY {
            return false;
        }
        let key = largest[0].0;
        let times = self.thinned.entry(key).or_default();
        *times += 1;
        self.entries.retain(|&(hash, record)| hash != key || stays(hash, record, *times));
        true
    }
}

/// Says whether a record of a key stays when half of them were left out so many times.
fn stays(hash: u64, record: RecordId, times: u32) -> bool {
    let mut hasher = hasher();
    hasher.write_u64(hash);
    hasher.write_u32(record);
    hasher.finish().leading_zeros() >= times
}

/// Hashes of some records that follow each other: of their value in each part, 0 where they have
/// none or several.
#[derive(Default)]
struct Hashes {
    of_parts: Vec<Vec<u64>>,
    codes: Vec<u32>,
    keys: Vec<u64>,
    kept: Vec<(u64, RecordId)>,
}

impl Hashes {
    /// Takes the values of the records in every part.
    fn fill(&mut self, parts: &[Part<'_>], records: Range<RecordId>) {
        self.of_parts.resize(parts.len(), Vec::new());
        for ((place, part), hashes) in parts.iter().enumerate().zip(&mut self.of_parts) {
            part.firsts(records.clone(), &mut self.codes);
            hashes.clear();
            hashes.extend(self.codes.iter().map(|&code| hash_of_part(place, code)));
            if part.column.is_list() {
                for (hash, record) in hashes.iter_mut().zip(records.clone()) {
                    *hash = if part.column.holds_several(record) { 0 } else { *hash };
                }
            }
        }
    }

    /// Returns the keys of a rule whose hash begins with so many zeros at least, of the records
    /// that the hashes are of.
    fn keys(
        &mut self,
        parts: &[Part<'_>],
        rule: &[usize],
        records: Range<RecordId>,
        zeros: u32,
    ) -> Vec<(u64, RecordId)> {
        let Self { of_parts, keys, kept, .. } = self;
        let Some((start, rest)) = rule.split_first() else { return Vec::new() };
        keys.clone_from(&of_parts[*start]);
        for &part in rest {
            for (key, &hash) in keys.iter_mut().zip(&of_parts[part]) {
                *key = if *key == 0 || hash == 0 { 0 } else { *key ^ hash };
            }
        }
        let most = u64::MAX >> zeros;
        kept.resize(keys.len(), (0, 0));
        let mut many = 0;
        for (&key, record) in keys.iter().zip(records.clone()) {
            // Written either way: which are kept cannot be foreseen. Missing becomes the largest.
            kept[many] = (key, record);
            many += usize::from(key.wrapping_sub(1) < most);
        }
        let mut found = kept[..many].to_vec();
        let columns = rule.iter().map(|&part| parts[part].column);
        let lists: Vec<&Column> = columns.filter(|column| column.is_list()).collect();
        for record in records.filter(|&record| lists.iter().any(|l| l.holds_several(record))) {
            each_key(parts, rule, record, |hash| {
                if hash.leading_zeros() >= zeros {
                    found.push((hash, record));
                }
            });
        }
        found
    }
}

/// Gives the hash of every combination of the forms of a record's values.
fn each_key(parts: &[Part<'_>], rule: &[usize], record: RecordId, mut give: impl FnMut(u64)) {
    let of_part = |&part: &usize| {
        parts[part].codes_of(record).map(move |code| hash_of_part(part, code as u32))
    };
    let hashes: Vec<Vec<u64>> = rule.iter().map(|part| of_part(part).collect()).collect();
    // Their number was checked when the sample was asked for.
    for mut number in 0..hashes.iter().map(Vec::len).product() {
        let mut key = 0;
        for hashes in &hashes {
            key ^= hashes[number % hashes.len()];
            number /= hashes.len();
        }
        give(key);
    }
}

/// Returns the hash of a code of a part, given by its place; 0 where it is missing. The hash of a
/// key is that of its parts, one exclusive or the other.
pub(super) fn hash_of_part(place: usize, code: u32) -> u64 {
    let mut hasher = FixedState::with_seed(place as u64).build_hasher();
    hasher.write_u32(code);
    let hash = hasher.finish().max(1);
    if code == MISSING { 0 } else { hash }
}

/// Returns the hash of a key.
pub(super) fn hash_of(key: u64) -> u64 {
    let mut hasher = hasher();
    hasher.write_u64(key);
    hasher.finish()
}

/// Returns what keys and records are hashed with.
pub(super) fn hasher() -> impl Hasher {
    FixedState::with_seed(3).build_hasher()
}
