//! Bad rows with their original bytes, for the supplier to mend; written as they are met.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::csv_writer::TableWriter;
use super::extract::SAY_WINDOWS_1252;
use super::fault::Fault;
use super::row::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::sensitive::Sensitive;

/// Rows of a file that stay in memory; the quarantine files have all of them.
pub const FIRST_ROWS: usize = 16;

/// Row that could not be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// Source, or the file's name without endings if the source is unknown.
    pub source: String,
    /// First thing that is wrong with it.
    pub fault: Fault,
    /// Line on which the row starts, or its number in a file without lines.
    pub line: u64,
    /// The row's original bytes, without the line end.
    pub original: Sensitive<Vec<u8>>,
}

/// Quarantine under way: `quarantine/SOURCE.csv` under a folder for every source with bad rows.
///
/// The columns are line, column, code, column_name, expected, row; `row` holds the original
/// bytes. The files hold personal values: they belong to whoever holds the source. They have
/// their final names only once everything was read; dropped before that, they are taken away.
pub(super) struct Quarantine {
    /// `None` if rows are counted and not written.
    folder: Option<PathBuf>,
    /// Whether the folder was made for this quarantine.
    made: bool,
    /// In the order of the rows; at most one a source and one a file.
    files: Vec<(String, TableWriter)>,
    first: Vec<QuarantinedRow>,
    rows: u64,
}

impl Quarantine {
    /// Begins a quarantine under a folder, or one that only counts.
    pub(super) fn new(dir: Option<&Path>) -> Self {
        let folder = dir.map(|dir| dir.join("quarantine"));
        Self { folder, made: false, files: Vec::new(), first: Vec::new(), rows: 0 }
    }

    /// Returns the number of rows taken so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the rows in memory: the first [`FIRST_ROWS`] of each file.
    pub(super) fn first(&self) -> &[QuarantinedRow] {
        &self.first
    }

    /// Sets a row apart.
    ///
    /// # Errors
    /// `Unwritable` if the folder is full or read-only.
    pub(super) fn take(&mut self, source: &str, fault: &Fault, row: &Row) -> Result<()> {
        self.rows += 1;
        // A file's rows come one after another, so its first rows are the last ones kept.
        let kept = self.first.iter().rev().take_while(|row| row.fault.file == fault.file);
        if kept.take(FIRST_ROWS).count() < FIRST_ROWS {
            self.first.push(QuarantinedRow {
                source: source.to_string(),
                fault: fault.clone(),
                line: row.line(),
                original: Sensitive::new(row.original().to_vec()),
            });
        }
        let Some(table) = self.table(source)? else { return Ok(()) };
        // A row that is numbered has no column.
        let column = Some(fault.place.column).filter(|&column| column > 0);
        let place =
            [fault.place.line.to_string(), column.map_or_else(String::new, |c| c.to_string())];
        let name = fault.column.as_deref().unwrap_or("");
        let original = row.original();
        let cells: [&[u8]; 6] = [
            place[0].as_bytes(),
            place[1].as_bytes(),
            fault.name().as_bytes(),
            name.as_bytes(),
            fault.expected.as_bytes(),
            &original,
        ];
        table.row(cells)
    }

    /// Checks that the file of some accounts has no larger share of bad rows.
    ///
    /// Shares are of whole files, histories too, since the source of a broken row may be unknown.
    ///
    /// # Errors
    /// `TooManyBadRows` with the file's first three faults.
    pub(super) fn check_share<'a>(
        &self,
        accounts: impl Iterator<Item = &'a Account> + Clone,
        allowed: f64,
    ) -> Result<()> {
        let read: u64 = accounts.clone().map(|account| account.read).sum();
        let bad: u64 = accounts.clone().map(|account| account.quarantined).sum();
        if bad as f64 <= allowed * read as f64 {
            return Ok(());
        }
        let file = accounts.clone().next().map_or("", |account| account.file.as_str());
        let allowed = allowed * 100.0;
        let message = format!("{file}: {bad} of {read} rows, allowed are {allowed:.1} %");
        let faults = self.first().iter().map(|row| &row.fault);
        let faults: Vec<&Fault> = faults.filter(|fault| fault.file == file).take(3).collect();
        let help = match faults.iter().any(|fault| fault.of_another_encoding()) {
            true => SAY_WINDOWS_1252,
            false => "mend the rows, or check date formats and codes in the file's schema",
        };
        let error = Error::new(ErrorKind::TooManyBadRows, message);
        let noted = faults.iter().fold(error, |error, fault| error.note(fault.to_string()));
        Err(noted.help(help))
    }

    /// Gives the files their final names; returns the rows in memory and the files.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub(super) fn finish(mut self) -> Result<(Vec<QuarantinedRow>, Vec<PathBuf>)> {
        let mut paths = Vec::with_capacity(self.files.len());
        for (source, table) in std::mem::take(&mut self.files) {
            table.finish()?;
            paths.extend(self.path_of(&source));
        }
        Ok((std::mem::take(&mut self.first), paths))
    }

    /// Returns the table of a source, opening it at its first row.
    fn table(&mut self, source: &str) -> Result<Option<&mut TableWriter>> {
        let Some(path) = self.path_of(source) else { return Ok(None) };
        let known = self.files.iter().position(|(known, _)| known == source);
        let place = match known {
            Some(place) => place,
            None => {
                self.make_folder()?;
                let header = ["line", "column", "code", "column_name", "expected", "row"];
                self.files.push((source.to_string(), TableWriter::create(&path, &header)?));
                self.files.len() - 1
            }
        };
        Ok(Some(&mut self.files[place].1))
    }

    fn make_folder(&mut self) -> Result<()> {
        let Some(folder) = self.folder.as_ref().filter(|folder| !folder.is_dir()) else {
            return Ok(());
        };
        fs::create_dir_all(folder).map_err(|cause| Error::unwritable(folder, &cause))?;
        self.made = true;
        Ok(())
    }

    fn path_of(&self, source: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(format!("{source}.csv")))
    }
}

impl Drop for Quarantine {
    fn drop(&mut self) {
        self.files.clear();
        if let Some(folder) = self.folder.as_ref().filter(|_| self.made) {
            let _ = fs::remove_dir(folder); // only if it is empty
        }
    }
}
