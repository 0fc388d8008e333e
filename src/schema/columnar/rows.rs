//! Rows of a file of typed columns, whatever decodes its batches.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cell_rows::CellRows;
use super::cells::{CellBatch, CellsOfRow};
use super::columns::{Column, Columns};
use super::lines::write_line;
use super::pages::too_large;
use crate::error::Result;
use crate::schema::decompression::{MOST_EXPANSION, most_expanded};
use crate::schema::row::Row;
use crate::schema::source_file::SourceFile;

/// Decoder of a format: one batch of rows at a time.
pub(in crate::schema) trait Batches {
    /// Decodes the next batch of some columns; returns `None` at the end.
    ///
    /// # Errors
    /// `BadStructure` for broken data; `TooLarge` if they declare sizes beyond all measure.
    fn next_batch(&mut self, path: &Path, columns: &[Column]) -> Result<Option<CellBatch>>;
}

/// File of typed columns read row by row.
pub(in crate::schema) struct ColumnarRows<B> {
    path: PathBuf,
    columns: Columns,
    batches: B,
    /// Batch under way, and its row that comes next.
    batch: Arc<CellBatch>,
    at: usize,
    row: Row,
    rows: u64,
    /// Length of the file in bytes.
    length: u64,
    /// Bytes of text given so far.
    given: u64,
}

impl<B: Batches> ColumnarRows<B> {
    /// Begins the rows of a file of so many bytes.
    pub(super) fn new(path: &Path, length: u64, columns: Columns, batches: B) -> Self {
        Self {
            path: path.to_path_buf(),
            columns,
            batches,
            batch: Arc::new(CellBatch::new(Vec::new(), 0)),
            at: 0,
            row: Row::default(),
            rows: 0,
            length,
            given: 0,
        }
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
        self.rows
    }

    /// Returns the row read last.
    pub(in crate::schema) fn row(&self) -> &Row {
        &self.row
    }

    /// Returns the row read last, to change places with another.
    pub(in crate::schema) fn row_mut(&mut self) -> &mut Row {
        &mut self.row
    }

    /// Reads the next row; returns false at the end of the file.
    ///
    /// # Errors
    /// As [`Batches::next_batch`]; `TooLarge` if the text grows without measure.
    pub(in crate::schema) fn next_row(&mut self) -> Result<bool> {
        if !self.has_more()? {
            return Ok(false);
        }
        self.rows += 1;
        self.row.clear(self.rows);
        self.row.numbered = true;
        match self.batch.is_text(self.at) {
            true => self.row.cells_apart = Some(CellsOfRow::new(self.batch.clone(), self.at)),
            false => write_line(&self.batch, self.at, &mut self.row),
        }
        self.at += 1;
        Ok(true)
    }

    /// Takes rows that come next, at most so many and a multiple of a step; none if the batch under
    /// way has fewer, or a cell of theirs is no text.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub(in crate::schema) fn next_rows(
        &mut self,
        most: usize,
        step: usize,
    ) -> Result<Option<CellRows>> {
        self.has_more()?;
        let taken = most.min(self.batch.rows() - self.at) / step * step;
        let rows = self.at..self.at + taken;
        if rows.is_empty() || !self.batch.are_text(rows.clone()) {
            return Ok(None);
        }
        let cells = CellRows::new(self.batch.clone(), rows, self.rows + 1);
        self.at += taken;
        self.rows += taken as u64;
        Ok(Some(cells))
    }

    /// Says whether a row comes next, decoding the next batch if need be.
    fn has_more(&mut self) -> Result<bool> {
        while self.at == self.batch.rows() {
            let Some(batch) = self.batches.next_batch(&self.path, &self.columns.read)? else {
                return Ok(false);
            };
            // A sign follows each cell.
            self.given += batch.bytes() + (batch.rows() * batch.columns()) as u64;
            if self.given > most_expanded(self.length) {
                let what =
                    format!("its text is more than {MOST_EXPANSION} times as long as the file");
                return Err(too_large(&self.path, &what));
            }
            (self.at, self.batch) = (0, Arc::new(batch));
        }
        Ok(true)
    }
}
