//! What to do with each cell of a file: settled once from the header, applied to every row.

use std::borrow::Cow;

use super::account::ColumnAccount;
use super::cell_cache::{CellCache, CellReading};
use super::extract::Extract;
use super::fault::{Fault, FaultCode, Found};
use super::periods::{Days, PlannedPeriods};
use super::row::Row;
use super::source_file::{ColumnName, ColumnRequest, OnInvalid, Presence, SourceFile, Split};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{self, Normalised, Normaliser};
use crate::record::{Attribute, AttributeKind, Period};

/// Places of a file's columns and how to read them.
pub(super) struct Plan<'a> {
    pub(super) id: usize,
    /// Column that names the source, if the file holds several.
    pub(super) split: Option<usize>,
    columns: Vec<PlannedColumn<'a>>,
    periods: PlannedPeriods,
    pub(super) absent: Vec<String>,
}

struct PlannedColumn<'a> {
    request: &'a ColumnRequest,
    /// Place among the row's cells.
    cell: usize,
    /// Place among the attributes, if the values are kept.
    attribute: Option<usize>,
    /// Whether an earlier column feeds the same attribute.
    further: bool,
    normaliser: Option<&'static dyn Normaliser>,
}

/// Value beside the first of an attribute.
#[derive(Default)]
struct Further {
    attribute: usize,
    /// Planned column that it came from.
    column: usize,
    text: String,
    period: Option<Period>,
}

/// Cells of one row as values, in buffers that are used again.
pub(super) struct Values {
    /// Normalised text of each attribute, empty for missing.
    pub(super) of_attribute: Vec<String>,
    /// When each of those was held, if that is told.
    periods: Vec<Option<Period>>,
    /// Further values: of columns that feed an attribute after another one, and alternates.
    /// Those past `used` are left from earlier rows.
    further: Vec<Further>,
    used: usize,
    /// Days that begin or end periods.
    days: Days,
    /// What became of each planned column's cell.
    outcomes: Vec<Normalised>,
    /// Memory of each planned column, if its cells come again.
    caches: Vec<Option<CellCache>>,
    reading: CellReading,
}

impl Values {
    pub(super) fn new(attributes: usize, plan: &Plan) -> Self {
        let comes_again = |column: &PlannedColumn| match column.request.kind {
            None => column.request.checked_as.is_some(), // nothing else to read
            Some(kind) => !matches!(
                kind,
                AttributeKind::NhsNumber
                    | AttributeKind::Upn
                    | AttributeKind::Number
                    | AttributeKind::Email
            ),
        };
        let cache = |column| comes_again(column).then(CellCache::new);
        Self {
            of_attribute: vec![String::new(); attributes],
            periods: vec![None; attributes],
            further: Vec::new(),
            used: 0,
            days: plan.periods.days(),
            outcomes: Vec::with_capacity(plan.columns.len()),
            caches: plan.columns.iter().map(cache).collect(),
            reading: CellReading::default(),
        }
    }

