//! Reads JSON Lines: one object a line, its keys the columns, its plain values the cells.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Read};
use std::path::Path;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::opening::{bad_structure, broken};
use super::row::{Cell, Row, RowFault};
use super::scanner::{LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS};
use crate::error::Result;

/// Largest integer up to which every other program keeps each one apart.
const LARGEST_INTEGER: u64 = 1 << 53;

/// Lines of JSON objects over any buffered input.
pub(super) struct JsonLines<R> {
    input: R,
    /// File name for messages.
    name: String,
    columns: Columns,
    row: Row,
    line: u64,
    rows: u64,
}

/// Columns by key, and which of them must hold text.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize, FixedState>,
    text: Vec<bool>,
}

impl<R: BufRead> JsonLines<R> {
    /// Reads a file to its end for its keys, in the order in which they come.
    ///
    /// Keys of lines that are broken do not count.
    ///
    /// # Errors
    /// `BadStructure` for more than [`MOST_COLUMNS`] keys, and as [`Self::next_row`].
    pub(super) fn keys(input: R, path: &Path) -> Result<Vec<String>> {
        let mut lines = Self::new(input, path, Vec::new());
        loop {
            let known = lines.columns.names.len();
            if !lines.read_line()? {
                return Ok(lines.columns.names);
            }
            let Self { row, columns, .. } = &mut lines;
            parse(row, columns, Keys::Learn);
            if row.fault.is_some() {
                columns.forget_from(known);
            } else if columns.names.len() > MOST_COLUMNS {
                let what = format!("its lines have more than {MOST_COLUMNS} keys");
                return Err(bad_structure(path, &what).help("check that keys name columns"));
            }
        }
    }

    /// Starts at the first byte of a file with these keys.
    pub(super) fn new(input: R, path: &Path, keys: Vec<String>) -> Self {
        let mut columns = Columns::default();
        keys.iter().for_each(|key| columns.learn(key));
        let name = path.display().to_string();
        Self { input, name, columns, row: Row::default(), line: 0, rows: 0 }
    }

    /// Asks that a column hold text, so that a number in it is a fault.
    pub(super) fn require_text(&mut self, column: usize) {
        self.columns.text[column] = true;
    }

    /// Returns the number of rows read so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the row read last.
    pub(super) fn row(&self) -> &Row {
        &self.row
    }

    /// Returns the row read last, to change places with another.
    pub(super) fn row_mut(&mut self) -> &mut Row {
        &mut self.row
    }

    /// Reads the next line that is not blank; returns false at the end of the file.
    ///
    /// # Errors
    /// As [`super::Scanner::next_row`].
    pub(super) fn next_row(&mut self) -> Result<bool> {
        if !self.read_line()? {
            return Ok(false);
        }
        self.rows += 1;
        parse(&mut self.row, &mut self.columns, Keys::Known);
        Ok(true)
    }

    fn read_line(&mut self) -> Result<bool> {
        loop {
            self.row.clear(self.line + 1);
            let most = LONGEST_ROW as u64 + 1;
            let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.row.bytes);
            let read = read.map_err(|cause| broken(&self.name, self.line, &cause))?;
            if read == 0 {
                return Ok(false);
            }
            self.line += 1;
            if read > LONGEST_ROW {
                let what = format!("line {} is longer than {} MiB", self.line, LONGEST_ROW >> 20);
                return Err(bad_structure(Path::new(&self.name), &what)
                    .help("write one object a line, with a line end after each"));
            }
            if self.line == 1 && self.row.bytes.starts_with(b"\xEF\xBB\xBF") {
                self.row.bytes.drain(..3); // the byte order mark is no part of the object
            }
            while self.row.bytes.last().is_some_and(u8::is_ascii_whitespace) {
                self.row.bytes.pop();
            }
            if !self.row.bytes.is_empty() {
                return Ok(true);
            }
        }
    }
}

impl Columns {
    fn learn(&mut self, key: &str) {
        self.places.insert(key.to_string(), self.names.len());
        self.names.push(key.to_string());
        self.text.push(false);
    }

    fn forget_from(&mut self, known: usize) {
        for name in self.names.drain(known..) {
            self.places.remove(&name);
        }
        self.text.truncate(known);
    }
}

/// What to do with a key that is no column yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Learn,
    Known,
}

