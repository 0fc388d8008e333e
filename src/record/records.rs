//! All records of one linkage: sources end to end, attributes as columns.
//!
//! `schema` builds it once from files; everything after reads codes. A record is known by its
//! place (`RecordId`), and to people by its source and the source's own identifier.

use std::ops::Range;

use hashbrown::HashMap;

use super::{Attribute, Column, DictionaryBuilder, MISSING};
use crate::error::{Error, ErrorKind, Result};

/// Place of a record among all records, from 0.
pub type RecordId = u32;

/// Place of a source among all sources, from 0.
pub type SourceId = u8;

/// Most sources of one linkage.
pub const MOST_SOURCES: usize = 64;

/// Source of records: an agency's dataset, or one side of a labelled set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Name used in files and settings.
    pub name: String,
    /// Name used in reports.
    pub label: String,
    /// Whether the holder declares that no child has two records in it.
    pub duplicate_free: bool,
}

impl Source {
    /// Names a source that may hold duplicates; the label is the name with a capital letter.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let spaced = name.replace('_', " ");
        let mut letters = spaced.chars();
        let label = letters
            .next()
            .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
            .unwrap_or_default();
        Self { name, label, duplicate_free: false }
    }
}

/// Records of all sources, in source order, as coded columns.
#[derive(Debug, Clone)]
pub struct Records {
    sources: Vec<Source>,
    /// First record of each source, and the number of records at the end.
    starts: Vec<RecordId>,
    columns: Vec<Column>,
    local_ids: Column,
}

impl Records {
    /// Returns the number of records.
    pub fn len(&self) -> usize {
        self.local_ids.codes().len()
    }

    /// Says whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the sources, in order.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns the records of a source.
    pub fn of_source(&self, source: SourceId) -> Range<RecordId> {
        self.starts[source as usize]..self.starts[source as usize + 1]
    }

    /// Returns the source of a record.
    pub fn source_of(&self, record: RecordId) -> SourceId {
        (self.starts.partition_point(|&start| start <= record) - 1) as SourceId
    }

    /// Returns the source of every record.
    pub fn source_ids(&self) -> Vec<SourceId> {
        let mut ids = Vec::with_capacity(self.len());
        for source in 0..self.sources.len() {
            ids.resize(self.starts[source + 1] as usize, source as SourceId);
        }
        ids
    }

    /// Returns the columns, in the order of the settings.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the place of an attribute among the columns.
    ///
    /// # Errors
    /// `UnknownName` with the nearest attribute, if no attribute has that name.
    pub fn attribute(&self, name: &str) -> Result<usize> {
        self.columns.iter().position(|column| column.attribute().name() == name).ok_or_else(|| {
            Error::unknown_name(
                "attribute",
                name,
                self.columns.iter().map(|column| column.attribute().name()),
            )
        })
    }

    /// Returns the column of an attribute, if there is one.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.attribute().name() == name)
    }

    /// Returns a record's identifier within its source.
    pub fn local_id(&self, record: RecordId) -> &str {
        self.local_ids.value(record).unwrap_or("")
    }

    /// Returns a record's full name, `source:local identifier`.
    pub fn name(&self, record: RecordId) -> String {
        let source = &self.sources[self.source_of(record) as usize];
        format!("{}:{}", source.name, self.local_id(record))
    }

    /// Finds a record by its full name, `source:local identifier`.
    ///
    /// # Errors
    /// `RecordNotFound`, with the nearest source if the source is unknown.
    pub fn find(&self, name: &str) -> Result<RecordId> {
        let not_found = |message: String| Error::new(ErrorKind::RecordNotFound, message);
        let (source, local) = name.split_once(':').ok_or_else(|| {
            not_found("expected source:identifier, found no colon".into())
                .help("write for example police:PO00042")
        })?;
        let known = self.sources.iter().map(|s| s.name.as_str());
        let Some(place) = self.sources.iter().position(|s| s.name == source) else {
            let error = not_found(format!("no source is called \"{source}\""));
            return Err(match crate::error::nearest(source, known.clone()) {
                Some(near) => error.note(format!("nearest: \"{near}\"")),
                None => error,
            }
            .help(format!("choose one of: {}", known.collect::<Vec<_>>().join(", "))));
        };
        self.of_source(place as SourceId).find(|&record| self.local_id(record) == local).ok_or_else(
            || {
                not_found(format!("source {source} has no record with that identifier"))
                    .help("copy the identifier from links.parquet or the agency's file")
            },
        )
    }

    /// Returns every record by its full name, for joining with truth.
    pub fn by_name(&self) -> HashMap<String, RecordId> {
        (0..self.len() as RecordId).map(|record| (self.name(record), record)).collect()
    }

    /// Counts every unordered pair that the link mask allows.
    ///
    /// The mask says for two sources whether records of theirs may be linked.
    pub fn comparable_pairs(&self, allowed: impl Fn(SourceId, SourceId) -> bool) -> u64 {
        let sources = self.sources.len() as SourceId;
        let size = |source| self.of_source(source).len() as u64;
        let mut pairs = 0;
        for a in 0..sources {
            if allowed(a, a) {
                pairs += size(a) * size(a).saturating_sub(1) / 2;
            }
            for b in a + 1..sources {
                if allowed(a, b) {
                    pairs += size(a) * size(b);
                }
            }
        }
        pairs
    }
}

/// Records under construction: sources are opened in turn and rows pushed.
pub struct RecordsBuilder {
    sources: Vec<Source>,
    /// Source of each row pushed, in the order of pushing.
    source_of: Vec<SourceId>,
    attributes: Vec<Attribute>,
    dictionaries: Vec<DictionaryBuilder>,
    codes: Vec<Vec<u32>>,
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
        self.push_to((self.sources.len() - 1) as SourceId, identifier, value);
    }

    /// Returns the code of an identifier, the same for every source, for [`Self::push_to`].
    pub fn identifier(&mut self, local_id: &str) -> u32 {
        self.id_dictionary.code(local_id)
    }

    /// Adds a record to any source opened before, for files whose sources are interleaved.
    pub fn push_to<'a>(
        &mut self,
        source: SourceId,
        identifier: u32,
        value: impl Fn(usize) -> &'a str,
    ) {
        self.source_of.push(source);
        self.id_codes.push(identifier);
        for (place, dictionary) in self.dictionaries.iter_mut().enumerate() {
            self.codes[place].push(dictionary.code(value(place)));
        }
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
        let placed = |codes: Vec<u32>| {
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
            .map(|((attribute, dictionary), codes)| {
                Column::new(attribute, dictionary.finish(), placed(codes))
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
            builder.push_to(source, identifier, |_| if id == "3" { "" } else { "ASHA" });
        }
        let records = builder.finish_in_order(&[a, b]);
        let names: Vec<String> = (0..4).map(|record| records.name(record)).collect();
        assert_eq!(names, ["a:2", "a:4", "b:1", "b:3"]);
        assert_eq!((records.of_source(0), records.of_source(1)), (0..2, 2..4));
        let values: Vec<_> = (0..4).map(|record| records.columns()[0].value(record)).collect();
        assert_eq!(values, [Some("ASHA"), Some("ASHA"), Some("ASHA"), None]);
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
