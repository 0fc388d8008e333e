//! What to do with each cell of a file: settled once from the header, applied to every row.

use super::account::ColumnAccount;
use super::extract::Extract;
use super::fault::{FaultCode, Found};
use super::periods::PlannedPeriod;
use super::planned_column::{ColumnMemory, PlannedColumn};
use super::read_options::ReadOptions;
use super::row_values::ReadRow;
use super::source_file::{
    ColumnName, ColumnRequest, OnInvalid, Presence, SourceFile, Split, source_named_in,
};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{self, Normalised};
use crate::record::Attribute;

/// Places of a file's columns and how to read them.
pub(super) struct Plan<'a> {
    pub(super) id: usize,
    /// Column that names the source, if the file holds several.
    pub(super) split: Option<usize>,
    pub(super) columns: Vec<PlannedColumn<'a>>,
    periods: Vec<PlannedPeriod>,
    /// Number of the attributes asked for.
    pub(super) attributes: usize,
    pub(super) absent: Vec<String>,
    pub(super) options: ReadOptions,
}

impl<'a> Plan<'a> {
    /// Finds the columns in a file's header.
    ///
    /// # Errors
    /// `ColumnNotFound` for a required column that is not there; `BadValue` if a column feeds an
    /// attribute of another kind, or its period is not in columns of dates.
    pub(super) fn new(
        file: &'a SourceFile,
        attributes: &[Attribute],
        extract: &Extract,
        options: ReadOptions,
    ) -> Result<Self> {
        let mut wanted: Vec<&ColumnName> = vec![&file.id_column];
        if let Split::ByColumn { column, .. } = &file.split {
            wanted.push(column);
        }
        let required = |request: &&ColumnRequest| request.presence == Presence::Required;
        wanted.extend(file.columns.iter().filter(required).map(|request| &request.column));
        let places = extract.positions(&wanted)?;

        let mut columns: Vec<PlannedColumn> = Vec::with_capacity(file.columns.len());
        let mut absent = Vec::new();
        for request in &file.columns {
            let attribute = fed_by(request, attributes)?;
            let fed = |known: &PlannedColumn<'_>| known.attribute == attribute;
            let further = attribute.is_some() && columns.iter().any(fed);
            match extract.position(&request.column.name) {
                None => absent.push(request.column.name.clone()),
                Some(cell) => columns.push(PlannedColumn {
                    request,
                    cell,
                    attribute,
                    further,
                    ends_period: false,
                    normaliser: request.kind.map(normalise::of_kind),
                }),
            }
        }
        let split = matches!(file.split, Split::ByColumn { .. }).then(|| places[1]);
        let present: Vec<&ColumnRequest> = columns.iter().map(|column| column.request).collect();
        let periods = PlannedPeriod::all(&present, &file.columns)?;
        for (place, column) in columns.iter_mut().enumerate() {
            column.ends_period = periods.iter().any(|period| period.ends_in(place));
        }
        let attributes = attributes.len();
        Ok(Self { id: places[0], split, columns, periods, attributes, absent, options })
    }

    /// Returns an empty account for each column.
    pub(super) fn column_accounts(&self) -> Vec<ColumnAccount> {
        let account = |column: &PlannedColumn| ColumnAccount {
            column: column.request.column.name.clone(),
            attribute: column.request.attribute.clone(),
            missing: 0,
            nulls: 0,
            set_aside: 0,
            first_set_aside: None,
            remarks: Vec::new(),
        };
        self.columns.iter().map(account).collect()
    }

    /// Returns what is remembered of each column, before the first row.
    pub(super) fn memory(&self) -> Vec<ColumnMemory> {
        self.columns.iter().map(ColumnMemory::new).collect()
    }

    /// Reads the cells of some rows, column by column, since code and data of one column are
    /// more than a processor has at hand with those of all the others.
    pub(super) fn read(&self, rows: &mut [ReadRow], file: &str, memory: &mut [ColumnMemory]) {
        for read in &mut *rows {
            read.values.clear();
            read.faults.clear();
            let of_source = |cell: usize| source_named_in(&read.row, cell).is_some();
            read.is_read = read.row.fault().is_none() && self.split.is_none_or(of_source);
            read.plain = read.row.is_ascii();
            read.digest = if read.is_read { read.row.digest() } else { 0 };
        }
        for (place, (column, memory)) in self.columns.iter().zip(memory).enumerate() {
            for read in rows.iter_mut().filter(|read| read.is_read) {
                column.read(place, read, file, memory, &self.options);
            }
        }
        if !self.periods.is_empty() {
            rows.iter_mut().filter(|read| read.is_read).for_each(|read| self.date(read, file));
        }
    }

    /// Gives a row's values their periods. One that ends before it begins is a fault if the
    /// schema says so of its last day; otherwise its last day is set aside.
    fn date(&self, read: &mut ReadRow, file: &str) {
        let ReadRow { row, values, faults, .. } = read;
        for planned in &self.periods {
            let period = match planned.of(&values.days) {
                Ok(period) => period,
                Err(last) => {
                    let column = &self.columns[last];
                    if column.request.on_invalid == OnInvalid::Quarantine {
                        let expected = "a day no earlier than the period's first".into();
                        let (code, found) =
                            (FaultCode::BackwardPeriod, Found::Thing("an earlier one"));
                        faults.push(column.fault(row, file, code, expected, found));
                    }
                    values.outcomes[last] = Normalised::Invalid;
                    None
                }
            };
            let column = &self.columns[planned.column];
            values.date(planned.column, column.attribute.filter(|_| !column.further), period);
        }
    }

    /// Counts an accepted row's missing cells and cells set aside.
    pub(super) fn count(&self, read: &ReadRow, accounts: &mut [ColumnAccount]) {
        let ReadRow { row, values, .. } = read;
        for ((column, outcome), account) in self.columns.iter().zip(&values.outcomes).zip(accounts)
        {
            match outcome {
                Normalised::Value => {}
                Normalised::Missing => {
                    account.missing += 1;
                    account.nulls += u64::from(row.is_null(column.cell));
                }
                Normalised::Invalid => {
                    account.set_aside += 1;
                    account.first_set_aside.get_or_insert_with(|| row.place(column.cell));
                }
            }
        }
    }
}

/// Returns the place of the attribute that a column feeds, if it is wanted.
fn fed_by(request: &ColumnRequest, attributes: &[Attribute]) -> Result<Option<usize>> {
    let Some(name) = &request.attribute else { return Ok(None) };
    let Some(place) = attributes.iter().position(|attribute| attribute.name() == name) else {
        return Ok(None);
    };
    if request.kind != Some(attributes[place].kind()) {
        return Err(bad_request(request, "feeds an attribute of another kind"));
    }
    Ok(Some(place))
}

pub(super) fn bad_request(request: &ColumnRequest, what: &str) -> Error {
    let (at, name) = (&request.column.asked_at, &request.column.name);
    Error::new(ErrorKind::BadValue, format!("{at}: column \"{name}\" {what}"))
        .help("give each attribute one column a file, of the attribute's kind")
}
