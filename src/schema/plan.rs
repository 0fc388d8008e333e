//! What to do with each cell of a file: settled once from the header, applied to every row.

use std::borrow::Cow;

use super::account::ColumnAccount;
use super::as_at::{AsAt, GREATEST_AGE};
use super::cell_cache::{CellCache, CellReading};
use super::date_formats::DateFormats;
use super::extract::Extract;
use super::fault::{Fault, FaultCode, Found};
use super::read_options::{HiddenCharacters, ReadOptions, TestNumbers};
use super::remark::Remark;
use super::row::Row;
use super::source_file::{ColumnName, ColumnRequest, OnInvalid, Presence, SourceFile, Split};
use crate::code::NhsNumber;
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{self, Normalised, Normaliser, damage};
use crate::record::{Attribute, AttributeKind};

/// Places of a file's columns and how to read them.
pub(super) struct Plan<'a> {
    pub(super) id: usize,
    /// Column that names the source, if the file holds several.
    pub(super) split: Option<usize>,
    columns: Vec<PlannedColumn<'a>>,
    pub(super) absent: Vec<String>,
    options: ReadOptions,
}

struct PlannedColumn<'a> {
    request: &'a ColumnRequest,
    /// Place among the row's cells.
    cell: usize,
    /// Place among the attributes, if the values are kept.
    attribute: Option<usize>,
    /// Whether an earlier column feeds the same attribute.
    further: bool,
    /// Whether something may be said about its values: about dates and NHS numbers.
    judged: bool,
    normaliser: Option<&'static dyn Normaliser>,
}

/// What becomes of a cell, and what is recognised about it.
struct Judged {
    outcome: Normalised,
    remark: Option<Remark>,
    quarantine: bool,
}

/// Cells of one row as values, in buffers that are used again.
pub(super) struct Values {
    /// Normalised text of each attribute, empty for missing.
    pub(super) of_attribute: Vec<String>,
    /// Attribute and text of further values: of columns that feed it after another one, and
    /// alternates. Those past `used` are left from earlier rows.
    further: Vec<(usize, String)>,
    used: usize,
    /// What became of each planned column's cell.
    outcomes: Vec<Normalised>,
    /// Memory of each planned column, if its cells come again.
    caches: Vec<Option<CellCache>>,
    reading: CellReading,
    /// Formats of each planned column, if its cells are dates.
    dates: Vec<Option<DateFormats>>,
    /// Cell without the characters that do not show.
    visible: String,
}

impl Values {
    pub(super) fn new(attributes: usize, plan: &Plan) -> Self {
        let comes_again = |column: &PlannedColumn| match column.request.kind {
            None => false, // nothing to read
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
            further: Vec::new(),
            used: 0,
            outcomes: Vec::with_capacity(plan.columns.len()),
            caches: plan.columns.iter().map(cache).collect(),
            dates: plan.columns.iter().map(PlannedColumn::date_formats).collect(),
            reading: CellReading::default(),
            visible: String::new(),
        }
    }

    /// Iterates over attribute and text of the row's further values.
    pub(super) fn further(&self) -> impl Iterator<Item = (usize, &str)> {
        self.further[..self.used].iter().map(|(attribute, text)| (*attribute, text.as_str()))
    }

    /// Keeps what the cell read last says of an attribute.
    fn keep(&mut self, attribute: usize, further: bool) {
        let Self { of_attribute, further: list, used, reading, .. } = self;
        let mut push = |text: &str| {
            if list.len() == *used {
                list.push((attribute, String::new()));
            }
            list[*used].0 = attribute;
            text.clone_into(&mut list[*used].1);
            *used += 1;
        };
        if further {
            push(&reading.value);
        } else {
            of_attribute[attribute].clone_from(&reading.value);
        }
        reading.alternates.lines().for_each(push);
    }

    /// Hands over the formats of the file's columns of dates, at its end.
    pub(super) fn date_formats(self, file: &str) -> impl Iterator<Item = DateFormats> {
        let dates = self.dates.into_iter().flatten();
        dates.map(move |formats| formats.in_file(file))
    }
}

