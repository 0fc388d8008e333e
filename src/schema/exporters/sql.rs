//! SQL that makes a table of an agency's rows: SQLite's STRICT tables, NULL for an empty cell.

use crate::error::Result;
use crate::schema::exporter::Exporter;
use crate::schema::{AgencySchema, SchemaColumn};

/// SQL data definition, as SQLite (3.37 or later) takes it.
pub(super) struct Sql;

impl Exporter for Sql {
    fn name(&self) -> &'static str {
        "sql"
    }

    fn export(&self, schema: &AgencySchema) -> Result<String> {
        let mut sql = format!(
            "-- {}: {}\nCREATE TABLE {} (\n",
            schema.label,
            schema.standard,
            quoted(&schema.name)
        );
        for (place, column) in schema.columns.iter().enumerate() {
            let comma = if place + 1 < schema.columns.len() { "," } else { "" };
            let assumed = if column.assumed { "; assumed, not confirmed" } else { "" };
            sql += &format!(
                "    -- {} (source: {}{assumed})\n    {}{comma}\n",
                column.described(),
                column.source,
                define(schema, column)
            );
        }
        Ok(sql + ") STRICT;\n")
    }
}

fn define(schema: &AgencySchema, column: &SchemaColumn) -> String {
    let name = quoted(column.name());
    if column.name() == schema.identifier {
        let key = match &schema.history_of {
            None => "PRIMARY KEY".to_string(),
            Some(of) => format!("REFERENCES {} ({})", quoted(&of.schema), quoted(&of.identifier)),
        };
        return format!("{name} TEXT NOT NULL {key} CHECK ({name} <> '')");
    }
    let listed: Vec<String> = column.listed().into_iter().map(literal).collect();
    if !listed.is_empty() {
        return format!("{name} TEXT CHECK ({name} IN ({}))", listed.join(", "));
    }
    let digit = "[0-9]";
    let two = digit.repeat(2);
    match column.date_as("YYYY", &two, &two) {
        Some(date) => {
            let pattern = literal(&date.replace("YYYY", &digit.repeat(4)));
            format!("{name} TEXT CHECK ({name} GLOB {pattern})")
        }
        None => format!("{name} TEXT"),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
