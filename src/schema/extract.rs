//! An agency's file opened, whatever its format: its columns checked and found by name.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::columnar::{ArrowRows, CellRows, ParquetRows};
use super::delimiter::Delimiter;
use super::encoding::TextEncoding;
use super::json_lines::JsonLines;
use super::opening::{Content, Opened, Stamp, bad_encoding, bad_structure, changed, open};
use super::row::{Row, RowFault};
use super::scanner::{MOST_COLUMNS, Scanner};
use super::source_file::{ColumnName, SourceFile};
use crate::error::{Error, ErrorKind, Result, nearest};

/// Next step for a file that seems to be of another encoding.
pub(super) const SAY_WINDOWS_1252: &str = "save the file as \"CSV UTF-8\", or, if it is Windows-1252, \
     say encoding = \"windows-1252\" in its [[source]] or --encoding windows-1252";

/// Bytes of a row whose buffers are not worth keeping.
const LARGE_ROW: usize = 1 << 16;

/// File with its columns known, ready to give its rows.
pub(super) struct Extract {
    path: PathBuf,
    delimiter: Delimiter,
    header: Vec<String>,
    rows: Rows,
    stamp: Stamp,
}

/// Rows of a file, by its format.
enum Rows {
    Csv(Scanner<Box<dyn BufRead + Send>>),
    Json(JsonLines<Box<dyn BufRead + Send>>),
    Parquet(Box<ParquetRows>),
    Arrow(Box<ArrowRows>),
}

impl Extract {
    /// Opens a file and reads what its columns are.
    ///
    /// # Errors
    /// `Unreadable` if it is missing or a folder; `BadEncoding` if it is of another encoding;
    /// `BadStructure` if it is empty, a workbook, broken, or its header cannot be used;
    /// `TooLarge` if it declares sizes beyond all measure.
    pub(super) fn open(path: &Path, encoding: TextEncoding, delimiter: Delimiter) -> Result<Self> {
        let Opened { content, stamp } = open(path, encoding)?;
        let (header, rows) = match content {
            Content::Csv(text) => {
                let mut scanner =
                    Scanner::in_encoding(text, path, encoding).delimited_by(delimiter);
                let header = match scanner.next_row()? {
                    Some(row) => checked_header(path, row)?,
                    None => {
                        return Err(bad_structure(path, "it is empty, expected a header line")
                            .help("a file without records still has the line of column names"));
                    }
                };
                (header, Rows::Csv(scanner))
            }
            Content::Json(text) => {
                let keys = JsonLines::keys(text, path)?;
                // The keys are known at the end of the file only: its rows are a second reading.
                let Content::Json(text) = open(path, encoding)?.content else {
                    return Err(changed(path));
                };
                stamp.check(path)?;
                (keys.clone(), Rows::Json(JsonLines::new(text, path, keys)))
            }
            Content::Parquet(file) => {
                let rows = ParquetRows::open(file, path)?;
                (rows.names(), Rows::Parquet(Box::new(rows)))
            }
            Content::Arrow(file) => {
                let rows = ArrowRows::open(file, path)?;
                (rows.names(), Rows::Arrow(Box::new(rows)))
            }
        };
        check_unrepeated(path, &header)?;
        Ok(Self { path: path.to_path_buf(), delimiter, header, rows, stamp })
    }

    /// Opens a file for what is asked of it: its columns hold what they should.
    ///
    /// # Errors
    /// As [`Self::open`]; `BadStructure` for a column of a type that loses what is asked for.
    pub(super) fn open_for(file: &SourceFile) -> Result<Self> {
        let mut extract = Self::open(&file.path, file.encoding, file.delimiter)?;
        for request in file.columns.iter().filter(|request| request.needs_text()) {
            let place = extract.position(&request.column.name);
            if let (Rows::Json(rows), Some(place)) = (&mut extract.rows, place) {
                rows.require_text(place);
            }
        }
        match &mut extract.rows {
            Rows::Parquet(rows) => rows.ask(file)?,
            Rows::Arrow(rows) => rows.ask(file)?,
            Rows::Csv(_) | Rows::Json(_) => {}
        }
        Ok(extract)
    }

    /// Returns the names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Reads the next row of data; at the end, checks that the file stayed as it was.
    ///
    /// # Errors
    /// As [`Scanner::next_row`]; `Unreadable` if the file changed while it was being read.
    pub(super) fn next_row(&mut self) -> Result<Option<&Row>> {
        let more = match &mut self.rows {
            Rows::Csv(rows) => rows.next_row()?.is_some(),
            Rows::Json(rows) => rows.next_row()?,
            Rows::Parquet(rows) => rows.next_row()?,
            Rows::Arrow(rows) => rows.next_row()?,
        };
        if !more {
            self.stamp.check(&self.path)?;
            return Ok(None);
        }
        Ok(Some(self.row()))
    }

