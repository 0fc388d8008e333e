//! One row of a file: its cells, its original bytes, and the true place of each.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::columnar::{CellsOfRow, Entry, line_of};
use super::scanner::MOST_COLUMNS;

/// Makes digests of rows and cells, the same ones in each run.
pub(super) const DIGEST: FixedState = FixedState::with_seed(0);

/// Place in a file: line and column from 1, the column counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1; every line end counts, also inside quotes and on blank lines.
    pub line: u64,
    /// Column, from 1, in characters; 0 in a file without lines, whose rows are numbered.
    pub column: u64,
}

/// What is wrong with the structure of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// A byte that is not text in the encoding of the file.
    NotUtf8,
    /// A byte that is not UTF-8 text and looks like a letter of Windows-1252 or Latin-1.
    OneByteLetter,
    /// A NUL byte.
    Nul,
    /// Text between a closing quote and the next comma.
    TextAfterQuote,
    /// A quote inside a cell that is not quoted.
    StrayQuote,
    /// A cell longer than any value.
    LongCell,
    /// A line that is not one JSON object, with what it is.
    Json(&'static str),
    /// A key that the object has already.
    RepeatedKey,
    /// A list or an object where a cell should be.
    Nested,
    /// A number where digits are a text, of which it would lose zeros.
    NumberForText,
    /// An integer beyond 2^53, of which other programs lose digits.
    LargeNumber,
    /// Fewer or more cells than the header has.
    Width {
        /// Cells of the header.
        expected: usize,
        /// Cells of this row.
        found: usize,
    },
}

/// Cell as a range, so that no text is copied.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// First byte in the row, the opening quote included.
    pub(super) start: usize,
    /// Content within the row's text, or within `unescaped`.
    pub(super) content: Range<usize>,
    /// Whether the content is in `unescaped`: with doubled quotes, or of another encoding.
    pub(super) apart: bool,
    /// Whether the file says that there is nothing, as CSV cannot.
    pub(super) null: bool,
}

impl Cell {
    /// Makes a cell of content within the row's text.
    pub(super) fn new(start: usize, content: Range<usize>) -> Self {
        Self { start, content, apart: false, null: false }
    }

    /// Makes a cell that the row does not have.
    pub(super) fn absent() -> Self {
        Self { null: true, ..Self::new(usize::MAX, 0..0) }
    }

    /// Says whether the row does not have the cell.
    pub(super) fn is_absent(&self) -> bool {
        self.start == usize::MAX
    }
}

/// Row of a file; its buffers are used again for the next row.
///
/// A row with a [`RowFault`] keeps its original bytes and place; only a row without
/// one has cells that can be trusted.
#[derive(Default)]
pub struct Row {
    /// Original bytes; empty once they are known to be UTF-8 text and moved to `text`.
    pub(super) bytes: Vec<u8>,
    pub(super) text: String,
    pub(super) unescaped: String,
    /// The first cells, so many that a row with a fault is bounded too.
    pub(super) cells: Vec<Cell>,
    /// Number of cells after those.
    pub(super) more: usize,
    pub(super) line: u64,
    /// Whether each byte is a character.
    pub(super) one_byte: bool,
    /// Whether `line` is the number of the row, in a file without lines.
    pub(super) numbered: bool,
    pub(super) fault: Option<(RowFault, usize)>,
    /// Cells of a row with types, which stay in its batch; the buffers are empty then.
    pub(super) cells_apart: Option<CellsOfRow>,
}

impl Row {
    /// Returns the line on which the row starts, or its number in a file without lines; from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns the number of cells.
    pub fn cells(&self) -> usize {
        self.cells_apart.as_ref().map_or(self.cells.len() + self.more, CellsOfRow::len)
    }

    /// Returns the content of a cell, quotes taken off.
    ///
    /// # Panics
    /// If the row has no such cell, or is not UTF-8 text.
    pub fn cell(&self, index: usize) -> &str {
        if let Some(cells) = &self.cells_apart {
            return cells.cell(index);
        }
        let cell = &self.cells[index];
        let text = if cell.apart { &self.unescaped } else { &self.text };
        &text[cell.content.clone()]
    }

    /// Says whether all cells are ASCII text; escapes of JSON may stand for other characters.
    pub(super) fn is_ascii(&self) -> bool {
        match &self.cells_apart {
            Some(cells) => cells.is_ascii(),
            None => self.text.is_ascii() && self.unescaped.is_ascii(),
        }
    }

    /// Returns the entry of a cell whose column has a dictionary.
    pub(super) fn entry(&self, index: usize) -> Option<Entry> {
        self.cells_apart.as_ref()?.entry(index)
    }