/// Makes a row's bytes into cells, one a column; what is wrong is the row's fault.
fn parse(row: &mut Row, columns: &mut Columns, keys: Keys) {
    match String::from_utf8(std::mem::take(&mut row.bytes)) {
        Ok(text) => row.text = text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            row.bytes = error.into_bytes();
            row.fault = Some((RowFault::NotUtf8, offset));
            return;
        }
    }
    row.cells.resize_with(columns.names.len(), Cell::absent);
    let line = std::mem::take(&mut row.text);
    let mut found = Found { line: &line, row, columns, keys };
    let mut deserializer = serde_json::Deserializer::from_str(&line);
    let read = deserializer.deserialize_map(&mut found).and_then(|()| deserializer.end());
    if let Err(error) = read {
        // A fault found in a value before is nearer to what is wrong.
        let offset = error.column().saturating_sub(1).min(line.len());
        row.fault.get_or_insert((RowFault::Json(reason(&error)), offset));
    }
    row.text = line;
}

/// Says in words of ours what is wrong with a line, without anything of the line.
fn reason(error: &serde_json::Error) -> &'static str {
    let reasons = [
        ("EOF", "a line that breaks off"),
        ("trailing characters", "something after it"),
        ("invalid number", "a number that JSON does not have"),
        ("invalid type", "something else"),
        ("key must be a string", "a key without quotes"),
        ("control character", "a control character in a text"),
        ("invalid escape", "an escape that JSON does not have"),
        ("expected `,`", "no comma between two values"),
        ("expected `:`", "no colon after a key"),
        ("trailing comma", "a comma before the end"),
    ];
    let message = error.to_string();
    let known = reasons.into_iter().find(|(start, _)| message.starts_with(start));
    known.map_or("a value that JSON does not have", |(_, reason)| reason)
}

/// Visitor of a line's object.
struct Found<'a> {
    line: &'a str,
    row: &'a mut Row,
    columns: &'a mut Columns,
    keys: Keys,
}

impl<'de> Visitor<'de> for &mut Found<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let value: &'de RawValue = map.next_value()?;
            self.take(&key, value.get());
        }
        Ok(())
    }
}

/// Key of an object, borrowed where it has no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        from: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> std::result::Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> std::result::Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_string()))
    }
}

impl Found<'_> {
    /// Takes a value, still as it is written, into the cell of its key.
    fn take(&mut self, key: &str, value: &str) {
        let start = value.as_ptr().addr() - self.line.as_ptr().addr();
        let known = self.columns.places.get(key).copied();
        let place = match known {
            None if self.keys == Keys::Learn && self.columns.names.len() <= MOST_COLUMNS => {
                self.columns.learn(key);
                self.row.cells.push(Cell::absent());
                Some(self.columns.names.len() - 1)
            }
            // Otherwise the line is broken, or the first reading refuses the file.
            known => known,
        };
        let must_be_text = place.is_some_and(|place| self.columns.text[place]);
        let (cell, mut fault) = self.cell(start, value, must_be_text);
        if let Some(place) = place {
            if !self.row.cells[place].is_absent() {
                fault = Some(RowFault::RepeatedKey);
            }
            self.row.cells[place] = cell;
        }
        if let Some(fault) = fault {
            self.row.fault.get_or_insert((fault, start));
        }
    }

    fn cell(&mut self, start: usize, value: &str, must_be_text: bool) -> (Cell, Option<RowFault>) {
        let whole = start..start + value.len();
        let first = value.as_bytes()[0];
        match first {
            b'n' => (Cell { null: true, ..Cell::new(start, start..start) }, None),
            b'{' | b'[' => (Cell::new(start, start..start), Some(RowFault::Nested)),
            b't' | b'f' => (Cell::new(start, whole), None),
            b'"' if !value.contains('\\') => {
                let content = start + 1..whole.end - 1;
                let fault = (content.len() > LONGEST_CELL).then_some(RowFault::LongCell);
                (Cell::new(start, content), fault)
            }
            b'"' => self.escaped(start, value),
            _ => (Cell::new(start, whole), number_fault(value, must_be_text)),
        }
    }

    fn escaped(&mut self, start: usize, value: &str) -> (Cell, Option<RowFault>) {
        let Ok(text) = serde_json::from_str::<String>(value) else {
            // The escapes were looked at before: what is left are halves of a pair.
            let fault = RowFault::Json("half of a surrogate pair");
            return (Cell::new(start, start..start), Some(fault));
        };
        let fault = match text.len() > LONGEST_CELL {
            true => Some(RowFault::LongCell),
            false => text.contains('\0').then_some(RowFault::Nul),
        };
        let from = self.row.unescaped.len();
        self.row.unescaped.push_str(&text);
        let content = from..self.row.unescaped.len();
        (Cell { apart: true, ..Cell::new(start, content) }, fault)
    }
}

/// Returns what is wrong with a number, if anything is.
fn number_fault(number: &str, must_be_text: bool) -> Option<RowFault> {
    if must_be_text {
        return Some(RowFault::NumberForText);
    }
    let digits = number.trim_start_matches('-');
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    let small = digits.parse::<u64>().is_ok_and(|number| number <= LARGEST_INTEGER);
    (whole && !small).then_some(RowFault::LargeNumber)
}
