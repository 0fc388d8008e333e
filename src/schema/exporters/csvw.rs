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
    primary_key: &'a str,
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
            table_schema: TableSchema {
                columns: schema.columns.iter().map(|column| describe(schema, column)).collect(),
                primary_key: &schema.identifier,
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
        None => Datatype { base: "string", format: None },
    };
    let legend = column.legend();
    Column {
        name: column.name(),
        titles: column.name(),
        datatype,
        required: column.name() == schema.identifier,
        meaning: if legend.is_empty() {
            column.meaning.clone()
        } else {
            format!("{} ({legend})", column.meaning)
        },
        source: &column.source,
        note: column.assumed.then_some("assumed: not confirmed in a published source"),
    }
}
