//! Records of several files under way, and what became of every row so far.

use super::accepted_rows::{AcceptedRow, AcceptedRows};
use super::account::Account;
use super::date_formats::DateFormats;
use super::extract::Extract;
use super::fault_log::FaultLog;
use super::history::History;
use super::open_file::OpenFile;
use super::plan::Plan;
use super::quarantine::Quarantine;
use super::read_ahead::read_batches;
use super::read_options::{Purpose, ReadOptions};
use super::reader::Reading;
use super::source_file::{SourceFile, Split, is_source_name};
use super::taking::Taking;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, MOST_SOURCES, RecordsBuilder, RowId, Source, SourceId};

/// Reading under way.
pub(super) struct Gathering {
    pub(super) builder: RecordsBuilder,
    pub(super) sources: Vec<OpenSource>,
    pub(super) faults: FaultLog,
    pub(super) quarantine: Quarantine,
    histories: Vec<Account>,
    absent_histories: Vec<String>,
    date_formats: Vec<DateFormats>,
}

/// Source under way.
pub(super) struct OpenSource {
    /// `None` for rows whose source is unknown: none of them is accepted.
    pub(super) id: Option<SourceId>,
    pub(super) account: Account,
    /// Accepted row of each identifier.
    pub(super) rows: AcceptedRows,
    /// Line of each accepted row.
    pub(super) lines: Vec<u64>,
}

impl Gathering {
    /// Begins a reading without any row.
    pub(super) fn new(attributes: &[Attribute], quarantine: Quarantine) -> Self {
        Self {
            builder: RecordsBuilder::new(attributes.to_vec()),
            sources: Vec::new(),
            faults: FaultLog::default(),
            quarantine,
            histories: Vec::new(),
            absent_histories: Vec::new(),
            date_formats: Vec::new(),
        }
    }

    /// Reads the rows of a file.
    ///
    /// # Errors
    /// As [`super::read`] for a file.
    pub(super) fn read_file(
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
        let mut taking = Taking::new(self, &file);
        let formats =
            read_batches(&mut extract, &file.plan, &file.name, |batch| taking.take(batch))?;
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
    ///
    /// # Errors
    /// As [`super::read`] for a file.
    pub(super) fn read_histories(
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

    /// Returns the place of the source of a row by the name that the row gives, if it gives one,
    /// opening it at its first row; `latest` is that of the row before.
    ///
    /// # Errors
    /// `TooLarge` or `BadValue` for a source that cannot be opened.
    pub(super) fn source_of(
        &mut self,
        name: Option<&str>,
        file: &OpenFile,
        latest: usize,
    ) -> Result<usize> {
        let Split::ByColumn { duplicate_free, .. } = file.file.split else {
            return Ok(file.first);
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

    /// Makes a record of a row of a source, unless an earlier row has its identifier.
    pub(super) fn accept(
        &mut self,
        source: usize,
        identifier: u32,
        digest: u64,
        line: u64,
    ) -> Option<RowId> {
        let source = &mut self.sources[source];
        if source.rows.get(identifier).is_some() {
            return None;
        }
        let row = self.builder.open_row(source.id?, identifier);
        let place = source.lines.len() as u32;
        source.rows.insert(identifier, AcceptedRow { digest, place, row });
        source.lines.push(line);
        source.account.accepted += 1;
        Some(row)
    }

    /// Checks that no column whose bad cells go to quarantine has dates in several formats.
    ///
    /// # Errors
    /// `BadStructure` with the formats of the first one that has.
    pub(super) fn check_date_formats(&self) -> Result<()> {
        match self.date_formats.iter().find(|formats| formats.is_refused()) {
            Some(mixed) => Err(mixed.refusal()),
            None => Ok(()),
        }
    }

    /// Ends the reading with the sources in the order given.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full; `Bug` if a row was lost.
    pub(super) fn finish(self, order: &[SourceId]) -> Result<Reading> {
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