    /// Iterates over every value of the row, with its attribute and period.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        self.firsts().filter(|(_, text, _)| !text.is_empty()).chain(self.further())
    }

    /// Iterates over what is kept beside the first value of each attribute: further values, and
    /// a first value once more if it has a period.
    pub(super) fn beside_first(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        self.firsts().filter(|(_, _, period)| period.is_some()).chain(self.further())
    }

    fn firsts(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        let texts = self.of_attribute.iter().zip(&self.periods).enumerate();
        texts.map(|(attribute, (text, period))| (attribute, text.as_str(), *period))
    }

    fn further(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        let used = self.further[..self.used].iter();
        used.map(|value| (value.attribute, value.text.as_str(), value.period))
    }

    /// Keeps what the cell read last, of a planned column, says of an attribute.
    fn keep(&mut self, column: usize, attribute: usize, further: bool) {
        let Self { of_attribute, further: list, used, reading, .. } = self;
        let mut push = |text: &str| {
            if list.len() == *used {
                list.push(Further::default());
            }
            let value = &mut list[*used];
            (value.attribute, value.column, value.period) = (attribute, column, None);
            text.clone_into(&mut value.text);
            *used += 1;
        };
        if further {
            push(&reading.value);
        } else {
            of_attribute[attribute].clone_from(&reading.value);
        }
        reading.alternates.lines().for_each(push);
    }

    /// Gives a planned column's values, alternates too, the period in which they were held.
    fn date(&mut self, column: usize, first_of: Option<usize>, period: Option<Period>) {
        if let Some(attribute) = first_of {
            self.periods[attribute] = period;
        }
        let of_column = self.further[..self.used].iter_mut().filter(|v| v.column == column);
        of_column.for_each(|value| value.period = period);
    }
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
        Ok(Self { id: places[0], split, columns, periods, absent })
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
        };
        self.columns.iter().map(account).collect()
    }

    /// Turns a row's cells into values and adds what is wrong with them to `faults`.
    pub(super) fn values(
        &self,
        row: &Row,
        file: &str,
        values: &mut Values,
        faults: &mut Vec<Fault>,
    ) {
        values.of_attribute.iter_mut().for_each(String::clear);
        values.periods.fill(None);
        values.outcomes.clear();
        values.used = 0;
        for (place, column) in self.columns.iter().enumerate() {
            let cell = row.cell(column.cell);
            let reading = &mut values.reading;
            let outcome = match &mut values.caches[place] {
                Some(cache) => cache.value(cell, reading, |reading| column.value(cell, reading)),
                None => column.value(cell, reading),
            };
            if let (Some(attribute), Normalised::Value) = (column.attribute, outcome) {
                values.keep(place, attribute, column.further);
            }
            values.days.note(place, outcome, &values.reading.value);
            if outcome == Normalised::Invalid && column.request.on_invalid == OnInvalid::Quarantine
            {
                let found = Found::Characters(cell.chars().count());
                let expected = column.expects();
                faults.push(column.fault(row, file, FaultCode::BadCell, expected, found));
            }
            values.outcomes.push(outcome);
        }
        self.date(row, file, values, faults);
    }

    /// Gives the row's values their periods. One that ends before it begins is a fault if the
    /// schema says so of its last day; otherwise its last day is set aside.
    fn date(&self, row: &Row, file: &str, values: &mut Values, faults: &mut Vec<Fault>) {
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
    pub(super) fn count(&self, row: &Row, values: &Values, accounts: &mut [ColumnAccount]) {
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

impl PlannedColumn<'_> {
    fn fault(
        &self,
        row: &Row,
        file: &str,
        code: FaultCode,
        expected: Cow<'static, str>,
        found: Found,
    ) -> Fault {
        let column = Some(self.request.column.name.clone());
        Fault { file: file.to_string(), place: row.place(self.cell), code, column, expected, found }
    }

    fn value(&self, cell: &str, output: &mut CellReading) -> Normalised {
        output.clear();
        let rules = &self.request.rules;
        let outcome = match self.normaliser {
            Some(normaliser) => normaliser.normalise(cell, rules, &mut output.value),
            None => {
                let cell = cell.trim();
                let placeholder = |known: &String| known.trim().eq_ignore_ascii_case(cell);
                if cell.is_empty() || rules.placeholders.iter().any(placeholder) {
                    Normalised::Missing
                } else {
                    Normalised::Value
                }
            }
        };
        if outcome == Normalised::Value && !self.request.allows(cell.trim()) {
            output.clear();
            return Normalised::Invalid;
        }
        if let (Normalised::Value, Some(_), Some(normaliser)) =
            (outcome, self.attribute, self.normaliser)
        {
            normaliser.alternates(cell, rules, &mut |form| {
                output.alternates.extend([form, "\n"]);
            });
        }
        outcome
    }

    fn expects(&self) -> Cow<'static, str> {
        if let Some(check) = self.request.checked_as {
            return format!("a valid {}", check.title).into();
        }
        match (self.normaliser, self.request.codes.as_slice()) {
            (Some(normaliser), []) => normaliser.expects().into(),
            (_, codes) if codes.len() <= 6 => format!("one of {}", codes.join(", ")).into(),
            (_, codes) => format!("one of the {} codes of the schema", codes.len()).into(),
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
