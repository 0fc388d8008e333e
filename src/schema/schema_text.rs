//! Agency schemas as written in TOML, checked while they are read.

use serde::Deserialize;

use super::agency_schema::{AgencySchema, ColumnType, HistoryOf, SchemaColumn};
use super::as_at::DateOf;
use super::source_file::{ColumnName, ColumnRequest, OnInvalid, PeriodColumns, Presence};
use crate::code::{CodeKind, Proof};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{CellRules, Pattern, is_date_format};
use crate::record::AttributeKind;
use crate::settings;

/// Version of agency schemas that is read.
const VERSION: u32 = 1;

/// Schema as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaText {
    #[expect(dead_code, reason = "judged before the rest is read")]
    version: u32,
    name: String,
    label: String,
    standard: String,
    identifier: String,
    column: Vec<ColumnText>,
    #[serde(default)]
    history: Vec<HistoryText>,
}

/// History as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryText {
    name: String,
    label: String,
    standard: String,
    identifier: String,
    column: Vec<ColumnText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnText {
    name: toml::Spanned<String>,
    meaning: String,
    #[serde(rename = "type")]
    column_type: ColumnType,
    attribute: Option<String>,
    kind: Option<String>,
    check: Option<String>,
    from: Option<String>,
    to: Option<String>,
    required: bool,
    #[serde(default)]
    date_format: String,
    date_of: Option<DateOf>,
    #[serde(default)]
    placeholders: Vec<String>,
    #[serde(default)]
    codes: Vec<(String, String)>,
    pattern: Option<toml::Spanned<String>>,
    on_invalid: Option<OnInvalid>,
    source: String,
    #[serde(default)]
    assumed: bool,
    #[serde(default)]
    payload: bool,
}

/// Parses a schema; `file` names it in messages.
///
/// # Errors
/// As [`AgencySchema::parse`].
pub(super) fn parse(text: &str, file: &str) -> Result<AgencySchema> {
    let schema: SchemaText = settings::parse_versioned(text, file, VERSION..=VERSION)?;
    let columns = check_columns(schema.column, text, file)?;
    check_identifier(&columns, &schema.identifier, file)?;
    let mut histories = Vec::with_capacity(schema.history.len());
    for history in schema.history {
        let columns = check_columns(history.column, text, file)?;
        check_identifier(&columns, &history.identifier, file)?;
        check_ends(&columns)?;
        histories.push(AgencySchema {
            name: format!("{}_{}", schema.name, history.name),
            label: history.label,
            standard: history.standard,
            identifier: history.identifier,
            columns,
            histories: Vec::new(),
            history_of: Some(HistoryOf {
                schema: schema.name.clone(),
                identifier: schema.identifier.clone(),
            }),
        });
    }
    let SchemaText { name, label, standard, identifier, .. } = schema;
    Ok(AgencySchema { name, label, standard, identifier, columns, histories, history_of: None })
}

/// Checks each column by itself, that none is there twice, and that periods are in dates.
fn check_columns(texts: Vec<ColumnText>, text: &str, file: &str) -> Result<Vec<SchemaColumn>> {
    let mut columns: Vec<SchemaColumn> = Vec::with_capacity(texts.len());
    for column in texts {
        let line = settings::line_of(text, column.name.span().start);
        let pattern = pattern_of(&column, text, file)?;
        let column = column.check(pattern, file, line)?;
        if columns.iter().any(|known| known.name() == column.name()) {
            return Err(bad_value(&column.request.column, "is described twice"));
        }
        columns.push(column);
    }
    for column in &columns {
        for end in ends(column) {
            let is_it = |known: &&SchemaColumn| known.name() == end;
            if columns.iter().find(is_it).map(|known| known.column_type) != Some(ColumnType::Date) {
                return Err(bad_value(
                    &column.request.column,
                    "must have its period in columns of dates of the same file",
                ));
            }
        }
    }
    Ok(columns)
}

/// Reads the pattern of a column's cells, if it has one.
///
/// # Errors
/// `BadValue` with line and column of the file where the pattern is wrong.
fn pattern_of(column: &ColumnText, text: &str, file: &str) -> Result<Option<Pattern>> {
    let Some(written) = &column.pattern else { return Ok(None) };
    Pattern::new(written.get_ref()).map(Some).map_err(|fault| {
        let (line, at) = settings::place_within(text, written.span(), fault.column);
        let (name, what) = (column.name.get_ref(), &fault.what);
        let message =
            format!("{file}, line {line}, column {at}: the pattern of \"{name}\": {what}");
        Error::new(ErrorKind::BadValue, message)
            .help("correct the pattern; it must match in linear time, without look-around")
    })
}

fn check_identifier(columns: &[SchemaColumn], identifier: &str, file: &str) -> Result<()> {
    if let Some(column) = columns.iter().find(|column| column.name() == identifier) {
        return match column.request.pattern {
            Some(_) => {
                Err(bad_value(&column.request.column, "is the identifier and takes no pattern"))
            }
            None => Ok(()),
        };
    }
    let message = format!("{file}: the identifier \"{identifier}\" is not a column");
    Err(Error::new(ErrorKind::BadValue, message).help("set identifier to the name of a column"))
}

