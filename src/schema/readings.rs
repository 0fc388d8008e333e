//! What cells of a column say, whichever rows have them: each is read once.

use std::ops::Range;

use super::cell_cache::CellReading;
use super::remark::Remark;
use crate::normalise::Normalised;

/// What the entries of a dictionary say, or the cells of a few rows.
#[derive(Default)]
pub(super) struct Readings {
    /// Number of the dictionary among those of its column, if they are of one.
    pub(super) dictionary: Option<u32>,
    said: Vec<Said>,
    text: String,
    /// End of each value in the text.
    ends: Vec<u32>,
    /// Other forms of values, each ended by a line feed, by the place of the value.
    alternates: Vec<(u32, String)>,
}

/// What is said of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) outcome: Normalised,
    pub(super) remark: Option<Remark>,
    pub(super) more: More,
}

/// What there is of a cell beside its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Nothing,
    /// Values that a record holds beside the first of the attribute.
    Further,
    /// Something that is told of the row as a whole.
    OfRow,
}

impl Said {
    /// A value of which nothing else is said.
    pub(super) const VALUE: Self =
        Self { outcome: Normalised::Value, remark: None, more: More::Nothing };
    /// A cell whose row has to be read by itself.
    pub(super) const OF_ROW: Self =
        Self { outcome: Normalised::Missing, remark: None, more: More::OfRow };
}

impl Readings {
    /// Begins what the entries of a dictionary say, or cells that are of none; about so many.
    pub(super) fn new(dictionary: Option<u32>, cells: usize) -> Self {
        let (said, ends) = (Vec::with_capacity(cells), Vec::with_capacity(cells));
        Self { dictionary, said, ends, ..Self::default() }
    }

    /// Adds what the next cell says; only a value has a text.
    pub(super) fn push(&mut self, mut said: Said, reading: &CellReading) {
        if said.outcome == Normalised::Value {
            self.text.push_str(&reading.value);
            if !reading.alternates.is_empty() {
                said.more = More::Further;
                self.alternates.push((self.said.len() as u32, reading.alternates.clone()));
            }
        }
        self.said.push(said);
        self.ends.push(self.text.len() as u32);
    }

    /// Returns what is said of a cell.
    #[inline]
    pub(super) fn said(&self, place: u32) -> Said {
        self.said[place as usize]
    }

    /// Returns the number of cells.
    pub(super) fn len(&self) -> usize {
        self.said.len()
    }

    /// Returns the value of a cell; an empty text without one.
    #[inline]
    pub(super) fn value(&self, place: u32) -> &str {
        &self.text[self.place(place as usize)]
    }

    /// Iterates over other forms of a cell's value.
    pub(super) fn alternates(&self, place: u32) -> impl Iterator<Item = &str> {
        let found = self.alternates.binary_search_by_key(&place, |(place, _)| *place);
        found.ok().into_iter().flat_map(|found| self.alternates[found].1.lines())
    }

    fn place(&self, place: usize) -> Range<usize> {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        start as usize..self.ends[place] as usize
    }
}
