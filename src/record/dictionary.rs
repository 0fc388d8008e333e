//! Distinct values of an attribute, stored once and numbered from 1.
//!
//! Built while records are read; read-only afterwards. Values are personal:
//! `Debug` shows how many there are and nothing else.

use std::fmt;
use std::hash::BuildHasher;

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
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] as usize };
        &self.text[start..self.ends[code] as usize]
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

/// Known value: the digest tells most others apart without a look at the text.
#[derive(Clone)]
struct Known {
    digest: u32,
    code: u32,
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
        let digest = self.hasher.hash_one(value.as_bytes()) as u32;
        let dictionary = &mut self.dictionary;
        let is_it = |known: &Known| known.digest == digest && dictionary.value(known.code) == value;
        if let Some(known) = self.index.find(spread(digest), is_it) {
            return known.code;
        }
        dictionary.text.push_str(value);
        let end = u32::try_from(dictionary.text.len()).expect("distinct values fit in 4 GiB");
        let code = dictionary.ends.len() as u32;
        dictionary.ends.push(end);
        let known = Known { digest, code };
        self.index.insert_unique(spread(digest), known, |known| spread(known.digest));
        code
    }

    /// Returns the code of a value that was added before; an empty text has none.
    pub fn find(&self, value: &str) -> Option<u32> {
        let digest = self.hasher.hash_one(value.as_bytes()) as u32;
        let text = |code| self.dictionary.value(code);
        let is_it = |known: &Known| known.digest == digest && text(known.code) == value;
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
    fn debug_withholds_the_values() {
        let mut builder = DictionaryBuilder::default();
        builder.code("Zebedee");
        assert_eq!(format!("{:?}", builder.finish()), "Dictionary(1 values withheld)");
    }
}
