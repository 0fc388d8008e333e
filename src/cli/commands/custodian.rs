//! `cci custodian`: what people decide of single records, and merges taken back.

use std::path::Path;

use serde::Serialize;

use crate::cli::arguments::{CustodianCommand, DataArguments, DecisionArguments, PairArguments};
use crate::cli::console::{Console, print, say};
use crate::cli::custodian::{Custodian, tag_of};
use crate::cli::data::Data;
use crate::cli::manifest::{instant, to_json};
use crate::cli::seals;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{RecordId, Records};
use crate::registry::{Added, Parted, Verdict};
use crate::report::text;
use crate::schema::read_table;

/// Runs the command.
///
/// # Errors
/// `BadKey` or `BadStore` for a custodian's folder that cannot be used, or a decision that one in
/// force contradicts; `BadValue` for a record that is none; `GateNotMet` for an unmerge that does
/// not say whose later records are.
pub(in crate::cli) fn run(command: &CustodianCommand, console: &Console, json: bool) -> Result<()> {
    match command {
        CustodianCommand::KeepApart(pair) => decide(Verdict::Apart, pair, json),
        CustodianCommand::KeepTogether(pair) => decide(Verdict::Together, pair, json),
        CustodianCommand::Lift { number, decision } => {
            let mut memberships = Custodian::open(&decision.custodian)?.memberships;
            let by = (&decision.actor.named()?, &decision.reason);
            let lifted = memberships.lift(*number, by)?;
            let line = format!("decision {lifted}: decision {number} is lifted");
            say(&Decided { decision: lifted, what: "lifted" }, &line, json)
        }
        CustodianCommand::Unmerge { survivor, loser, added, decision } => {
            let added = added.as_deref().map(find_added).transpose()?;
            let mut memberships = Custodian::open(&decision.custodian)?.memberships;
            let by = (&decision.actor.named()?, &decision.reason);
            let parted = memberships.part(survivor, loser, added, by)?;
            let Parted { decision, returned, stayed, added } = parted;
            let line = format!(
                "decision {decision}: {} records are {loser}'s again, {} stay {survivor}'s; {} of \
                 them came after the merge",
                text::count(returned),
                text::count(stayed),
                text::count(added)
            );
            say(&Unmerged { decision, returned, stayed, added }, &line, json)
        }
        CustodianCommand::Seal { list, data, decision } => {
            seal(list, data, decision, console, json)
        }
        CustodianCommand::Decisions { custodian } => {
            list(&Custodian::open(custodian)?.memberships.decisions()?, json)
        }
    }
}

/// A decision that was taken.
#[derive(Serialize)]
struct Decided {
    decision: u64,
    what: &'static str,
}

/// A merge that was taken back.
#[derive(Serialize)]
struct Unmerged {
    decision: u64,
    returned: u64,
    stayed: u64,
    /// Records that came after the merge.
    added: u64,
}

/// A decision as it is listed.
#[derive(Serialize)]
struct Listed<'a> {
    decision: u64,
    what: &'static str,
    pairs: u64,
    actor: &'a str,
    reason: &'a str,
    at: Option<String>,
    lifted_by: Option<u64>,
}

fn decide(verdict: Verdict, pair: &PairArguments, json: bool) -> Result<()> {
    let decision = &pair.decision;
    let mut custodian = Custodian::open(&decision.custodian)?;
    let pair = (custodian.tag(&pair.a)?, custodian.tag(&pair.b)?);
    let by = (&decision.actor.named()?, &decision.reason);
    let number = custodian.memberships.decide(verdict, &[pair], by)?;
    let what = verdict.name();
    let line = format!("decision {number}: kept {what}; next: cci link --custodian, cci id assign");
    say(&Decided { decision: number, what }, &line, json)
}

/// What a seal leaves to be done; nothing of the new identity.
#[derive(Serialize)]
struct Done {
    done: &'static str,
    /// Handles of the identity that is over, for the issuer.
    handles: Vec<String>,
}

