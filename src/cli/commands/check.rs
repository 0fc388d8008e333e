//! `cci check`: every problem in agencies' files, before anything is linked.

use std::path::Path;

use serde::Serialize;

use crate::cli::arguments::CheckArguments;
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::error::{Error, ErrorKind, Result};
use crate::report::text;
use crate::schema::{AgencySchema, ReadOptions, linkage_attributes, read};

/// Faults shown one by one for a file; all are counted.
const SHOWN: usize = 20;

/// What was found in one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    schema: String,
    read: u64,
    accepted: u64,
    quarantined: u64,
    declared_duplicates: u64,
    columns: Vec<Cells>,
    faults: Vec<String>,
}

/// Cells of one column that hold no value.
#[derive(Serialize)]
struct Cells {
    column: String,
    missing: u64,
    set_aside: u64,
}

/// Runs the command.
///
/// # Errors
/// `UnknownName` for a schema; `GateNotMet` if any row is bad; an unreadable file.
pub(in crate::cli) fn run(options: &CheckArguments, _: &Console, json: bool) -> Result<()> {
    let checked: Result<Vec<Checked>> =
        options.files.iter().map(|path| check(path, options.schema.as_deref())).collect();
    let checked = checked?;
    if json {
        print(&to_json(&checked)?);
    } else {
        checked.iter().for_each(|file| print(&describe(file)));
    }
    let bad: u64 = checked.iter().map(|file| file.quarantined).sum();
    if bad == 0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::GateNotMet, format!("{bad} rows would go to quarantine"))
        .help("mend the rows named above, or link without them"))
}

fn check(path: &Path, schema: Option<&str>) -> Result<Checked> {
    let stem = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    let schema = AgencySchema::find(schema.unwrap_or(stem))
        .map_err(|error| error.note(format!("for file {}", path.display())))?;
    let everything = ReadOptions { max_bad_share: 1.0 };
    let reading = read(&[schema.file(path)], &linkage_attributes(), &everything)?;
    let account = reading
        .accounts
        .first()
        .ok_or_else(|| Error::new(ErrorKind::Bug, "a file was read without an account of it"))?;
    Ok(Checked {
        file: path.display().to_string(),
        schema: schema.name.clone(),
        read: account.read,
        accepted: account.accepted,
        quarantined: account.quarantined,
        declared_duplicates: account.declared_duplicates,
        columns: account
            .columns
            .iter()
            .map(|column| Cells {
                column: column.column.clone(),
                missing: column.missing,
                set_aside: column.set_aside,
            })
            .collect(),
        faults: reading.faults.iter().map(ToString::to_string).collect(),
    })
}

fn describe(file: &Checked) -> String {
    let mut lines = vec![format!(
        "{} by schema {}: read {} = accepted {} + quarantined {} + declared duplicates {}",
        file.file,
        file.schema,
        text::count(file.read),
        text::count(file.accepted),
        text::count(file.quarantined),
        text::count(file.declared_duplicates)
    )];
    let cells = file.columns.iter().filter(|column| column.missing + column.set_aside > 0);
    lines.extend(cells.map(|column| {
        format!(
            "  {:<36} {:>9} missing {:>9} set aside as invalid",
            column.column,
            text::count(column.missing),
            text::count(column.set_aside)
        )
    }));
    lines.extend(file.faults.iter().take(SHOWN).map(|fault| format!("  {fault}")));
    if file.faults.len() > SHOWN {
        lines.push(format!("  and {} more", file.faults.len() - SHOWN));
    }
    lines.join("\n")
}
