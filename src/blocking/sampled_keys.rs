//! Keys of a rule by hash, with the records that hold them: what a sample of blocks is taken from.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::quality::FixedState;

use super::part::Part;
use crate::record::{MISSING, RecordId};

/// Most records of one rule that are looked through for pairs.
pub(super) const MOST_ENTRIES: usize = 1 << 18;
/// Records whose keys are worked out together: their codes stay in a processor's cache.
const AT_ONCE: usize = 1 << 12;

/// Returns keys by hash with the records that hold them, and how often half were left out.
pub(super) fn entries(parts: &[&Part<'_>], records: RecordId) -> (Vec<(u64, RecordId)>, u32) {
    let (mut entries, mut halvings) = (Vec::new(), 0);
    let mut hashes = Hashes::default();
    for from in (0..records).step_by(AT_ONCE) {
        let some = from..records.min(from + AT_ONCE as RecordId);
        hashes.fill(parts, some.clone());
        hashes.keep(some.clone(), halvings, &mut entries);
        for record in some.filter(|&record| holds_several(parts, record)) {
            each_key(parts, record, |hash| {
                if hash.leading_zeros() >= halvings {
                    entries.push((hash, record));
                }
            });
        }
        while entries.len() > MOST_ENTRIES {
            halvings += 1;
            entries.retain(|(hash, _)| hash.leading_zeros() >= halvings);
        }
    }
    entries.sort_unstable();
    entries.dedup();
    (entries, halvings)
}

fn holds_several(parts: &[&Part<'_>], record: RecordId) -> bool {
    parts.iter().any(|part| part.column.holds_several(record))
}

/// Hashes of the keys of some records that follow each other, worked out part by part.
#[derive(Default)]
struct Hashes {
    /// Whether each record has one key; those of several are not asked here.
    present: Vec<bool>,
    codes: Vec<Vec<u32>>,
    kept: Vec<(u64, RecordId)>,
}

impl Hashes {
    /// Takes the codes of the records in every part.
    fn fill(&mut self, parts: &[&Part<'_>], records: Range<RecordId>) {
        self.codes.resize(parts.len(), Vec::new());
        self.present.clear();
        self.present.resize(records.len(), true);
        for (codes, part) in self.codes.iter_mut().zip(parts) {
            part.firsts(records.clone(), codes);
            for (present, &code) in self.present.iter_mut().zip(&*codes) {
                *present &= code != MISSING;
            }
            if part.column.is_list() {
                for (present, record) in self.present.iter_mut().zip(records.clone()) {
                    *present &= !part.column.holds_several(record);
                }
            }
        }
    }

    /// Adds the keys whose hash begins with so many zeros at least.
    fn keep(&mut self, records: Range<RecordId>, zeros: u32, entries: &mut Vec<(u64, RecordId)>) {
        let Self { present, codes, kept } = self;
        let mut kept = Kept { present, records, zeros, kept, entries };
        // The same for any number of parts, but most rules have few, and then nothing is a loop.
        match codes.as_slice() {
            [one] => kept.add(|place| [one[place]]),
            [one, two] => kept.add(|place| [one[place], two[place]]),
            codes => kept.add(|place| codes.iter().map(move |codes| codes[place])),
        }
    }
}

/// Where the keys of some records go.
struct Kept<'a> {
    present: &'a [bool],
    records: Range<RecordId>,
    zeros: u32,
    kept: &'a mut Vec<(u64, RecordId)>,
    entries: &'a mut Vec<(u64, RecordId)>,
}

impl Kept<'_> {
    /// Adds the keys of the codes at each place.
    #[inline(always)]
    fn add<C: IntoIterator<Item = u32>>(&mut self, codes: impl Fn(usize) -> C) {
        self.kept.resize(self.records.len(), (0, 0));
        let mut many = 0;
        for ((place, record), &present) in self.records.clone().enumerate().zip(self.present) {
            let mut hasher = hasher();
            codes(place).into_iter().for_each(|code| hasher.write_u64(u64::from(code)));
            let hash = hasher.finish();
            // Written either way: which are kept cannot be foreseen.
            self.kept[many] = (hash, record);
            many += usize::from(present & (hash.leading_zeros() >= self.zeros));
        }
        self.entries.extend_from_slice(&self.kept[..many]);
    }
}

/// Gives the hash of every combination of the forms of a record's values.
fn each_key(parts: &[&Part<'_>], record: RecordId, mut give: impl FnMut(u64)) {
    let codes: Vec<Vec<u64>> = parts.iter().map(|part| part.codes_of(record).collect()).collect();
    for mut number in 0..codes.iter().map(Vec::len).product() {
        let mut hasher = hasher();
        for codes in &codes {
            hasher.write_u64(codes[number % codes.len()]);
            number /= codes.len();
        }
        give(hasher.finish());
    }
}

/// Returns the hash of a key.
pub(super) fn hash_of(key: u64) -> u64 {
    let mut hasher = hasher();
    hasher.write_u64(key);
    hasher.finish()
}

/// Returns what all keys are hashed with.
pub(super) fn hasher() -> impl Hasher {
    FixedState::with_seed(3).build_hasher()
}
