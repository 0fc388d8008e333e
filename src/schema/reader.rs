//! Reads files into records, so that every row is accepted, quarantined or a declared duplicate.

use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::account::Account;
use super::date_formats::DateFormats;
use super::extract::{Extract, SAY_WINDOWS_1252};
use super::fault::{Fault, FaultCode, Found};
use super::fault_log::{FaultGroup, FaultLog};
use super::numbers_of_many;
use super::plan::{Plan, Values};
use super::quarantine::{Quarantine, QuarantinedRow};
use super::read_options::{Purpose, ReadOptions};
use super::row::Row;
use super::source_file::{SourceFile, Split, is_source_name, source_named_in};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, MOST_SOURCES, Records, RecordsBuilder, Source, SourceId};

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
    /// Formats of the dates of each column that holds dates, in the order of the files.
    pub date_formats: Vec<DateFormats>,
}

/// Reads files into records; sources in the order given, those of one file sorted by name.
///
/// Quarantined rows are counted, and the first of them kept. A row is quarantined if its structure is broken, it has no identifier, its identifier is that
/// of an earlier row with other content, or a cell is invalid where the schema says so. Other
/// invalid cells are missing, and counted.
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
/// Each source with bad rows gets `quarantine/SOURCE.csv`, with columns line, column, code,
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
    let mut gathering = Gathering {
        builder: RecordsBuilder::new(attributes.to_vec()),
        sources: Vec::new(),
        faults: FaultLog::default(),
        of_row: Vec::new(),
        quarantine,
        date_formats: Vec::new(),
        hasher: FixedState::with_seed(0),
    };
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
        gathering.check_bad_share(first, options.max_bad_share)?;
    }
    let mut reading = gathering.finish(&order)?;
    if options.purpose == Purpose::Linkage {
        numbers_of_many::leave_out(&mut reading.records, &mut reading.accounts);
    }
    Ok(reading)
}

/// Reading under way.
struct Gathering {
    builder: RecordsBuilder,
    sources: Vec<OpenSource>,
    faults: FaultLog,
    /// Faults of the row under way.
    of_row: Vec<Fault>,
    quarantine: Quarantine,
    date_formats: Vec<DateFormats>,
    hasher: FixedState,
}

/// Source under way.
struct OpenSource {
    /// `None` for rows whose source is unknown: none of them is accepted.
    id: Option<SourceId>,
    account: Account,
    /// Digest of each identifier's accepted row, and its place among the accepted rows.
    rows: HashMap<u32, (u64, u32), FixedState>,
    /// Line of each accepted row.
    lines: Vec<u64>,
}

/// File under way.
struct OpenFile<'a> {
    file: &'a SourceFile,
    name: String,
    header: Vec<String>,
    plan: Plan<'a>,
    /// Place of its first source.
    first: usize,
}

impl Gathering {
    fn read_file(
        &mut self,
        file: &SourceFile,
        attributes: &[Attribute],
        options: &ReadOptions,
    ) -> Result<()> {
        let mut extract = Extract::open_for(file)?;
        let plan = Plan::new(file, attributes, &extract, *options)?;
        let mut values = Values::new(attributes.len(), &plan);
        let first = self.sources.len();
        let name = file.path.display().to_string();
        let file = OpenFile { file, name, header: extract.header().to_vec(), plan, first };
        if let Split::One(source) = &file.file.split {
            self.open(&file, Some(source.clone()))?;
        }
        let mut latest = first;
        while let Some(row) = extract.next_row()? {
            latest = self.source_of(row, &file, latest)?;
            self.take_row(row, &file, latest, &mut values)?;
        }
        self.date_formats.extend(values.date_formats(&file.name));
        if self.sources.len() == first {
            self.open(&file, None)?; // no row at all, and that is to be seen
        }
        let read: u64 = self.sources[first..].iter().map(|source| source.account.read).sum();
        if read != extract.rows() {
            let (name, rows) = (file.name, extract.rows());
            let message = format!("{name}: {rows} rows scanned, {read} accounted for");
            return Err(Error::new(ErrorKind::Bug, message));
        }
        Ok(())
    }

