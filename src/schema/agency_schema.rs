//! What an agency's file looks like: columns, meanings, codes, the attributes they feed.
//!
//! Written in TOML under `schemas/agencies/`, in the agency's own column names. What was taken
//! from memory and not confirmed in a published source is marked `assumed`.

use std::path::PathBuf;

use serde::Deserialize;

use super::agencies::AGENCIES;
use super::as_at::DateOf;
use super::delimiter::Delimiter;
use super::encoding::TextEncoding;
use super::source_file::{ColumnName, ColumnRequest, OnInvalid, Presence, SourceFile, Split};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{CellRules, is_date_format};
use crate::record::{Agency, Attribute, AttributeKind, Source};
use crate::settings;

/// Version of agency schemas that is read.
const VERSION: u32 = 1;

/// Attributes that the agencies' records are linked by, in the order of reports.
pub const LINKAGE_ATTRIBUTES: [(&str, AttributeKind); 8] = [
    ("nhs_number", AttributeKind::NhsNumber),
    ("upn", AttributeKind::Upn),
    ("given_name", AttributeKind::GivenName),
    ("family_name", AttributeKind::FamilyName),
    ("date_of_birth", AttributeKind::Date),
    ("sex", AttributeKind::Sex),
    ("postcode", AttributeKind::Postcode),
    ("address", AttributeKind::Address),
];

/// Returns the attributes that the agencies' records are linked by.
pub fn linkage_attributes() -> Vec<Attribute> {
    LINKAGE_ATTRIBUTES.map(|(name, kind)| Attribute::new(name, kind)).into()
}

/// Type of a column's cells, for people and for exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Any text.
    Text,
    /// A calendar date.
    Date,
    /// One of a list of codes.
    Code,
    /// An official number, kept as text so that no zero is lost.
    Number,
}

/// Schema of one agency's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencySchema {
    /// Name of the schema and of the source, for example `social_care`.
    pub name: String,
    /// Name in reports.
    pub label: String,
    /// Published standards that it follows.
    pub standard: String,
    /// Column that holds the record's identifier.
    pub identifier: String,
    /// Columns, in the order of the file.
    pub columns: Vec<SchemaColumn>,
}

/// Column of an agency's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaColumn {
    /// Meaning, in words.
    pub meaning: String,
    /// Type of the cells.
    pub column_type: ColumnType,
    /// Codes and their meanings, if the list is small.
    pub codes: Vec<(String, String)>,
    /// Document that the column is taken from.
    pub source: String,
    /// Whether that was taken from memory and not confirmed.
    pub assumed: bool,
    /// How the column is read.
    pub request: ColumnRequest,
}

impl SchemaColumn {
    /// Returns the name in the file's header.
    pub fn name(&self) -> &str {
        &self.request.column.name
    }
}

impl AgencySchema {
    /// Returns the schema of an agency.
    ///
    /// # Errors
    /// None for the schemas of this repository; a test reads each.
    ///
    /// ```
    /// use cci::{record::Agency, schema::AgencySchema};
    ///
    /// let schema = AgencySchema::of(Agency::Police)?;
    /// assert_eq!((schema.identifier.as_str(), schema.columns.len()), ("person_record_id", 12));
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    pub fn of(agency: Agency) -> Result<Self> {
        Self::find(agency.name())
    }

    /// Finds a schema of this repository by its name.
    ///
    /// # Errors
    /// `UnknownName` with the nearest schema, if no schema has that name.
    pub fn find(name: &str) -> Result<Self> {
        let (_, text) = AGENCIES
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| Error::unknown_name("schema", name, AGENCIES.iter().map(|(n, _)| *n)))?;
        Self::parse(text, &format!("schemas/agencies/{name}.toml"))
    }

    /// Parses a schema; `file` names it in messages.
    ///
    /// # Errors
    /// `UnknownKey` or `BadSettings` with the line; `BadValue` for a kind, code list or date
    /// format that does not fit its column.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        let schema: SchemaText = settings::parse_versioned(text, file, VERSION..=VERSION)?;
        let mut columns: Vec<SchemaColumn> = Vec::with_capacity(schema.column.len());
        for column in schema.column {
            let line = settings::line_of(text, column.name.span().start);
            let column = column.check(file, line)?;
            if columns.iter().any(|known| known.name() == column.name()) {
                return Err(bad_value(&column.request.column, "is described twice"));
            }
            columns.push(column);
        }
        let SchemaText { name, label, standard, identifier, .. } = schema;
        if !columns.iter().any(|column| column.name() == identifier) {
            let message = format!("{file}: the identifier \"{identifier}\" is not a column");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("set identifier to the name of a column"));
        }
        Ok(Self { name, label, standard, identifier, columns })
    }

    /// Returns a column by its name in the file.
    pub fn column(&self, name: &str) -> Option<&SchemaColumn> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// Returns what to ask of a file that follows this schema.
    pub fn file(&self, path: impl Into<PathBuf>) -> SourceFile {
        let id_column = self.column(&self.identifier).expect("parsing checked the identifier");
        let checked = |column: &&SchemaColumn| column.name() != self.identifier;
        SourceFile {
            path: path.into(),
            delimiter: Delimiter::default(),
            encoding: TextEncoding::default(),
            id_column: id_column.request.column.clone(),
            split: Split::One(Source { label: self.label.clone(), ..Source::new(&self.name) }),
            columns: self.columns.iter().filter(checked).map(|c| c.request.clone()).collect(),
        }
    }
}

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
    required: bool,
    #[serde(default)]
    date_format: String,
    date_of: Option<DateOf>,
    #[serde(default)]
    placeholders: Vec<String>,
    #[serde(default)]
    codes: Vec<(String, String)>,
    on_invalid: Option<OnInvalid>,
    source: String,
    #[serde(default)]
    assumed: bool,
}

