//! `cci compare`: strategies side by side on one data set, by one judge.

use serde::Serialize;

use crate::cli::arguments::CompareArguments;
use crate::cli::console::{Console, print};
use crate::cli::data::Data;
use crate::cli::manifest::to_json;
use crate::cli::outcome::{Outcome, require};
use crate::cli::truth_files;
use crate::error::Result;
use crate::evaluate::Evaluation;
use crate::report::{Profile, StrategyRow, text};
use crate::strategy::{self, Progress, STRATEGIES, Strategy};

/// One strategy with everything that was measured.
#[derive(Serialize)]
struct Compared {
    strategy: &'static str,
    seconds: f64,
    candidate_pairs: u64,
    evaluation: Evaluation,
}

/// Runs the command.
///
/// # Errors
/// `UnknownName` for a strategy; what strategies lack; missing truth.
pub(in crate::cli) fn run(options: &CompareArguments, console: &Console, json: bool) -> Result<()> {
    let asked: Result<Vec<&'static dyn Strategy>> =
        options.strategies.iter().map(|name| strategy::find(name)).collect();
    let asked = asked?;
    let data = Data::find(&options.data, console)?;
    let truth = truth_files::require(&data)?;
    let chosen: Vec<&'static dyn Strategy> = if asked.is_empty() {
        let able = |s: &&dyn Strategy| s.lacks(&data.reading.records, &data.plan).is_none();
        STRATEGIES.iter().copied().filter(able).collect()
    } else {
        asked
    };
    for strategy in &chosen {
        require(*strategy, &data)?;
    }
    let clusterer = data.settings.clusterer()?;
    let progress = Progress::default();
    let (mut rows, mut compared) = (Vec::new(), Vec::new());
    for (place, strategy) in chosen.iter().enumerate() {
        let place = format!("{}/{}", place + 1, chosen.len());
        let (row, one): (StrategyRow, Compared) =
            console.stage(&place, "Compare", &progress, || {
                let outcome = Outcome::of(*strategy, clusterer, &data, &progress)?;
                let evaluation = outcome.evaluate(&data, &truth)?;
                let mut row = outcome.row(&evaluation);
                row.seconds = Some(outcome.time.as_secs_f64());
                let one = Compared {
                    strategy: strategy.name(),
                    seconds: outcome.time.as_secs_f64(),
                    candidate_pairs: outcome.linkage.candidate_pairs,
                    evaluation,
                };
                Ok(((row, one), strategy.name().into()))
            })?;
        rows.push(row);
        compared.push(one);
    }
    if json {
        print(&to_json(&compared)?);
    } else {
        print(&text::strategies(&rows, Profile::Synthetic));
    }
    Ok(())
}
