//! Records under construction: rows in any order of sources, values coded as they come.

use super::records::MOST_SOURCES;
use super::{
    Attribute, Column, DictionaryBuilder, HeldValue, MISSING, Period, RecordId, Records, Source,
    SourceId,
};

/// Row of records under construction, numbered from 0 in the order of pushing.
pub type RowId = u32;

/// Records under construction: sources are opened in turn and rows pushed.
pub struct RecordsBuilder {
    sources: Vec<Source>,
    /// Source of each row pushed, in the order of pushing.
    source_of: Vec<SourceId>,
    attributes: Vec<Attribute>,
    dictionaries: Vec<DictionaryBuilder>,
    codes: Vec<Vec<u32>>,
    /// Row, code and period of values beside the first, by attribute.
    beside: Vec<Vec<(RowId, u32, Option<Period>)>>,
    id_dictionary: DictionaryBuilder,
    id_codes: Vec<u32>,
}

impl RecordsBuilder {
    /// Starts with the attributes that every row will give, in order.
    pub fn new(attributes: Vec<Attribute>) -> Self {
        let count = attributes.len();
        Self {
            sources: Vec::new(),
            source_of: Vec::new(),
            attributes,
            dictionaries: vec![DictionaryBuilder::default(); count],
            codes: vec![Vec::new(); count],
            beside: vec![Vec::new(); count],
            id_dictionary: DictionaryBuilder::default(),
            id_codes: Vec::new(),
        }
    }

    /// Opens the next source; rows pushed from now on are its records.
    ///
    /// # Panics
    /// If there are more than [`MOST_SOURCES`].
    pub fn open_source(&mut self, source: Source) -> SourceId {
        assert!(self.sources.len() < MOST_SOURCES, "at most 64 sources");
        self.sources.push(source);
        (self.sources.len() - 1) as SourceId
    }

