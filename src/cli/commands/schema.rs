//! `cci schema`: what an agency's file looks like, for people and for other tools.

use serde::Serialize;

use crate::cli::arguments::SchemaCommand;
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::cli::output_file;
use crate::error::Result;
use crate::schema::{AgencySchema, find_exporter};

/// Export as a program sees it.
#[derive(Serialize)]
struct Exported<'a> {
    schema: &'a str,
    format: &'a str,
    /// File written, if one was named.
    file: Option<String>,
    /// Export itself, unless it went to a file.
    text: Option<&'a str>,
}

/// Runs the command.
///
/// # Errors
/// `UnknownName` for a schema or a form; `OutputExists` or `Unwritable` for the file.
pub(in crate::cli) fn run(options: &SchemaCommand, console: &Console, json: bool) -> Result<()> {
    match options {
        SchemaCommand::Show(options) => {
            let form = if json { "frictionless" } else { "table" };
            print(&find_exporter(form)?.export(&AgencySchema::find(&options.name)?)?);
        }
        SchemaCommand::Export(options) => {
            let schema = AgencySchema::find(&options.name)?;
            let text = find_exporter(&options.format)?.export(&schema)?;
            let out = options.out.as_deref();
            if let Some(path) = out {
                output_file::write(path, &text)?;
                console.say(&format!("Wrote {}", path.display()));
            }
            if json {
                print(&to_json(&Exported {
                    schema: &schema.name,
                    format: &options.format,
                    file: out.map(|path| path.display().to_string()),
                    text: out.is_none().then_some(&text),
                })?);
            } else if out.is_none() {
                print(&text);
            }
        }
    }
    Ok(())
}
