//! `cci id validate`: whether printed pseudonyms are right in a scope, checked offline.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cli::arguments::IdValidateArguments;
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::cli::typed_values::typed_values;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, KnownScopes, Refusal, Scope, Verdict, validate};
use crate::report::text;

/// What was found of every pseudonym; each is told by its place, never repeated.
#[derive(Serialize)]
struct Validated {
    scope: String,
    /// Whether other scopes and the states of epochs were known.
    states_known: bool,
    valid: u64,
    not_valid: u64,
    pseudonyms: Vec<Found>,
}

/// What was found of one pseudonym.
#[derive(Serialize)]
struct Found {
    place: u64,
    verdict: &'static str,
    epoch: Option<u8>,
    /// Scope in which the check symbols hold, if it is another one.
    right_in: Option<String>,
    reason: String,
}

/// Runs the command.
///
/// # Errors
/// `GateNotMet` if a pseudonym is not valid; `BadSettings` or `BadValue` for a file of states
/// that is none or does not know the scope; unreadable input.
pub(in crate::cli) fn run(
    options: &IdValidateArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let scope = &options.scope;
    let known = options.states.as_deref().map(|path| read_states(path, scope)).transpose()?;
    let states_known = known.is_some();
    let known = known.unwrap_or_default();
    let texts = typed_values(&options.pseudonyms, console)?;
    let pseudonyms: Vec<Found> = (1..)
        .zip(&texts)
        .map(|(place, text)| found(place, &validate(text, scope, &known), states_known))
        .collect();
    let valid = pseudonyms.iter().filter(|found| found.verdict == "valid").count() as u64;
    let not_valid = pseudonyms.len() as u64 - valid;
    let validated =
        Validated { scope: scope.to_string(), states_known, valid, not_valid, pseudonyms };
    if json {
        print(&to_json(&validated)?);
    } else {
        for found in &validated.pseudonyms {
            let verdict = found.verdict.replace('_', " ");
            print(&format!("{:>4}  {verdict:<13}  {}", found.place, found.reason));
        }
    }
    if not_valid == 0 {
        return Ok(());
    }
    let message = format!(
        "{} of {} pseudonyms not valid in {scope}",
        text::count(not_valid),
        text::count(valid + not_valid)
    );
    Err(Error::new(ErrorKind::GateNotMet, message)
        .help("compare with where it was copied from; nothing here corrects it"))
}

fn found(place: u64, verdict: &Verdict, states_known: bool) -> Found {
    let epoch = verdict.epoch().map(Epoch::number);
    let mut right_in = None;
    let reason = match verdict {
        Verdict::Valid(epoch) => format!("epoch {}", epoch.number()),
        Verdict::Malformed(refusal) => refusal.to_string(),
        Verdict::MatchToken => Refusal::MatchToken.to_string(),
        Verdict::Mistyped if states_known => {
            "its check symbols hold in no scope of the list".into()
        }
        Verdict::Mistyped => {
            "its check symbols do not hold; with --states another scope could be told apart".into()
        }
        Verdict::WrongScope(other) => {
            right_in = Some(other.to_string());
            format!("its check symbols are those of {other}")
        }
        Verdict::UnknownEpoch(epoch) => {
            format!("the scope has not issued in epoch {}", epoch.number())
        }
        Verdict::RetiredEpoch(epoch) => {
            format!("epoch {} is over: ask the issuer for the later pseudonym", epoch.number())
        }
    };
    Found { place, verdict: verdict.name(), epoch, right_in, reason }
}

/// An epoch as `cci keys states --json` lists it; what else it says is not needed.
#[derive(Deserialize)]
struct Listed {
    scope: String,
    epoch: u8,
    state: String,
}

/// Reads the list of scopes and epochs that an issuer published.
fn read_states(path: &Path, scope: &Scope) -> Result<KnownScopes> {
    let text = std::fs::read_to_string(path).map_err(|cause| Error::unreadable(path, &cause))?;
    let malformed = || {
        Error::new(
            ErrorKind::BadSettings,
            format!("{}: expected a list of scopes and epochs", path.display()),
        )
        .help("give the file that cci keys states --json wrote")
    };
    let listed: Vec<Listed> = serde_json::from_str(&text).map_err(|_| malformed())?;
    let mut known = KnownScopes::default();
    for listed in listed {
        let state = EpochState::find(&listed.state).ok_or_else(malformed)?;
        known.add(listed.scope.parse()?, Epoch::new(listed.epoch)?, state);
    }
    if known.contains(scope) {
        return Ok(known);
    }
    Err(Error::new(ErrorKind::BadValue, format!("{}: it does not know {scope}", path.display()))
        .help("check the scope's spelling, or ask the issuer for the latest list"))
}
