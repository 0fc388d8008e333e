//! Rows with types as lines of CSV, whose cells are those of every other file.

use super::cells::{CellBatch, CellsOfRow};
use crate::schema::row::{Cell, Row, RowFault};
use crate::schema::scanner::LONGEST_CELL;

/// Line under way.
struct Line<'a> {
    row: &'a mut Row,
    /// Text of the line so far.
    text: String,
}

/// Returns a row as a line of CSV.
pub(in crate::schema) fn line_of(cells: &CellsOfRow) -> String {
    let mut row = Row::default();
    let (batch, at) = cells.place();
    write_line(batch, at, &mut row);
    row.text
}

/// Writes a row of a batch as a line of CSV into an empty row.
pub(super) fn write_line(batch: &CellBatch, at: usize, row: &mut Row) {
    // The buffer is used again; it is empty and so it is text.
    let text = String::from_utf8(std::mem::take(&mut row.bytes)).unwrap_or_default();
    let mut line = Line { row, text };
    for column in 0..batch.columns() {
        if column > 0 {
            line.text.push(',');
        }
        match batch.raw(at, column) {
            Some(cell) => line.bytes(cell),
            None => line.null(),
        }
    }
    let text = line.text;
    row.text = text;
}

impl Line<'_> {
    /// Appends a null.
    fn null(&mut self) {
        let start = self.text.len();
        self.row.push(Cell { null: true, ..Cell::new(start, start..start) });
    }

    /// Appends bytes that should be text; what is wrong with them is the row's fault.
    fn bytes(&mut self, bytes: &[u8]) {
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
