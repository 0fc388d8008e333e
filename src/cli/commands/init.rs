//! `cci init`: linkage settings for anybody's files, guessed by header and cells.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::arguments::InitArguments;
use crate::cli::console::{Console, print};
use crate::cli::linkage_settings::LinkageSettings;
use crate::cli::manifest::to_json;
use crate::cli::proposal::{Proposal, Proposed, propose};
use crate::error::{Error, ErrorKind, Result};
use crate::report::text;
use crate::schema::{
    AgencySchema, ColumnGuess, ColumnUse, EncodingGuess, Feeds, WholeFile, guess_columns,
    recognise, survey,
};

/// What was written and why.
#[derive(Serialize)]
struct Initialised {
    schema_version: u32,
    output: String,
    /// What is left to a person.
    choices: usize,
    /// Whether the settings work as they stand.
    complete: bool,
    files: Vec<FileFound>,
}

#[derive(Serialize)]
struct FileFound {
    file: String,
    source: String,
    delimiter: char,
    rows: u64,
    rows_looked_at: u64,
    broken_rows: u64,
    encoding: &'static str,
    encoding_evidence: Option<String>,
    schema: Option<String>,
    columns: Vec<ColumnFound>,
}

#[derive(Serialize)]
struct ColumnFound {
    column: String,
    /// attribute, choice, identifier, source, entity, full_name, unsupported or unused.
    r#use: &'static str,
    /// Ways in which the column feeds an attribute, or may.
    ways: Vec<Way>,
    evidence: String,
}

#[derive(Serialize)]
struct Way {
    attribute: &'static str,
    kind: &'static str,
    further: bool,
    date_format: Option<String>,
    earliest_year: Option<i16>,
}

/// Runs the command.
///
/// # Errors
/// `OutputExists` for settings that are there already; files that cannot be read; `BadValue` if
/// no column is anything to link by.
pub(in crate::cli) fn run(options: &InitArguments, console: &Console, json: bool) -> Result<()> {
    let output = &options.output;
    if output.exists() && !options.force {
        return Err(Error::new(ErrorKind::OutputExists, output.display().to_string())
            .help("name another file with --output, or replace this one with --force"));
    }
    let (base, beside) = base_folder(output, &options.from)?;
    let mut files: Vec<Proposed> = Vec::with_capacity(options.from.len());
    let mut seen: Vec<PathBuf> = Vec::with_capacity(options.from.len());
    for path in &options.from {
        let survey = survey(path)?;
        let guesses = guess_columns(&survey);
        let schema = recognise(&survey);
        let source = source_name(path, schema.as_ref(), &files);
        let full = std::fs::canonicalize(path).map_err(|cause| Error::unreadable(path, &cause))?;
        if let Some(first) = seen.iter().position(|known| *known == full) {
            let first = options.from[first].display();
            let message = format!("{}: it is {first}, named before", path.display());
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("name each file once; records are also linked within one file"));
        }
        seen.push(full.clone());
        let file = full.strip_prefix(&base).unwrap_or(&full).to_string_lossy().replace('\\', "/");
        files.push(Proposed { file, source, survey, guesses, schema });
    }
    let proposal = propose(&files);
    check(&proposal, &files, output)?;
    let mut file = WholeFile::create(output)?;
    file.write_all(proposal.text.as_bytes()).map_err(|cause| file.unwritable(&cause))?;
    file.finish()?;
    if json {
        return print_json(&files, &proposal, output);
    }
    for file in &files {
        print(&describe(file));
    }
    let next = match beside {
        true => format!("cci link --config {}", output.display()),
        false => format!("cci link --config {} --data {}", output.display(), base.display()),
    };
    print(&format!("Wrote {}", output.display()));
    if proposal.choices > 0 {
        print(&format!(
            "{} left to you: look for CHOOSE in {}",
            text::count(proposal.choices as u64),
            output.display()
        ));
    }
    for file in &files {
        let mut lost = file.guesses.iter().filter(|g| g.purpose == ColumnUse::Unsupported);
        if let Some(first) = lost.next() {
            let also = match lost.count() {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            let (path, column) = (file.survey.path.display(), &first.column);
            console.say(&format!(
                "Warning: {path}: column \"{column}\"{also} takes no part: {}",
                first.evidence
            ));
        }
    }
    console.say(&format!("Next: {next}"));
    Ok(())
}

/// Makes sure that there is something to link by and that complete settings can be read.
fn check(proposal: &Proposal, files: &[Proposed], output: &Path) -> Result<()> {
    let any = |file: &Proposed| {
        let telling = |guess: &ColumnGuess| {
            use ColumnUse::{Attribute, Choice, FullName};
            matches!(guess.purpose, Attribute(_) | Choice(_) | FullName)
        };
        file.schema.is_some() || file.guesses.iter().any(telling)
    };
    if let Some(file) = files.iter().find(|file| !any(file)) {
        let path = file.survey.path.display();
        let message = format!("{path}: no column is known to be anything to link by");
        let mut error = Error::new(ErrorKind::BadValue, message);
        for guess in file.guesses.iter().take(4) {
            error = error.note(format!("column \"{}\": {}", guess.column, guess.evidence));
        }
        return Err(error.help("rename the columns that hold names, dates of birth and postcodes"));
    }
    if proposal.complete {
        LinkageSettings::parse(&proposal.text, &output.display().to_string()).map_err(|error| {
            Error::new(ErrorKind::Bug, "the settings just made cannot be read")
                .note(error.message().to_string())
        })?;
    }
    Ok(())
}