    /// Returns the place of a row's source, opening it at its first row.
    fn source_of(&mut self, row: &Row, file: &OpenFile, latest: usize) -> Result<usize> {
        let Split::ByColumn { duplicate_free, .. } = file.file.split else {
            return Ok(file.first);
        };
        // The cells of a broken row may be shifted, so that its source is a guess.
        let name = match (row.fault(), file.plan.split) {
            (None, Some(cell)) => source_named_in(row, cell),
            _ => None,
        };
        let is_it = |source: &OpenSource| match name {
            Some(name) => source.id.is_some() && source.account.source == name,
            None => source.id.is_none(),
        };
        if self.sources.get(latest).is_some_and(is_it) {
            return Ok(latest);
        }
        if let Some(place) = self.sources[file.first..].iter().position(is_it) {
            return Ok(file.first + place);
        }
        let source = name.map(|name| Source { duplicate_free, ..Source::new(name) });
        self.open(file, source)
    }

    /// Opens a source of a file, or the account of rows whose source is unknown.
    fn open(&mut self, file: &OpenFile, source: Option<Source>) -> Result<usize> {
        let path = &file.name;
        let open = self.sources.iter().filter(|source| source.id.is_some());
        if open.clone().count() >= MOST_SOURCES {
            let message = format!("{path}: more than {MOST_SOURCES} sources");
            return Err(Error::new(ErrorKind::TooLarge, message)
                .help("check that the column of sources is the right one"));
        }
        if let Some(source) = source.as_ref().filter(|source| !is_source_name(&source.name)) {
            let message = format!("\"{}\" cannot be the name of a source", source.name);
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("use letters, digits, spaces, _, - and ., at most 64 of them"));
        }
        if let Some(source) = &source
            && let Some(known) = open.clone().find(|known| known.account.source == source.name)
        {
            let (name, known) = (&source.name, &known.account.file);
            let message = format!("source \"{name}\" is in both {known} and {path}");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("give each source a name of its own, or join the files"));
        }
        let account = Account {
            source: source.as_ref().map_or_else(|| file.file.stem(), |source| source.name.clone()),
            file: path.clone(),
            read: 0,
            accepted: 0,
            quarantined: 0,
            declared_duplicates: 0,
            columns: file.plan.column_accounts(),
            absent: file.plan.absent.clone(),
        };
        self.sources.push(OpenSource {
            id: source.map(|source| self.builder.open_source(source)),
            account,
            rows: HashMap::with_hasher(self.hasher.clone()),
            lines: Vec::new(),
        });
        Ok(self.sources.len() - 1)
    }

    /// Accepts a row, sets it apart, or counts it as a declared duplicate.
    fn take_row(
        &mut self,
        row: &Row,
        file: &OpenFile,
        place: usize,
        values: &mut Values,
    ) -> Result<()> {
        let source = &mut self.sources[place];
        source.account.read += 1;
        file.add_faults(row, source, values, &mut self.of_row);
        if let (Some(id), true) = (source.id, self.of_row.is_empty()) {
            let identifier = self.builder.identifier(row.cell(file.plan.id).trim());
            let digest = self.hasher.hash_one(row.original());
            match source.rows.entry(identifier) {
                Entry::Vacant(entry) => {
                    entry.insert((digest, source.lines.len() as u32));
                    source.lines.push(row.line());
                    source.account.accepted += 1;
                    file.plan.count(row, values, &mut source.account.columns);
                    let first = &values.of_attribute;
                    self.builder.push_to(id, identifier, |attribute| &first[attribute]);
                    for (attribute, value) in values.further() {
                        self.builder.push_further(attribute, value);
                    }
                }
                Entry::Occupied(entry) if entry.get().0 == digest => {
                    source.account.declared_duplicates += 1;
                }
                Entry::Occupied(entry) => {
                    let line = source.lines[entry.get().1 as usize];
                    let found = match row.numbered {
                        true => Found::SameAsRow(line),
                        false => Found::SameAsLine(line),
                    };
                    let code = FaultCode::IdentifierTaken;
                    let expected = "an identifier of its own";
                    self.of_row.push(file.fault(row, file.plan.id, code, expected, found));
                }
            }
        }
        if let Some(fault) = self.of_row.first() {
            source.account.quarantined += 1;
            self.quarantine.take(&source.account.source, fault, row)?;
        }
        self.of_row.drain(..).for_each(|fault| self.faults.add(fault));
        Ok(())
    }

    /// Checks that no column whose bad cells go to quarantine has dates in several formats.
    fn check_date_formats(&self) -> Result<()> {
        match self.date_formats.iter().find(|formats| formats.is_refused()) {
            Some(mixed) => Err(mixed.refusal()),
            None => Ok(()),
        }
    }

    /// Checks that the file whose sources start at a place has no larger share of bad rows.
    ///
    /// Shares are of whole files, since the source of a broken row may be unknown.
    fn check_bad_share(&self, first: usize, allowed: f64) -> Result<()> {
        let accounts = || self.sources[first..].iter().map(|source| &source.account);
        let read: u64 = accounts().map(|account| account.read).sum();
        let bad: u64 = accounts().map(|account| account.quarantined).sum();
        if bad as f64 <= allowed * read as f64 {
            return Ok(());
        }
        let file = accounts().next().map_or("", |account| account.file.as_str());
        let allowed = allowed * 100.0;
        let message = format!("{file}: {bad} of {read} rows, allowed are {allowed:.1} %");
        let faults = self.quarantine.first().iter().map(|row| &row.fault);
        let faults: Vec<&Fault> = faults.filter(|fault| fault.file == file).take(3).collect();
        let help = match faults.iter().any(|fault| fault.of_another_encoding()) {
            true => SAY_WINDOWS_1252,
            false => "mend the rows, or check date formats and codes in the file's schema",
        };
        let error = Error::new(ErrorKind::TooManyBadRows, message);
        let noted = faults.iter().fold(error, |error, fault| error.note(fault.to_string()));
        Err(noted.help(help))
    }

    fn finish(self, order: &[SourceId]) -> Result<Reading> {
        let records = self.builder.finish_in_order(order);
        let mut place = 0;
        let mut accounts = Vec::with_capacity(self.sources.len());
        let mut lines = Vec::with_capacity(records.len());
        for OpenSource { id, account, lines: of_source, .. } in self.sources {
            account.check()?;
            let kept = match id {
                Some(_) => {
                    place += 1;
                    records.of_source(place - 1).len() as u64
                }
                None => 0,
            };
            if kept != account.accepted {
                let Account { source, accepted, .. } = account;
                let message = format!("source {source}: {accepted} accepted, {kept} in records");
                return Err(Error::new(ErrorKind::Bug, message));
            }
            accounts.push(account);
            lines.extend(of_source);
        }
        let quarantined: u64 = accounts.iter().map(|account| account.quarantined).sum();
        if quarantined != self.quarantine.rows() {
            return Err(Error::new(ErrorKind::Bug, "the quarantine differs from its account"));
        }
        let (faults, fault_groups) = self.faults.finish();
        let (quarantine, quarantine_files) = self.quarantine.finish()?;
        let date_formats = self.date_formats;
        Ok(Reading {
            records,
            accounts,
            lines,
            faults,
            fault_groups,
            quarantine,
            quarantine_files,
            date_formats,
        })
    }
}