/// Checks that a history's row with an impossible period goes to quarantine.
fn check_ends(columns: &[SchemaColumn]) -> Result<()> {
    for name in columns.iter().flat_map(ends) {
        let found = columns.iter().find(|column| column.name() == name);
        if let Some(column) = found.filter(|c| c.request.on_invalid != OnInvalid::Quarantine) {
            return Err(bad_value(
                &column.request.column,
                "tells a period of a history and must have on_invalid \"quarantine\"",
            ));
        }
    }
    Ok(())
}

/// Iterates over the columns that hold a column's first and last day.
fn ends(column: &SchemaColumn) -> impl Iterator<Item = &str> {
    let period = column.request.period.iter();
    period.flat_map(|period| [&period.from, &period.to]).flatten().map(String::as_str)
}

impl ColumnText {
    fn check(self, pattern: Option<Pattern>, file: &str, line: usize) -> Result<SchemaColumn> {
        let column = ColumnName::new(self.name.into_inner(), file, line);
        let wrong = |what: &str| Err(bad_value(&column, what));
        let placed = |error: Error| error.note(format!("asked for at {}", column.asked_at));
        let kind = self.kind.as_deref().map(AttributeKind::parse).transpose().map_err(placed)?;
        let check = self.check.as_deref().map(CodeKind::find).transpose().map_err(placed)?;
        if self.attribute.is_some() && kind.is_none() {
            return wrong("feeds an attribute and has no kind");
        }
        if (self.column_type == ColumnType::Date) != (kind == Some(AttributeKind::Date)) {
            return wrong("must have both type \"date\" and kind \"date\", or neither");
        }
        if (self.column_type == ColumnType::Code) == self.codes.is_empty() {
            return wrong("must have both type \"code\" and a list of codes, or neither");
        }
        if self.date_format.is_empty() == (self.column_type == ColumnType::Date) {
            return wrong("must have a date format if its type is \"date\", and only then");
        }
        if !self.date_format.is_empty() && !is_date_format(&self.date_format) {
            return wrong("has a date format other than a year, a month, a day and separators");
        }
        if pattern.is_some() && (self.column_type == ColumnType::Date || check.is_some()) {
            return wrong("has a pattern beside a date format or a check");
        }
        if pattern.is_some() && !self.codes.is_empty() {
            return wrong("has a pattern beside a list of codes");
        }
        if self.date_of.is_some() && self.column_type != ColumnType::Date {
            return wrong("says what its dates are of and is no column of dates");
        }
        if check.is_some() && (kind.is_some() || !self.codes.is_empty()) {
            return wrong("must be checked by its kind, by a list of codes or as a number, once");
        }
        let may_be_invalid =
            kind.is_some() || check.is_some() || pattern.is_some() || !self.codes.is_empty();
        if may_be_invalid != self.on_invalid.is_some() {
            return wrong("must have on_invalid if its cells are checked, and only then");
        }
        let names_somebody = kind.is_some_and(|kind| !may_be_payload(kind))
            || self.attribute.as_ref().is_some_and(|_| kind != Some(AttributeKind::Sex))
            || check.is_some_and(|check| check.proof == Proof::CheckCharacter);
        if self.payload && (names_somebody || !may_be_invalid) {
            return wrong("is payload and names somebody, or takes any text");
        }
        let has_period = self.from.is_some() || self.to.is_some();
        if has_period && self.attribute.is_none() {
            return wrong("has a period and feeds no attribute");
        }
        let feeds = if self.attribute.is_some() { DateOf::Birth } else { DateOf::Event };
        let request = ColumnRequest {
            part: None,
            date_of: self.date_of.unwrap_or(feeds),
            attribute: self.attribute,
            kind,
            rules: CellRules {
                date_format: self.date_format,
                placeholders: self.placeholders,
                ..CellRules::default()
            },
            codes: self.codes.iter().map(|(code, _)| code.clone()).collect(),
            pattern,
            checked_as: check,
            presence: if self.required { Presence::Required } else { Presence::Optional },
            on_invalid: self.on_invalid.unwrap_or(OnInvalid::Missing),
            period: has_period.then_some(PeriodColumns { from: self.from, to: self.to }),
            column,
        };
        Ok(SchemaColumn {
            meaning: self.meaning,
            column_type: self.column_type,
            codes: self.codes,
            source: self.source,
            assumed: self.assumed,
            payload: self.payload,
            request,
        })
    }
}

/// Says whether a kind of cell can leave in an extract: none that leads to a person by itself.
fn may_be_payload(kind: AttributeKind) -> bool {
    matches!(kind, AttributeKind::Sex | AttributeKind::Date | AttributeKind::Category)
}

fn bad_value(column: &ColumnName, what: &str) -> Error {
    let (at, name) = (&column.asked_at, &column.name);
    Error::new(ErrorKind::BadValue, format!("{at}: column \"{name}\" {what}"))
        .help("compare it with the columns of schemas/agencies/health.toml")
}