/// Returns the folder to which file names are relative, and whether it is that of the settings.
fn base_folder(output: &Path, files: &[PathBuf]) -> Result<(PathBuf, bool)> {
    let own = output.parent().filter(|folder| !folder.as_os_str().is_empty());
    let own = own.unwrap_or(Path::new("."));
    let own = std::fs::canonicalize(own).map_err(|cause| Error::unwritable(output, &cause))?;
    let mut full = Vec::with_capacity(files.len());
    for path in files {
        full.push(std::fs::canonicalize(path).map_err(|cause| Error::unreadable(path, &cause))?);
    }
    if full.iter().all(|path| path.starts_with(&own)) {
        return Ok((own, true));
    }
    let first = full.first().and_then(|path| path.parent()).unwrap_or(Path::new("/"));
    let common = first.ancestors().find(|folder| full.iter().all(|path| path.starts_with(folder)));
    Ok((common.unwrap_or(Path::new("/")).to_path_buf(), false))
}

/// Returns a name of its own for a file's source.
fn source_name(path: &Path, schema: Option<&AgencySchema>, before: &[Proposed]) -> String {
    let stem = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let clean: String = stem.chars().map(|c| if allowed(c) { c } else { '-' }).take(48).collect();
    let name = match schema {
        Some(schema) => schema.name.clone(),
        None if clean.is_empty() => "source".into(),
        None => clean,
    };
    let taken = |name: &str| before.iter().any(|file| file.source == name);
    if !taken(&name) {
        return name;
    }
    let numbered = (2..).map(|number: u32| format!("{name}_{number}"));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or(name)
}

fn word(purpose: &ColumnUse) -> &'static str {
    match purpose {
        ColumnUse::Attribute(_) => "attribute",
        ColumnUse::Choice(_) => "choice",
        ColumnUse::Identifier => "identifier",
        ColumnUse::Split => "source",
        ColumnUse::Entity => "entity",
        ColumnUse::FullName => "full_name",
        ColumnUse::Unsupported => "unsupported",
        ColumnUse::Unused => "unused",
    }
}

fn ways(purpose: &ColumnUse) -> &[Feeds] {
    match purpose {
        ColumnUse::Attribute(feeds) => std::slice::from_ref(feeds),
        ColumnUse::Choice(ways) => ways,
        _ => &[],
    }
}

fn describe(file: &Proposed) -> String {
    let rows = text::count(file.survey.rows);
    let looked = text::count(file.survey.sampled);
    let path = file.survey.path.display();
    let mut lines = vec![format!("{path}: {rows} rows, {looked} looked at")];
    if file.survey.broken > 0 {
        let broken = text::count(file.survey.broken);
        lines.push(format!("  {broken} rows have a broken structure and will be in quarantine"));
    }
    let EncodingGuess { encoding, evidence } = &file.survey.encoding;
    lines.extend(evidence.as_ref().map(|why| format!("  encoding {}: {why}", encoding.name())));
    if let Some(schema) = &file.schema {
        lines.push(format!("  the header and the dates fit the schema of {}", schema.label));
        return lines.join("\n");
    }
    for guess in &file.guesses {
        let attributes: Vec<&str> = ways(&guess.purpose).iter().map(|f| f.attribute).collect();
        let what = match (&guess.purpose, attributes.first()) {
            (ColumnUse::Choice(_), _) => "left to you",
            (_, Some(attribute)) => attribute,
            (purpose, None) => word(purpose),
        };
        lines.push(format!("  {:<28} {what:<16} {}", guess.column, guess.evidence));
    }
    lines.join("\n")
}

fn print_json(files: &[Proposed], proposal: &Proposal, output: &Path) -> Result<()> {
    let column = |guess: &ColumnGuess| ColumnFound {
        column: guess.column.clone(),
        r#use: word(&guess.purpose),
        ways: ways(&guess.purpose)
            .iter()
            .map(|feeds| Way {
                attribute: feeds.attribute,
                kind: feeds.kind.name(),
                further: feeds.further,
                date_format: feeds.date_format.clone(),
                earliest_year: feeds.earliest_year.as_ref().map(|(year, _)| *year),
            })
            .collect(),
        evidence: guess.evidence.clone(),
    };
    let found = files.iter().map(|file| FileFound {
        file: file.survey.path.display().to_string(),
        source: file.source.clone(),
        delimiter: file.survey.delimiter.sign(),
        rows: file.survey.rows,
        rows_looked_at: file.survey.sampled,
        broken_rows: file.survey.broken,
        encoding: file.survey.encoding.encoding.name(),
        encoding_evidence: file.survey.encoding.evidence.clone(),
        schema: file.schema.as_ref().map(|schema| schema.name.clone()),
        columns: file.guesses.iter().map(column).collect(),
    });
    print(&to_json(&Initialised {
        schema_version: 1,
        output: output.display().to_string(),
        choices: proposal.choices,
        complete: proposal.complete,
        files: found.collect(),
    })?);
    Ok(())
}
