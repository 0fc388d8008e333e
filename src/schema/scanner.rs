//! Reads CSV (RFC 4180) row by row and knows the true line and column of every cell.
//!
//! A row's cells are ranges of its bytes, so that nothing is copied; one row is in memory at a
//! time. Line ends may be LF, CRLF or CR, also mixed. What is wrong inside one row is the row's
//! [`RowFault`]; what makes the rest of the file doubtful is an error.

use std::io::{BufRead, ErrorKind as IoErrorKind};
use std::path::Path;

use super::delimiter::Delimiter;
use super::encoding::{TextEncoding, looks_like_windows_1252};
use super::opening::broken;
use super::row::{Cell, Row, RowFault, place_in, without_line_end};
use crate::error::{Error, ErrorKind, Result};

/// Longest row in bytes; a longer one means that the file is not what it seems.
pub const LONGEST_ROW: usize = 16 << 20;
/// Longest cell in bytes; a row with a longer one is faulty.
pub const LONGEST_CELL: usize = 1 << 20;
/// Most cells of a row; a row with more is faulty, and what is more is not kept.
pub const MOST_COLUMNS: usize = 4096;

/// Scanner of CSV rows over any buffered input.
///
/// ```
/// use cci::schema::Scanner;
///
/// let mut scanner = Scanner::new("id,name\n\n7,\"Ng, Asha\"\n".as_bytes(), "a.csv".as_ref());
/// scanner.next_row()?;
/// let row = scanner.next_row()?.expect("a second row");
/// assert_eq!((row.cell(1), row.place(1).line, row.place(1).column), ("Ng, Asha", 3, 3));
/// # Ok::<(), cci::error::Error>(())
/// ```
pub struct Scanner<R> {
    input: R,
    /// File name for messages.
    name: String,
    delimiter: u8,
    encoding: TextEncoding,
    row: Row,
    /// Line of the next unread byte, from 1.
    line: u64,
    /// Whether it is known if the file starts with a byte order mark.
    mark_settled: bool,
    /// Cells of the first row, which every row must have.
    width: Option<usize>,
    rows: u64,
    blank_lines: u64,
}

impl<R: BufRead> Scanner<R> {
    /// Starts at the first byte of UTF-8 text; `path` names the file in messages.
    pub fn new(input: R, path: &Path) -> Self {
        Self::in_encoding(input, path, TextEncoding::default())
    }

    /// Starts at the first byte of text in an encoding.
    pub fn in_encoding(input: R, path: &Path, encoding: TextEncoding) -> Self {
        Self {
            input,
            name: path.display().to_string(),
            delimiter: Delimiter::default().byte(),
            encoding,
            row: Row::default(),
            line: 1,
            mark_settled: false,
            width: None,
            rows: 0,
            blank_lines: 0,
        }
    }

    /// Sets the sign between cells.
    #[must_use]
    pub fn delimited_by(self, delimiter: Delimiter) -> Self {
        Self { delimiter: delimiter.byte(), ..self }
    }

    /// Returns the number of rows read so far, the header included.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the number of blank lines skipped so far.
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    /// Reads the next row, or returns `None` at the end of the file.
    ///
    /// # Errors
    /// `BadStructure` for a quoted cell that is never closed, a row beyond [`LONGEST_ROW`], or
    /// compressed data that breaks off; `Unreadable` if the disk fails.
    pub fn next_row(&mut self) -> Result<Option<&Row>> {
        loop {
            self.row.clear(self.line);
            if !self.append_line()? {
                return Ok(None);
            }
            if self.row.bytes.len() > LONGEST_ROW {
                return Err(self.too_long());
            }
            if !without_line_end(&self.row.bytes).is_empty() {
                break;
            }
            self.blank_lines += 1;
        }
        self.rows += 1;
        // A row of at most so many bytes cannot have too many cells either.
        if self.row.bytes.contains(&b'"') || self.row.bytes.len() >= MOST_COLUMNS {
            self.split_any()?;
        } else {
            self.split_plain();
        }
        self.finish_row();
        Ok(Some(&self.row))
    }

    /// Returns the row read last.
    pub(super) fn row(&self) -> &Row {
        &self.row
    }

