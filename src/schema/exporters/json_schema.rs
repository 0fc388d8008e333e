//! JSON Schema, draft 2020-12: one row as an object, null for an empty cell.

use serde::Serialize;

use crate::error::Result;
use crate::schema::exporter::{Exporter, in_order, to_json};
use crate::schema::{AgencySchema, Presence, SchemaColumn};

/// JSON Schema of one row.
pub(super) struct JsonSchema;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowSchema<'a> {
    #[serde(rename = "$schema")]
    draft: &'static str,
    title: &'a str,
    description: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(serialize_with = "in_order")]
    properties: Vec<(String, Property<'a>)>,
    required: Vec<&'a str>,
    additional_properties: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Property<'a> {
    description: String,
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(rename = "oneOf", skip_serializing_if = "Vec::is_empty")]
    codes: Vec<Code<'a>>,
    #[serde(rename = "$comment")]
    comment: String,
}

/// Code with its meaning, which `enum` has no place for.
#[derive(Serialize)]
struct Code<'a> {
    #[serde(rename = "const")]
    code: Option<&'a str>,
    title: &'a str,
}

impl Exporter for JsonSchema {
    fn name(&self) -> &'static str {
        "json-schema"
    }

    fn export(&self, schema: &AgencySchema) -> Result<String> {
        let required = |column: &&SchemaColumn| column.request.presence == Presence::Required;
        let property = |column| (SchemaColumn::name(column).to_string(), describe(schema, column));
        to_json(&RowSchema {
            draft: "https://json-schema.org/draft/2020-12/schema",
            title: &schema.label,
            description: &schema.standard,
            kind: "object",
            properties: schema.columns.iter().map(property).collect(),
            required: schema.columns.iter().filter(required).map(SchemaColumn::name).collect(),
            additional_properties: false,
        })
    }
}

fn describe<'a>(schema: &AgencySchema, column: &'a SchemaColumn) -> Property<'a> {
    let identifier = column.name() == schema.identifier;
    let meaning = |code: &str| {
        let listed = column.codes.iter().find(|(listed, _)| listed == code);
        listed.map_or("placeholder", |(_, meaning)| meaning.as_str())
    };
    let listed = column.listed();
    let mut codes: Vec<Code> =
        listed.iter().map(|code| Code { code: Some(code), title: meaning(code) }).collect();
    if !codes.is_empty() {
        codes.push(Code { code: None, title: "missing" });
    }
    let types = match (codes.is_empty(), identifier) {
        (false, _) => vec![],
        (true, true) => vec!["string"],
        (true, false) => vec!["string", "null"],
    };
    let assumed = if column.assumed { "; assumed, not confirmed" } else { "" };
    Property {
        description: column.described(),
        types,
        min_length: identifier.then_some(1),
        pattern: pattern(column),
        codes,
        comment: format!("source: {}{assumed}", column.source),
    }
}

/// Returns the regular expression of a column's cells, if they are dates or have a pattern.
fn pattern(column: &SchemaColumn) -> Option<String> {
    if let Some(pattern) = column.pattern() {
        return Some(pattern);
    }
    let mark = |text: String| text.replace('.', "\\.");
    let date = column.date_as("YYYY", "MM", "DD").map(mark)?;
    let digits = date.replace("YYYY", "[0-9]{4}").replace("MM", "[0-9]{2}");
    Some(format!("^{}$", digits.replace("DD", "[0-9]{2}")))
}
