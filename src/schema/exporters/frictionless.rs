//! Frictionless Table Schema, the descriptor of a CSV file's columns (datapackage.org).
//!
//! Attribute, source and assumption are properties of our own, which the standard allows.

use serde::Serialize;

use crate::error::Result;
use crate::schema::exporter::{Exporter, to_json};
use crate::schema::{AgencySchema, ColumnType, SchemaColumn};

/// Frictionless Table Schema.
pub(super) struct Frictionless;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    name: &'a str,
    title: &'a str,
    description: &'a str,
    fields: Vec<Field<'a>>,
    missing_values: [&'static str; 1],
    primary_key: [&'a str; 1],
}

#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<Constraints<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'a str>,
    source: &'a str,
    assumed: bool,
}

#[derive(Serialize)]
struct Constraints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique: Option<bool>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    listed: Vec<&'a str>,
}

impl Exporter for Frictionless {
    fn name(&self) -> &'static str {
        "frictionless"
    }

    fn export(&self, schema: &AgencySchema) -> Result<String> {
        to_json(&Descriptor {
            name: &schema.name,
            title: &schema.label,
            description: &schema.standard,
            fields: schema.columns.iter().map(|column| field(schema, column)).collect(),
            missing_values: [""],
            primary_key: [&schema.identifier],
        })
    }
}

fn field<'a>(schema: &AgencySchema, column: &'a SchemaColumn) -> Field<'a> {
    let identifier = (column.name() == schema.identifier).then_some(true);
    let listed = column.listed();
    let date = column.column_type == ColumnType::Date;
    let legend = column.legend();
    Field {
        name: column.name(),
        kind: if date { "date" } else { "string" },
        format: date.then_some(column.request.rules.date_format.as_str()),
        description: if legend.is_empty() {
            column.meaning.clone()
        } else {
            format!("{} ({legend})", column.meaning)
        },
        constraints: (identifier.is_some() || !listed.is_empty()).then_some(Constraints {
            required: identifier,
            unique: identifier,
            listed,
        }),
        attribute: column.request.attribute.as_deref(),
        source: &column.source,
        assumed: column.assumed,
    }
}
