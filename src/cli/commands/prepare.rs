//! `cci prepare`: the holder's duty of handing over what linkage needs, and nothing else.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::cli::arguments::PrepareArguments;
use crate::cli::console::{Console, print};
use crate::cli::duty::Duty;
use crate::cli::holder::{AgencyFile, Crosswalk};
use crate::cli::manifest::to_json;
use crate::cli::metrics::Rows;
use crate::cli::prepared::{Handed, source_table, write_records};
use crate::cli::private_output;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{ExchangeSecret, KeyFolder, TokenKeys, TransportId};
use crate::normalise::CANON_VERSION;
use crate::record::{Attribute, RecordId};
use crate::report::text;
use crate::schema::{Reading, WholeFile, linkage_attributes, read_with_quarantine};

/// Distinct values below which counts alone tell which token is which.
const FEW: usize = 100;

/// What was handed over.
#[derive(Serialize)]
struct Prepared {
    rows: Rows,
    histories: Vec<Rows>,
    canon: &'static str,
    /// Records with the transport identifier that they had before.
    known: u64,
    /// Records with a new one.
    new: u64,
    /// Name that the tokens bear, if values were not handed over.
    exchange: Option<String>,
    attributes: Vec<Told>,
    /// Files for the custodian.
    files: [String; 2],
    /// File that stays with the holder.
    crosswalk: String,
}

/// Attribute that was handed over.
#[derive(Serialize)]
struct Told {
    attribute: String,
    records: u64,
    distinct: u64,
}

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with the file, as for a linkage; `UnknownName` for an attribute or schema;
/// `BadKey` for the secret; `OutputExists` or `Unwritable` for what is to be written.
pub(in crate::cli) fn run(options: &PrepareArguments, console: &Console, json: bool) -> Result<()> {
    let agency = AgencyFile::of(&options.file, &options.agency)?;
    Duty::Holder.refuse_others(&options.agency.holder)?;
    let attributes = chosen(&options.attributes)?;
    let files = ["csv", "toml"].map(|end| options.out.join(format!("{}.{end}", agency.source)));
    files.iter().try_for_each(|path| private_output::refuse_existing(path))?;
    let secret = options.secret_file.as_deref().map(ExchangeSecret::from_file).transpose()?;
    let keys = match (&options.tokens, &secret) {
        (Some(title), Some(read)) => Some(TokenKeys::new(&read.secret, title, CANON_VERSION)?),
        _ => None,
    };
    if secret.as_ref().is_some_and(|read| read.ended_in_line_break) {
        console.say("  the line break at the end of the secret's file is no part of the secret");
    }
    let reading = read(&agency, &attributes)?;
    let mut crosswalk = Crosswalk::read(&agency.crosswalk())?;
    let (mut ids, mut new) = (Vec::with_capacity(reading.records.len()), 0);
    for record in 0..reading.records.len() as RecordId {
        let (id, is_new) = crosswalk.admit(reading.records.local_id(record))?;
        new += u64::from(is_new);
        ids.push((id, record));
    }
    ids.sort_unstable();
    let rows = rows_of(&reading, &ids)?;
    let handed = Handed::all(&reading.records, keys.as_ref());
    // First what the holder needs to know the records again, then what leaves.
    crosswalk.write(&agency.crosswalk())?;
    KeyFolder::at(&options.out).make()?;
    write_records(&files[0], &handed, &ids)?;
    write_private(&files[1], &source_table(&agency.source, &handed, keys.is_some()))?;
    let told = |handed: &Handed| Told {
        attribute: handed.attribute().to_string(),
        records: handed.records() as u64,
        distinct: handed.distinct() as u64,
    };
    let prepared = Prepared {
        rows,
        histories: reading.histories.iter().map(Rows::of_file).collect(),
        canon: CANON_VERSION,
        known: ids.len() as u64 - new,
        new,
        exchange: keys.as_ref().map(|k| format!("{:08x}", u32::from_be_bytes(k.name()))),
        attributes: handed.iter().map(told).collect(),
        files: files.map(|path| path.display().to_string()),
        crosswalk: agency.crosswalk().display().to_string(),
    };
    for told in prepared.attributes.iter().filter(|told| told.distinct < FEW as u64) {
        if prepared.exchange.is_some() {
            console.say(&format!(
                "  {}: tokens of {} values only; how often each comes tells which it is",
                told.attribute, told.distinct
            ));
        }
    }
    print(&if json { to_json(&prepared)? } else { prepared.describe() });
    Ok(())
}

/// Returns the attributes to hand over.
fn chosen(names: &[String]) -> Result<Vec<Attribute>> {
    let known = linkage_attributes();
    if names.is_empty() {
        return Ok(known);
    }
    for name in names {
        if !known.iter().any(|attribute| attribute.name() == name) {
            let known = known.iter().map(Attribute::name);
            return Err(Error::unknown_name("linkage attribute", name, known));
        }
    }
    Ok(known.into_iter().filter(|a| names.iter().any(|name| name == a.name())).collect())
}

/// Reads the file; bad rows go to the holder's own folder, in place of those of an earlier time.
fn read(agency: &AgencyFile, attributes: &[Attribute]) -> Result<Reading> {
    KeyFolder::at(&agency.folder).make()?;
    let quarantine = agency.folder.join("quarantine");
    if quarantine.is_dir() {
        fs::remove_dir_all(&quarantine).map_err(|cause| Error::unwritable(&quarantine, &cause))?;
    }
    let files = std::slice::from_ref(&agency.file);
    read_with_quarantine(files, attributes, &agency.options, &agency.folder)
}

/// Returns the account of the rows, every accepted one of which is to be handed over.
fn rows_of(reading: &Reading, ids: &[(TransportId, RecordId)]) -> Result<Rows> {
    let account = reading.accounts.first().filter(|a| a.accepted == ids.len() as u64);
    let account = account.ok_or_else(|| {
        Error::new(ErrorKind::Bug, "records to hand over are not the rows accepted")
    })?;
    account.check()?;
    Ok(Rows::of_source(account))
}

fn write_private(path: &Path, content: &str) -> Result<()> {
    let mut file = WholeFile::create_private(path)?;
    file.write_all(content.as_bytes()).map_err(|cause| file.unwritable(&cause))?;
    file.finish()
}

impl Prepared {
    fn describe(&self) -> String {
        let count = text::count;
        let mut lines = Vec::new();
        for rows in [&self.rows].into_iter().chain(&self.histories) {
            lines.push(rows.describe());
        }
        lines.push(format!(
            "{} transport identifiers: {} known from before, {} new",
            count(self.known + self.new),
            count(self.known),
            count(self.new)
        ));
        let form = match &self.exchange {
            Some(name) => format!("as match tokens of exchange {name}"),
            None => "in clear".into(),
        };
        let names: Vec<&str> = self.attributes.iter().map(|a| a.attribute.as_str()).collect();
        lines.push(format!("for the custodian, {form}: {}", names.join(", ")));
        lines.extend(self.files.iter().map(|file| format!("  {file}")));
        lines.push(format!("stays here: {}", self.crosswalk));
        lines.join("\n")
    }
}
