//! Distinct values of an attribute, stored once and numbered from 1.
//!
//! Built while records are read; read-only afterwards. Values are personal:
//! `Debug` shows how many there are and nothing else.

use std::fmt;
use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Code of a missing value.
pub const MISSING: u32 = 0;

/// Distinct values of an attribute; a value's code is its place, from 1.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    text: String,
    /// End of each value in `text`; entry 0 is the empty, missing value.
    ends: Vec<u32>,
}

impl Dictionary {
    /// Returns the number of codes, the missing one included.
    pub fn codes(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of distinct values, the missing one not counted.
    pub fn distinct(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// Returns the value of a code; the missing code gives an empty text.
    ///
    /// # Panics
    /// If the code is not of this dictionary.
    pub fn value(&self, code: u32) -> &str {
        &self.text[self.place(code)]
    }

    /// Returns the place of a code's value in the text of all.
    ///
    /// # Panics
    /// If the code is not of this dictionary.
    pub(crate) fn place(&self, code: u32) -> Range<usize> {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] as usize };
        start..self.ends[code] as usize
    }

    /// Returns the values of all codes, one after the other.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Iterates over codes and values, the missing one left out.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..self.codes() as u32).map(|code| (code, self.value(code)))
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary({} values withheld)", self.distinct())
    }
}

/// Dictionary under construction: gives each new value the next code.
///
/// Codes follow the order of first appearance, so the same input gives the same codes.
#[derive(Clone)]
pub struct DictionaryBuilder {
    dictionary: Dictionary,
    index: HashTable<Known>,
    hasher: FixedState,
}

/// Known value: the digest tells most others apart, and a short value is told for certain
/// without a look at the text, which is far away in memory.
#[derive(Clone)]
struct Known {
    digest: u32,
    code: u32,
    short: Short,
}

/// Text of up to fifteen bytes with its length at the end; all ones for a longer one.
type Short = [u8; 16];

/// What stands for a text that is not short.
const LONG: Short = [u8::MAX; 16];

fn short(value: &str) -> Short {
    let length = value.len();
    let mut short = [0; 16];
    match short.get_mut(..length).filter(|_| length < 16) {
        None => LONG,
        Some(start) => {
            start.copy_from_slice(value.as_bytes());
            short[15] = length as u8;
            short
        }
    }
}

/// Spreads a digest over the bits that the table looks at.
fn spread(digest: u32) -> u64 {
    u64::from(digest).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Default for DictionaryBuilder {
    fn default() -> Self {
        Self {
            dictionary: Dictionary { text: String::new(), ends: vec![0] },
            index: HashTable::new(),
            hasher: FixedState::with_seed(0),
        }
    }
}

impl DictionaryBuilder {
    /// Returns the code of a value, adding it if it is new; an empty text is missing.
    ///
    /// # Panics
    /// If the distinct values exceed 4 GiB of text.
    pub fn code(&mut self, value: &str) -> u32 {
        if value.is_empty() {
            return MISSING;
        }
        let (digest, short) = (self.digest(value), short(value));
        if let Some(code) = self.known(value, digest, short) {
            return code;
        }
        let dictionary = &mut self.dictionary;
        dictionary.text.push_str(value);
        let end = u32::try_from(dictionary.text.len()).expect("distinct values fit in 4 GiB");
        let code = dictionary.ends.len() as u32;
        dictionary.ends.push(end);
        let known = Known { digest, code, short };
        self.index.insert_unique(spread(digest), known, |known| spread(known.digest));
        code
    }

    /// Returns the code of a value that was added before; an empty text has none.
    pub fn find(&self, value: &str) -> Option<u32> {
        self.known(value, self.digest(value), short(value))
    }

    fn digest(&self, value: &str) -> u32 {
        self.hasher.hash_one(value.as_bytes()) as u32
    }

    fn known(&self, value: &str, digest: u32, short: Short) -> Option<u32> {
        let is_it = |known: &Known| {
            let alike = known.digest == digest && known.short == short;
            alike && (short != LONG || self.dictionary.value(known.code) == value)
        };
        self.index.find(spread(digest), is_it).map(|known| known.code)
    }

    /// Ends the construction.
    pub fn finish(self) -> Dictionary {
        self.dictionary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_first_appearance_and_empty_is_missing() {
        let mut builder = DictionaryBuilder::default();
        let codes: Vec<u32> = ["b", "", "a", "b"].iter().map(|v| builder.code(v)).collect();
        assert_eq!(codes, [1, MISSING, 2, 1]);
        assert_eq!(["a", "c", ""].map(|value| builder.find(value)), [Some(2), None, None]);
        let dictionary = builder.finish();
        assert_eq!((dictionary.codes(), dictionary.distinct()), (3, 2));
        assert_eq!(dictionary.value(2), "a");
        assert_eq!(dictionary.value(MISSING), "");
    }

    #[test]
    fn values_about_as_long_as_is_kept_at_hand_are_told_apart() {
        let mut builder = DictionaryBuilder::default();
        let values: Vec<String> = (1..40).flat_map(|n| ["a".repeat(n), "b".repeat(n)]).collect();
        let codes: Vec<u32> = values.iter().map(|value| builder.code(value)).collect();
        assert_eq!(codes, (1..79).collect::<Vec<u32>>());
        assert!(values.iter().zip(codes).all(|(value, code)| builder.find(value) == Some(code)));
    }

    #[test]
    fn debug_withholds_the_values() {
        let mut builder = DictionaryBuilder::default();
        builder.code("Zebedee");
        assert_eq!(format!("{:?}", builder.finish()), "Dictionary(1 values withheld)");
    }
}
