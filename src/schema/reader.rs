//! Reads files into records, so that every row is accepted, quarantined or a declared duplicate.

use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::account::Account;
use super::extract::Extract;
use super::fault::{Fault, FaultCode, Found};
use super::plan::{Plan, Values};
use super::quarantine::{self, QuarantinedRow};
use super::row::Row;
use super::source_file::{SourceFile, Split, is_source_name, source_named_in};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, MOST_SOURCES, Records, RecordsBuilder, Source, SourceId};
use crate::sensitive::Sensitive;

/// How strict a reading is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadOptions {
    /// Largest share of bad rows that a file may have.
    pub max_bad_share: f64,
}

impl Default for ReadOptions {
    /// Allows 5 % of bad rows.
    fn default() -> Self {
        Self { max_bad_share: 0.05 }
    }
}

/// Records of all files, and what became of every row.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Records, sources in the order of the files.
    pub records: Records,
    /// Accounts file by file: of each source in the order of the records, then of the file's
    /// rows whose source is unknown.
    pub accounts: Vec<Account>,
    /// Everything wrong with the quarantined rows, in the order of the files.
    pub faults: Vec<Fault>,
    /// Quarantined rows, in the order of the files.
    pub quarantine: Vec<QuarantinedRow>,
}

impl Reading {
    /// Writes `quarantine/SOURCE.csv` under a folder for each source with bad rows.
    ///
    /// The columns are line, column, code, column_name, expected, row; `row` holds the original
    /// bytes, personal values included. Returns the files written.
    ///
    /// # Errors
    /// `Unwritable` if the folder is full or read-only.
    pub fn write_quarantine(&self, dir: &Path) -> Result<Vec<PathBuf>> {
        quarantine::write(&self.quarantine, dir)
    }

    /// Checks that no file has a larger share of bad rows than allowed.
    ///
    /// Shares are of whole files, since the source of a broken row may be unknown.
    ///
    /// # Errors
    /// `TooManyBadRows` with the file's first three faults.
    pub fn check_bad_share(&self, allowed: f64) -> Result<()> {
        for accounts in self.accounts.chunk_by(|a, b| a.file == b.file) {
            let read: u64 = accounts.iter().map(|account| account.read).sum();
            let bad: u64 = accounts.iter().map(|account| account.quarantined).sum();
            if bad as f64 <= allowed * read as f64 {
                continue;
            }
            let file = &accounts[0].file;
            let allowed = allowed * 100.0;
            let message = format!("{file}: {bad} of {read} rows, allowed are {allowed:.1} %");
            let faults = self.quarantine.iter().map(|row| &row.fault);
            let error = faults
                .filter(|fault| fault.file == *file)
                .take(3)
                .fold(Error::new(ErrorKind::TooManyBadRows, message), |error, fault| {
                    error.note(fault.to_string())
                });
            let help = "mend the rows, or check date formats and codes in the file's schema";
            return Err(error.help(help));
        }
        Ok(())
    }
}

/// Reads files into records; sources in the order given, those of one file sorted by name.
///
/// A row is quarantined if its structure is broken, it has no identifier, its identifier is that
/// of an earlier row with other content, or a cell is invalid where the schema says so. Other
/// invalid cells are missing, and counted.
///
/// # Errors
/// `Unreadable`, `BadEncoding` or `BadStructure` for a file that cannot be read,
/// `ColumnNotFound` with the place of the request, `BadValue` for requests that contradict each
/// other, `TooManyBadRows` beyond the share allowed.
pub fn read(
    files: &[SourceFile],
    attributes: &[Attribute],
    options: &ReadOptions,
) -> Result<Reading> {
    let mut gathering = Gathering {
        builder: RecordsBuilder::new(attributes.to_vec()),
        sources: Vec::new(),
        faults: Vec::new(),
        quarantine: Vec::new(),
        hasher: FixedState::with_seed(0),
    };
    let mut order = Vec::new();
    for file in files {
        let first = gathering.sources.len();
        gathering.read_file(file, attributes)?;
        // Rows whose source is unknown come last.
        gathering.sources[first..].sort_by(|a, b| {
            (a.id.is_none(), &a.account.source).cmp(&(b.id.is_none(), &b.account.source))
        });
        order.extend(gathering.sources[first..].iter().filter_map(|source| source.id));
    }
    let reading = gathering.finish(&order)?;
    reading.check_bad_share(options.max_bad_share)?;
    Ok(reading)
}

/// Reading under way.
struct Gathering {
    builder: RecordsBuilder,
    sources: Vec<OpenSource>,
    faults: Vec<Fault>,
    quarantine: Vec<QuarantinedRow>,
    hasher: FixedState,
}

/// Source under way.
struct OpenSource {
    /// `None` for rows whose source is unknown: none of them is accepted.
    id: Option<SourceId>,
    account: Account,
    /// Digest and line of the accepted row of each identifier.
    rows: HashMap<u32, (u64, u64), FixedState>,
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
    fn read_file(&mut self, file: &SourceFile, attributes: &[Attribute]) -> Result<()> {
        let mut extract = Extract::open_delimited(&file.path, file.delimiter)?;
        let plan = Plan::new(file, attributes, &extract)?;
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
            self.take_row(row, &file, latest, &mut values);
        }
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
        });
        Ok(self.sources.len() - 1)
    }

    /// Accepts a row, sets it apart, or counts it as a declared duplicate.
    fn take_row(&mut self, row: &Row, file: &OpenFile, place: usize, values: &mut Values) {
        let source = &mut self.sources[place];
        source.account.read += 1;
        let before = self.faults.len();
        file.add_faults(row, source, values, &mut self.faults);
        if let (Some(id), true) = (source.id, self.faults.len() == before) {
            let identifier = self.builder.identifier(row.cell(file.plan.id).trim());
            let digest = self.hasher.hash_one(row.original());
            match source.rows.entry(identifier) {
                Entry::Vacant(entry) => {
                    entry.insert((digest, row.line()));
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
                    let found = Found::SameAsLine(entry.get().1);
                    let code = FaultCode::IdentifierTaken;
                    let expected = "an identifier of its own";
                    self.faults.push(file.fault(row, file.plan.id, code, expected, found));
                }
            }
        }
        if let Some(fault) = self.faults.get(before) {
            source.account.quarantined += 1;
            self.quarantine.push(QuarantinedRow {
                source: source.account.source.clone(),
                fault: fault.clone(),
                line: row.line(),
                original: Sensitive::new(row.original().to_vec()),
            });
        }
    }

    fn finish(self, order: &[SourceId]) -> Result<Reading> {
        let records = self.builder.finish_in_order(order);
        let mut place = 0;
        let mut accounts = Vec::with_capacity(self.sources.len());
        for OpenSource { id, account, .. } in self.sources {
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
        }
        let quarantined: u64 = accounts.iter().map(|account| account.quarantined).sum();
        if quarantined != self.quarantine.len() as u64 {
            return Err(Error::new(ErrorKind::Bug, "the quarantine differs from its account"));
        }
        Ok(Reading { records, accounts, faults: self.faults, quarantine: self.quarantine })
    }
}

impl OpenFile<'_> {
    /// Adds everything wrong with a row by itself; reads its cells if its structure is whole.
    fn add_faults(
        &self,
        row: &Row,
        source: &OpenSource,
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
        self.plan.values(row, &self.name, values, faults);
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
