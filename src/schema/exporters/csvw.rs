//! CSV on the Web metadata (W3C, 2015): what stands beside a file as `FILE-metadata.json`.

use serde::Serialize;

use crate::error::Result;
use crate::schema::exporter::{Exporter, to_json};
use crate::schema::{AgencySchema, SchemaColumn};

/// CSV on the Web metadata.
pub(super) struct Csvw;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(rename = "@context")]
    context: (&'static str, Language),
    url: String,
    #[serde(rename = "dc:title")]
    title: &'a str,
    #[serde(rename = "dc:conformsTo")]
    standard: &'a str,
    /// File of the records that a history is about; a foreign key would need it in the group.
    #[serde(rename = "dc:relation", skip_serializing_if = "Option::is_none")]
    records: Option<String>,
    table_schema: TableSchema<'a>,
}

#[derive(Serialize)]
struct Language {
    #[serde(rename = "@language")]
    language: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TableSchema<'a> {
    columns: Vec<Column<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_key: Option<&'a str>,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    titles: &'a str,
    datatype: Datatype,
    required: bool,
    #[serde(rename = "dc:description")]
    meaning: String,
    #[serde(rename = "dc:source")]
    source: &'a str,
    #[serde(rename = "skos:note", skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

#[derive(Serialize)]
struct Datatype {
    base: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
}

impl Exporter for Csvw {
    fn name(&self) -> &'static str {
        "csvw"
    }

    fn export(&self, schema: &AgencySchema) -> Result<String> {
        to_json(&Metadata {
            context: ("http://www.w3.org/ns/csvw", Language { language: "en" }),
            url: format!("{}.csv", schema.name),
            title: &schema.label,
            standard: &schema.standard,
            records: schema.history_of.as_ref().map(|records| format!("{}.csv", records.schema)),
            table_schema: TableSchema {
                columns: schema.columns.iter().map(|column| describe(schema, column)).collect(),
                // A record has several rows in a history.
                primary_key: schema.history_of.is_none().then_some(&schema.identifier),
            },
        })
    }
}

fn describe<'a>(schema: &AgencySchema, column: &'a SchemaColumn) -> Column<'a> {
    let listed = column.listed();
    let datatype = match column.date_as("yyyy", "MM", "dd") {
        Some(format) => Datatype { base: "date", format: Some(format) },
        // The format of a string is a regular expression.
        None if !listed.is_empty() => {
            Datatype { base: "string", format: Some(format!("^({})$", listed.join("|"))) }
        }
        None => Datatype { base: "string", format: column.pattern() },
    };
    Column {
        name: column.name(),
        titles: column.name(),
        datatype,
        required: column.name() == schema.identifier,
        meaning: column.described_with_codes(),
        source: &column.source,
        note: column.assumed.then_some("assumed: not confirmed in a published source"),
    }
}
