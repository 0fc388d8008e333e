//! What each column of a surveyed file is for, guessed by header and cells, with the evidence.
//!
//! A guess is used only where nothing else is as likely; what is not sure is a choice for a
//! person. Nothing here shows a value.

use super::agency_schema::AgencySchema;
use super::concept::{HeaderReading, Role, Sureness};
use super::date_tally::DateVerdict;
use super::settling::settle;
use super::source_file::Presence;
use super::survey::{ColumnSurvey, FileSurvey};
use crate::record::{Agency, AttributeKind};

/// Share of the cells that must be valid where the header says what they are.
const BACKED: f64 = 0.5;
/// Share of the cells that must be valid where the header says nothing.
const BY_CELLS: f64 = 0.9;
/// Share of the cells with several words from which a name is taken for a full name.
const FULL_NAMES: f64 = 0.5;
/// Parts of a date of birth in columns of their own, and what they can be; 0 is "not known".
const PARTS_OF_BIRTH: [(&str, [u16; 2]); 2] = [("birth_month", [0, 12]), ("birth_day", [0, 31])];
/// Most distinct values of a column of sex codes or of sources.
const FEW: u64 = 20;

/// What a column is for.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnUse {
    /// It feeds an attribute.
    Attribute(Feeds),
    /// It may feed an attribute, in one of these ways; a person decides.
    Choice(Vec<Feeds>),
    /// It identifies the record.
    Identifier,
    /// It names the record's source.
    Split,
    /// It holds the true entity, for evaluation only.
    Entity,
    /// It holds given and family names together.
    FullName,
    /// It should feed an attribute, and its cells are of a form that is not read.
    Unsupported,
    /// It is not used.
    Unused,
}

/// Way in which a column feeds an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Feeds {
    /// Attribute.
    pub attribute: &'static str,
    /// Kind of the attribute.
    pub kind: AttributeKind,
    /// Whether it is a further value beside that of another column.
    pub further: bool,
    /// Format of its dates.
    pub date_format: Option<String>,
    /// Earliest year of its dates where many are before 1900, and the evidence.
    pub earliest_year: Option<(i16, String)>,
}

impl Feeds {
    /// Says that a column may feed an attribute with its dates, in a format.
    fn dates(attribute: &'static str, format: String, column: &ColumnSurvey) -> Self {
        let earliest_year = column.dates.earliest_year();
        let date_format = Some(format);
        Self { attribute, kind: AttributeKind::Date, further: false, date_format, earliest_year }
    }

    /// Says that a column may feed an attribute with what is no date.
    fn other(attribute: &'static str, kind: AttributeKind, further: bool) -> Self {
        Self { attribute, kind, further, date_format: None, earliest_year: None }
    }
}

/// Guess about a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnGuess {
    /// Column's name in the header.
    pub column: String,
    /// What it is for.
    pub purpose: ColumnUse,
    /// Why, without values.
    pub evidence: String,
    pub(super) sureness: Sureness,
}

/// Returns the agency whose schema a file's header and dates fit, the one of most columns.
///
/// Every column that the schema requires must be there, and dates of birth must be able to be
/// in the schema's format.
pub fn recognise(survey: &FileSurvey) -> Option<AgencySchema> {
    let column = |name: &str| survey.columns.iter().find(|column| column.name == name);
    let fits = |schema: &AgencySchema| {
        schema.columns.iter().all(|described| {
            let request = &described.request;
            let Some(found) = column(described.name()) else {
                return request.presence == Presence::Optional;
            };
            let format = &request.rules.date_format;
            request.attribute.is_none()
                || request.kind != Some(AttributeKind::Date)
                || match found.dates.verdict() {
                    DateVerdict::One(known, _) => known == *format,
                    DateVerdict::Ambiguous(known, _) => known.contains(format),
                    DateVerdict::Unreadable(_) | DateVerdict::None => found.filled == 0,
                }
        })
    };
    let there = |schema: &AgencySchema| {
        schema.columns.iter().filter(|c| column(c.name()).is_some()).count()
    };
    let schemas = Agency::ALL.into_iter().filter_map(|agency| AgencySchema::of(agency).ok());
    schemas.filter(fits).max_by_key(there)
}