fn seal(
    list: &Path,
    data: &DataArguments,
    decision: &DecisionArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let mut custodian = Custodian::open(&decision.custodian)?;
    let by = (&decision.actor.named()?, &decision.reason);
    let data = Data::find(data, console)?;
    let records = &data.reading.records;
    let (old, new) = read_sides(list, records)?;
    let key = custodian.seal_key()?;
    let tag = |record: RecordId| tag_of(&custodian.key, records, record);
    let tokens = seals::tokens(&key, records, (&old, &new), tag)?;
    let [old, new] = [&old, &new].map(|side| side.iter().map(|&r| tag(r)).collect::<Vec<_>>());
    let handles = custodian.memberships.seal((&old, &new), &tokens, by)?;
    let handles: Vec<String> = handles.iter().map(ToString::to_string).collect();
    let mut lines = vec!["sealed; delete the list now: it says what the seal hides".to_string()];
    let next = |handle: &String| format!("issuer: cci id person move {handle} sealed");
    lines.extend(handles.iter().map(next));
    say(&Done { done: "sealed", handles }, &lines.join("\n"), json)
}

/// Reads which records are of the identity that is over, and which of the new one.
fn read_sides(list: &Path, records: &Records) -> Result<(Vec<RecordId>, Vec<RecordId>)> {
    let table = read_table(list)?;
    let columns = ["side", "source", "record"].map(|name| table.column(name));
    let [side, source, record] = columns;
    let (side, source, record) = (side?, source?, record?);
    let (by_name, mut old, mut new) = (records.by_name(), Vec::new(), Vec::new());
    for row in 0..table.rows() {
        let name = format!("{}:{}", table.cell(row, source), table.cell(row, record));
        let found = by_name.get(&name).copied();
        let (Some(found), "old" | "new") = (found, table.cell(row, side)) else {
            let place = format!("{}, row {}", list.display(), row + 2);
            let message = format!("{place}: expected old or new, and a record of the data");
            return Err(Error::new(ErrorKind::BadStructure, message)
                .help("name records as the linkage does, by source and identifier"));
        };
        if table.cell(row, side) == "old" { old.push(found) } else { new.push(found) }
    }
    if old.is_empty() || new.is_empty() {
        let message = format!("{}: expected records of both sides, old and new", list.display());
        return Err(Error::new(ErrorKind::BadStructure, message)
            .help("to hide a person who has no new identity, the issuer's seal is enough"));
    }
    Ok((old, new))
}

fn find_added(name: &str) -> Result<Added> {
    let known = Added::ALL;
    known
        .into_iter()
        .find(|added| added.name() == name)
        .ok_or_else(|| Error::unknown_name("answer", name, known.map(Added::name)))
}

fn list(decisions: &[crate::registry::Decision], json: bool) -> Result<()> {
    let listed: Vec<Listed<'_>> = decisions
        .iter()
        .map(|decision| Listed {
            decision: decision.number,
            what: decision.verdict.name(),
            pairs: decision.pairs,
            actor: &decision.actor,
            reason: &decision.reason,
            at: instant(decision.recorded_at),
            lifted_by: decision.lifted_by,
        })
        .collect();
    if json {
        print(&to_json(&listed)?);
        return Ok(());
    }
    let rows = listed.into_iter().map(|decision| {
        vec![
            decision.decision.to_string(),
            decision.what.into(),
            text::count(decision.pairs),
            decision.actor.into(),
            decision.reason.into(),
            decision.at.unwrap_or_default(),
            decision.lifted_by.map_or_else(|| "in force".into(), |by| format!("lifted by {by}")),
        ]
    });
    let header = ["Decision", "Kept", "Pairs", "Actor", "Reason", "At", "State"];
    print(&text::aligned(&header, rows));
    Ok(())
}
