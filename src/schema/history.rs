//! Reads a file of further values of records that are there: names, addresses, numbers by period.
//!
//! A history adds to records and makes none. Its rows have an account of their own.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::accepted_rows::AcceptedRows;
use super::account::Account;
use super::date_formats::DateFormats;
use super::extract::Extract;
use super::fault::{Fault, FaultCode, Found};
use super::fault_log::FaultLog;
use super::plan::Plan;
use super::quarantine::Quarantine;
use super::read_ahead::read_rows;
use super::read_options::ReadOptions;
use super::row::{DIGEST, Row};
use super::row_values::ReadRow;
use super::source_file::SourceFile;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, RecordsBuilder, RowId};

/// Most rows of one record that a history may have, declared duplicates not counted.
///
/// A record with thousands of values agrees with strangers and slows every comparison with it;
/// such an identifier is an institution's or a placeholder.
pub const MOST_ROWS_OF_A_RECORD: usize = 64;

/// History about to be read.
pub(super) struct History<'a> {
    /// File of the records, as it was named to the toolkit.
    pub(super) records_file: &'a str,
    pub(super) source: &'a str,
    pub(super) rows: &'a AcceptedRows,
    pub(super) builder: &'a mut RecordsBuilder,
    pub(super) faults: &'a mut FaultLog,
    pub(super) quarantine: &'a mut Quarantine,
}

/// Row that was accepted, as later rows of the record are held against it.
struct Told {
    /// Digest of the values and their periods.
    values: u64,
    /// Digest of the original bytes.
    original: u64,
    line: u64,
}

/// History under way.
struct OpenHistory {
    name: String,
    /// Name of its quarantine.
    stem: String,
    header: Vec<String>,
    /// Rows accepted so far, by record.
    told: HashMap<RowId, Vec<Told>, FixedState>,
    account: Account,
}

impl History<'_> {
    /// Reads a file and adds its values to the records under construction; returns its account
    /// and the formats of its columns of dates.
    ///
    /// # Errors
    /// As [`super::read`] for a file.
    pub(super) fn read(
        mut self,
        asked: &SourceFile,
        attributes: &[Attribute],
        options: &ReadOptions,
    ) -> Result<(Account, Vec<DateFormats>)> {
        let mut extract = Extract::open_for(asked)?;
        let plan = Plan::new(asked, attributes, &extract, *options)?;
        let name = asked.path.display().to_string();
        let account = Account {
            source: self.source.to_string(),
            file: name.clone(),
            read: 0,
            accepted: 0,
            quarantined: 0,
            declared_duplicates: 0,
            columns: plan.column_accounts(),
            absent: plan.absent.clone(),
        };
        let mut file = OpenHistory {
            name: name.clone(),
            stem: asked.stem(),
            header: extract.header().to_vec(),
            told: HashMap::default(),
            account,
        };
        let formats = read_rows(&mut extract, &plan, &name, |rows| {
            rows.iter_mut().try_for_each(|read| self.take_row(read, &plan, &mut file))
        })?;
        let (read, rows) = (file.account.read, extract.rows());
        if read != rows {
            let message = format!("{}: {rows} rows scanned, {read} accounted for", file.name);
            return Err(Error::new(ErrorKind::Bug, message));
        }
        Ok((file.account, formats))
    }

    /// Accepts a row, sets it apart, or counts it as a declared duplicate.
    fn take_row(&mut self, read: &mut ReadRow, plan: &Plan, file: &mut OpenHistory) -> Result<()> {
        let OpenHistory { name, stem, header, told, account } = file;
        let row = &read.row;
        account.read += 1;
        let record = match row.fault() {
            Some(fault) => {
                let column = row.faulty_cell().and_then(|cell| header.get(cell));
                read.faults.push(Fault::of_structure(name, fault, column.map(String::as_str)));
                None
            }
            None => {
                let record = self.record(row, plan.id);
                let wrong = |wrong: Wrong| wrong.at(row, plan.id, name, header);
                let record = record.map_err(|found| read.faults.insert(0, wrong(found)));
                read.count_remarks(plan, &mut account.columns);
                record.ok()
            }
        };
        if let (Some(record), true) = (record, read.faults.is_empty()) {
            match Self::tell(read, told.entry(record).or_default()) {
                Ok(true) => {
                    account.accepted += 1;
                    plan.count(read, &mut account.columns);
                    for (attribute, value, period) in read.values.all() {
                        self.builder.add_value(record, attribute, value, period);
                    }
                }
                Ok(false) => account.declared_duplicates += 1,
                Err(wrong) => read.faults.push(wrong.at(row, plan.id, name, header)),
            }
        }
        if let Some(fault) = read.faults.first() {
            account.quarantined += 1;
            self.quarantine.take(stem, fault, row)?;
        }
        read.faults.drain(..).for_each(|fault| self.faults.add(fault));
        Ok(())
    }

    /// Finds the record that a row is about.
    fn record(&mut self, row: &Row, cell: usize) -> std::result::Result<RowId, Wrong> {
        let identifier = row.cell(cell).trim();
        if identifier.is_empty() {
            let found = Found::Thing("an empty cell");
            return Err(Wrong::new(FaultCode::NoIdentifier, "an identifier", found));
        }
        let known = self.builder.known_identifier(identifier);
        known.and_then(|code| self.rows.get(code)).map(|accepted| accepted.row).ok_or_else(|| {
            let expected = format!("the identifier of a record of {}", self.records_file);
            let found = Found::Characters(identifier.chars().count());
            Wrong::new(FaultCode::UnknownRecord, expected, found)
        })
    }

    /// Adds a row to what was told of its record; says whether it is no declared duplicate.
    fn tell(read: &ReadRow, told: &mut Vec<Told>) -> std::result::Result<bool, Wrong> {
        let ReadRow { row, values, digest: original, .. } = read;
        let original = *original;
        if told.iter().any(|earlier| earlier.original == original) {
            return Ok(false);
        }
        let held: Vec<_> = values.all().collect();
        // A row without a value repeats none.
        let values = if held.is_empty() { original } else { DIGEST.hash_one(&held) };
        if let Some(earlier) = told.iter().find(|earlier| earlier.values == values) {
            let expected = "a value and period not given before";
            let found = match row.numbered {
                true => Found::ValueOfRow(earlier.line),
                false => Found::ValueOfLine(earlier.line),
            };
            return Err(Wrong::new(FaultCode::RepeatedValue, expected, found));
        }
        if told.len() == MOST_ROWS_OF_A_RECORD {
            let expected = format!("at most {MOST_ROWS_OF_A_RECORD} rows of one record");
            return Err(Wrong::new(FaultCode::TooManyValues, expected, Found::Thing("one more")));
        }
        told.push(Told { values, original, line: row.line() });
        Ok(true)
    }
}

/// What is wrong with a row as a whole, told at the cell of its identifier.
struct Wrong {
    code: FaultCode,
    expected: Cow<'static, str>,
    found: Found,
}

impl Wrong {
    fn new(code: FaultCode, expected: impl Into<Cow<'static, str>>, found: Found) -> Self {
        Self { code, expected: expected.into(), found }
    }

    fn at(self, row: &Row, cell: usize, file: &str, header: &[String]) -> Fault {
        Fault {
            file: file.to_string(),
            place: row.place(cell),
            code: self.code,
            column: Some(header[cell].clone()),
            expected: self.expected,
            found: self.found,
        }
    }
}
