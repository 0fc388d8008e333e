//! Distinct values of an attribute, stored once and numbered from 1.
//!
//! Built while records are read; read-only afterwards. Values are personal:
//! `Debug` shows how many there are and nothing else.

use std::cmp::Ordering;
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::code_table::CodeTable;

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
    /// Codes by digests; `None` as long as each value comes after the one before in [`order`], as
    /// identifiers often do, for then none comes twice.
    table: Option<CodeTable>,
    hasher: FixedState,
}

/// Values whose codes are looked for at a time.
const AT_A_TIME: usize = 32;

/// Order in which `9` comes before `10`, and texts of a length as in a dictionary.
fn order(value: &str) -> (usize, &str) {
    (value.len(), value)
}

impl Default for DictionaryBuilder {
    fn default() -> Self {
        Self {
            dictionary: Dictionary { text: String::new(), ends: vec![0] },
            table: None,
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
        match self.in_order(value) {
            Some(code) => code,
            None => self.code_of(value, self.digest(value)),
        }
    }

    /// Adds the codes of values to a list, as [`Self::code`] gives them one after another.
    ///
    /// What is known of a value is far away in memory: that of several is fetched at a time.
    ///
    /// # Panics
    /// As [`Self::code`].
    pub fn push_codes<'a>(
        &mut self,
        mut values: impl Iterator<Item = &'a str>,
        codes: &mut Vec<u32>,
    ) {
        while self.table.is_none() {
            let Some(value) = values.next() else { return };
            codes.push(self.code(value));
        }
        let mut few = [""; AT_A_TIME];
        loop {
            let taken = few.iter_mut().zip(&mut values).map(|(to, value)| *to = value).count();
            self.push_few(&few[..taken], codes);
            if taken < AT_A_TIME {
                return;
            }
        }
    }

    /// Adds the codes of at most so many values as are looked for at a time.
    fn push_few(&mut self, values: &[&str], codes: &mut Vec<u32>) {
        let Some(table) = &self.table else { return };
        // Loops of their own, for no fetch waits for what another one found.
        let mut found = [(0, 0); AT_A_TIME];
        for ((digest, slot), value) in found.iter_mut().zip(values) {
            *digest = self.digest(value);
            *slot = table.first_slot(*digest);
        }
        let mut likely = [(0, 0, 0); AT_A_TIME];
        for ((code, start, end), (digest, slot)) in likely.iter_mut().zip(found) {
            *code = table.first_code(digest, slot);
            let place = self.dictionary.place(*code);
            (*start, *end) = (place.start, place.end);
        }
        let text = self.dictionary.text.as_bytes();
        let mut is_it = [false; AT_A_TIME];
        for ((is_it, &(_, start, end)), value) in is_it.iter_mut().zip(&likely).zip(values) {
            *is_it = text[start..end] == *value.as_bytes();
        }
        for (place, &value) in values.iter().enumerate() {
            codes.push(match (value, is_it[place]) {
                ("", _) => MISSING,
                (_, true) => likely[place].0,
                (_, false) => self.code_of(value, found[place].0),
            });
        }
    }

    /// Returns the code of a value that is not empty if it is the last one or comes after all, and
    /// the values so far are in order; where they are no longer, the table is made.
    fn in_order(&mut self, value: &str) -> Option<u32> {
        if self.table.is_some() {
            return None;
        }
        let last = self.dictionary.distinct() as u32;
        match order(self.dictionary.value(last)).cmp(&order(value)) {
            Ordering::Less => Some(self.add(value)),
            Ordering::Equal => Some(last),
            Ordering::Greater => {
                self.make_table();
                None
            }
        }
    }

    fn make_table(&mut self) {
        let mut table = CodeTable::default();
        for (code, value) in self.dictionary.iter() {
            table.insert(self.digest(value), code);
        }
        self.table = Some(table);
    }

    /// Returns the code of a value that is not empty, adding it if it is new.
    fn code_of(&mut self, value: &str, digest: u32) -> u32 {
        if let Some(code) = self.known(value, digest) {
            return code;
        }
        let code = self.add(value);
        if let Some(table) = &mut self.table {
            table.insert(digest, code);
        }
        code
    }

    /// Adds a value that is new, but not to the table.
    fn add(&mut self, value: &str) -> u32 {
        let dictionary = &mut self.dictionary;
        dictionary.text.push_str(value);
        let end = u32::try_from(dictionary.text.len()).expect("distinct values fit in 4 GiB");
        dictionary.ends.push(end);
        (dictionary.ends.len() - 1) as u32
    }

    /// Returns the code of a value that was added before; an empty text has none.
    pub fn find(&mut self, value: &str) -> Option<u32> {
        if self.table.is_none() {
            self.make_table();
        }
        self.known(value, self.digest(value))
    }

    fn digest(&self, value: &str) -> u32 {
        self.hasher.hash_one(value.as_bytes()) as u32
    }

    fn known(&self, value: &str, digest: u32) -> Option<u32> {
        let table = self.table.as_ref()?;
        table.find(digest, |code| self.dictionary.value(code) == value)
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
    fn values_in_order_need_no_table_until_one_comes_again() {
        let values: Vec<String> = (8..1_200).step_by(3).map(|n| n.to_string()).collect();
        for last in ["8", "7", "11"] {
            let mut builder = DictionaryBuilder::default();
            for (value, code) in values.iter().zip(1..) {
                assert_eq!((builder.code(value), builder.code(value)), (code, code));
            }
            assert!(builder.table.is_none());
            let expected = values.iter().position(|value| value == last).unwrap_or(values.len());
            assert_eq!(builder.code(last), expected as u32 + 1);
            assert!(builder.table.is_some());
            for (value, code) in values.iter().zip(1..) {
                assert_eq!((builder.code(value), builder.find(value)), (code, Some(code)));
            }
        }
    }

    #[test]
    fn codes_of_many_values_are_those_of_one_after_another() {
        let values: Vec<String> = (0..5_000_u32)
            .map(|n| match n.wrapping_mul(2_654_435_761) >> 20 {
                number if number % 7 == 0 => String::new(),
                number => format!("{number}"),
            })
            .collect();
        let (mut one, mut many) = (DictionaryBuilder::default(), DictionaryBuilder::default());
        let slow: Vec<u32> = values.iter().map(|value| one.code(value)).collect();
        let mut fast = Vec::new();
        for some in values.chunks(77) {
            many.push_codes(some.iter().map(String::as_str), &mut fast);
        }
        assert_eq!(fast, slow);
        assert_eq!(many.finish(), one.finish());
    }

    #[test]
    fn debug_withholds_the_values() {
        let mut builder = DictionaryBuilder::default();
        builder.code("Zebedee");
        assert_eq!(format!("{:?}", builder.finish()), "Dictionary(1 values withheld)");
    }
}
