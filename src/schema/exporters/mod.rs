//! Every form of a schema, one file each. To add one: a file here and a line in [`EXPORTERS`].

mod csvw;
mod frictionless;
mod json_schema;
mod sql;
mod table;

use super::exporter::Exporter;

/// Every form, in the order of the documentation.
pub static EXPORTERS: &[&dyn Exporter] =
    &[&table::Table, &frictionless::Frictionless, &csvw::Csvw, &json_schema::JsonSchema, &sql::Sql];