    /// Returns the row read last, to change places with another.
    pub(super) fn row_mut(&mut self) -> &mut Row {
        &mut self.row
    }

    /// Splits a short row without any quote: cells lie between delimiters.
    fn split_plain(&mut self) {
        let row = &mut self.row;
        let content = without_line_end(&row.bytes);
        let mut start = 0;
        for (at, &byte) in content.iter().enumerate() {
            if byte == self.delimiter {
                row.cells.push(Cell::new(start, start..at));
                start = at + 1;
            }
        }
        row.cells.push(Cell::new(start, start..content.len()));
    }

    /// Splits any row, reading on while a quoted cell is open.
    fn split_any(&mut self) -> Result<()> {
        let mut at = 0;
        loop {
            at = if self.row.bytes.get(at) == Some(&b'"') {
                self.take_quoted(at)?
            } else {
                self.take_unquoted(at)
            };
            if at >= self.row_end() {
                return Ok(());
            }
            at += 1; // the delimiter
        }
    }

    /// Takes the quoted cell that opens at `open`; returns where its delimiter or the row end
    /// is.
    fn take_quoted(&mut self, open: usize) -> Result<usize> {
        let mut at = open + 1;
        let mut doubled = false;
        let close = loop {
            match find(&self.row.bytes[at..], b'"') {
                None => {
                    at = self.row.bytes.len();
                    if !self.append_line()? || self.row.bytes.len() > LONGEST_ROW {
                        return Err(self.unclosed(open));
                    }
                }
                Some(quote) if self.row.bytes.get(at + quote + 1) == Some(&b'"') => {
                    doubled = true;
                    at += quote + 2;
                }
                Some(quote) => break at + quote,
            }
        };
        self.row.push(Cell { apart: doubled, ..Cell::new(open, open + 1..close) });
        let end = self.row_end();
        let after = close + 1;
        if after < end && self.row.bytes[after] != self.delimiter {
            // A quote left open swallows lines until the next one, and then text follows:
            // over several lines that is the likelier story, and what was swallowed is lost.
            if self.row.bytes[open..close].iter().any(|&byte| byte == b'\n' || byte == b'\r') {
                return Err(self.unclosed(open));
            }
            self.row.fault.get_or_insert((RowFault::TextAfterQuote, after));
        }
        Ok(after + find(&self.row.bytes[after..end], self.delimiter).unwrap_or(end - after))
    }

    fn take_unquoted(&mut self, start: usize) -> usize {
        let end = self.row_end();
        let cell = &self.row.bytes[start..end];
        let length = find(cell, self.delimiter).unwrap_or(cell.len());
        if let Some(quote) = find(&cell[..length], b'"') {
            self.row.fault.get_or_insert((RowFault::StrayQuote, start + quote));
        }
        let content = start..start + length;
        self.row.push(Cell::new(start, content));
        start + length
    }

    /// Checks the row's text and width, and makes its cells readable.
    fn finish_row(&mut self) {
        let row = &mut self.row;
        if let Some(nul) = find(&row.bytes, 0) {
            row.fault = Some((RowFault::Nul, nul));
        }
        if row.bytes.len() > LONGEST_CELL
            && let Some(long) = row.cells.iter().find(|cell| cell.content.len() > LONGEST_CELL)
        {
            row.fault.get_or_insert((RowFault::LongCell, long.start));
        }
        if !self.encoding.is_utf8() && !row.bytes.is_ascii() {
            if !take_decoded(row, self.encoding) {
                return;
            }
        } else if !take_text(row) {
            return;
        }
        let found = row.cells();
        let expected = (*self.width.get_or_insert(found)).min(MOST_COLUMNS);
        if found != expected {
            row.fault.get_or_insert((RowFault::Width { expected, found }, 0));
        }
    }

    fn row_end(&self) -> usize {
        without_line_end(&self.row.bytes).len()
    }

