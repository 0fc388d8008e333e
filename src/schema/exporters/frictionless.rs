//! Frictionless Table Schema, the descriptor of a CSV file's columns (datapackage.org).
//!
//! Attribute, period, check, source and assumption are properties of our own, which the
//! standard allows.

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
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_key: Option<[&'a str; 1]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<ForeignKey<'a>>,
}

/// Identifier that stands for a record of another file.
#[derive(Serialize)]
struct ForeignKey<'a> {
    fields: [&'a str; 1],
    reference: Reference<'a>,
}

#[derive(Serialize)]
struct Reference<'a> {
    resource: &'a str,
    fields: [&'a str; 1],
}

/// Columns that say when a value was held.
#[derive(Serialize)]
struct Period<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'static str>,
    source: &'a str,
    assumed: bool,
}

#[derive(Serialize)]
struct Constraints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
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
            // A record has several rows in a history.
            primary_key: schema.history_of.is_none().then_some([&schema.identifier]),
            foreign_keys: schema
                .history_of
                .iter()
                .map(|records| ForeignKey {
                    fields: [&schema.identifier],
                    reference: Reference {
                        resource: &records.schema,
                        fields: [&records.identifier],
                    },
                })
                .collect(),
        })
    }
}

fn field<'a>(schema: &AgencySchema, column: &'a SchemaColumn) -> Field<'a> {
    let identifier = (column.name() == schema.identifier).then_some(true);
    let unique = identifier.filter(|_| schema.history_of.is_none());
    let listed = column.listed();
    let pattern = column.pattern();
    let constrained = identifier.is_some() || !listed.is_empty() || pattern.is_some();
    let date = column.column_type == ColumnType::Date;
    Field {
        name: column.name(),
        kind: if date { "date" } else { "string" },
        format: date.then_some(column.request.rules.date_format.as_str()),
        description: column.described_with_codes(),
        constraints: constrained.then_some(Constraints {
            required: identifier,
            unique,
            pattern,
            listed,
        }),
        attribute: column.request.attribute.as_deref(),
        period: column
            .request
            .period
            .as_ref()
            .map(|period| Period { from: period.from.as_deref(), to: period.to.as_deref() }),
        check: column.request.checked_as.map(|check| check.name),
        source: &column.source,
        assumed: column.assumed,
    }
}