/// Guesses what each column of a file is for.
pub fn guess_columns(survey: &FileSurvey) -> Vec<ColumnGuess> {
    let mut guesses: Vec<ColumnGuess> =
        survey.columns.iter().map(|column| guess(column, survey)).collect();
    settle(&mut guesses, survey);
    guesses
}

/// Guesses what a column is for by itself.
fn guess(column: &ColumnSurvey, survey: &FileSurvey) -> ColumnGuess {
    let made = |purpose, sureness: Sureness, evidence: String| ColumnGuess {
        column: column.name.clone(),
        purpose,
        evidence,
        sureness,
    };
    let unused = |evidence: &str| made(ColumnUse::Unused, Sureness::Cells, evidence.into());
    if column.name.trim().is_empty() {
        return unused("the column has no name");
    }
    if column.filled == 0 {
        return unused(&format!("all {} cells are empty", survey.sampled));
    }
    let entity = matches!(&column.header, HeaderReading::Says { role: Role::Entity, .. });
    if column.distinct == 1 && survey.sampled > 1 && !entity {
        return unused("all filled cells hold one value, which tells nobody apart");
    }
    match &column.header {
        HeaderReading::SomebodyElse => unused("the header names another person or a body"),
        HeaderReading::About => unused("the header speaks about a value, not of it"),
        HeaderReading::Nothing => match by_cells(column) {
            Some((purpose, evidence)) => made(purpose, Sureness::Cells, evidence),
            None => unused(&format!(
                "unknown header; {} cells filled, {} distinct values",
                column.filled, column.distinct
            )),
        },
        HeaderReading::Says { role, sureness, further } => {
            let (purpose, evidence) = match role {
                Role::Attribute(name, kind) => by_header(column, name, *kind, *further),
                Role::FullName => full_name(column),
                Role::Identifier => (ColumnUse::Unused, format!("{} distinct", column.distinct)),
                Role::Split if (2..=FEW).contains(&column.distinct) => {
                    (ColumnUse::Split, format!("{} distinct values", column.distinct))
                }
                Role::Split => (ColumnUse::Unused, format!("{} distinct values", column.distinct)),
                Role::Entity => {
                    (ColumnUse::Entity, "labels of a labelled set, for evaluation only".into())
                }
            };
            made(purpose, *sureness, format!("{}; {evidence}", sureness.words()))
        }
    }
}

/// Checks by the cells what a header says.
fn by_header(
    column: &ColumnSurvey,
    attribute: &'static str,
    kind: AttributeKind,
    further: bool,
) -> (ColumnUse, String) {
    let feeds = |kind| Feeds::other(attribute, kind, further);
    let used = |kind| ColumnUse::Attribute(feeds(kind));
    if attribute == "middle_name" {
        // A middle name beside a first name would let Anna Maria agree with Maria.
        return (ColumnUse::Unused, "middle names are not compared".into());
    }
    if let Some((valid, of)) = column.valid_as(kind) {
        let text = valid_text(valid, of, kind);
        let backed = share(valid, of) >= BACKED;
        return match kind {
            _ if of == 0 => (ColumnUse::Unused, "every filled cell is a placeholder".into()),
            _ if backed => (used(kind), text),
            AttributeKind::Postcode => {
                (used(AttributeKind::Number), format!("{text}, so they are compared as codes"))
            }
            AttributeKind::Quantity => (ColumnUse::Unused, text),
            _ => (ColumnUse::Choice(vec![feeds(kind)]), format!("{text}; is it the right column?")),
        };
    }
    match kind {
        AttributeKind::Date => by_dates(column, attribute),
        AttributeKind::GivenName | AttributeKind::FamilyName => {
            let text = format!("{} cells filled, {} distinct", column.filled, column.distinct);
            if share(column.with_digit, column.filled) > BACKED {
                let choice = ColumnUse::Choice(vec![feeds(kind)]);
                return (choice, format!("{text}, most with digits; are they names?"));
            }
            (used(kind), text)
        }
        _ => {
            let text = format!("{} cells filled, {} distinct", column.filled, column.distinct);
            let within = PARTS_OF_BIRTH.iter().find(|(part, _)| *part == attribute);
            if let Some((_, [first, last])) = within
                && !column.numbers.is_some_and(|(l, m)| l >= *first && m <= *last)
            {
                return (ColumnUse::Unused, format!("{text}, not all from {first} to {last}"));
            }
            (used(kind), text)
        }
    }
}

