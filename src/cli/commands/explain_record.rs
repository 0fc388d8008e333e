//! `cci explain record`: a record's candidates, what was decided, what would have changed it.

use crate::blocking::Blocking;
use crate::cli::arguments::ExplainRecordArguments;
use crate::cli::candidates::{ExplainedRecord, Judged};
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::cli::model_source;
use crate::cli::outcome::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::strategy::{LinkInput, Progress};

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
    let data = model_source::find_data(&options.data, console)?;
    let (records, plan) = (&data.reading.records, &data.plan);
    let record = records.find(&options.record)?;
    let (strategy, clusterer) = (data.settings.strategy()?, data.settings.clusterer()?);
    let progress = Progress::default();
    let outcome = Outcome::of(strategy, clusterer, &data, &progress)?;
    let blocking = Blocking::new(records, &plan.rules, plan.mask.clone())?;
    if outcome.linkage.scoring.is_none() && blocking.candidates(record).next().is_some() {
        let name = strategy.name();
        return Err(Error::new(ErrorKind::BadValue, format!("strategy {name} scores no pairs"))
            .note(format!("settings: {}", data.settings.name()))
            .help("name a strategy in the settings that uses probability"));
    }
    let input = LinkInput::new(records, plan, &progress);
    let judged = Judged { records, outcome: &outcome, blocking: &blocking, input: &input };
    let explained = ExplainedRecord::of(&judged, record, options.most)?;
    if json {
        print(&to_json(&explained)?);
    } else {
        print(&explained.describe());
    }
    Ok(())
}
