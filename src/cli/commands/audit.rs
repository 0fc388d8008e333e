//! `cci audit`: whether the log is as it was written, and proof of single entries.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::arguments::{AuditCommand, IssuerArguments};
use crate::cli::console::{print, say};
use crate::cli::digest::hexadecimal;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::to_json;
use crate::cli::output_file;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::Checkpoint;
use crate::report::text;

/// Runs the command.
///
/// # Errors
/// `GateNotMet` if the log is not as it was written; `BadStore`, `BadKey` or `Unreadable` for a
/// log, key or checkpoint that cannot be used; `OutputExists` or `Unwritable` for the output.
pub(in crate::cli) fn run(command: &AuditCommand, json: bool) -> Result<()> {
    match command {
        AuditCommand::Verify { checkpoints, issuer } => verify(checkpoints, issuer, json),
        AuditCommand::Checkpoint { out, issuer } => checkpoint(out, issuer, json),
        AuditCommand::Prove { entry, checkpoint, issuer } => {
            prove(*entry, checkpoint.as_deref(), issuer, json)
        }
    }
}

/// What reading the log found.
#[derive(Serialize)]
struct Verified {
    entries: u64,
    checkpoints: usize,
    first_bad: Option<u64>,
    reason: Option<String>,
}

fn verify(files: &[PathBuf], issuer: &IssuerArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(issuer)?;
    let mut checkpoints: Vec<Checkpoint> = issuer.kept_checkpoint()?.into_iter().collect();
    for file in files {
        checkpoints.push(read_checkpoint(file, &issuer)?);
    }
    let audited = issuer.log_as_it_is()?.verify(&checkpoints)?;
    let (first_bad, reason) = audited.first_bad.unzip();
    let checkpoints = checkpoints.len();
    let found = Verified { entries: audited.entries, checkpoints, first_bad, reason };
    if json {
        print(&to_json(&found)?);
    } else {
        let entries = text::count(found.entries);
        print(&format!("{entries} entries as they were written; {checkpoints} checkpoints"));
    }
    let (Some(bad), Some(reason)) = (found.first_bad, found.reason) else { return Ok(()) };
    Err(Error::new(ErrorKind::GateNotMet, format!("audit log, entry {bad}: {reason}"))
        .help("keep log and vault for inquiry; entries before this one stand"))
}

/// Checkpoint as a program sees it.
#[derive(Serialize)]
struct Written {
    file: String,
    entries: u64,
}

fn checkpoint(out: &Path, issuer: &IssuerArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(issuer)?;
    let checkpoint = issuer.log()?.checkpoint()?;
    output_file::write(out, &checkpoint.to_text(&issuer.keys().audit_key()?))?;
    let written = Written { file: out.display().to_string(), entries: checkpoint.size };
    let line = format!("{}: {} entries", written.file, text::count(written.entries));
    say(&written, &line, json)
}

/// Proof that an entry is in the log.
#[derive(Serialize)]
struct Proved {
    entry: u64,
    entries: u64,
    hash: String,
    root: String,
    path: Vec<String>,
}

fn prove(entry: u64, file: Option<&Path>, issuer: &IssuerArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(issuer)?;
    let log = issuer.log()?;
    let checkpoint = match file {
        Some(file) => read_checkpoint(file, &issuer)?,
        None => log.checkpoint()?,
    };
    let proof = log.prove(entry, checkpoint.size)?;
    if !proof.proves(&checkpoint) {
        let message = format!("entry {entry} does not lead to the checkpoint's root");
        return Err(Error::new(ErrorKind::GateNotMet, message)
            .help("run cci audit verify with this checkpoint: the log is not as it was"));
    }
    let proved = Proved {
        entry,
        entries: proof.size,
        hash: hexadecimal(&proof.entry),
        root: hexadecimal(&checkpoint.root),
        path: proof.path_as_hex(),
    };
    let line = format!(
        "entry {entry} is one of {}; {} hashes lead from it to root {}",
        text::count(proved.entries),
        proved.path.len(),
        proved.root
    );
    say(&proved, &line, json)
}

fn read_checkpoint(file: &Path, issuer: &Issuer) -> Result<Checkpoint> {
    let text = std::fs::read_to_string(file).map_err(|cause| Error::unreadable(file, &cause))?;
    Checkpoint::parse(&text, &issuer.keys().audit_key()?)
        .map_err(|error| error.note(file.display().to_string()))
}
