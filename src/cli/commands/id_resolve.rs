//! `cci id resolve`: whom a pseudonym stands for, today or as it was known on a day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::arguments::IdResolveArguments;
use crate::cli::console::print;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::to_json;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::Pseudonym;

/// What is said of a pseudonym.
#[derive(Serialize)]
struct Found {
    handle: String,
    /// State of the person; not known of an earlier day.
    state: Option<&'static str>,
    redirected: Option<bool>,
    /// Pseudonym to use from now on, if it is another one.
    current: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// `BadValue` for a text that is no pseudonym of the scope or a day that is none; `GateNotMet` if
/// it stands for nobody who is answered for; `BadStore` for a vault that cannot be read.
pub(in crate::cli) fn run(options: &IdResolveArguments, json: bool) -> Result<()> {
    let scope = &options.scope;
    let text = if options.pseudonym == "-" {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|_| {
            Error::new(ErrorKind::BadEncoding, "standard input is not UTF-8 text")
                .help("give one pseudonym on one line")
        })?;
        line.trim_end_matches(['\r', '\n']).to_string()
    } else {
        options.pseudonym.clone()
    };
    let pseudonym = Pseudonym::parse(&text, scope).map_err(|refusal| {
        Error::new(ErrorKind::BadValue, format!("pseudonym of {scope}: {refusal}"))
            .help("cci id validate tells what is wrong with it")
    })?;
    let moment = options.as_at.as_deref().map(end_of).transpose()?;
    let found = Issuer::at(&options.issuer)?.answer("resolve", scope, |registry| {
        let Some(moment) = moment else {
            return Ok(registry.resolve(scope, &pseudonym)?.map(|resolved| Found {
                handle: resolved.handle.to_string(),
                state: Some(resolved.state.name()),
                redirected: Some(resolved.redirected),
                current: resolved
                    .current
                    .filter(|current| *current != pseudonym)
                    .map(|current| current.print(scope)),
            }));
        };
        Ok(registry.resolve_as_at(scope, &pseudonym, moment)?.map(|handle| Found {
            handle: handle.to_string(),
            state: None,
            redirected: None,
            current: None,
        }))
    })?;
    let Some(found) = found else {
        // One answer for unknown, sealed, erased, retired and objecting.
        return Err(Error::new(
            ErrorKind::GateNotMet,
            format!("nobody is answered for in {scope}"),
        )
        .help("ask the agency for the pseudonym again, or for a later one"));
    };
    if json {
        print(&to_json(&found)?);
        return Ok(());
    }
    let mut line = format!("handle {}", found.handle);
    if let Some(state) = found.state {
        line += &format!(", {state}");
    }
    if found.redirected == Some(true) {
        line += ", after a merge";
    }
    if let Some(current) = &found.current {
        line += &format!("; from now on {current}");
    }
    print(&line);
    Ok(())
}

/// Returns the last second of a day in UTC, in seconds since 1970.
fn end_of(day: &str) -> Result<u64> {
    let date: Option<Date> = day.parse().ok();
    date.and_then(|date| date.tomorrow().ok())
        .and_then(|next| next.to_zoned(TimeZone::UTC).ok())
        .and_then(|next| u64::try_from(next.timestamp().as_second() - 1).ok())
        .ok_or_else(|| {
            Error::new(ErrorKind::BadValue, "--as-at: expected a day as YYYY-MM-DD, 1970 or later")
                .help("for example --as-at 2026-08-31")
        })
}
