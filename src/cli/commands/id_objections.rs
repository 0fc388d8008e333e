//! `cci id objections`: how many object to each scope, with what could tell on somebody hidden.

use serde::Serialize;

use crate::cli::arguments::IssuerArguments;
use crate::cli::console::print;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::to_json;
use crate::error::Result;
use crate::report::{Profile, Shown, protect_table, text};

/// Counts of one scope, or of all; `None` where a count is hidden.
#[derive(Serialize)]
struct Counted {
    scope: String,
    answered: Option<u64>,
    objecting: Option<u64>,
    persons: Option<u64>,
}

/// Runs the command.
///
/// # Errors
/// `BadStore` if the vault cannot be read.
pub(in crate::cli) fn run(options: &IssuerArguments, json: bool) -> Result<()> {
    let scopes = Issuer::at(options)?.open()?.objections()?;
    let cells: Vec<Vec<u64>> =
        scopes.iter().map(|scope| vec![scope.answered, scope.objecting]).collect();
    let table = protect_table(Profile::Publish, &cells);
    let rows = scopes.iter().zip(&table.cells).zip(&table.row_totals);
    let counted: Vec<Counted> = rows
        .map(|((scope, cells), total)| Counted {
            scope: scope.scope.to_string(),
            answered: shown(cells[0]),
            objecting: shown(cells[1]),
            persons: shown(*total),
        })
        .collect();
    if json {
        print(&to_json(&counted)?);
        return Ok(());
    }
    let cell = |count: Option<u64>| count.map_or_else(|| "[c]".into(), text::count);
    let rows = counted
        .iter()
        .map(|of| vec![of.scope.clone(), cell(of.answered), cell(of.objecting), cell(of.persons)]);
    print(&text::aligned(&["Scope", "Answered", "Objecting", "Persons"], rows));
    Ok(())
}

fn shown(count: Shown) -> Option<u64> {
    match count {
        Shown::Count(count) => Some(count),
        Shown::Hidden => None,
    }
}
