//! `cci explain record`: a record's candidates, what was decided, what would have changed it.

use crate::cli::arguments::ExplainRecordArguments;
use crate::cli::candidates::ExplainedRecord;
use crate::cli::console::{Console, print};
use crate::cli::judgement::Judgement;
use crate::cli::manifest::to_json;
use crate::error::Result;

/// Runs the command.
///
/// # Errors
/// `RecordNotFound` for a record that is not there; `BadValue` if the strategy of the settings
/// scores no pairs; what the strategy cannot do.
pub(in crate::cli) fn run(
    options: &ExplainRecordArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let judgement = Judgement::of(&options.data, console)?;
    let record = judgement.data.find_record(&options.record)?;
    let explained = ExplainedRecord::of(&judgement, record, options.most)?;
    if json {
        print(&to_json(&explained)?);
    } else {
        print(&explained.describe());
    }
    Ok(())
}
