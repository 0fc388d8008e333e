//! Rows of a batch that follow each other, column by column.

use std::ops::Range;
use std::sync::Arc;

use super::cells::{CellBatch, CellsOfRow, NO_CELLS};
use crate::schema::row::Row;

/// Rows of a batch that follow each other, each of whose cells is text.
pub(in crate::schema) struct CellRows {
    batch: Arc<CellBatch>,
    rows: Range<usize>,
    /// Number of the first of them in the file, from 1.
    first: u64,
}

impl CellRows {
    /// Views rows of a batch; the first has a number in the file.
    pub(super) fn new(batch: Arc<CellBatch>, rows: Range<usize>, first: u64) -> Self {
        debug_assert!(batch.are_text(rows.clone()));
        Self { batch, rows, first }
    }

    /// Returns the number of rows.
    pub(in crate::schema) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the number in the file of the row at a place among these, from 1.
    pub(in crate::schema) fn number(&self, place: usize) -> u64 {
        self.first + place as u64
    }

    /// Returns the row at a place.
    pub(in crate::schema) fn row(&self, place: usize) -> Row {
        let cells = CellsOfRow::new(self.batch.clone(), self.rows.start + place);
        let line = self.number(place);
        Row { line, numbered: true, cells_apart: Some(cells), ..Row::default() }
    }

    /// Returns a cell; an empty text for a null.
    pub(in crate::schema) fn cell(&self, place: usize, column: usize) -> &str {
        let column = self.batch.column(column);
        column.key(self.rows.start + place).map_or("", |key| column.entries().text(key))
    }

    /// Says whether a cell is null.
    pub(in crate::schema) fn is_null(&self, place: usize, column: usize) -> bool {
        self.batch.column(column).key(self.rows.start + place).is_none()
    }

    /// Iterates over the cells of a column; an empty text for a null.
    pub(in crate::schema) fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        (0..self.len()).map(move |place| self.cell(place, column))
    }

    /// Returns the number of a column's dictionary, if it has one here.
    pub(in crate::schema) fn dictionary(&self, column: usize) -> Option<u32> {
        self.batch.column(column).entries().dictionary()
    }

    /// Iterates over the entries of a column's dictionary.
    pub(in crate::schema) fn entries(&self, column: usize) -> impl ExactSizeIterator<Item = &str> {
        let entries = self.batch.column(column).entries();
        (0..entries.len()).map(|key| entries.text(key as u32))
    }

    /// Returns the place of each cell among the entries of its column; that of a null comes after
    /// the last.
    pub(in crate::schema) fn keys(&self, column: usize) -> Vec<u32> {
        let column = self.batch.column(column);
        let null = column.entries().len() as u32;
        self.rows.clone().map(|row| column.key(row).unwrap_or(null)).collect()
    }

    /// Returns a digest of each row, which rows of a file with the same cells share.
    pub(in crate::schema) fn digests(&self) -> Vec<u64> {
        let mut digests = vec![NO_CELLS; self.len()];
        for column in 0..self.batch.columns() {
            self.batch.column(column).mix_into(&mut digests, self.rows.clone());
        }
        digests
    }
}
