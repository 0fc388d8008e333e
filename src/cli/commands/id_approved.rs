//! `cci id unseal` and `cci id reidentify`: what two approvers have allowed, of one person, once.

use serde::Serialize;

use super::approval::{read_approval, read_request};
use crate::cli::arguments::ApprovedArguments;
use crate::cli::console::say;
use crate::cli::issuer::Issuer;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Approval, Asked, Request};

/// What was allowed and done.
#[derive(Serialize)]
struct Done {
    done: &'static str,
    /// What stands for the request in the log.
    request: String,
    /// State that the person has again.
    state: Option<&'static str>,
    /// The one pseudonym that was asked for.
    pseudonym: Option<String>,
}

/// Takes the seal of one person back.
///
/// # Errors
/// `GateNotMet` without two approvals; `BadStructure` for a request that is none or asks for
/// something else; `BadStore` or `BadKey` for vault, log and keys.
pub(in crate::cli) fn unseal(options: &ApprovedArguments, json: bool) -> Result<()> {
    let (request, approvals) = read(options)?;
    let Asked::Unseal(handle) = &request.asked else { return Err(another("unseal")) };
    let issuer = Issuer::at(&options.issuer)?.approved("person unseal", &request, &approvals)?;
    let state = issuer.change("person unseal", None, |run, _| run.unseal(handle))?;
    let line = format!("{handle} is {state} again");
    let state = Some(state.name());
    say(
        &Done { done: "unsealed", request: request.reference(), state, pseudonym: None },
        &line,
        json,
    )
}

/// Says which pseudonym of another scope is the same person's.
///
/// # Errors
/// As [`unseal`]; `GateNotMet` if nobody is answered for, for whatever reason.
pub(in crate::cli) fn reidentify(options: &ApprovedArguments, json: bool) -> Result<()> {
    let (request, approvals) = read(options)?;
    let Asked::Reidentify { pseudonym, scope, to } = &request.asked else {
        return Err(another("reidentify"));
    };
    let issuer = Issuer::at(&options.issuer)?.approved("reidentify", &request, &approvals)?;
    let found = issuer
        .answer("reidentify", scope, |registry| registry.same_person_in(to, scope, pseudonym))?;
    let Some(found) = found else {
        let message = format!("nobody is answered for in {scope} and {to}");
        return Err(Error::new(ErrorKind::GateNotMet, message)
            .help("the request is used up; ask the agencies, and make another if need be"));
    };
    let printed = found.print(to);
    let line = format!("{printed} in {to}");
    let done = "reidentified";
    let pseudonym = Some(printed);
    say(&Done { done, request: request.reference(), state: None, pseudonym }, &line, json)
}

fn read(options: &ApprovedArguments) -> Result<(Request, Vec<Approval>)> {
    let approvals = options.approvals.iter().map(|path| read_approval(path));
    Ok((read_request(&options.request)?, approvals.collect::<Result<_>>()?))
}

fn another(command: &str) -> Error {
    let message = format!("request: it does not ask to {command}");
    Error::new(ErrorKind::BadStructure, message)
        .help(format!("make one that does with cci approval {command}"))
}
