//! `cci id rotate`: a new key period for a scope, and the crosswalk for its agency alone.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::cli::arguments::{IdCrosswalkArguments, IdRotateArguments};
use crate::cli::console::{print, say};
use crate::cli::issuer::Issuer;
use crate::cli::manifest::to_json;
use crate::cli::private_output;
use crate::error::Result;
use crate::identifier::{Epoch, Scope};
use crate::registry::Overlap;
use crate::report::text;

/// What was rotated, or would be.
#[derive(Serialize)]
struct Rotated {
    scope: String,
    from: u8,
    to: u8,
    /// Whether pseudonyms of the epoch before are still accepted.
    overlap: bool,
    /// Members who have a pseudonym of the new epoch.
    issued: u64,
    /// Members who are not to be answered for.
    withheld: u64,
    /// Rows of the crosswalk; none in a drill.
    crosswalk: Option<u64>,
    kept: bool,
    seconds: f64,
}

/// Runs `id rotate`.
///
/// # Errors
/// `BadStore` or `BadKey` if vault or keys cannot be used; `OutputExists` or `Unwritable` for the
/// crosswalk, which `id crosswalk` can write again.
pub(in crate::cli) fn rotate(options: &IdRotateArguments, json: bool) -> Result<()> {
    let start = Instant::now();
    let (issuer, scope) = (Issuer::at(&options.issuer)?, &options.scope);
    if let Some(path) = &options.crosswalk {
        private_output::refuse_existing(path)?;
    }
    let overlap = if options.leaked { Overlap::None } else { Overlap::Window };
    let rotation = issuer.rotate(scope, overlap, options.drill)?;
    let epochs = [rotation.from, rotation.to];
    let crosswalk = match &options.crosswalk {
        Some(path) => Some(write_crosswalk(&issuer, scope, epochs, path)?),
        None => None,
    };
    let rotated = Rotated {
        scope: scope.to_string(),
        from: rotation.from.number(),
        to: rotation.to.number(),
        overlap: overlap == Overlap::Window,
        issued: rotation.issued,
        withheld: rotation.withheld,
        crosswalk,
        kept: !options.drill,
        seconds: start.elapsed().as_secs_f64(),
    };
    if json {
        print(&to_json(&rotated)?);
        return Ok(());
    }
    let before = if rotated.overlap { "accepted until it is retired" } else { "refused" };
    let drill = if rotated.kept { "" } else { "drill, nothing kept: " };
    print(&format!(
        "{drill}{scope} from epoch {} to {}: {} pseudonyms issued, {} withheld; epoch {} is \
         {before} ({:.1} s)",
        rotated.from,
        rotated.to,
        text::count(rotated.issued),
        text::count(rotated.withheld),
        rotated.from,
        rotated.seconds
    ));
    Ok(())
}

/// A crosswalk that was written.
#[derive(Serialize)]
struct Written {
    scope: String,
    file: String,
    rows: u64,
}

/// Runs `id crosswalk`.
///
/// # Errors
/// `BadValue` for an epoch; `BadStore` if the vault cannot be read or the log cannot be written;
/// `OutputExists` or `Unwritable` for the file.
pub(in crate::cli) fn crosswalk(options: &IdCrosswalkArguments, json: bool) -> Result<()> {
    let epochs = [Epoch::new(options.from)?, Epoch::new(options.to)?];
    let (issuer, path) = (Issuer::at(&options.issuer)?, &options.crosswalk);
    let rows = write_crosswalk(&issuer, &options.scope, epochs, path)?;
    let written =
        Written { scope: options.scope.to_string(), file: path.display().to_string(), rows };
    let line = format!("{}: {} rows", written.file, text::count(rows));
    say(&written, &line, json)
}

fn write_crosswalk(issuer: &Issuer, scope: &Scope, epochs: [Epoch; 2], path: &Path) -> Result<u64> {
    private_output::refuse_existing(path)?;
    issuer.release("crosswalk", scope, |registry| {
        let mut list = private_output::create(path, &["earlier", "later", "state"])?;
        let rows = registry.crosswalk(scope, epochs, |earlier, later, state| {
            let (earlier, later) = (earlier.print(scope), later.print(scope));
            list.row([earlier.as_str(), later.as_str(), state.assurance()])
        })?;
        list.finish()?;
        Ok(rows)
    })
}
