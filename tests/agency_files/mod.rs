//! Agencies' files written cell by cell, by the names of their columns.

use std::path::{Path, PathBuf};

use cci::schema::AgencySchema;

/// Returns a schema of this repository.
pub(crate) fn schema(name: &str) -> AgencySchema {
    AgencySchema::find(name).unwrap()
}

/// Returns a row in the order of a schema's columns; cells not named are empty.
pub(crate) fn row(schema: &AgencySchema, cells: &[(&str, &str)]) -> String {
    for (name, _) in cells {
        assert!(schema.column(name).is_some(), "{} has no column {name}", schema.name);
    }
    let cell = |name: &str| cells.iter().find(|(known, _)| *known == name).map_or("", |c| c.1);
    schema.columns.iter().map(|column| cell(column.name())).collect::<Vec<_>>().join(",")
}

/// Writes a file that has every column of a schema, under the schema's name.
pub(crate) fn write(folder: &Path, schema: &AgencySchema, rows: &[String]) -> PathBuf {
    let names: Vec<&str> = schema.columns.iter().map(|column| column.name()).collect();
    let lines = std::iter::once(names.join(",")).chain(rows.iter().cloned());
    let text: String = lines.map(|line| line + "\n").collect();
    let path = folder.join(format!("{}.csv", schema.name));
    std::fs::write(&path, text).unwrap();
    path
}
