//! Reads files into records, so that every row is accepted, quarantined or a declared duplicate.

use std::path::{Path, PathBuf};

use super::account::Account;
use super::date_formats::DateFormats;
use super::fault::Fault;
use super::fault_log::FaultGroup;
use super::gathering::Gathering;
use super::numbers_of_many;
use super::quarantine::{Quarantine, QuarantinedRow};
use super::read_options::{Purpose, ReadOptions};
use super::source_file::SourceFile;
use crate::error::Result;
use crate::record::{Attribute, Records};

/// Records of all files, and what became of every row.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Records, sources in the order of the files.
    pub records: Records,
    /// Accounts file by file: of each source in the order of the records, then of the file's
    /// rows whose source is unknown.
    pub accounts: Vec<Account>,
    /// Line of each record in its file; the row's number in a file without lines.
    pub lines: Vec<u64>,
    /// First hundred faults of the quarantined rows of each file, in the order of the files.
    pub faults: Vec<Fault>,
    /// All faults by code and column, counted, in the order of the first of each.
    pub fault_groups: Vec<FaultGroup>,
    /// First quarantined rows of each file, in the order of the files.
    pub quarantine: Vec<QuarantinedRow>,
    /// Quarantine files written, in the order of their first rows.
    pub quarantine_files: Vec<PathBuf>,
    /// Accounts of the history files that are there, each after its source's file.
    pub histories: Vec<Account>,
    /// History files that were looked for and are not there.
    pub absent_histories: Vec<String>,
    /// Formats of the dates of each column that holds dates, in the order of the files.
    pub date_formats: Vec<DateFormats>,
}

/// Reads files into records; sources in the order given, those of one file sorted by name.
///
/// Quarantined rows are counted, and the first of them kept. A row is quarantined if its structure
/// is broken, it has no identifier, its identifier is that of an earlier row with other content,
/// or a cell is invalid where the schema says so. Other invalid cells are missing, and counted.
///
/// A file's histories add values to its records. Their rows have accounts of their own and go to
/// quarantine also where no accepted record has their identifier, or they repeat a value.
///
/// # Errors
/// `Unreadable`, `BadEncoding` or `BadStructure` for a file that cannot be read,
/// `ColumnNotFound` with the place of the request, `BadValue` for requests that contradict each
/// other, `TooManyBadRows` beyond the share allowed. For linkage, also `BadStructure` for a
/// column with dates in several formats whose bad cells go to quarantine.
pub fn read(
    files: &[SourceFile],
    attributes: &[Attribute],
    options: &ReadOptions,
) -> Result<Reading> {
    read_all(files, attributes, options, Quarantine::new(None))
}

/// Reads files as [`read`] does and writes quarantined rows under a folder as they are met.
///
/// Each source or history with bad rows gets `quarantine/NAME.csv`, with columns line, column, code,
/// column_name, expected, row; `row` holds the original bytes, personal values included. Without
/// bad rows, and after an error, nothing is there.
///
/// # Errors
/// As [`read`]; `Unwritable` if the folder is full or read-only.
pub fn read_with_quarantine(
    files: &[SourceFile],
    attributes: &[Attribute],
    options: &ReadOptions,
    dir: &Path,
) -> Result<Reading> {
    read_all(files, attributes, options, Quarantine::new(Some(dir)))
}

fn read_all(
    files: &[SourceFile],
    attributes: &[Attribute],
    options: &ReadOptions,
    quarantine: Quarantine,
) -> Result<Reading> {
    let mut gathering = Gathering::new(attributes, quarantine);
    let mut order = Vec::new();
    for file in files {
        let first = gathering.sources.len();
        gathering.read_file(file, attributes, options)?;
        // Rows whose source is unknown come last.
        gathering.sources[first..].sort_by(|a, b| {
            (a.id.is_none(), &a.account.source).cmp(&(b.id.is_none(), &b.account.source))
        });
        order.extend(gathering.sources[first..].iter().filter_map(|source| source.id));
        if options.purpose == Purpose::Linkage {
            gathering.check_date_formats()?; // first, since it says why rows are bad
        }
        let accounts = gathering.sources[first..].iter().map(|source| &source.account);
        gathering.quarantine.check_share(accounts, options.max_bad_share)?;
        gathering.read_histories(file, first, attributes, options)?;
    }
    let mut reading = gathering.finish(&order)?;
    if options.purpose == Purpose::Linkage {
        numbers_of_many::leave_out(&mut reading.records, &mut reading.accounts);
    }
    Ok(reading)
}