    /// Appends the next line and its line end to the row; returns false at the end of the file.
    fn append_line(&mut self) -> Result<bool> {
        let before = self.row.bytes.len();
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(cause) if cause.kind() == IoErrorKind::Interrupted => continue,
                Err(cause) => return Err(broken(&self.name, self.line - 1, &cause)),
            };
            if buffer.is_empty() {
                break;
            }
            let end = buffer.iter().position(|&byte| byte == b'\n' || byte == b'\r');
            let taken = end.map_or(buffer.len(), |end| end + 1);
            self.row.bytes.extend_from_slice(&buffer[..taken]);
            self.input.consume(taken);
            if self.line == 1 && !self.mark_settled && self.row.bytes.len() >= 3 {
                self.mark_settled = true; // a second one is part of the first cell
                if self.row.bytes.starts_with(b"\xEF\xBB\xBF") {
                    self.row.bytes.drain(..3);
                }
            }
            if end.is_some() {
                self.take_line_feed()?;
                break;
            }
            if self.row.bytes.len() > LONGEST_ROW {
                break; // the caller says what is wrong
            }
        }
        let read = self.row.bytes.len() > before;
        self.line += u64::from(read);
        Ok(read)
    }

    /// Takes the LF of a CRLF whose CR was just read.
    fn take_line_feed(&mut self) -> Result<()> {
        if self.row.bytes.last() != Some(&b'\r') {
            return Ok(());
        }
        loop {
            match self.input.fill_buf() {
                Ok(buffer) => {
                    if buffer.first() == Some(&b'\n') {
                        self.row.bytes.push(b'\n');
                        self.input.consume(1);
                    }
                    return Ok(());
                }
                Err(cause) if cause.kind() == IoErrorKind::Interrupted => {}
                Err(cause) => return Err(broken(&self.name, self.line - 1, &cause)),
            }
        }
    }

    fn unclosed(&self, open: usize) -> Error {
        let place = place_in(&self.row.bytes, open, self.row.line, !self.encoding.is_utf8());
        Error::new(
            ErrorKind::BadStructure,
            format!("{}:{}:{}: a quoted cell is not closed", self.name, place.line, place.column),
        )
        .note("every line after it may be part of that cell, so nothing was read")
        .help("close the quote at that place; a quote that is part of a value is written twice")
    }

    fn too_long(&self) -> Error {
        let name = &self.name;
        let line = self.row.line;
        Error::new(
            ErrorKind::BadStructure,
            format!("{name}:{line}:1: the row is longer than {} MiB", LONGEST_ROW >> 20),
        )
        .help("check for a quote left open on that line, and that the file is CSV")
    }
}

/// Makes the cells of a row readable as UTF-8; returns false, with a fault, if they are not.
fn take_text(row: &mut Row) -> bool {
    match String::from_utf8(std::mem::take(&mut row.bytes)) {
        Ok(text) => row.text = text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            row.bytes = error.into_bytes();
            let guess = looks_like_windows_1252(&row.bytes);
            let fault = if guess { RowFault::OneByteLetter } else { RowFault::NotUtf8 };
            row.fault = Some((fault, offset));
            return false;
        }
    }
    for cell in row.cells.iter_mut().filter(|cell| cell.apart) {
        let start = row.unescaped.len();
        push_undoubled(&mut row.unescaped, &row.text[cell.content.clone()]);
        cell.content = start..row.unescaped.len();
    }
    true
}

/// Decodes the cells of a row and keeps its bytes; returns false, with a fault, if it cannot.
fn take_decoded(row: &mut Row, encoding: TextEncoding) -> bool {
    row.one_byte = true;
    let mut decoded = String::new();
    for cell in &mut row.cells {
        decoded.clear();
        if !encoding.append(&row.bytes[cell.content.clone()], &mut decoded) {
            row.fault = Some((RowFault::NotUtf8, cell.start));
            return false;
        }
        let start = row.unescaped.len();
        if cell.apart {
            push_undoubled(&mut row.unescaped, &decoded);
        } else {
            row.unescaped.push_str(&decoded);
        }
        (cell.content, cell.apart) = (start..row.unescaped.len(), true);
    }
    true
}

/// Appends a quoted text with each doubled quote as one.
fn push_undoubled(output: &mut String, quoted: &str) {
    for (place, part) in quoted.split("\"\"").enumerate() {
        output.push_str(if place == 0 { "" } else { "\"" });
        output.push_str(part);
    }
}

fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|&byte| byte == wanted)
}

#[cfg(test)]
mod tests;
