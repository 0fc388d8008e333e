//! `cci check`: every problem in agencies' files, before anything is linked.

use std::path::{Path, PathBuf};

use crate::cli::arguments::CheckArguments;
use crate::cli::checked::Checked;
use crate::cli::console::{Console, print};
use crate::cli::manifest::{as_at_of, to_json};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{
    AgencySchema, AsAt, Delimiter, ReadOptions, Shown, SourceFile, TextEncoding, mend, recognise,
    survey,
};

/// Runs the command.
///
/// # Errors
/// `UnknownName` for a schema; `GateNotMet` if any row is bad; an unreadable file.
pub(in crate::cli) fn run(options: &CheckArguments, console: &Console, json: bool) -> Result<()> {
    let shown = if options.show_values { Shown::Values } else { Shown::Patterns };
    if options.show_values {
        console.say("Values are shown: treat this output as you treat the file");
    }
    if options.output.is_some() && options.files.len() > 1 {
        return Err(Error::new(ErrorKind::BadValue, "--output names one copy, for one file")
            .help("leave it out, and each copy stands beside its file"));
    }
    let encoding = match &options.encoding {
        Some(name) => TextEncoding::parse(name)?,
        None => TextEncoding::default(),
    };
    let as_at = options.as_at.as_deref().map(AsAt::parse).transpose()?;
    let mut checked = Vec::with_capacity(options.files.len());
    for path in &options.files {
        let schema = schema_of(path, options.schema.as_deref())?;
        let as_at = match as_at {
            None => as_at_of(path.parent().unwrap_or(Path::new("")))?,
            given => given,
        };
        let read_as = ReadOptions { as_at, ..ReadOptions::check() };
        let file = schema.file(path).written(encoding, Delimiter::default());
        if options.fix {
            let copy = options.output.clone().unwrap_or_else(|| beside(path));
            let report = mend(&file, &copy)?;
            console.say(&format!("Wrote {}", copy.display()));
            // The copy is written in UTF-8; histories stay where and as they are.
            let copy = SourceFile { path: copy, encoding: TextEncoding::default(), ..file };
            let mended = Checked::of(&copy, &schema, shown, &read_as)?;
            checked.push(mended.mended_from(path, report));
        } else {
            checked.push(Checked::of(&file, &schema, shown, &read_as)?);
        }
    }
    if json {
        print(&to_json(&checked)?);
    } else {
        checked.iter().for_each(|file| print(&file.describe()));
    }
    let bad: u64 = checked.iter().map(Checked::bad_rows).sum();
    if bad == 0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::GateNotMet, format!("{bad} rows would go to quarantine"))
        .help("mend the rows named above, or link without them"))
}

/// Returns the schema asked for, that of the file's name, or the one that its header fits.
fn schema_of(path: &Path, schema: Option<&str>) -> Result<AgencySchema> {
    let stem = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    let by_header = || match schema {
        Some(_) => None,
        None => survey(path).ok().and_then(|survey| recognise(&survey)),
    };
    let schema = AgencySchema::find(schema.unwrap_or(stem)).or_else(|error| {
        by_header().ok_or_else(|| error.note(format!("for file {}", path.display())))
    })?;
    if let Some(records) = &schema.history_of {
        let message = format!("{}: a history is checked with its records", path.display());
        return Err(Error::new(ErrorKind::BadValue, message).help(format!(
            "check the file of schema {}; its histories go with it",
            records.schema
        )));
    }
    Ok(schema)
}

/// Returns the name of a mended copy beside a file.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    path.with_file_name(format!("{stem}.mended.csv"))
}
