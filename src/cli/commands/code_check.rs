//! `cci code check`: whether texts are official numbers or codes, and what they say.

use std::path::Path;

use serde::Serialize;

use crate::cli::arguments::CodeCheckArguments;
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::cli::typed_values::typed_values;
use crate::code::{CodeKind, InstitutionalPostcodes, Postcode};
use crate::error::{Error, ErrorKind, Result};
use crate::report::text;

/// What was found of every value.
#[derive(Serialize)]
struct Checked {
    kind: &'static str,
    as_at_year: u16,
    valid: u64,
    not_valid: u64,
    values: Vec<Value>,
}

/// What was found of one value; a refused one is told by its place, not repeated.
#[derive(Serialize)]
struct Value {
    place: u64,
    valid: bool,
    canonical: Option<String>,
    reason: Option<&'static str>,
    /// Facts of a valid value, in order.
    facts: Vec<Fact>,
    /// Other kinds that a refused value would be valid as.
    valid_as: Vec<&'static str>,
}

/// One thing that a valid value says.
#[derive(Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

/// Runs the command.
///
/// # Errors
/// `UnknownName` for a kind; `GateNotMet` if a value is not valid; `BadValue` for a list that
/// is none of postcodes; unreadable input.
pub(in crate::cli) fn run(
    options: &CodeCheckArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let kind = CodeKind::find(&options.kind)?;
    let listed =
        options.institutional.as_deref().map(|path| institutions(kind, path)).transpose()?;
    let texts = typed_values(&options.values, console)?;
    let mut values: Vec<Value> =
        (1..).zip(&texts).map(|(place, text)| check(kind, place, text, options.as_at)).collect();
    if let Some(listed) = &listed {
        values.iter_mut().for_each(|value| flag(value, listed));
    }
    let valid = values.iter().filter(|value| value.valid).count() as u64;
    let not_valid = values.len() as u64 - valid;
    let checked = Checked { kind: kind.name, as_at_year: options.as_at, valid, not_valid, values };
    if json {
        print(&to_json(&checked)?);
    } else {
        print(&describe(kind, &checked));
    }
    if not_valid == 0 {
        return Ok(());
    }
    let message = format!(
        "{} of {} not valid as {}",
        text::count(not_valid),
        text::count(valid + not_valid),
        kind.name
    );
    Err(Error::new(ErrorKind::GateNotMet, message)
        .help("compare with the document that the value came from; nothing here corrects it"))
}

fn check(kind: &CodeKind, place: u64, text: &str, as_at_year: u16) -> Value {
    match kind.read(text, as_at_year) {
        Ok(known) => Value {
            place,
            valid: true,
            canonical: Some(known.canonical),
            reason: None,
            facts: known.facts.into_iter().map(|(name, value)| Fact { name, value }).collect(),
            valid_as: Vec::new(),
        },
        Err(refusal) => Value {
            place,
            valid: false,
            canonical: None,
            reason: Some(refusal.reason()),
            facts: Vec::new(),
            valid_as: kind.also_fits(text, as_at_year).iter().map(|kind| kind.name).collect(),
        },
    }
}

fn describe(kind: &CodeKind, checked: &Checked) -> String {
    let line = |value: &Value| match (&value.canonical, value.reason) {
        (Some(canonical), _) => {
            let facts: Vec<String> =
                value.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect();
            format!("{:>4}  valid      {canonical}  {}", value.place, facts.join("; "))
        }
        (None, reason) => {
            let also = match value.valid_as.as_slice() {
                [] => String::new(),
                kinds => format!("; it is valid as {}", kinds.join(", ")),
            };
            format!("{:>4}  not valid  {}{also}", value.place, reason.unwrap_or_default())
        }
    };
    let lines: Vec<String> =
        checked.values.iter().map(|v| line(v).trim_end().to_string()).collect();
    format!("{} ({})\n{}", kind.name, kind.title, lines.join("\n"))
}

/// Reads the caller's list of institutions' postcodes.
fn institutions(kind: &CodeKind, path: &Path) -> Result<InstitutionalPostcodes> {
    if kind.name != "postcode" {
        let message = format!("--institutional does not go with kind {}", kind.name);
        return Err(Error::new(ErrorKind::BadValue, message).help("use it with kind postcode"));
    }
    let text = std::fs::read_to_string(path).map_err(|cause| Error::unreadable(path, &cause))?;
    InstitutionalPostcodes::read(&text).map_err(|bad| {
        let message = format!("{} holds {} bad lines", path.display(), bad.len());
        let error = Error::new(ErrorKind::BadValue, message);
        bad.iter()
            .take(5)
            .fold(error, |error, (line, why)| error.note(format!("line {line}: {why}")))
            .help("write one postcode a line; lines that open with # are passed over")
    })
}

/// Says of a valid postcode whether the caller's list has it.
fn flag(value: &mut Value, listed: &InstitutionalPostcodes) {
    let Some(Ok(postcode)) = value.canonical.as_deref().map(Postcode::parse) else { return };
    let found = if listed.contains(&postcode) { "in your list" } else { "not in your list" };
    value.facts.push(Fact { name: "institution", value: found.into() });
}