    /// Reads the next row as [`Self::next_row`] does and changes places with a row whose buffers
    /// are used again; says whether there was one.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub(super) fn next_row_into(&mut self, row: &mut Row) -> Result<bool> {
        if self.next_row()?.is_none() {
            return Ok(false);
        }
        // Buffers of a row beyond measure are given back.
        if row.all_bytes().len() > LARGE_ROW {
            *row = Row::default();
        }
        let read = match &mut self.rows {
            Rows::Csv(rows) => rows.row_mut(),
            Rows::Json(rows) => rows.row_mut(),
            Rows::Parquet(rows) => rows.row_mut(),
            Rows::Arrow(rows) => rows.row_mut(),
        };
        std::mem::swap(read, row);
        Ok(true)
    }

    /// Takes rows that come next as columns, at most so many and a multiple of a step, where the
    /// file has typed columns and one batch of it all of them, each cell being text; otherwise
    /// none, and the next are read one by one.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub(super) fn next_rows(&mut self, most: usize, step: usize) -> Result<Option<CellRows>> {
        match &mut self.rows {
            Rows::Csv(_) | Rows::Json(_) => Ok(None),
            Rows::Parquet(rows) => rows.next_rows(most, step),
            Rows::Arrow(rows) => rows.next_rows(most, step),
        }
    }

    /// Returns the row read last, which is the header of a CSV file at first.
    pub(super) fn row(&self) -> &Row {
        match &self.rows {
            Rows::Csv(rows) => rows.row(),
            Rows::Json(rows) => rows.row(),
            Rows::Parquet(rows) => rows.row(),
            Rows::Arrow(rows) => rows.row(),
        }
    }

    /// Returns the number of rows of data read so far.
    pub(super) fn rows(&self) -> u64 {
        match &self.rows {
            Rows::Csv(rows) => rows.rows() - 1,
            Rows::Json(rows) => rows.rows(),
            Rows::Parquet(rows) => rows.rows(),
            Rows::Arrow(rows) => rows.rows(),
        }
    }

    /// Returns the place of a column, if the header has it.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// Returns the places of columns that the file must have.
    ///
    /// # Errors
    /// `ColumnNotFound` for the first that is not there, with the others named;
    /// `BadStructure` if the cells seem to be parted by another sign than was said.
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
        let (Rows::Csv(_), [only]) = (&self.rows, self.header.as_slice()) else { return None };
        let other = Delimiter::ALL.into_iter().find(|other| only.contains(other.sign()))?;
        let (found, expected) = (other.plural(), self.delimiter.plural());
        let what = format!("its header is one cell, with {found} in it, expected {expected}");
        let help = match self.delimiter {
            Delimiter::Comma => {
                format!("save the file with commas, or set {} for it", other.setting())
            }
            _ => format!("set {} for it in the settings", other.setting()),
        };
        Some(bad_structure(&self.path, &what).help(help))
    }
}

/// Checks a header row and returns its names.
///
/// The names are never shown: a file without a header begins with somebody's record.
fn checked_header(path: &Path, row: &Row) -> Result<Vec<String>> {
    if row.cells() > MOST_COLUMNS {
        let what = format!("its header has {} columns, at most {MOST_COLUMNS}", row.cells());
        return Err(bad_structure(path, &what).help("check that the first line names the columns"));
    }
    if let Some((fault, place)) = row.fault() {
        let at = format!("line {}, column {}", place.line, place.column);
        return Err(match fault {
            RowFault::NotUtf8 | RowFault::Nul => {
                bad_encoding(path, &format!("the header is not UTF-8 text at {at}"))
            }
            RowFault::OneByteLetter => {
                let what = format!("the header is not UTF-8 text at {at}");
                bad_encoding(path, &format!("{what}; it looks like Windows-1252 or Latin-1"))
                    .help(SAY_WINDOWS_1252)
            }
            RowFault::LongCell => {
                bad_structure(path, &format!("the header has a cell over 1 MiB at {at}"))
                    .help("check that the first line names the columns")
            }
            _ => bad_structure(path, &format!("the header has a misplaced quote at {at}"))
                .help("write column names without quotes"),
        });
    }
    Ok((0..row.cells()).map(|cell| row.cell(cell).to_string()).collect())
}

/// Checks that no two columns have the same name; spreadsheets leave columns without any.
fn check_unrepeated(path: &Path, names: &[String]) -> Result<()> {
    for (later, name) in names.iter().enumerate().filter(|(_, name)| !name.trim().is_empty()) {
        let Some(first) = names[..later].iter().position(|known| known == name) else { continue };
        let (a, b) = (first + 1, later + 1);
        let what = format!("columns {a} and {b} of its header have the same name");
        return Err(bad_structure(path, &what).help("give every column a name of its own"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