    /// Adds a record to the source opened last; `value` gives each attribute's normalised
    /// text, empty for missing.
    ///
    /// # Panics
    /// If no source is open.
    pub fn push<'a>(&mut self, local_id: &str, value: impl Fn(usize) -> &'a str) {
        assert!(!self.sources.is_empty(), "a source is opened before records are pushed");
        let identifier = self.identifier(local_id);
        self.open_row((self.sources.len() - 1) as SourceId, identifier);
        self.push_codes(|attribute, dictionary, codes| {
            codes.push(dictionary.code(value(attribute)))
        });
    }

    /// Returns the code of an identifier, the same for every source, for [`Self::open_row`].
    pub fn identifier(&mut self, local_id: &str) -> u32 {
        self.id_dictionary.code(local_id)
    }

    /// Adds the codes of identifiers to a list, as [`Self::identifier`] gives them; an empty one's
    /// is [`MISSING`].
    pub fn push_identifiers<'a>(
        &mut self,
        local_ids: impl Iterator<Item = &'a str>,
        codes: &mut Vec<u32>,
    ) {
        self.id_dictionary.push_codes(local_ids, codes);
    }

    /// Returns the code of an identifier that some record has or was asked for.
    pub fn known_identifier(&mut self, local_id: &str) -> Option<u32> {
        self.id_dictionary.find(local_id)
    }

    /// Adds a record to any source opened before, since the sources of a file may be interleaved;
    /// its values follow by [`Self::push_codes`].
    pub fn open_row(&mut self, source: SourceId, identifier: u32) -> RowId {
        self.source_of.push(source);
        self.id_codes.push(identifier);
        (self.id_codes.len() - 1) as RowId
    }

    /// Adds the values of the rows opened last, in their order; `push` adds the codes of one
    /// attribute after another, of a dictionary that takes new values.
    ///
    /// # Panics
    /// If an attribute has not a code for each row.
    pub fn push_codes(
        &mut self,
        mut push: impl FnMut(usize, &mut DictionaryBuilder, &mut Vec<u32>),
    ) {
        let columns = self.dictionaries.iter_mut().zip(&mut self.codes).enumerate();
        for (attribute, (dictionary, codes)) in columns {
            push(attribute, dictionary, codes);
            assert_eq!(codes.len(), self.id_codes.len(), "each row has a code");
        }
    }

    /// Adds a value that a row's record holds beside its first one, or the first one's period.
    ///
    /// An empty text adds nothing.
    ///
    /// # Panics
    /// If the row was not pushed.
    pub fn add_value(&mut self, row: RowId, attribute: usize, value: &str, period: Option<Period>) {
        assert!((row as usize) < self.id_codes.len(), "the row was pushed before");
        let code = self.dictionaries[attribute].code(value);
        if code != MISSING {
            self.beside[attribute].push((row, code, period));
        }
    }

    /// Adds an undated value of an attribute to the record pushed last; an empty text adds none.
    ///
    /// # Panics
    /// If no record was pushed.
    pub fn push_further(&mut self, attribute: usize, value: &str) {
        let last = self.id_codes.len().checked_sub(1).expect("a record was pushed before");
        self.add_value(last as RowId, attribute, value, None);
    }

    /// Ends the construction with the sources in the order in which they were opened.
    pub fn finish(self) -> Records {
        let order: Vec<SourceId> = (0..self.sources.len() as SourceId).collect();
        self.finish_in_order(&order)
    }

    /// Ends the construction with the sources in the order given.
    ///
    /// Each source's records stay in the order in which they were pushed.
    ///
    /// # Panics
    /// If the order does not name every source once.
    pub fn finish_in_order(self, order: &[SourceId]) -> Records {
        let mut rank = vec![None; self.sources.len()];
        for (place, &source) in order.iter().enumerate() {
            assert_eq!(rank[source as usize].replace(place), None, "a source has one place");
        }
        let rank: Vec<usize> =
            rank.into_iter().map(|place| place.expect("every source has a place")).collect();
        let mut starts = vec![0; order.len() + 1];
        for &source in &self.source_of {
            starts[rank[source as usize] + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next: Vec<RecordId> = starts.clone();
        let record_of_row: Vec<RecordId> = self
            .source_of
            .iter()
            .map(|&source| {
                let next = &mut next[rank[source as usize]];
                *next += 1;
                *next - 1
            })
            .collect();
        // Mostly one source comes after another, and its rows are where they should be.
        let in_place = record_of_row.iter().zip(0..).all(|(&record, row)| record == row);
        let placed = |codes: Vec<u32>| {
            if in_place {
                return codes;
            }
            let mut by_record = vec![MISSING; codes.len()];
            for (&record, code) in record_of_row.iter().zip(codes) {
                by_record[record as usize] = code;
            }
            by_record
        };
        let columns = self
            .attributes
            .into_iter()
            .zip(self.dictionaries)
            .zip(self.codes)
            .zip(self.beside)
            .map(|(((attribute, dictionary), codes), beside)| {
                let held = |(row, code, period)| {
                    let record = record_of_row[row as usize];
                    HeldValue { record, code, period }
                };
                let values = beside.into_iter().map(held).collect();
                Column::with_values(attribute, dictionary.finish(), placed(codes), values)
            })
            .collect();
        let local_ids = Column::new(
            Attribute::new("local_id", super::AttributeKind::Text),
            self.id_dictionary.finish(),
            placed(self.id_codes),
        );
        let sources = order.iter().map(|&source| self.sources[source as usize].clone()).collect();
        Records { sources, starts, columns, local_ids }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::AttributeKind;

    #[test]
    fn interleaved_sources_end_up_whole_and_in_the_order_asked_for() {
        let mut builder =
            RecordsBuilder::new(vec![Attribute::new("name", AttributeKind::GivenName)]);
        let b = builder.open_source(Source::new("b"));
        let a = builder.open_source(Source::new("a"));
        for (source, id) in [(b, "1"), (a, "2"), (b, "3"), (a, "4")] {
            let identifier = builder.identifier(id);
            builder.open_row(source, identifier);
            let name = if id == "3" { "" } else { "ASHA" };
            builder.push_codes(|_, dictionary, codes| codes.push(dictionary.code(name)));
        }
        let records = builder.finish_in_order(&[a, b]);
        let names: Vec<String> = (0..4).map(|record| records.name(record)).collect();
        assert_eq!(names, ["a:2", "a:4", "b:1", "b:3"]);
        assert_eq!((records.of_source(0), records.of_source(1)), (0..2, 2..4));
        let values: Vec<_> = (0..4).map(|record| records.columns()[0].value(record)).collect();
        assert_eq!(values, [Some("ASHA"), Some("ASHA"), Some("ASHA"), None]);
    }

    #[test]
    fn further_values_follow_their_record_through_the_reordering() {
        let mut builder =
            RecordsBuilder::new(vec![Attribute::new("name", AttributeKind::FamilyName)]);
        let b = builder.open_source(Source::new("b"));
        let a = builder.open_source(Source::new("a"));
        for (source, id, former) in [(b, "1", "KHAN"), (a, "2", ""), (b, "3", "LEE")] {
            let identifier = builder.identifier(id);
            builder.open_row(source, identifier);
            builder.push_codes(|_, dictionary, codes| codes.push(dictionary.code("SHAH")));
            builder.push_further(0, former);
        }
        let records = builder.finish_in_order(&[a, b]);
        let column = &records.columns()[0];
        let names = |record| {
            column.codes_of(record).map(|code| column.dictionary().value(code)).collect::<Vec<_>>()
        };
        assert_eq!(
            (names(0), names(1), names(2)),
            (vec!["SHAH"], vec!["SHAH", "KHAN"], vec!["SHAH", "LEE"])
        );
    }

    #[test]
    fn source_without_records_keeps_its_place() {
        let mut builder = RecordsBuilder::new(Vec::new());
        builder.open_source(Source::new("a"));
        builder.open_source(Source::new("b"));
        builder.push("1", |_| "");
        let records = builder.finish();
        assert_eq!((records.of_source(0), records.of_source(1)), (0..0, 0..1));
        assert_eq!(records.source_of(0), 1);
    }
}
