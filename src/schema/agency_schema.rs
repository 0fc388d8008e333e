//! What an agency's file looks like: columns, meanings, codes, the attributes they feed.
//!
//! Written in TOML under `schemas/agencies/`, in the agency's own column names. What was taken
//! from memory and not confirmed in a published source is marked `assumed`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::agencies::AGENCIES;
use super::delimiter::Delimiter;
use super::encoding::TextEncoding;
use super::schema_text;
use super::source_file::{ColumnName, ColumnRequest, HistoryFile, SourceFile, Split};
use crate::error::{Error, Result};
use crate::record::{Agency, Attribute, AttributeKind, Source};

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

/// Schema of one file of an agency: its records, or a history of values that they held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencySchema {
    /// Name of the schema, for example `social_care`, or `health_names` of a history.
    pub name: String,
    /// Name in reports.
    pub label: String,
    /// Published standards that it follows.
    pub standard: String,
    /// Column that holds the record's identifier.
    pub identifier: String,
    /// Columns, in the order of the file.
    pub columns: Vec<SchemaColumn>,
    /// Histories that may stand beside the file; a history has none.
    pub histories: Vec<AgencySchema>,
    /// For a history, the file whose records it is about.
    pub history_of: Option<HistoryOf>,
}

/// File whose records a history is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryOf {
    /// Name of its schema.
    pub schema: String,
    /// Column there that holds the record's identifier.
    pub identifier: String,
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
    /// Whether it may leave in an extract for research: checked, and naming nobody.
    pub payload: bool,
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
    /// assert_eq!((schema.identifier.as_str(), schema.name.as_str()), ("person_record_id", "police"));
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    pub fn of(agency: Agency) -> Result<Self> {
        Self::find(agency.name())
    }

    /// Finds a schema of this repository by its name, a history by `health_names` or the like.
    ///
    /// # Errors
    /// `UnknownName` with the nearest schema, if no schema has that name.
    pub fn find(name: &str) -> Result<Self> {
        let mut known = Vec::new();
        for (agency, text) in AGENCIES {
            let schema = schema_text::parse(text, &format!("schemas/agencies/{agency}.toml"))?;
            known.push(schema.name.clone());
            known.extend(schema.histories.iter().map(|history| history.name.clone()));
            let mut files = [schema.clone()].into_iter().chain(schema.histories);
            if let Some(found) = files.find(|file| file.name == name) {
                return Ok(found);
            }
        }
        Err(Error::unknown_name("schema", name, known.iter().map(String::as_str)))
    }

    /// Parses a schema; `file` names it in messages.
    ///
    /// # Errors
    /// `UnknownKey` or `BadSettings` with the line; `BadValue` for a kind, code list, date
    /// format or period that does not fit its column.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        schema_text::parse(text, file)
    }

    /// Returns a column by its name in the file.
    pub fn column(&self, name: &str) -> Option<&SchemaColumn> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// Iterates over the names of the columns that may leave in an extract for research.
    pub fn payload(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().filter(|column| column.payload).map(SchemaColumn::name)
    }

    /// Returns what to ask of a file that follows this schema, and of the histories beside it.
    ///
    /// The histories of `health.csv.gz` are looked for as `health_names.csv.gz` and the like.
    pub fn file(&self, path: impl Into<PathBuf>) -> SourceFile {
        let path = path.into();
        let history = |schema: &AgencySchema| HistoryFile {
            path: schema.beside(&path, &self.name),
            delimiter: Delimiter::default(),
            encoding: TextEncoding::default(),
            id_column: schema.id_column(),
            columns: schema.requests(),
        };
        SourceFile {
            id_column: self.id_column(),
            split: Split::One(Source { label: self.label.clone(), ..Source::new(&self.name) }),
            columns: self.requests(),
            histories: self.histories.iter().map(history).collect(),
            delimiter: Delimiter::default(),
            encoding: TextEncoding::default(),
            path,
        }
    }

    /// Returns where a history of records in a file is looked for.
    fn beside(&self, records: &Path, schema: &str) -> PathBuf {
        let name = records.file_name().unwrap_or_default().to_string_lossy();
        let (stem, endings) = name.split_at(name.find('.').unwrap_or(name.len()));
        let ending = self.name.strip_prefix(schema).unwrap_or(&self.name);
        records.with_file_name(format!("{stem}{ending}{endings}"))
    }

    fn id_column(&self) -> ColumnName {
        let column = self.column(&self.identifier).expect("parsing checked the identifier");
        column.request.column.clone()
    }

    fn requests(&self) -> Vec<ColumnRequest> {
        let checked = |column: &&SchemaColumn| column.name() != self.identifier;
        self.columns.iter().filter(checked).map(|column| column.request.clone()).collect()
    }
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

    /// Returns every schema, each followed by its histories.
    fn all() -> Vec<AgencySchema> {
        let with_histories = |name: &str| {
            let schema = AgencySchema::find(name).unwrap();
            [vec![schema.clone()], schema.histories].concat()
        };
        AGENCIES.iter().flat_map(|(name, _)| with_histories(name)).collect()
    }

    /// Returns the attributes that several columns of a schema feed.
    fn fed_twice(schema: &AgencySchema) -> Vec<&str> {
        let fed = schema.columns.iter().filter_map(|column| column.request.attribute.as_deref());
        let mut fed: Vec<&str> = fed.collect();
        fed.sort_unstable();
        fed.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).map(|run| run[0]).collect()
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
        for schema in all() {
            for column in &schema.columns {
                let Some(attribute) = &column.request.attribute else { continue };
                let known = LINKAGE_ATTRIBUTES.iter().find(|(known, _)| known == attribute);
                let name = &schema.name;
                assert_eq!(known.map(|known| known.1), column.request.kind, "{name}.{attribute}");
            }
        }
    }

    #[test]
    fn attributes_fed_twice_are_those_that_change() {
        let schemas = all();
        let twice = schemas.iter().map(|schema| (schema.name.as_str(), fed_twice(schema)));
        let twice: Vec<_> = twice.filter(|(_, attributes)| !attributes.is_empty()).collect();
        let expected = [
            ("education", vec!["family_name", "upn"]),
            ("social_care", vec!["date_of_birth", "upn"]),
            ("social_care_referrals", vec!["date_of_birth", "upn"]),
            ("social_care_episodes", vec!["postcode"]),
        ];
        assert_eq!(twice, expected);
    }

    #[test]
    fn histories_are_found_by_name_and_beside_their_records() {
        let history = AgencySchema::find("health_names").unwrap();
        let of = history.history_of.as_ref().map(|of| (of.schema.as_str(), of.identifier.as_str()));
        assert_eq!(of, Some(("health", "LOCAL_PATIENT_ID")));
        let error = AgencySchema::find("health_name").unwrap_err().to_string();
        assert!(error.contains("nearest: \"health_names\""), "{error}");
        let file = AgencySchema::find("health").unwrap().file("in/extract.csv.gz");
        let paths: Vec<_> = file.histories.iter().map(|history| history.path.clone()).collect();
        let expected = ["names", "addresses", "numbers"]
            .map(|name| PathBuf::from(format!("in/extract_{name}.csv.gz")));
        assert_eq!(paths, expected);
    }

    #[test]
    fn what_is_taken_from_memory_says_so() {
        for schema in all() {
            for column in schema.columns {
                let hedged = ["assumed)", "verified)", "recalled)"];
                let texts =
                    column.codes.iter().map(|(_, meaning)| meaning).chain([&column.meaning]);
                let mut texts = texts.filter(|text| hedged.iter().any(|word| text.contains(word)));
                let (name, column_name) = (&schema.name, column.name());
                assert!(texts.next().is_none() || column.assumed, "{name}.{column_name}");
            }
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
        let schema = AgencySchema::of(Agency::Health).unwrap();
        let file = schema.file("health.csv");
        assert_eq!(file.id_column.name, "LOCAL_PATIENT_ID");
        assert_eq!(file.columns.len(), schema.columns.len() - 1);
        assert_eq!(
            file.columns[0].column.asked_at.to_string(),
            "schemas/agencies/health.toml, line 21"
        );
    }

    #[test]
    fn payload_is_checked_and_names_nobody() {
        let column = |lines: &str| {
            let text = format!(
                "version = 1\nname = \"a\"\nlabel = \"A\"\nstandard = \"none\"\nidentifier = \"id\"\n\
                 [[column]]\nname = \"id\"\nmeaning = \"m\"\nsource = \"s\"\ntype = \"text\"\n\
                 required = true\n[[column]]\nname = \"b\"\nmeaning = \"m\"\nsource = \"s\"\n\
                 required = false\npayload = true\n{lines}"
            );
            AgencySchema::parse(&text, "a.toml").map(|schema| schema.payload().count())
        };
        let missing = "on_invalid = \"missing\"\n";
        for fit in [
            "type = \"code\"\ncodes = [[\"F\", \"female\"]]\nattribute = \"sex\"\nkind = \"sex\"\n",
            "type = \"number\"\ncheck = \"urn\"\n",
            "type = \"date\"\nkind = \"date\"\ndate_format = \"%Y-%m-%d\"\n",
        ] {
            assert_eq!(column(&format!("{fit}{missing}")).unwrap(), 1, "{fit}");
        }
        let born = "type = \"date\"\nkind = \"date\"\ndate_format = \"%Y-%m-%d\"\nattribute = \
                    \"date_of_birth\"\n";
        for (unfit, checked) in [
            ("type = \"text\"\n", ""),
            ("type = \"number\"\ncheck = \"uln\"\n", missing),
            ("type = \"number\"\nkind = \"nhs_number\"\n", missing),
            ("type = \"text\"\nkind = \"family_name\"\n", missing),
            (born, missing),
        ] {
            let error = column(&format!("{unfit}{checked}")).unwrap_err().to_string();
            assert!(error.contains("is payload and names somebody, or takes any text"), "{error}");
        }
        let marked = all().iter().map(|schema| schema.payload().count()).sum::<usize>();
        assert_eq!(marked, 21);
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
