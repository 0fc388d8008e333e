//! Reads files into records, so that every row is accepted, quarantined or a declared duplicate.

use std::path::{Path, PathBuf};

use super::accepted_rows::{AcceptedRow, AcceptedRows};
use super::account::Account;
use super::date_formats::DateFormats;
use super::entry_memory::EntryMemory;
use super::extract::Extract;
use super::fault::{Fault, FaultCode, Found};
use super::fault_log::{FaultGroup, FaultLog};
use super::history::History;
use super::numbers_of_many;
use super::open_file::OpenFile;
use super::plan::Plan;
use super::quarantine::{Quarantine, QuarantinedRow};
use super::read_ahead::read_rows;
use super::read_options::{Purpose, ReadOptions};
use super::row::Row;
use super::row_values::ReadRow;
use super::source_file::{SourceFile, Split, is_source_name, source_named_in};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, MOST_SOURCES, Records, RecordsBuilder, RowId, Source, SourceId};

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
    let mut gathering = Gathering {
        builder: RecordsBuilder::new(attributes.to_vec()),
        sources: Vec::new(),
        faults: FaultLog::default(),
        quarantine,
        histories: Vec::new(),
        absent_histories: Vec::new(),
        date_formats: Vec::new(),
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

/// Reading under way.
struct Gathering {
    builder: RecordsBuilder,
    sources: Vec<OpenSource>,
    faults: FaultLog,
    quarantine: Quarantine,
    histories: Vec<Account>,
    absent_histories: Vec<String>,
    date_formats: Vec<DateFormats>,
}

/// Source under way.
struct OpenSource {
    /// `None` for rows whose source is unknown: none of them is accepted.
    id: Option<SourceId>,
    account: Account,
    /// Accepted row of each identifier.
    rows: AcceptedRows,
    /// Line of each accepted row.
    lines: Vec<u64>,
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
        let first = self.sources.len();
        let name = file.path.display().to_string();
        let file = OpenFile { file, name, header: extract.header().to_vec(), plan, first };
        if let Split::One(source) = &file.file.split {
            self.open(&file, Some(source.clone()))?;
        }
        let mut latest = first;
        let (mut whole, mut accepted) = (Vec::new(), Vec::new());
        // Codes of the entries of each attribute's dictionary in the file.
        let mut known = vec![EntryMemory::default(); attributes.len()];
        let formats = read_rows(&mut extract, &file.plan, &file.name, |rows| {
            whole.clear();
            for read in rows.iter_mut() {
                latest = self.source_of(&read.row, &file, latest)?;
                whole.push((latest, self.identify(read, &file, latest)));
            }
            accepted.clear();
            for (place, (read, &(source, identifier))) in rows.iter_mut().zip(&whole).enumerate() {
                let row = self.take_row(read, &file, source, identifier)?;
                accepted.extend(row.map(|row| (place, row)));
            }
            self.keep_values(rows, &accepted, &mut known);
            Ok(())
        })?;
        self.date_formats.extend(formats);
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

    /// Reads the histories of a file's one source, those that are there.
    fn read_histories(
        &mut self,
        file: &SourceFile,
        first: usize,
        attributes: &[Attribute],
        options: &ReadOptions,
    ) -> Result<()> {
        let records_file = file.path.display().to_string();
        if matches!(file.split, Split::ByColumn { .. }) && !file.histories.is_empty() {
            let message = format!("{records_file}: histories of a file of several sources");
            return Err(
                Error::new(ErrorKind::BadValue, message).help("give each source a file of its own")
            );
        }
        for asked in &file.histories {
            // What cannot be looked at is not absent: opening it says what is wrong.
            if !asked.path.try_exists().unwrap_or(true) {
                self.absent_histories.push(asked.path.display().to_string());
                continue;
            }
            let source = &self.sources[first];
            let history = History {
                records_file: &records_file,
                source: &source.account.source,
                rows: &source.rows,
                builder: &mut self.builder,
                faults: &mut self.faults,
                quarantine: &mut self.quarantine,
            };
            let (account, formats) = history.read(&asked.beside(file), attributes, options)?;
            self.date_formats.extend(formats);
            if options.purpose == Purpose::Linkage {
                self.check_date_formats()?;
            }
            self.quarantine.check_share(std::iter::once(&account), options.max_bad_share)?;
            self.histories.push(account);
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
            rows: AcceptedRows::default(),
            lines: Vec::new(),
        });
        Ok(self.sources.len() - 1)
    }

    /// Keeps the values of accepted rows, column by column: where each is known from is far away
    /// in memory, and a processor fetches those of several rows at a time.
    fn keep_values(
        &mut self,
        rows: &[ReadRow],
        accepted: &[(usize, RowId)],
        known: &mut [EntryMemory<u32>],
    ) {
        let values = |place: usize| &rows[place].values;
        self.builder.push_codes(accepted.len(), |attribute, place, dictionary| {
            let values = values(accepted[place].0);
            let mut code = || dictionary.code(&values.of_attribute[attribute]);
            match values.entries[attribute] {
                Some(entry) => *known[attribute].of(entry).get_or_insert_with(code),
                None => code(),
            }
        });
        for &(place, row) in accepted {
            for (attribute, value, period) in values(place).beside_first() {
                self.builder.add_value(row, attribute, value, period);
            }
        }
    }

    /// Counts a row and adds what is wrong with it as a whole; returns the code of its identifier
    /// if nothing is wrong.
    fn identify(&mut self, read: &mut ReadRow, file: &OpenFile, place: usize) -> Option<u32> {
        let source = &mut self.sources[place];
        source.account.read += 1;
        file.add_faults(read, source.id.is_some(), &mut source.account.columns);
        let is_whole = source.id.is_some() && read.faults.is_empty();
        is_whole.then(|| self.builder.identifier(read.row.cell(file.plan.id).trim()))
    }

    /// Accepts a row, sets it apart, or counts it as a declared duplicate; returns the row of an
    /// accepted one, whose values are to be kept.
    fn take_row(
        &mut self,
        read: &mut ReadRow,
        file: &OpenFile,
        place: usize,
        identifier: Option<u32>,
    ) -> Result<Option<RowId>> {
        let mut accepted = None;
        let source = &mut self.sources[place];
        let row = &read.row;
        if let (Some(id), Some(identifier)) = (source.id, identifier) {
            match source.rows.get(identifier) {
                None => {
                    source.account.accepted += 1;
                    file.plan.count(read, &mut source.account.columns);
                    let row_id = self.builder.open_row(id, identifier);
                    let place = source.lines.len() as u32;
                    let known = AcceptedRow { digest: read.digest, place, row: row_id };
                    source.rows.insert(identifier, known);
                    accepted = Some(row_id);
                    source.lines.push(row.line());
                }
                Some(known) if known.digest == read.digest => {
                    source.account.declared_duplicates += 1;
                }
                Some(known) => {
                    let line = source.lines[known.place as usize];
                    let found = match row.numbered {
                        true => Found::SameAsRow(line),
                        false => Found::SameAsLine(line),
                    };
                    let code = FaultCode::IdentifierTaken;
                    let expected = "an identifier of its own";
                    let fault = file.fault(row, file.plan.id, code, expected, found);
                    read.faults.push(fault);
                }
            }
        }
        if let Some(fault) = read.faults.first() {
            source.account.quarantined += 1;
            self.quarantine.take(&source.account.source, fault, row)?;
        }
        read.faults.drain(..).for_each(|fault| self.faults.add(fault));
        Ok(accepted)
    }

    /// Checks that no column whose bad cells go to quarantine has dates in several formats.
    fn check_date_formats(&self) -> Result<()> {
        match self.date_formats.iter().find(|formats| formats.is_refused()) {
            Some(mixed) => Err(mixed.refusal()),
            None => Ok(()),
        }
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
        for history in &self.histories {
            history.check()?;
        }
        let all = accounts.iter().chain(&self.histories);
        let quarantined: u64 = all.map(|account| account.quarantined).sum();
        if quarantined != self.quarantine.rows() {
            return Err(Error::new(ErrorKind::Bug, "the quarantine differs from its account"));
        }
        let (faults, fault_groups) = self.faults.finish();
        let (quarantine, quarantine_files) = self.quarantine.finish()?;
        let Self { histories, absent_histories, date_formats, .. } = self;
        Ok(Reading {
            records,
            accounts,
            lines,
            faults,
            fault_groups,
            quarantine,
            quarantine_files,
            histories,
            absent_histories,
            date_formats,
        })
    }
}
