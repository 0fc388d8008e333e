//! `cci id person`: what becomes of a person, each step an event that stays.

use serde::Serialize;

use crate::cli::arguments::PersonCommand;
use crate::cli::console::print;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::to_json;
use crate::error::{Error, Result};
use crate::registry::PersonState;

/// What was done.
#[derive(Default, Serialize)]
struct Done {
    done: &'static str,
    /// Person it was done to, or who is left after a merge.
    handle: String,
    /// The other person of a merge or split.
    other: Option<String>,
    /// Number by which a merge is undone.
    merge: Option<u64>,
    #[serde(skip)]
    line: String,
}

/// Runs the command.
///
/// # Errors
/// `BadStore` if the vault cannot be written or the step may not follow; `UnknownName` for a
/// state.
pub(in crate::cli) fn run(command: &PersonCommand, json: bool) -> Result<()> {
    let done = change(command)?;
    print(&if json { to_json(&done)? } else { done.line });
    Ok(())
}

fn change(command: &PersonCommand) -> Result<Done> {
    match command {
        PersonCommand::Merge { a, b, issuer } => {
            let merged =
                Issuer::at(issuer)?.change("person merge", None, |run, _| run.merge(a, b))?;
            Ok(Done {
                done: "merged",
                handle: merged.survivor.to_string(),
                other: Some(merged.loser.to_string()),
                merge: Some(merged.merge),
                line: format!("merge {}: {} is left", merged.merge, merged.survivor),
            })
        }
        PersonCommand::Unmerge { merge, issuer } => {
            let undone =
                Issuer::at(issuer)?.change("person unmerge", None, |run, _| run.unmerge(*merge))?;
            Ok(Done {
                done: "unmerged",
                handle: undone.survivor.to_string(),
                other: Some(undone.loser.to_string()),
                merge: Some(undone.merge),
                line: format!("merge {merge} is undone; {} is back", undone.loser),
            })
        }
        PersonCommand::Split { handle, issuer } => {
            let new =
                Issuer::at(issuer)?.change("person split", None, |run, _| run.split(handle))?;
            Ok(Done {
                done: "split",
                handle: handle.to_string(),
                other: Some(new.to_string()),
                merge: None,
                line: format!("{new} is new; move the records that are not {handle}'s to it"),
            })
        }
        PersonCommand::Move { handle, state, issuer } => {
            let to = PersonState::find(state).ok_or_else(|| {
                let known = PersonState::ALL.iter().map(|state| state.name());
                Error::unknown_name("state", state, known)
            })?;
            Issuer::at(issuer)?
                .change("person move", None, |run, _| run.move_person(handle, to))?;
            Ok(simple(to.name(), handle, &format!("is {to}")))
        }
        PersonCommand::Erase { handle, issuer } => {
            Issuer::at(issuer)?.change("person erase", None, |run, _| run.erase(handle))?;
            Ok(simple("erased", handle, "is erased"))
        }
        PersonCommand::Object { handle, scope, withdraw: false, issuer } => {
            Issuer::at(issuer)?
                .change("person object", Some(scope), |run, _| run.object(handle, scope))?;
            Ok(simple("objected", handle, &format!("is withheld in {scope}")))
        }
        PersonCommand::Object { handle, scope, withdraw: true, issuer } => {
            Issuer::at(issuer)?.change("person object", Some(scope), |run, _| {
                run.withdraw_objection(handle, scope)
            })?;
            Ok(simple("objection withdrawn", handle, &format!("is answered for in {scope}")))
        }
    }
}

fn simple(done: &'static str, handle: &impl ToString, line: &str) -> Done {
    let handle = handle.to_string();
    Done { done, line: format!("{handle} {line}"), handle, ..Done::default() }
}
