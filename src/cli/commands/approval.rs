//! `cci approval`: keys of approvers, requests, and approvals of them.

use std::path::Path;

use serde::Serialize;

use crate::cli::arguments::{ApprovalCommand, RequestArguments};
use crate::cli::console::say;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::instant;
use crate::cli::output_file;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{ApproverKey, OsRandom, Pseudonym};
use crate::registry::{Approval, Asked, Request, now};
use crate::schema::WholeFile;

/// What was written.
#[derive(Serialize)]
struct Written {
    file: String,
    /// What stands for the request in the log.
    request: Option<String>,
    until: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// `BadValue` for a pseudonym that is none; `BadKey`, `OutputExists` or `Unwritable` for keys and
/// files; `BadStructure` or `GateNotMet` for a request that is none or too late.
pub(in crate::cli) fn run(command: &ApprovalCommand, json: bool) -> Result<()> {
    match command {
        ApprovalCommand::Key { name, out, issuer } => {
            output_file::refuse_existing(out)?;
            Issuer::at(issuer)?.add_approver(name, out)?;
            let file = out.display().to_string();
            let line = format!("{file}: hand it to {name}, and delete it here");
            say(&Written { file, request: None, until: None }, &line, json)
        }
        ApprovalCommand::Unseal { handle, request } => ask(Asked::Unseal(*handle), request, json),
        ApprovalCommand::Reidentify { pseudonym, scope, to, request } => {
            let pseudonym = Pseudonym::parse(pseudonym, scope).map_err(|refusal| {
                Error::new(ErrorKind::BadValue, format!("pseudonym of {scope}: {refusal}"))
                    .help("cci id validate tells what is wrong with it")
            })?;
            let (scope, to) = (scope.clone(), to.clone());
            ask(Asked::Reidentify { pseudonym, scope, to }, request, json)
        }
        ApprovalCommand::Give { request, name, key, out } => {
            output_file::refuse_existing(out)?;
            let request = read_request(request)?;
            request.refuse_late(now())?;
            let approval = Approval::give(
                &request,
                name.clone(),
                &ApproverKey::from_file(key, name.as_str())?,
            );
            write(out, &approval.to_text())?;
            told(out, &request, json)
        }
    }
}

fn ask(asked: Asked, options: &RequestArguments, json: bool) -> Result<()> {
    output_file::refuse_existing(&options.out)?;
    let until = now() + 3600 * u64::from(options.hours);
    let request = Request::new(asked, options.ground.clone(), until, &mut OsRandom)?;
    write(&options.out, &request.to_text())?;
    told(&options.out, &request, json)
}

fn told(out: &Path, request: &Request, json: bool) -> Result<()> {
    let (file, reference) = (out.display().to_string(), request.reference());
    let until = instant(request.until);
    let line = format!(
        "{file}: request {reference} on ground {}, until {}",
        request.ground,
        until.as_deref().unwrap_or("never")
    );
    say(&Written { file, request: Some(reference), until }, &line, json)
}

/// Reads a request.
///
/// # Errors
/// `Unreadable` or `BadStructure` if it is none.
pub(in crate::cli) fn read_request(path: &Path) -> Result<Request> {
    Request::parse(&read(path)?).map_err(|error| error.note(path.display().to_string()))
}

/// Reads an approval.
///
/// # Errors
/// `Unreadable` or `BadStructure` if it is none.
pub(in crate::cli) fn read_approval(path: &Path) -> Result<Approval> {
    Approval::parse(&read(path)?).map_err(|error| error.note(path.display().to_string()))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|cause| Error::unreadable(path, &cause))
}

/// Writes a file of mode 0600: a request names a person.
fn write(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let mut file = WholeFile::create_private(path)?;
    file.write_all(text.as_bytes()).map_err(|cause| file.unwritable(&cause))?;
    file.finish()
}