impl<'a> Plan<'a> {
    /// Finds the columns in a file's header.
    ///
    /// # Errors
    /// `ColumnNotFound` for a required column that is not there; `BadValue` if a column feeds an
    /// attribute of another kind.
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
                    judged: matches!(
                        request.kind,
                        Some(AttributeKind::Date | AttributeKind::NhsNumber)
                    ),
                    normaliser: request.kind.map(normalise::of_kind),
                }),
            }
        }
        let split = matches!(file.split, Split::ByColumn { .. }).then(|| places[1]);
        Ok(Self { id: places[0], split, columns, absent, options })
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
        values: &mut Values,
        accounts: &mut [ColumnAccount],
        faults: &mut Vec<Fault>,
    ) {
        values.of_attribute.iter_mut().for_each(String::clear);
        values.outcomes.clear();
        values.used = 0;
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
                    faults.push(column.fault(row, file, remark, &self.options));
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
                values.keep(attribute, column.further);
            }
            if let Some(remark) = judged.remark {
                remark.count(1, || Some(row.place(column.cell)), &mut account.remarks);
            }
            if judged.quarantine {
                faults.push(column.fault(row, file, judged.remark, &self.options));
            }
            values.outcomes.push(judged.outcome);
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
    fn date_formats(&self) -> Option<DateFormats> {
        let ColumnRequest { column, kind, rules, on_invalid, .. } = self.request;
        let is_date = *kind == Some(AttributeKind::Date);
        is_date.then(|| DateFormats::new(&column.name, &rules.date_format, *on_invalid))
    }

    fn value(&self, cell: &str, output: &mut CellReading) -> Normalised {
        output.clear();
        let ColumnRequest { rules, codes, .. } = self.request;
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
        let listed = || codes.iter().any(|code| code == cell.trim());
        if outcome == Normalised::Value && !codes.is_empty() && !listed() {
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

    /// Judges a cell by what it was read as, and empties the reading if it is no value after all.
    #[inline]
    fn judge(
        &self,
        outcome: Normalised,
        cell: &str,
        reading: &mut CellReading,
        dates: Option<&mut DateFormats>,
        options: &ReadOptions,
    ) -> Judged {
        if outcome != Normalised::Invalid && !self.judged {
            return Judged { outcome, remark: None, quarantine: false };
        }
        let remark = match (outcome, dates) {
            (Normalised::Missing, _) => None,
            (Normalised::Invalid, dates) => {
                let other_format = dates.is_some_and(|dates| dates.take_other(cell));
                match Remark::of_invalid(cell, self.request) {
                    None | Some(Remark::ImpossibleDate) if other_format => {
                        Some(Remark::OtherDateFormat)
                    }
                    remark => remark,
                }
            }
            (Normalised::Value, None) => match self.request.kind {
                Some(AttributeKind::NhsNumber)
                    if reading.value.starts_with(NhsNumber::TEST_RANGE) =>
                {
                    if options.test_numbers == TestNumbers::Refuse {
                        reading.clear();
                        let quarantine = self.request.on_invalid == OnInvalid::Quarantine;
                        let (outcome, remark) = (Normalised::Invalid, Some(Remark::TestNumber));
                        return Judged { outcome, remark, quarantine };
                    }
                    Some(Remark::TestNumber)
                }
                _ => None,
            },
            (Normalised::Value, Some(dates)) => {
                dates.take_own(&reading.value);
                let judge = |as_at: AsAt| as_at.judge(&reading.value, self.request.date_of);
                if let Some(remark) = options.as_at.and_then(judge) {
                    reading.clear();
                    // Whoever names a day wants no others in the records, whatever the schema does
                    // with dates that are none.
                    let outcome = Normalised::Invalid;
                    return Judged { outcome, remark: Some(remark), quarantine: true };
                }
                None
            }
        };
        let quarantine =
            outcome == Normalised::Invalid && self.request.on_invalid == OnInvalid::Quarantine;
        Judged { outcome, remark, quarantine }
    }

    fn fault(&self, row: &Row, file: &str, remark: Option<Remark>, options: &ReadOptions) -> Fault {
        let length = || Found::Characters(row.cell(self.cell).chars().count());
        Fault {
            file: file.to_string(),
            place: row.place(self.cell),
            code: FaultCode::BadCell,
            column: Some(self.request.column.name.clone()),
            expected: self.expects(remark, options),
            found: remark.map_or_else(length, Found::Recognised),
        }
    }

    fn expects(&self, remark: Option<Remark>, options: &ReadOptions) -> Cow<'static, str> {
        match (remark, options.as_at) {
            (Some(Remark::BornLater), Some(day)) => return format!("a birth by {day}").into(),
            (Some(Remark::TooOld), Some(day)) => {
                return format!("an age of at most {GREATEST_AGE} as at {day}").into();
            }
            (Some(Remark::HiddenCharacters), _) => return "characters that show".into(),
            (Some(Remark::TestNumber), _) => return "a number that somebody was issued".into(),
            _ => {}
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

fn bad_request(request: &ColumnRequest, what: &str) -> Error {
    let (at, name) = (&request.column.asked_at, &request.column.name);
    Error::new(ErrorKind::BadValue, format!("{at}: column \"{name}\" {what}"))
        .help("give each attribute one column a file, of the attribute's kind")
}
