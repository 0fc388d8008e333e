//! An agency's file opened: plain or gzip, its header checked, its columns found by name.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::row::{Row, RowFault};
use super::scanner::Scanner;
use super::source_file::ColumnName;
use crate::error::{Error, ErrorKind, Result, nearest};

/// Most columns that a header may have.
const MOST_COLUMNS: usize = 4096;
const BUFFER: usize = 1 << 17;

/// CSV file with its header read.
pub(super) struct Extract {
    path: PathBuf,
    header: Vec<String>,
    scanner: Scanner<Box<dyn BufRead>>,
}

impl Extract {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// `Unreadable` if it is missing or a folder; `BadEncoding` if it is not UTF-8;
    /// `BadStructure` if it is empty, a workbook, or its header cannot be used.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut scanner = Scanner::new(open_text(path)?, path);
        let header = match scanner.next_row()? {
            Some(row) => checked_header(path, row)?,
            None => {
                return Err(bad_structure(path, "it is empty, expected a header line")
                    .help("a file without records still has the line of column names"));
            }
        };
        Ok(Self { path: path.to_path_buf(), header, scanner })
    }

    /// Returns the names in the header.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Reads the next row of data.
    pub(super) fn next_row(&mut self) -> Result<Option<&Row>> {
        self.scanner.next_row()
    }

    /// Returns the number of rows of data read so far.
    pub(super) fn rows(&self) -> u64 {
        self.scanner.rows() - 1
    }

    /// Returns the place of a column, if the header has it.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// Returns the places of columns that the file must have.
    ///
    /// # Errors
    /// `ColumnNotFound` for the first that is not there, with the others named;
    /// `BadStructure` if the cells seem to be parted by something other than commas.
    pub(super) fn positions(&self, wanted: &[&ColumnName]) -> Result<Vec<usize>> {
        let found: Vec<Option<usize>> =
            wanted.iter().map(|column| self.position(&column.name)).collect();
        let mut absent = wanted.iter().zip(&found).filter(|(_, place)| place.is_none());
        let Some((first, _)) = absent.next() else {
            return Ok(found.into_iter().flatten().collect());
        };
        if let Some(error) = self.other_delimiter() {
            return Err(error);
        }
        let others: Vec<String> = absent
            .map(|(column, _)| format!("\"{}\" (line {})", column.name, column.asked_at.line))
            .collect();
        let (name, asked_at) = (&first.name, &first.asked_at);
        let mut error = Error::new(
            ErrorKind::ColumnNotFound,
            format!("{} has no column \"{name}\"", self.path.display()),
        )
        .note(format!("asked for at {asked_at}"));
        if let Some(near) = nearest(name, self.header.iter().map(String::as_str)) {
            error = error.note(format!("nearest: \"{near}\""));
        }
        if !others.is_empty() {
            error = error.note(format!("not found either: {}", others.join(", ")));
        }
        let (line, file) = (asked_at.line, &asked_at.file);
        Err(error.help(format!("change line {line} of {file}, or rename the column")))
    }

    fn other_delimiter(&self) -> Option<Error> {
        let [only] = self.header.as_slice() else { return None };
        let delimiters = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];
        let (_, plural) = delimiters.into_iter().find(|&(sign, _)| only.contains(sign))?;
        let what = format!("its header is one cell, with {plural} in it, expected commas");
        Some(bad_structure(&self.path, &what).help("save the file with commas between cells"))
    }
}

/// Opens a file as bytes of text, uncompressed if it begins as gzip does.
fn open_text(path: &Path) -> Result<Box<dyn BufRead>> {
    let unreadable = |cause: std::io::Error| Error::unreadable(path, &cause);
    let file = File::open(path).map_err(unreadable)?;
    let mut raw = BufReader::with_capacity(BUFFER, file);
    let start = raw.fill_buf().map_err(unreadable)?;
    if !start.starts_with(&[0x1F, 0x8B]) {
        check_start(path, start)?;
        return Ok(Box::new(raw));
    }
    let mut text = BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw));
    let start = text.fill_buf().map_err(|_| {
        bad_structure(path, "the compressed data cannot be read")
            .help("compress the file again, or ask for it again")
    })?;
    check_start(path, start)?;
    Ok(Box::new(text))
}

/// Refuses what is not UTF-8 text by its first bytes.
fn check_start(path: &Path, start: &[u8]) -> Result<()> {
    let formats: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a ZIP file or an Excel workbook"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (b"PAR1", "a Parquet file"),
        (b"\x28\xB5\x2F\xFD", "compressed with zstd"),
    ];
    if let Some((_, what)) = formats.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(bad_structure(path, &format!("it is {what}, expected CSV"))
            .help("save it as \"CSV UTF-8\", plain or compressed with gzip"));
    }
    let first = &start[..start.len().min(4)];
    let wide = [[0xFF, 0xFE], [0xFE, 0xFF]].iter().any(|mark| first.starts_with(mark));
    if wide || first.contains(&0) {
        return Err(bad_encoding(path, "it looks like UTF-16 or UTF-32, expected UTF-8"));
    }
    Ok(())
}

/// Checks a header row and returns its names.
///
/// The names are never shown: a file without a header begins with somebody's record.
fn checked_header(path: &Path, row: &Row) -> Result<Vec<String>> {
    if let Some((fault, place)) = row.fault() {
        let at = format!("line {}, column {}", place.line, place.column);
        return Err(match fault {
            RowFault::NotUtf8 | RowFault::Nul => {
                bad_encoding(path, &format!("the header is not UTF-8 text at {at}"))
            }
            _ => bad_structure(path, &format!("the header has a misplaced quote at {at}"))
                .help("write column names without quotes"),
        });
    }
    if row.cells() > MOST_COLUMNS {
        let what = format!("its header has {} columns, at most {MOST_COLUMNS}", row.cells());
        return Err(bad_structure(path, &what).help("check that the first line names the columns"));
    }
    let names: Vec<String> = (0..row.cells()).map(|cell| row.cell(cell).to_string()).collect();
    for (later, name) in names.iter().enumerate() {
        let Some(first) = names[..later].iter().position(|known| known == name) else { continue };
        let (a, b) = (first + 1, later + 1);
        let what = format!("columns {a} and {b} of its header have the same name");
        return Err(bad_structure(path, &what).help("give every column a name of its own"));
    }
    Ok(names)
}

fn bad_structure(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadStructure, format!("{}: {what}", path.display()))
}

fn bad_encoding(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadEncoding, format!("{}: {what}", path.display()))
        .help("save the file as \"CSV UTF-8\"")
}
