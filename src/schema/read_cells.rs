//! Rows of typed columns as read, column by column; where more is to be said of one, by itself.

use std::sync::Arc;

use super::columnar::CellRows;
use super::plan::Plan;
use super::planned_column::{ColumnMemory, PlannedColumn};
use super::readings::{More, Readings, Said};
use super::row_values::ReadRow;
use super::source_file::is_source_name;
use crate::normalise::Normalised;

/// Rows as read, column by column.
pub(super) struct ReadCells {
    pub(super) cells: CellRows,
    /// Digest of each row, which rows of the file with the same content share.
    pub(super) digests: Vec<u64>,
    /// What the cells of each planned column say.
    pub(super) columns: Vec<ReadColumn>,
    /// What is said of cells beside a value of those rows that are not read by themselves, by
    /// row and by planned column.
    pub(super) notes: Vec<Note>,
    /// Rows that are read by themselves.
    pub(super) apart: RowsApart,
}

/// Rows that are read by themselves, by their places among the others.
pub(super) struct RowsApart(Vec<(usize, ReadRow)>);

/// Cells of a column as read.
pub(super) struct ReadColumn {
    pub(super) readings: Arc<Readings>,
    /// Place of each row's cell among the readings.
    pub(super) keys: Vec<u32>,
}

/// What is said of a cell.
#[derive(Clone, Copy)]
pub(super) struct Note {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) said: Said,
}

impl RowsApart {
    /// Returns the row of a place, if it is one of these.
    pub(super) fn get(&self, place: usize) -> Option<&ReadRow> {
        let found = self.0.binary_search_by_key(&place, |(place, _)| *place);
        found.ok().map(|found| &self.0[found].1)
    }

    /// Returns the row of a place, to add what else is wrong with it.
    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut ReadRow> {
        let found = self.0.binary_search_by_key(&place, |(place, _)| *place);
        found.ok().map(|found| &mut self.0[found].1)
    }
}

impl ReadColumn {
    /// Returns the value of a row's cell; an empty text without one.
    #[inline]
    pub(super) fn value(&self, row: usize) -> &str {
        self.readings.value(self.keys[row])
    }
}

impl Plan<'_> {
    /// Says whether rows can be read column by column: no value has a period.
    pub(super) fn is_columnar(&self) -> bool {
        self.columns.iter().all(|column| !column.ends_period)
    }

    /// Reads rows column by column, each entry of a dictionary once.
    pub(super) fn read_cells(
        &self,
        cells: CellRows,
        file: &str,
        memory: &mut [ColumnMemory],
    ) -> ReadCells {
        let rows = cells.len();
        let columns: Vec<ReadColumn> = self
            .columns
            .iter()
            .zip(&mut *memory)
            .map(|(column, memory)| self.read_column(column, &cells, memory))
            .collect();
        let mut is_apart: Vec<bool> = cells.cells(self.id).map(|id| id.trim().is_empty()).collect();
        if let Some(split) = self.split {
            let names = is_apart.iter_mut().zip(cells.cells(split));
            names.for_each(|(is_apart, name)| *is_apart |= !is_source_name(name.trim()));
        }
        let mut notes = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            for (row, &key) in column.keys.iter().enumerate() {
                let said = column.readings.said(key);
                if said != Said::VALUE {
                    notes.push(Note { row, column: place, said });
                    is_apart[row] |= said.more == More::OfRow;
                }
            }
        }
        for (place, memory) in memory.iter_mut().enumerate() {
            let Some(dates) = &mut memory.dates else { continue };
            let (cell, column) = (self.columns[place].cell, &columns[place]);
            for row in (0..rows).filter(|&row| !is_apart[row]) {
                match column.readings.said(column.keys[row]).outcome {
                    Normalised::Value => dates.take_own(column.value(row)),
                    Normalised::Invalid => drop(dates.take_other(cells.cell(row, cell))),
                    Normalised::Missing => {}
                }
            }
        }
        notes.retain(|note| !is_apart[note.row]);
        notes.sort_by_key(|note| note.row); // stable: columns stay in their order
        let apart = (0..rows).filter(|&row| is_apart[row]).map(|row| {
            let mut read = [ReadRow { row: cells.row(row), ..ReadRow::new(self) }];
            self.read(&mut read, file, memory);
            let [read] = read;
            (row, read)
        });
        let apart = RowsApart(apart.collect());
        ReadCells { digests: cells.digests(), cells, columns, notes, apart }
    }

    /// Reads the cells of a column.
    fn read_column(
        &self,
        column: &PlannedColumn,
        cells: &CellRows,
        memory: &mut ColumnMemory,
    ) -> ReadColumn {
        if let Some(number) = cells.dictionary(column.cell) {
            let entries = cells.entries(column.cell);
            let is_worth_it = memory.latest.take_rows(number, entries.len(), cells.len());
            if is_worth_it && memory.latest.readings.is_none() {
                // A null reads as an empty text.
                let entries = entries.chain([""]);
                let readings = column.readings(Some(number), entries, memory, &self.options);
                memory.latest.readings = Some(Arc::new(readings));
            }
            if let Some(readings) = memory.latest.readings.clone() {
                return ReadColumn { readings, keys: cells.keys(column.cell) };
            }
        }
        let readings = column.readings(None, cells.cells(column.cell), memory, &self.options);
        ReadColumn { readings: Arc::new(readings), keys: (0..cells.len() as u32).collect() }
    }
}

/// Dictionary that a column had last, and whether the next one is worth to be read as a whole.
#[derive(Default)]
pub(super) struct LatestDictionary {
    number: u32,
    entries: usize,
    /// Rows that had it.
    rows: usize,
    readings: Option<Arc<Readings>>,
}

impl LatestDictionary {
    /// Counts rows of a dictionary of so many entries; says whether its entries are to be read.
    ///
    /// Some files give each batch of rows a dictionary of all rows; that shows in the one before,
    /// of which fewer rows came than it had entries.
    fn take_rows(&mut self, number: u32, entries: usize, rows: usize) -> bool {
        if number == self.number {
            self.rows += rows;
            return self.readings.is_some();
        }
        let is_worth_it = self.rows >= self.entries;
        *self = Self { number, entries, rows, readings: None };
        is_worth_it
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_of_more_entries_than_rows_are_not_read_a_second_time() {
        let mut latest = LatestDictionary::default();
        assert!(latest.take_rows(1, 5_000, 1_024), "nothing is known yet");
        latest.readings = Some(Arc::default());
        assert!(latest.take_rows(1, 5_000, 1_024));
        assert!(!latest.take_rows(2, 5_000, 1_024) && !latest.take_rows(2, 5_000, 1_024));
        assert!(!latest.take_rows(3, 1_000, 1_024), "of the one before came 2,048 of 5,000");
        assert!(latest.take_rows(4, 1_000, 1_024), "of the one before came all");
    }
}
