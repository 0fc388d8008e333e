//! A table for people: one line a column, then the code lists.

use std::fmt::Write;

use crate::error::Result;
use crate::schema::{
    AgencySchema, ColumnType, HistoryOf, Presence, SchemaColumn, exporter::Exporter,
};

/// Table for people.
pub(super) struct Table;

const HEADER: [&str; 7] = ["column", "type", "attribute", "required", "codes", "assumed", "source"];
/// Codes shown in their line; longer lists stand below the table alone.
const CODES_IN_LINE: usize = 4;

impl Exporter for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn export(&self, schema: &AgencySchema) -> Result<String> {
        let rows: Vec<[String; 7]> = schema.columns.iter().map(cells).collect();
        let width = |place: usize| {
            let cells = rows.iter().map(|row| row[place].chars().count());
            cells.chain([HEADER[place].len()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
        let mut text = format!(
            "{} ({}): {} columns, identifier {}\nstandard: {}\n",
            schema.label,
            schema.name,
            schema.columns.len(),
            schema.identifier,
            schema.standard
        );
        if let Some(HistoryOf { schema: records, identifier }) = &schema.history_of {
            let _ = writeln!(text, "history of the records of {records}, by their {identifier}");
        }
        text.push('\n');
        push_row(&mut text, &HEADER.map(String::from), &widths);
        for (row, column) in rows.iter().zip(&schema.columns) {
            push_row(&mut text, row, &widths);
            // Writing to a text cannot fail.
            let _ = writeln!(text, "    {}", column.described());
        }
        if !schema.histories.is_empty() {
            text.push_str("\nhistories that may stand beside the file\n");
        }
        let longest = schema.histories.iter().map(|history| history.name.len()).max().unwrap_or(0);
        for history in &schema.histories {
            let _ = writeln!(text, "    {:<longest$}  {}", history.name, history.standard);
        }
        for column in schema.columns.iter().filter(|column| !column.codes.is_empty()) {
            let _ = writeln!(text, "\n{}", column.name());
            let longest = column.codes.iter().map(|(code, _)| code.chars().count()).max();
            let width = longest.unwrap_or(0).max(6);
            for (code, meaning) in &column.codes {
                let _ = writeln!(text, "    {code:<width$}  {meaning}");
            }
        }
        let payload: Vec<&str> = schema.payload().collect();
        if !payload.is_empty() {
            let _ =
                writeln!(text, "\npayload, which cci release may hand on: {}", payload.join(", "));
        }
        text.push_str("\nrequired: the file must have the column; its cells may be empty\n");
        text.push_str("assumed: taken from memory and not confirmed in a published source\n");
        Ok(text)
    }
}

fn cells(column: &SchemaColumn) -> [String; 7] {
    let listed = column.listed();
    let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_string();
    [
        column.name().to_string(),
        match column.column_type {
            ColumnType::Text => "text".into(),
            ColumnType::Number => "number".into(),
            ColumnType::Code => "code".into(),
            ColumnType::Date => column.date_as("YYYY", "MM", "DD").unwrap_or_else(|| "date".into()),
        },
        column.request.attribute.clone().unwrap_or_else(|| "-".into()),
        yes_or_no(column.request.presence == Presence::Required),
        match listed.len() {
            0 => "-".into(),
            1..=CODES_IN_LINE => listed.join(" "),
            count => format!("{count} codes"),
        },
        yes_or_no(column.assumed),
        column.source.clone(),
    ]
}

fn push_row(text: &mut String, cells: &[String], widths: &[usize]) {
    let padded: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    text.push_str(padded.join("  ").trim_end());
    text.push('\n');
}
