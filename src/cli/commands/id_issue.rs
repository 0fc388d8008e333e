//! `cci id issue`: pseudonyms for the records of one agency, by the custodian's handles.

use std::path::Path;

use serde::Serialize;

use crate::cli::agency_list::{LIST, read_pseudonyms};
use crate::cli::arguments::IdIssueArguments;
use crate::cli::console::say;
use crate::cli::issuer::Issuer;
use crate::cli::notice::{self, List};
use crate::cli::private_output;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, Scope};
use crate::registry::Handle;
use crate::report::text;
use crate::schema::read_table;

/// What was issued.
#[derive(Serialize)]
struct Written {
    scope: String,
    epoch: u8,
    records: u64,
    /// Persons minted for handles that were not known.
    minted: u32,
    /// Records that have no pseudonym, because the person is not to be answered for.
    withheld: u64,
    /// Rows of the notice: records whose pseudonym changed since the list before.
    changed: Option<u64>,
    file: String,
}

/// Runs the command.
///
/// # Errors
/// `BadValue` with the row of a handle that is none; `BadStore` or `BadKey` for vault, log and
/// keys; `OutputExists` or `Unwritable` for list and notice; a list before that is none of this
/// scope, or of another epoch.
pub(in crate::cli) fn run(options: &IdIssueArguments, json: bool) -> Result<()> {
    for file in [Some(&options.out), options.notice.as_ref()].into_iter().flatten() {
        private_output::refuse_existing(file)?;
    }
    let before = options.since.as_deref().map(|list| read_before(list, &options.scope));
    let before = before.transpose()?;
    let table = read_table(&options.handles)?;
    let (record, handle) = (table.column("record")?, table.column("handle")?);
    let handles = (0..table.rows())
        .map(|row| {
            table.cell(row, handle).parse::<Handle>().map_err(|error| {
                error.note(format!("{}, row {}", options.handles.display(), row + 2))
            })
        })
        .collect::<Result<Vec<Handle>>>()?;
    let (issuer, scope) = (Issuer::at(&options.issuer)?, &options.scope);
    issuer.open_keys("issue", scope)?;
    let (minted, epoch, issued) = issuer.change("issue", Some(scope), |run, known| {
        let active = known
            .iter()
            .find(|known| known.scope == *scope && known.state == EpochState::Active)
            .ok_or_else(|| {
                Error::new(ErrorKind::BadStore, format!("{scope} has no active epoch"))
                    .help("make one with cci keys new --scope, then cci keys move")
            })?;
        if let Some((before, list)) = before.as_ref().zip(options.since.as_deref()) {
            refuse_other_epoch(before, active.epoch, list)?;
        }
        let key = issuer.keys().pseudonym_key(scope, active.epoch)?;
        let minted = run.admit(&handles)?;
        Ok((minted, active.epoch, run.issue(&key, &handles)?))
    })?;
    let mut after = List::new();
    issuer.release("list", scope, |_| {
        let mut list = private_output::create(&options.out, &LIST)?;
        let mut rows = 0;
        for (row, person) in issued.pseudonyms.iter().zip(&issued.states).enumerate() {
            if let (Some(pseudonym), Some(state)) = person {
                let printed = pseudonym.print(scope);
                list.row([table.cell(row, record), &printed, state.assurance()])?;
                if before.is_some() {
                    after.insert(table.cell(row, record).into(), *pseudonym);
                }
                rows += 1;
            }
        }
        list.finish()?;
        Ok(rows)
    })?;
    let changed = match (&before, &options.notice) {
        (Some(before), Some(path)) => {
            Some(issuer.release("notice", scope, |_| write_notice(path, scope, before, &after))?)
        }
        _ => None,
    };
    let written = Written {
        scope: scope.to_string(),
        epoch: epoch.number(),
        records: handles.len() as u64,
        minted,
        withheld: issued.withheld,
        changed,
        file: options.out.display().to_string(),
    };
    let mut line = format!(
        "{}: {} records of {scope}, {} persons minted, {} withheld",
        written.file,
        text::count(written.records - written.withheld),
        text::count(u64::from(minted)),
        text::count(written.withheld)
    );
    if let Some(changed) = changed {
        line += &format!("; {} changed since the list before", text::count(changed));
    }
    say(&written, &line, json)
}

/// Reads the list that was issued before.
fn read_before(list: &Path, scope: &Scope) -> Result<List> {
    let named = read_pseudonyms(list, scope, |record| Ok(record.to_string()))?;
    Ok(named.into_iter().map(|(record, (pseudonym, _))| (record, pseudonym)).collect())
}

/// Refuses a list of an epoch that is over: everything in it has changed.
fn refuse_other_epoch(before: &List, active: Epoch, list: &Path) -> Result<()> {
    let Some(other) = before.values().map(|p| p.epoch()).find(|epoch| *epoch != active) else {
        return Ok(());
    };
    let (list, other, active) = (list.display(), other.number(), active.number());
    let message = format!("{list}: it is of epoch {other}, the scope issues in epoch {active}");
    Err(Error::new(ErrorKind::GateNotMet, message)
        .help("hand out the crosswalk instead, with cci id crosswalk; a notice follows next time"))
}

/// Writes the records whose pseudonym changed; returns how many.
fn write_notice(path: &Path, scope: &Scope, before: &List, after: &List) -> Result<u64> {
    let mut list = private_output::create(path, &["record", "earlier", "later", "change"])?;
    let changes = notice::changes(before, after);
    for changed in &changes {
        let [earlier, later] = [changed.earlier, changed.later].map(|p| p.print(scope));
        list.row([changed.record, &earlier, &later, changed.change.name()])?;
    }
    list.finish()?;
    Ok(changes.len() as u64)
}
