//! One attribute of every record, as codes into its dictionary.

use super::{Attribute, Dictionary, MISSING, RecordId};

/// Attribute of all records: a dictionary, one code a record, and further codes of the few
/// records that hold several values (a former surname, an earlier postcode).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    attribute: Attribute,
    dictionary: Dictionary,
    codes: Vec<u32>,
    /// Further values by record, sorted, each once and none of them the first.
    further: Vec<(RecordId, u32)>,
    /// Whether each record holds several values; empty if none does.
    several: Vec<bool>,
}

impl Column {
    /// Joins a dictionary and the codes that point into it.
    ///
    /// # Panics
    /// If a code is not of the dictionary.
    pub fn new(attribute: Attribute, dictionary: Dictionary, codes: Vec<u32>) -> Self {
        Self::with_further(attribute, dictionary, codes, Vec::new())
    }

    /// Joins a dictionary, the first codes and further codes of some records.
    ///
    /// A record without a first value takes its first further one; copies are dropped.
    ///
    /// # Panics
    /// If a code is not of the dictionary or a record is not there.
    pub fn with_further(
        attribute: Attribute,
        dictionary: Dictionary,
        mut codes: Vec<u32>,
        mut further: Vec<(RecordId, u32)>,
    ) -> Self {
        let limit = dictionary.codes();
        let all = codes.iter().chain(further.iter().map(|(_, code)| code));
        assert!(
            all.into_iter().all(|&code| (code as usize) < limit),
            "codes are of the dictionary"
        );
        further.retain(|&(_, code)| code != MISSING);
        for &(record, code) in &further {
            let first = &mut codes[record as usize];
            if *first == MISSING {
                *first = code;
            }
        }
        further.retain(|&(record, code)| codes[record as usize] != code);
        further.sort_unstable();
        further.dedup();
        let mut several = vec![false; if further.is_empty() { 0 } else { codes.len() }];
        further.iter().for_each(|&(record, _)| several[record as usize] = true);
        Self { attribute, dictionary, codes, further, several }
    }

    /// Takes values away from every record; `codes` are sorted. The dictionary keeps them.
    pub(super) fn forget(&mut self, codes: &[u32]) {
        let is_forgotten = |code: u32| codes.binary_search(&code).is_ok();
        let keep = |code: u32| if is_forgotten(code) { MISSING } else { code };
        let first = self.codes.iter().map(|&code| keep(code)).collect();
        let further = self.further.iter().map(|&(record, code)| (record, keep(code))).collect();
        let dictionary = std::mem::take(&mut self.dictionary);
        *self = Self::with_further(self.attribute.clone(), dictionary, first, further);
    }

    /// Returns the attribute.
    pub fn attribute(&self) -> &Attribute {
        &self.attribute
    }

    /// Returns the distinct values.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Returns the first code of each record; [`MISSING`] where there is no value.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Says whether some record holds several values.
    pub fn is_list(&self) -> bool {
        !self.further.is_empty()
    }

    /// Says whether a record holds several values.
    pub fn holds_several(&self, record: RecordId) -> bool {
        self.several.get(record as usize).copied().unwrap_or(false)
    }

    /// Returns the further values of all records, by record.
    pub fn further(&self) -> &[(RecordId, u32)] {
        &self.further
    }

    /// Iterates over the codes that a record holds, the first one first.
    pub fn codes_of(&self, record: RecordId) -> impl Iterator<Item = u32> + Clone + '_ {
        let first = Some(self.codes[record as usize]).filter(|&code| code != MISSING);
        let start = self.further.partition_point(|&(other, _)| other < record);
        let further = self.further[start..].iter().take_while(move |&&(other, _)| other == record);
        first.into_iter().chain(further.map(|&(_, code)| code))
    }

    /// Returns the first value of one record, or `None` if it is missing.
    pub fn value(&self, record: RecordId) -> Option<&str> {
        let code = self.codes[record as usize];
        (code != MISSING).then(|| self.dictionary.value(code))
    }

    /// Counts how many of some records hold each code.
    pub fn counts(&self, records: std::ops::Range<RecordId>) -> Vec<u32> {
        let mut counts = vec![0; self.dictionary.codes()];
        for &code in &self.codes[records.start as usize..records.end as usize] {
            counts[code as usize] += 1;
        }
        for &(_, code) in self.further.iter().filter(|(record, _)| records.contains(record)) {
            counts[code as usize] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AttributeKind, DictionaryBuilder};

    #[test]
    fn further_values_fill_a_missing_first_one_and_copies_go() {
        let mut builder = DictionaryBuilder::default();
        let (a, b) = (builder.code("a"), builder.code("b"));
        let attribute = Attribute::new("surname", AttributeKind::FamilyName);
        let further = vec![(1, b), (0, b), (0, a), (0, b), (1, MISSING)];
        let column =
            Column::with_further(attribute, builder.finish(), vec![a, MISSING, MISSING], further);
        let codes = |record| column.codes_of(record).collect::<Vec<_>>();
        assert_eq!((codes(0), codes(1), codes(2)), (vec![a, b], vec![b], vec![]));
        assert_eq!(column.counts(0..3), [1, 1, 2]);
    }

    #[test]
    fn a_forgotten_first_value_gives_way_to_the_next() {
        let mut builder = DictionaryBuilder::default();
        let (a, b) = (builder.code("a"), builder.code("b"));
        let attribute = Attribute::new("nhs_number", AttributeKind::NhsNumber);
        let further = vec![(0, b)];
        let mut column = Column::with_further(attribute, builder.finish(), vec![a, a], further);
        column.forget(&[a]);
        let codes = |record| column.codes_of(record).collect::<Vec<_>>();
        assert_eq!((codes(0), codes(1), column.is_list()), (vec![b], vec![], false));
        assert_eq!(column.dictionary().value(a), "a", "codes of other values stay what they were");
    }
}
