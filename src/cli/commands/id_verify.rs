//! `cci id verify`: whether the vault is whole and follows from its events.

use serde::Serialize;

use crate::cli::arguments::IssuerArguments;
use crate::cli::console::print;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::to_json;
use crate::error::{Error, ErrorKind, Result};
use crate::report::text;

/// What was found.
#[derive(Serialize)]
struct Found {
    events: u64,
    persons: u64,
    differences: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// `GateNotMet` if something is not as it should be; `BadStore` if the vault cannot be read.
pub(in crate::cli) fn run(options: &IssuerArguments, json: bool) -> Result<()> {
    let verified = Issuer::at(options)?.open()?.verify()?;
    let found = Found {
        events: verified.events,
        persons: verified.persons,
        differences: verified.differences,
    };
    if json {
        print(&to_json(&found)?);
    } else {
        let (events, persons) = (text::count(found.events), text::count(found.persons));
        print(&format!("{events} events and {persons} persons read"));
    }
    if found.differences.is_empty() {
        return Ok(());
    }
    let error = Error::new(ErrorKind::GateNotMet, "the vault is not as it should be");
    Err(found
        .differences
        .iter()
        .take(4)
        .fold(error, |error, difference| error.note(difference.clone()))
        .help("keep the file for inquiry, and go back to the latest backup that passes"))
}
