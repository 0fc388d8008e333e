//! `cci blocking`: what blocking rules make of records, before anything is scored.

use crate::blocking::{MissedEstimate, RuleOverlap};
use crate::cli::arguments::BlockingArguments;
use crate::cli::console::{Console, print};
use crate::cli::data::Data;
use crate::cli::manifest::to_json;
use crate::cli::model_source;
use crate::cli::outcome::require;
use crate::cli::surveyed::{Missed, Surveyed};
use crate::error::{ErrorKind, Result};
use crate::report::text;
use crate::strategy::{self, LinkInput, Progress};

/// Runs the command.
///
/// # Errors
/// `TooLarge` if the rules make more pairs than may be counted, after what block sizes tell is
/// printed; `BadModel` for a model that does not fit; whatever is wrong with settings or files.
pub(in crate::cli) fn run(
    options: &BlockingArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let data = model_source::find_data(&options.data, console)?;
    let records = &data.reading.records;
    let progress = Progress::default();
    let input = LinkInput::new(records, &data.plan, &progress);
    let blocking = input.blocking()?;
    let mut surveyed = Surveyed::of(&data, blocking, options.blocks);
    let too_many = blocking
        .check_size(options.most_pairs)
        .err()
        .map(|error| error.help("add a key to that rule, or count that many with --most-pairs"));
    if too_many.is_none() {
        let overlap = console.stage("1/2", "Count", &progress, || {
            progress.start(blocking.pairs_by_rule().iter().sum());
            let overlap = RuleOverlap::count(blocking, progress.counter());
            let line = format!("{} candidate pairs", text::count(overlap.total()));
            Ok((overlap, line))
        })?;
        surveyed.count(records, &overlap);
        if !options.counts_only {
            surveyed.missed = Some(console.stage("2/2", "Score", &progress, || {
                let missed = missed(&data, &input)?;
                let line = format!("{} matches expected", missed.found());
                Ok((missed, line))
            })?);
        }
    }
    if json {
        print(&to_json(&surveyed)?);
    } else {
        print(&surveyed.describe());
    }
    too_many.map_or(Ok(()), Err)
}

/// Scores the candidate pairs and estimates what the rules missed, or says why that cannot be done.
///
/// # Errors
/// `Bug`, and whatever is wrong with a model that was given.
fn missed(data: &Data, input: &LinkInput<'_>) -> Result<Missed> {
    let strategy = strategy::find("probabilistic")?;
    let blocking = input.blocking()?;
    let linkage = match require(strategy, data).and_then(|()| strategy.link(input)) {
        Ok(linkage) => linkage,
        Err(error) if error.kind() == ErrorKind::Bug => return Err(error),
        // Rules can be judged by their pairs where no model can be trained.
        Err(error) => return Ok(Missed::unknown(error.message())),
    };
    let Some(scoring) = linkage.scoring else {
        return Ok(Missed::unknown("there are no candidate pairs, so no weight was learnt"));
    };
    let mut caught: Vec<(u32, f64)> = scoring
        .kept
        .iter()
        .map(|link| (blocking.rules_of(link.a, link.b), link.probability().get()))
        .collect();
    // The sort is stable, so that probabilities are added in the order of records.
    caught.sort_by_key(|&(rules, _)| rules);
    let caught: Vec<(u32, f64)> = caught
        .chunk_by(|x, y| x.0 == y.0)
        .map(|same| (same[0].0, same.iter().map(|(_, probability)| probability).sum()))
        .collect();
    Ok(match MissedEstimate::new(blocking.rules(), &caught) {
        Some(bound) => Missed::of(&bound),
        None => Missed::unknown(
            "no two rules without a common attribute catch one expected match in twenty each",
        ),
    })
}
