//! `cci id assign`: the custodian's duty of keeping identifiers what they were.

use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use crate::cli::arguments::IdAssignArguments;
use crate::cli::console::print;
use crate::cli::custodian::Custodian;
use crate::cli::identifier_class::{Classified, classify};
use crate::cli::manifest::{as_at_of, seals_of, to_json};
use crate::cli::private_output;
use crate::cli::tables::{ENTITIES, LINKS, read_links_among, read_named_entities};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::KeyFolder;
use crate::registry::{Proposal, Reassignment, RecordTag};
use crate::report::text;
use crate::schema::TableWriter;

/// Folder of the lists of handles, one a source.
const HANDLES: &str = "handles";
/// Folder of the lists of classes, one a source.
const CLASSES: &str = "classes";
/// List of what became of handles, for the issuer.
const CHANGES: &str = "changes.csv";

/// What a linkage changes.
#[derive(Serialize)]
struct Assigned {
    records: u64,
    /// Records of identities that were sealed, which no list has.
    retired: u64,
    new: u64,
    unchanged: u64,
    moved: u64,
    /// Records known before that the run does not have.
    absent: u64,
    handles_merged: u64,
    handles_split: u64,
    /// Records of which somebody has decided whom they are with or apart from.
    decided: u64,
    /// Moved records by source, sorted.
    moved_by_source: Vec<(String, u64)>,
    kept: bool,
}

/// Record of a run: source, local identifier, entity.
type Record = (String, String, u32);

/// Runs the command.
///
/// # Errors
/// `BadStore` or `BadKey` if the custodian's files cannot be used; a run that is none; `BadValue`
/// without a day.
pub(in crate::cli) fn run(options: &IdAssignArguments, json: bool) -> Result<()> {
    let mut records = read_named_entities(&options.run.join(ENTITIES))?;
    let day = day_of(options)?;
    let folder = &options.custodian;
    if let Some(list) = &options.changes {
        private_output::refuse_existing(list)?;
    }
    let mut custodian = Custodian::open_or_make(folder)?;
    let all = records.len();
    if let Some(seals) = custodian.seals()? {
        refuse_unsealed(&options.run, &custodian)?;
        let key = &custodian.key;
        records.retain(|(source, id, _)| !seals.retires(&key.record_tag(source, id)));
    }
    let retired = (all - records.len()) as u64;
    let (key, memberships) = (&custodian.key, &mut custodian.memberships);
    let tags: Vec<RecordTag> =
        records.iter().map(|(source, id, _)| key.record_tag(source, id)).collect();
    let entity_of: Vec<u32> = records.iter().map(|(.., entity)| *entity).collect();
    let names = (0..).zip(&records).map(|(at, (source, id, _))| (format!("{source}:{id}"), at));
    let links = read_links_among(&options.run.join(LINKS), &names.collect())?;
    let classes = classify(&entity_of, &links);
    let proposal = memberships.propose(&tags, &entity_of)?;
    let change = &proposal.reassignment;
    if let Some(list) = &options.changes {
        write_moved(list, &records, &proposal)?;
    }
    if options.apply {
        memberships.apply(&proposal, &tags, day)?;
        write_handles(&folder.join(HANDLES), &records, change)?;
        write_classes(&folder.join(CLASSES), &records, &classes)?;
        write_changes(&folder.join(CHANGES), change)?;
    }
    let assigned = Assigned {
        records: records.len() as u64,
        retired,
        new: change.new,
        unchanged: change.unchanged,
        moved: change.moved.len() as u64,
        absent: proposal.absent,
        handles_merged: change.merged.len() as u64,
        handles_split: change.split.len() as u64,
        decided: proposal.decided.len() as u64,
        moved_by_source: by_source(&records, change),
        kept: options.apply,
    };
    print(&if json { to_json(&assigned)? } else { describe(&assigned) });
    Ok(())
}

/// Refuses a run that did not keep to the seals, or not to all of them: it may hold old and new
/// together where only their values tell.
fn refuse_unsealed(run: &Path, custodian: &Custodian) -> Result<()> {
    if seals_of(run)? == custodian.seals_digest()? {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::GateNotMet,
        format!("{}: the run was not made under the seals that there are now", run.display()),
    )
    .help("link again with --custodian"))
}