fn by_dates(column: &ColumnSurvey, attribute: &'static str) -> (ColumnUse, String) {
    let feeds = |format| Feeds::dates(attribute, format, column);
    match column.dates.verdict() {
        DateVerdict::One(format, text) => (ColumnUse::Attribute(feeds(format)), text),
        DateVerdict::Ambiguous(formats, text) => {
            (ColumnUse::Choice(formats.map(feeds).into()), format!("ambiguous: {text}"))
        }
        DateVerdict::Unreadable(text) => (ColumnUse::Unsupported, text),
        DateVerdict::None => (ColumnUse::Unused, "its cells are no dates".into()),
    }
}

fn full_name(column: &ColumnSurvey) -> (ColumnUse, String) {
    if share(column.several_words, column.filled) >= FULL_NAMES {
        let part = percent(column.several_words, column.filled);
        let family = match column.with_comma {
            0 => "the last word is the family name".into(),
            with => format!(
                "what is before a comma is the family name ({} have one), elsewhere the last word",
                percent(with, column.filled)
            ),
        };
        let evidence = format!("{part} of {} cells are several words; {family}", column.filled);
        return (ColumnUse::FullName, evidence);
    }
    let feeds = |attribute, kind| Feeds::other(attribute, kind, false);
    let choices = vec![
        feeds("given_name", AttributeKind::GivenName),
        feeds("family_name", AttributeKind::FamilyName),
    ];
    (ColumnUse::Choice(choices), "ambiguous: given names, family names or neither".into())
}

/// Guesses by cells alone, where the header says nothing.
fn by_cells(column: &ColumnSurvey) -> Option<(ColumnUse, String)> {
    let provable = [
        ("nhs_number", AttributeKind::NhsNumber),
        ("upn", AttributeKind::Upn),
        ("postcode", AttributeKind::Postcode),
        ("email", AttributeKind::Email),
        ("sex", AttributeKind::Sex),
    ];
    for (attribute, kind) in provable {
        let (valid, of) = column.valid_as(kind)?;
        // Digits 1 and 2 are codes of many things; letters and words of both sexes are not.
        let telling = match kind {
            AttributeKind::Sex => (2..=FEW).contains(&column.distinct) && column.with_digit == 0,
            _ => column.distinct > 1,
        };
        if telling && of > 0 && share(valid, of) >= BY_CELLS {
            let feeds = Feeds::other(attribute, kind, false);
            let text = format!("{}; {}", Sureness::Cells.words(), valid_text(valid, of, kind));
            return Some((ColumnUse::Attribute(feeds), text));
        }
    }
    let feeds = |format| Feeds::dates("date_of_birth", format, column);
    match column.dates.verdict() {
        DateVerdict::One(format, text) => Some((
            ColumnUse::Choice(vec![feeds(format)]),
            format!("unknown header; {text}; dates of what?"),
        )),
        DateVerdict::Ambiguous(formats, text) => Some((
            ColumnUse::Choice(formats.map(feeds).into()),
            format!("unknown header; ambiguous: {text}; dates of what?"),
        )),
        DateVerdict::Unreadable(text) => {
            Some((ColumnUse::Unused, format!("unknown header; dates that are not read: {text}")))
        }
        DateVerdict::None => None,
    }
}

impl ColumnGuess {
    /// Returns the attribute that the column feeds as its first value, if it does.
    pub fn main(&self) -> Option<&Feeds> {
        match &self.purpose {
            ColumnUse::Attribute(feeds) if !feeds.further => Some(feeds),
            _ => None,
        }
    }
}

fn valid_text(valid: u64, of: u64, kind: AttributeKind) -> String {
    let what = match kind {
        AttributeKind::NhsNumber => "valid NHS numbers",
        AttributeKind::Upn => "valid UPNs",
        AttributeKind::Postcode => "UK postcodes",
        AttributeKind::Sex => "codes for sex",
        AttributeKind::Email => "e-mail addresses",
        AttributeKind::Quantity => "numbers",
        _ => "valid",
    };
    format!("{} of {of} cells are {what}", percent(valid, of))
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * share(part, whole))
}
