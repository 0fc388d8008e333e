//! All records of one linkage: sources end to end, attributes as columns.
//!
//! `schema` builds it once from files; everything after reads codes. A record is known by its
//! place (`RecordId`), and to people by its source and the source's own identifier.

use std::ops::Range;

use hashbrown::HashMap;

use super::Column;
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
    pub(super) sources: Vec<Source>,
    /// First record of each source, and the number of records at the end.
    pub(super) starts: Vec<RecordId>,
    pub(super) columns: Vec<Column>,
    pub(super) local_ids: Column,
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

    /// Takes values of an attribute away from every record, as if they had been missing.
    ///
    /// # Panics
    /// If there is no such attribute.
    pub fn forget(&mut self, attribute: usize, codes: &[u32]) {
        self.columns[attribute].forget(codes);
    }

    /// Returns a record's identifier within its source.
    pub fn local_id(&self, record: RecordId) -> &str {
        self.local_ids.value(record).unwrap_or("")
    }

    /// Returns every record's identifier within its source.
    pub fn local_ids(&self) -> &Column {
        &self.local_ids
    }

    /// Returns a record's full name, `source:local identifier`.
    pub fn name(&self, record: RecordId) -> String {
        let source = &self.sources[self.source_of(record) as usize];
        format!("{}:{}", source.name, self.local_id(record))
    }

    /// Finds a record by its full name, `source:local identifier`.
    ///
    /// # Errors
    /// `RecordNotFound`, with the nearest source or identifier if there is one.
    pub fn find(&self, name: &str) -> Result<RecordId> {
        self.find_among(name, |_| true)
    }

    /// Finds a record by its full name among those that are shown; any other is not there.
    ///
    /// # Errors
    /// As [`Records::find`].
    pub fn find_among(&self, name: &str, shown: impl Fn(RecordId) -> bool) -> Result<RecordId> {
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
        let place = place as SourceId;
        let mut known = self.of_source(place).filter(|&record| shown(record));
        known.find(|&record| self.local_id(record) == local).ok_or_else(|| {
            let error = not_found(format!("source {source} has no record with that identifier"));
            let known = self.of_source(place).filter(|&record| shown(record));
            let known = known.map(|record| self.local_id(record));
            match crate::error::nearest(local, known) {
                Some(near) => error.note(format!("nearest: \"{source}:{near}\"")),
                None => error,
            }
            .help("copy the identifier from links.parquet or the agency's file")
        })
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
