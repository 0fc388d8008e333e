//! Rows of a file of typed columns, whatever decodes its batches.

use std::path::{Path, PathBuf};

use super::columns::{Column, Columns};
use super::lines::{Line, Lines};
use crate::error::Result;
use crate::schema::row::Row;
use crate::schema::source_file::SourceFile;

/// Decoder of a format: one batch of rows at a time.
pub(in crate::schema) trait Batches {
    /// Decodes the next batch of some columns; returns its rows, or `None` at the end.
    ///
    /// # Errors
    /// `BadStructure` for broken data; `TooLarge` if they declare sizes beyond all measure.
    fn next_batch(&mut self, path: &Path, columns: &[Column]) -> Result<Option<usize>>;

    /// Appends a row's value of the column at a place to a line; rows are asked for in order.
    fn write(&mut self, row: usize, place: usize, column: &Column, line: &mut Line);
}

/// File of typed columns read row by row.
pub(in crate::schema) struct ColumnarRows<B> {
    path: PathBuf,
    columns: Columns,
    batches: B,
    /// Row of the batch that comes next, and the rows in it.
    at: usize,
    filled: usize,
    lines: Lines,
}

impl<B: Batches> ColumnarRows<B> {
    /// Begins the rows of a file of so many bytes.
    pub(super) fn new(path: &Path, length: u64, columns: Columns, batches: B) -> Self {
        let lines = Lines::new(length);
        Self { path: path.to_path_buf(), columns, batches, at: 0, filled: 0, lines }
    }

    /// Returns the names of the columns that are read.
    pub(in crate::schema) fn names(&self) -> Vec<String> {
        self.columns.names()
    }

    /// Checks that the columns hold what is asked of them.
    ///
    /// # Errors
    /// `BadStructure` for a column of another type, with the place of the request.
    pub(in crate::schema) fn ask(&mut self, file: &SourceFile) -> Result<()> {
        self.columns.ask(&self.path, file)
    }

    /// Returns the number of rows read so far.
    pub(in crate::schema) fn rows(&self) -> u64 {
        self.lines.rows()
    }

    /// Returns the row read last.
    pub(in crate::schema) fn row(&self) -> &Row {
        self.lines.row()
    }

    /// Returns the row read last, to change places with another.
    pub(in crate::schema) fn row_mut(&mut self) -> &mut Row {
        self.lines.row_mut()
    }

    /// Reads the next row; returns false at the end of the file.
    ///
    /// # Errors
    /// As [`Batches::next_batch`]; `TooLarge` if the text grows without measure.
    pub(in crate::schema) fn next_row(&mut self) -> Result<bool> {
        while self.at == self.filled {
            let Some(rows) = self.batches.next_batch(&self.path, &self.columns.read)? else {
                return Ok(false);
            };
            (self.at, self.filled) = (0, rows);
        }
        let (at, columns, batches) = (self.at, &self.columns.read, &mut self.batches);
        self.lines.write(&self.path, columns.len(), |place, line| {
            batches.write(at, place, &columns[place], line);
        })?;
        self.at += 1;
        Ok(true)
    }
}
