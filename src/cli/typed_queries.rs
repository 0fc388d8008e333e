//! What is known of a record that somebody looks for, as typed or one JSON object a line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::console::Console;
use super::typed_values::typed_values;
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{self, CellRules, Normalised};
use crate::record::{Attribute, Records};
use crate::strategy::Query;

/// Values by the name of their attribute, as somebody gave them.
type Given = BTreeMap<String, Vec<String>>;

/// Returns the queries that were typed, or those of standard input.
///
/// # Errors
/// `UnknownName` for an attribute or a source that the records do not have; `BadValue` for what
/// cannot be a value, for a line that is no object, and where nothing is asked.
pub(super) fn typed_queries(
    set: &[String],
    source: Option<&str>,
    records: &Records,
    console: &Console,
) -> Result<Vec<Query>> {
    let given: Vec<(String, Given)> = match set {
        [] => {
            let lines = typed_values(&["-".into()], console)?.into_iter().enumerate();
            let lines = lines.map(|(n, line)| (format!("line {}", n + 1), line));
            let asked = lines.filter(|(_, line)| !line.trim().is_empty());
            asked.map(|(place, line)| object(&line, &place).map(|given| (place, given))).collect()
        }
        set => assignments(set).map(|given| vec![("--set".into(), given)]),
    }?;
    let known = || records.sources().iter().map(|source| source.name.as_str());
    let source = match source {
        None => None,
        Some(name) => match known().position(|known| known == name) {
            Some(place) => Some(place as u8),
            None => return Err(Error::unknown_name("source", name, known())),
        },
    };
    let query = |(place, given): (String, Given)| {
        let values = normalised(given, records).map_err(|error| error.note(format!("in {place}")));
        Ok(Query { values: values?, source })
    };
    given.into_iter().map(query).collect()
}

/// Reads `ATTRIBUTE=VALUE`, an attribute as often as it has values.
fn assignments(set: &[String]) -> Result<Given> {
    let mut given = Given::new();
    for text in set {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Error::new(ErrorKind::BadValue, "--set: expected an attribute, = and a value")
                .help("write for example --set family_name=Khan")
        })?;
        given.entry(name.trim().into()).or_default().push(value.into());
    }
    Ok(given)
}

/// Reads an object whose values are texts, or lists of texts.
fn object(line: &str, place: &str) -> Result<Given> {
    let bad = |what: &str| {
        Error::new(ErrorKind::BadValue, format!("standard input, {place}: {what}")).help(
            "write for example {\"given_name\": \"Asha\", \"family_name\": [\"Khan\", \"Shah\"]}",
        )
    };
    let Ok(Value::Object(object)) = serde_json::from_str(line) else {
        return Err(bad("expected one JSON object"));
    };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Null => Some(String::new()),
        _ => None,
    };
    let mut given = Given::new();
    for (name, value) in object {
        let values = match value {
            Value::Array(values) => values.into_iter().map(text).collect(),
            value => text(value).map(|text| vec![text]),
        };
        let values = values.ok_or_else(|| bad("expected a text, or a list of texts, a name"))?;
        given.insert(name, values);
    }
    Ok(given)
}

/// Returns the values of each attribute of the records as a file's cells would be read.
fn normalised(given: Given, records: &Records) -> Result<Vec<Vec<String>>> {
    let mut values = vec![Vec::new(); records.columns().len()];
    for (name, cells) in given {
        let place = records.attribute(&name)?;
        let attribute = records.columns()[place].attribute();
        for cell in cells {
            add(attribute, &cell, &mut values[place])?;
        }
    }
    if values.iter().all(Vec::is_empty) {
        return Err(Error::new(ErrorKind::BadValue, "no value is given to look for")
            .help("give at least the values that some blocking rule asks for"));
    }
    Ok(values)
}

/// Adds a cell's value and its alternates; nothing if it is missing.
fn add(attribute: &Attribute, cell: &str, values: &mut Vec<String>) -> Result<()> {
    let (normaliser, rules) = (normalise::of_kind(attribute.kind()), CellRules::of_any_year());
    let mut value = String::new();
    match normaliser.normalise(cell, &rules, &mut value) {
        Normalised::Missing => {}
        Normalised::Invalid => {
            let (name, expected) = (attribute.name(), normaliser.expects());
            let found = cell.chars().count();
            let message =
                format!("{name}: expected {expected}, found {found} characters (value withheld)");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("correct the value, or leave the attribute out"));
        }
        Normalised::Value => {
            let mut more = Vec::new();
            normaliser.alternates(cell, &value, &rules, &mut |form| more.push(form.to_string()));
            let new = std::iter::once(value).chain(more);
            let new: Vec<String> = new.filter(|value| !values.contains(value)).collect();
            values.extend(new);
        }
    }
    Ok(())
}
