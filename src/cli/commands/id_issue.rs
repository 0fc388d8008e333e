//! `cci id issue`: pseudonyms for the records of one agency, by the custodian's handles.

use serde::Serialize;

use crate::cli::arguments::IdIssueArguments;
use crate::cli::console::say;
use crate::cli::issuer::Issuer;
use crate::cli::private_output;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::EpochState;
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
    file: String,
}

/// Runs the command.
///
/// # Errors
/// `BadValue` with the row of a handle that is none; `BadStore` or `BadKey` for vault, log and
/// keys; `OutputExists` or `Unwritable` for the list.
pub(in crate::cli) fn run(options: &IdIssueArguments, json: bool) -> Result<()> {
    private_output::refuse_existing(&options.out)?;
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
        let key = issuer.keys().pseudonym_key(scope, active.epoch)?;
        let minted = run.admit(&handles)?;
        Ok((minted, active.epoch, run.issue(&key, &handles)?))
    })?;
    issuer.release("list", scope, |_| {
        let mut list = private_output::create(&options.out, &["record", "pseudonym", "state"])?;
        let mut rows = 0;
        for (row, person) in issued.pseudonyms.iter().zip(&issued.states).enumerate() {
            if let (Some(pseudonym), Some(state)) = person {
                let printed = pseudonym.print(scope);
                list.row([table.cell(row, record), &printed, state.assurance()])?;
                rows += 1;
            }
        }
        list.finish()?;
        Ok(rows)
    })?;
    let written = Written {
        scope: scope.to_string(),
        epoch: epoch.number(),
        records: handles.len() as u64,
        minted,
        withheld: issued.withheld,
        file: options.out.display().to_string(),
    };
    let line = format!(
        "{}: {} records of {scope}, {} persons minted, {} withheld",
        written.file,
        text::count(written.records - written.withheld),
        text::count(u64::from(minted)),
        text::count(written.withheld)
    );
    say(&written, &line, json)
}