/// Returns the day as at which the records are, in days since 1970.
fn day_of(options: &IdAssignArguments) -> Result<i64> {
    let day = match &options.as_at {
        Some(day) => Some(day.clone()),
        None => as_at_of(&options.run)?.map(|day| day.to_string()),
    };
    let date: Option<Date> = day.and_then(|day| day.parse().ok());
    let since = date.and_then(|date| Date::new(1970, 1, 1).ok()?.until(date).ok());
    since.map(|span| i64::from(span.get_days())).ok_or_else(|| {
        Error::new(ErrorKind::BadValue, "the day of the records is not known")
            .help("give it with --as-at, as YYYY-MM-DD")
    })
}

fn by_source(records: &[Record], change: &Reassignment) -> Vec<(String, u64)> {
    let mut counts = std::collections::BTreeMap::<&str, u64>::new();
    for &place in &change.moved {
        *counts.entry(&records[place].0).or_default() += 1;
    }
    counts.into_iter().map(|(source, count)| (source.into(), count)).collect()
}

/// Writes a list for each source: its own records, sorted, with their handles.
fn write_handles(folder: &Path, records: &[Record], change: &Reassignment) -> Result<()> {
    KeyFolder::at(folder).make()?;
    let mut rows: Vec<(&str, &str, String)> = records
        .iter()
        .zip(&change.handles)
        .map(|((source, id, _), handle)| (source.as_str(), id.as_str(), handle.to_string()))
        .collect();
    rows.sort_unstable();
    for of_source in rows.chunk_by(|a, b| a.0 == b.0) {
        let path = folder.join(format!("{}.csv", of_source[0].0));
        let mut list = TableWriter::create_private(&path, &["record", "handle"])?;
        for (_, id, handle) in of_source {
            list.row([*id, handle])?;
        }
        list.finish()?;
    }
    Ok(())
}

/// Writes a list for each source: how sure the linkage of its records is.
fn write_classes(folder: &Path, records: &[Record], classes: &[Classified]) -> Result<()> {
    KeyFolder::at(folder).make()?;
    let mut rows: Vec<(&Record, &Classified)> = records.iter().zip(classes).collect();
    rows.sort_unstable_by_key(|(record, _)| *record);
    for of_source in rows.chunk_by(|(a, _), (b, _)| a.0 == b.0) {
        let path = folder.join(format!("{}.csv", of_source[0].0.0));
        let mut list = TableWriter::create_private(&path, &Classified::COLUMNS)?;
        for ((_, id, _), class) in of_source {
            list.row([id.as_str(), class.class.name(), class.confidence.name()])?;
        }
        list.finish()?;
    }
    Ok(())
}

/// Writes every record that gets another handle, and the decision that it is subject to.
fn write_moved(path: &Path, records: &[Record], proposal: &Proposal) -> Result<()> {
    let header = ["source", "record", "before", "after", "decision"];
    let mut list = private_output::create(path, &header)?;
    let after = &proposal.reassignment.handles;
    for &place in &proposal.reassignment.moved {
        let (source, id, _) = &records[place];
        let before = proposal.before[place].map_or_else(String::new, |handle| handle.to_string());
        let decision = proposal.decided.get(&place).map_or_else(String::new, u64::to_string);
        list.row([source, id, &before, &after[place].to_string(), &decision])?;
    }
    list.finish()
}

/// Writes what became of handles: the issuer merges and splits persons by it.
fn write_changes(path: &Path, change: &Reassignment) -> Result<()> {
    let mut list = TableWriter::create_private(path, &["change", "handle", "other"])?;
    for (what, pairs) in [("merged_into", &change.merged), ("split_off", &change.split)] {
        for (handle, other) in pairs {
            list.row([what, &handle.to_string(), &other.to_string()])?;
        }
    }
    list.finish()
}

fn describe(assigned: &Assigned) -> String {
    let count = text::count;
    let mut lines = vec![format!(
        "{} records: {} keep their handle, {} are new, {} move; {} known before are absent",
        count(assigned.records),
        count(assigned.unchanged),
        count(assigned.new),
        count(assigned.moved),
        count(assigned.absent)
    )];
    for (source, moved) in &assigned.moved_by_source {
        lines.push(format!("  {source}: {} move", count(*moved)));
    }
    lines.push(format!(
        "{} handles go into others, {} are split off",
        count(assigned.handles_merged),
        count(assigned.handles_split)
    ));
    if assigned.retired > 0 {
        lines.push(format!("{} records are retired and in no list", count(assigned.retired)));
    }
    if assigned.decided > 0 {
        lines.push(format!("{} records are subject to decisions", count(assigned.decided)));
    }
    lines.push(if assigned.kept {
        "kept".into()
    } else {
        "nothing is kept; run again with --apply".into()
    });
    lines.join("\n")
}