    /// Returns where a cell starts, the opening quote included.
    ///
    /// # Panics
    /// If the row has no such cell.
    pub fn place(&self, index: usize) -> Place {
        match self.cells_apart {
            Some(_) => self.place_of(0),
            None => self.place_of(self.cells[index].start),
        }
    }

    /// Says whether the file has a null in a cell's place, or nothing at all.
    ///
    /// # Panics
    /// If the row has no such cell.
    pub fn is_null(&self, index: usize) -> bool {
        match &self.cells_apart {
            Some(cells) => cells.is_null(index),
            None => self.cells[index].null,
        }
    }

    /// Returns what is wrong with the row and where, if anything is.
    pub fn fault(&self) -> Option<(RowFault, Place)> {
        self.fault.map(|(fault, offset)| (fault, self.place_of(offset)))
    }

    /// Returns the cell that holds a byte of the row, if any does.
    pub(super) fn cell_at(&self, offset: usize) -> Option<usize> {
        let before = self.cells.iter().enumerate().filter(|(_, cell)| cell.start <= offset);
        before.max_by_key(|(_, cell)| cell.start).map(|(place, _)| place)
    }

    /// Returns the cell in which the row's fault lies, if it lies in one.
    pub fn faulty_cell(&self) -> Option<usize> {
        match self.fault? {
            (RowFault::Width { .. } | RowFault::Json(_), _) => None,
            (_, offset) => self.cell_at(offset),
        }
    }

    /// Returns the original bytes, without the line end; of a row with types, a line of CSV.
    pub fn original(&self) -> Cow<'_, [u8]> {
        match &self.cells_apart {
            Some(cells) => Cow::Owned(line_of(cells).into_bytes()),
            None => Cow::Borrowed(without_line_end(self.all_bytes())),
        }
    }

    /// Returns a digest that rows of a file with the same content share.
    pub(super) fn digest(&self) -> u64 {
        match &self.cells_apart {
            Some(cells) => cells.digest(),
            None => DIGEST.hash_one(without_line_end(self.all_bytes())),
        }
    }

    /// Returns the bytes that the row itself holds.
    pub(super) fn all_bytes(&self) -> &[u8] {
        if self.text.is_empty() { &self.bytes } else { self.text.as_bytes() }
    }

    /// Adds a cell; beyond [`MOST_COLUMNS`] it is only counted.
    pub(super) fn push(&mut self, cell: Cell) {
        if self.cells.len() < MOST_COLUMNS {
            self.cells.push(cell);
        } else {
            self.more += 1;
        }
    }

    /// Empties the row for the next one and keeps its buffers.
    pub(super) fn clear(&mut self, line: u64) {
        if self.bytes.capacity() < self.text.capacity() {
            self.bytes = std::mem::take(&mut self.text).into_bytes();
        }
        self.bytes.clear();
        self.text.clear();
        self.unescaped.clear();
        self.cells.clear();
        self.more = 0;
        self.fault = None;
        self.one_byte = false;
        self.numbered = false;
        self.cells_apart = None;
        self.line = line;
    }

    fn place_of(&self, offset: usize) -> Place {
        if self.numbered {
            return Place { line: self.line, column: 0 };
        }
        let bytes = self.all_bytes();
        // The place of a cell that is not there is the end of the row.
        place_in(bytes, offset.min(bytes.len()), self.line, self.one_byte)
    }
}

/// Returns the place of a byte, given the line on which the bytes start and whether each of
/// them is a character, as not in UTF-8.
pub(super) fn place_in(bytes: &[u8], offset: usize, first_line: u64, one_byte: bool) -> Place {
    let mut place = Place { line: first_line, column: 1 };
    let mut previous = 0;
    for (at, &byte) in bytes[..offset].iter().enumerate() {
        match byte {
            b'\n' if previous == b'\r' => {}
            b'\n' | b'\r' => place = Place { line: place.line + 1, column: 1 },
            // In UTF-8 a byte 10xxxxxx continues a character.
            _ if one_byte || byte & 0xC0 != 0x80 || at == 0 => place.column += 1,
            _ => {}
        }
        previous = byte;
    }
    place
}

/// Returns the bytes without a line end of any kind.
pub(super) fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_counts_characters_and_every_kind_of_line_end() {
        let bytes = "é,b\r\nc\rd\ne".as_bytes();
        let at = |offset| {
            let place = place_in(bytes, offset, 1, false);
            (place.line, place.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (1, 3), "the second cell follows one character and a comma");
        assert_eq!(at(6), (2, 1));
        assert_eq!(at(8), (3, 1));
        assert_eq!(at(10), (4, 1));
    }
}
