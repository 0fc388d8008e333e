//! What to do with each cell of a file: settled once from the header, applied to every row.

use super::account::ColumnAccount;
use super::extract::Extract;
use super::fault::{Fault, FaultCode, Found};
use super::periods::PlannedPeriods;
use super::planned_column::PlannedColumn;
use super::read_options::{HiddenCharacters, ReadOptions};
use super::remark::Remark;
use super::row::Row;
use super::row_values::RowValues;
use super::source_file::{ColumnName, ColumnRequest, OnInvalid, Presence, SourceFile, Split};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{self, Normalised, damage};
use crate::record::Attribute;

/// Places of a file's columns and how to read them.
pub(super) struct Plan<'a> {
    pub(super) id: usize,
    /// Column that names the source, if the file holds several.
    pub(super) split: Option<usize>,
    pub(super) columns: Vec<PlannedColumn<'a>>,
    pub(super) periods: PlannedPeriods,
    pub(super) absent: Vec<String>,
    options: ReadOptions,
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
                    normaliser: request.kind.map(normalise::of_kind),
                }),
            }
        }
        let split = matches!(file.split, Split::ByColumn { .. }).then(|| places[1]);
        let present: Vec<&ColumnRequest> = columns.iter().map(|column| column.request).collect();
        let periods = PlannedPeriods::new(&present, &file.columns)?;
        Ok(Self { id: places[0], split, columns, periods, absent, options })
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

    /// Turns a row's cells into values; counts what is recognised about them in `accounts` and
    /// adds what is wrong with them to `faults`.
    pub(super) fn values(
        &self,
        row: &Row,
        file: &str,
        values: &mut RowValues,
        accounts: &mut [ColumnAccount],
        faults: &mut Vec<Fault>,
    ) {
        values.clear();
        let plain = row.is_ascii();
        for (place, (column, account)) in self.columns.iter().zip(accounts).enumerate() {
            let whole = row.cell(column.cell);
            let cell = if plain { whole } else { damage::visible(whole, &mut values.visible) };
            if !plain {
                let hidden = cell.len() < whole.len();
                let signs = [
                    (damage::is_garbled(cell), Remark::GarbledText),
                    (hidden, Remark::HiddenCharacters),
                ];
                for (_, remark) in signs.into_iter().filter(|(is_it, _)| *is_it) {
                    remark.count(1, || Some(row.place(column.cell)), &mut account.remarks);
                }
                if hidden && self.options.hidden_characters == HiddenCharacters::Quarantine {
                    let remark = Some(Remark::HiddenCharacters);
                    faults.push(column.bad_cell(row, file, remark, &self.options));
                }
            }
            let reading = &mut values.reading;
            let outcome = match &mut values.caches[place] {
                Some(cache) => cache.value(cell, reading, |reading| column.value(cell, reading)),
                None => column.value(cell, reading),
            };
            let dates = values.dates[place].as_mut();
            let judged = column.judge(outcome, cell, &mut values.reading, dates, &self.options);
            if let (Some(attribute), Normalised::Value) = (column.attribute, judged.outcome) {
                values.keep(place, attribute, column.further);
            }
            values.days.note(place, judged.outcome, &values.reading.value);
            if let Some(remark) = judged.remark {
                remark.count(1, || Some(row.place(column.cell)), &mut account.remarks);
            }
            if judged.quarantine {
                faults.push(column.bad_cell(row, file, judged.remark, &self.options));
            }
            values.outcomes.push(judged.outcome);
        }
        self.date(row, file, values, faults);
    }

    /// Gives the row's values their periods. One that ends before it begins is a fault if the
    /// schema says so of its last day; otherwise its last day is set aside.
    fn date(&self, row: &Row, file: &str, values: &mut RowValues, faults: &mut Vec<Fault>) {
        for planned in self.periods.iter() {
            let period = match values.days.period(planned) {
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
    pub(super) fn count(&self, row: &Row, values: &RowValues, accounts: &mut [ColumnAccount]) {
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