impl OpenFile<'_> {
    /// Adds everything wrong with a row by itself; reads its cells if its structure is whole.
    fn add_faults(
        &self,
        row: &Row,
        source: &mut OpenSource,
        values: &mut Values,
        faults: &mut Vec<Fault>,
    ) {
        if let Some(fault) = row.fault() {
            let column = row.faulty_cell().and_then(|cell| self.header.get(cell));
            faults.push(Fault::of_structure(&self.name, fault, column.map(String::as_str)));
            return;
        }
        if let (None, Some(cell)) = (source.id, self.plan.split) {
            let found = Found::Characters(row.cell(cell).chars().count());
            faults.push(self.fault(row, cell, FaultCode::NoSource, "the name of a source", found));
            return;
        }
        if row.cell(self.plan.id).trim().is_empty() {
            let code = FaultCode::NoIdentifier;
            let found = Found::Thing("an empty cell");
            faults.push(self.fault(row, self.plan.id, code, "an identifier", found));
        }
        self.plan.values(row, &self.name, values, &mut source.account.columns, faults);
    }

    fn fault(
        &self,
        row: &Row,
        cell: usize,
        code: FaultCode,
        expected: &'static str,
        found: Found,
    ) -> Fault {
        Fault {
            file: self.name.clone(),
            place: row.place(cell),
            code,
            column: Some(self.header[cell].clone()),
            expected: expected.into(),
            found,
        }
    }
}
