//! Rows with types as lines of CSV, whose cells are those of every other file.

use std::fmt::{Display, Write};
use std::path::Path;

use super::pages::too_large;
use crate::error::Result;
use crate::schema::decompression::{MOST_EXPANSION, most_expanded};
use crate::schema::row::{Cell, Row, RowFault};
use crate::schema::scanner::LONGEST_CELL;

/// Rows of a file as lines, one after another.
pub(super) struct Lines {
    /// Length of the file in bytes.
    length: u64,
    row: Row,
    rows: u64,
    /// Bytes of text given so far.
    given: u64,
}

/// Line under way.
pub(in crate::schema) struct Line<'a> {
    row: &'a mut Row,
    /// Text of the line so far.
    pub(super) text: String,
}

impl Lines {
    /// Begins the lines of a file of so many bytes.
    pub(super) fn new(length: u64) -> Self {
        Self { length, row: Row::default(), rows: 0, given: 0 }
    }

    /// Returns the number of rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the row written last.
    pub(super) fn row(&self) -> &Row {
        &self.row
    }

    /// Returns the row read last, to change places with another.
    pub(super) fn row_mut(&mut self) -> &mut Row {
        &mut self.row
    }

    /// Makes the next row of so many cells, each written by its place.
    ///
    /// # Errors
    /// `TooLarge` if the text grows without measure.
    pub(super) fn write(
        &mut self,
        path: &Path,
        cells: usize,
        mut cell: impl FnMut(usize, &mut Line),
    ) -> Result<()> {
        self.rows += 1;
        self.row.clear(self.rows);
        self.row.numbered = true;
        // The buffer is used again; it is empty and so it is text.
        let text = String::from_utf8(std::mem::take(&mut self.row.bytes)).unwrap_or_default();
        let mut line = Line { row: &mut self.row, text };
        for place in 0..cells {
            if place > 0 {
                line.text.push(',');
            }
            cell(place, &mut line);
        }
        let text = line.text;
        self.given += text.len() as u64 + 1;
        self.row.text = text;
        if self.given > most_expanded(self.length) {
            let what = format!("its text is more than {MOST_EXPANSION} times as long as the file");
            return Err(too_large(path, &what));
        }
        Ok(())
    }
}

impl Line<'_> {
    /// Appends a null.
    pub(super) fn null(&mut self) {
        let start = self.text.len();
        self.row.push(Cell { null: true, ..Cell::new(start, start..start) });
    }

    /// Appends a cell without signs of CSV, as it is written.
    pub(super) fn plain(&mut self, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.row.push(Cell::new(start, start..self.text.len()));
    }

    /// Appends a number or a truth.
    pub(super) fn shown(&mut self, value: impl Display) {
        self.plain(|text| {
            let _ = write!(text, "{value}"); // writing to a text does not fail
        });
    }

    /// Appends bytes that should be text; what is wrong with them is the row's fault.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        // Of every byte at once, so that most cells are looked through no more than twice.
        let odd = |byte: &u8| !(b' '..=b'~').contains(byte) | matches!(byte, b'"' | b',');
        let plain = !bytes.iter().fold(bytes.is_empty(), |any, byte| any | odd(byte));
        if let (true, Ok(text)) = (plain && bytes.len() <= LONGEST_CELL, str::from_utf8(bytes)) {
            return self.plain(|line| line.push_str(text));
        }
        let fault = match std::str::from_utf8(bytes) {
            Err(_) => Some(RowFault::NotUtf8),
            Ok(_) if bytes.contains(&0) => Some(RowFault::Nul),
            Ok(_) => (bytes.len() > LONGEST_CELL).then_some(RowFault::LongCell),
        };
        if let Some(fault) = fault {
            self.row.fault.get_or_insert((fault, self.text.len()));
        }
        self.quoted(&String::from_utf8_lossy(bytes));
    }

    /// Appends a text, in quotes where it needs them or is empty.
    fn quoted(&mut self, text: &str) {
        let start = self.text.len();
        let quote = text.contains('"');
        if !quote && !text.is_empty() && !text.contains([',', '\n', '\r']) {
            self.text.push_str(text);
            self.row.push(Cell::new(start, start..self.text.len()));
            return;
        }
        self.text.push('"');
        if quote {
            let from = self.row.unescaped.len();
            self.row.unescaped.push_str(text);
            self.text.push_str(&text.replace('"', "\"\""));
            let content = from..self.row.unescaped.len();
            self.row.push(Cell { apart: true, ..Cell::new(start, content) });
        } else {
            self.text.push_str(text);
            self.row.push(Cell::new(start, start + 1..self.text.len()));
        }
        self.text.push('"');
    }
}
