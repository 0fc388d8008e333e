//! One attribute of every record, as codes into its dictionary.

use super::{Attribute, Dictionary, MISSING};

/// Attribute of all records: a dictionary and one code a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    attribute: Attribute,
    dictionary: Dictionary,
    codes: Vec<u32>,
}

impl Column {
    /// Joins a dictionary and the codes that point into it.
    ///
    /// # Panics
    /// If a code is not of the dictionary.
    pub fn new(attribute: Attribute, dictionary: Dictionary, codes: Vec<u32>) -> Self {
        let limit = dictionary.codes();
        assert!(codes.iter().all(|&code| (code as usize) < limit), "codes are of the dictionary");
        Self { attribute, dictionary, codes }
    }

    /// Returns the attribute.
    pub fn attribute(&self) -> &Attribute {
        &self.attribute
    }

    /// Returns the distinct values.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Returns the codes, one a record; [`MISSING`] where there is no value.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Returns the value of one record, or `None` if it is missing.
    pub fn value(&self, record: u32) -> Option<&str> {
        let code = self.codes[record as usize];
        (code != MISSING).then(|| self.dictionary.value(code))
    }

    /// Counts how often each code occurs among some records.
    pub fn counts(&self, records: std::ops::Range<u32>) -> Vec<u32> {
        let mut counts = vec![0; self.dictionary.codes()];
        for &code in &self.codes[records.start as usize..records.end as usize] {
            counts[code as usize] += 1;
        }
        counts
    }
}