impl ColumnText {
    fn check(self, file: &str, line: usize) -> Result<SchemaColumn> {
        let column = ColumnName::new(self.name.into_inner(), file, line);
        let wrong = |what: &str| Err(bad_value(&column, what));
        let kind = self.kind.as_deref().map(AttributeKind::parse).transpose();
        let kind = kind.map_err(|e| e.note(format!("asked for at {}", column.asked_at)))?;
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
            return wrong("has a date format other than %Y, %m, %d and separators");
        }
        if self.date_of.is_some() && self.column_type != ColumnType::Date {
            return wrong("says what its dates are of and is no column of dates");
        }
        let may_be_invalid = kind.is_some() || !self.codes.is_empty();
        if may_be_invalid != self.on_invalid.is_some() {
            return wrong("must have on_invalid if its cells are checked, and only then");
        }
        let feeds = if self.attribute.is_some() { DateOf::Birth } else { DateOf::Event };
        let request = ColumnRequest {
            date_of: self.date_of.unwrap_or(feeds),
            attribute: self.attribute,
            kind,
            rules: CellRules { date_format: self.date_format, placeholders: self.placeholders },
            codes: self.codes.iter().map(|(code, _)| code.clone()).collect(),
            presence: if self.required { Presence::Required } else { Presence::Optional },
            on_invalid: self.on_invalid.unwrap_or(OnInvalid::Missing),
            column,
        };
        Ok(SchemaColumn {
            meaning: self.meaning,
            column_type: self.column_type,
            codes: self.codes,
            source: self.source,
            assumed: self.assumed,
            request,
        })
    }
}

fn bad_value(column: &ColumnName, what: &str) -> Error {
    let (at, name) = (&column.asked_at, &column.name);
    Error::new(ErrorKind::BadValue, format!("{at}: column \"{name}\" {what}"))
        .help("compare it with the columns of schemas/agencies/health.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agency_has_its_schema() {
        assert_eq!(AGENCIES.len(), Agency::ALL.len());
        for agency in Agency::ALL {
            let schema = AgencySchema::of(agency).unwrap();
            assert_eq!(
                (schema.name.as_str(), schema.label.as_str()),
                (agency.name(), agency.label())
            );
        }
    }

    #[test]
    fn unknown_kind_names_its_line_and_the_nearest() {
        let (_, text) = AGENCIES[0];
        let text = text.replacen("kind = \"", "kind = \"x", 1);
        let error = AgencySchema::parse(&text, "mine.toml").unwrap_err().to_string();
        assert!(error.contains("asked for at mine.toml, line "), "{error}");
    }

    #[test]
    fn attributes_have_one_kind_in_all_schemas() {
        for (name, _) in AGENCIES {
            for column in AgencySchema::find(name).unwrap().columns {
                let Some(attribute) = &column.request.attribute else { continue };
                let known = LINKAGE_ATTRIBUTES.iter().find(|(known, _)| known == attribute);
                assert_eq!(known.map(|known| known.1), column.request.kind, "{name}.{attribute}");
            }
        }
    }

    #[test]
    fn only_the_surname_of_pupils_is_fed_twice() {
        for (name, _) in AGENCIES {
            let schema = AgencySchema::find(name).unwrap();
            let fed = schema.columns.iter().filter_map(|column| column.request.attribute.as_ref());
            let mut fed: Vec<&String> = fed.collect();
            fed.sort();
            let twice: Vec<&String> =
                fed.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).map(|run| run[0]).collect();
            let expected: &[&str] = if name == "education" { &["family_name"] } else { &[] };
            assert_eq!(twice, expected, "{name}");
        }
    }

    #[test]
    fn police_hold_no_nhs_number() {
        let police = AgencySchema::of(Agency::Police).unwrap();
        let fed = |name: &str| {
            police.columns.iter().any(|column| column.request.attribute.as_deref() == Some(name))
        };
        assert!(!fed("nhs_number") && !fed("upn") && fed("date_of_birth"));
    }

    #[test]
    fn identifier_is_not_read_as_a_column_too() {
        let file = AgencySchema::of(Agency::Health).unwrap().file("health.csv");
        assert_eq!(file.id_column.name, "LOCAL_PATIENT_ID");
        assert_eq!(file.columns.len(), 11);
        assert_eq!(
            file.columns[0].column.asked_at.to_string(),
            "schemas/agencies/health.toml, line 20"
        );
    }

    #[test]
    fn mistakes_name_the_line() {
        let schema = |column: &str| {
            let text = format!(
                "version = 1\nname = \"a\"\nlabel = \"A\"\nstandard = \"none\"\nidentifier = \"id\"\n\
                 [[column]]\nname = \"id\"\nmeaning = \"m\"\nsource = \"s\"\n{column}"
            );
            AgencySchema::parse(&text, "a.toml").map(|_| ()).unwrap_err().to_string()
        };
        let error = schema("type = \"text\"\nrequired = true\nplaceholder = []\n");
        assert!(error.contains("a.toml, line 12: no key is called \"placeholder\""), "{error}");
        assert!(error.contains("nearest: \"placeholders\""), "{error}");
        let error = schema("type = \"date\"\nrequired = true\n");
        assert!(error.contains("a.toml, line 7: column \"id\" must have both type"), "{error}");
        let error = schema("type = \"text\"\nrequired = true\nkind = \"postcod\"\n");
        assert!(error.contains("nearest: \"postcode\""), "{error}");
    }
}
