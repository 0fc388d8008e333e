//! `cci find`: records of a run that may be about one child, with weights and why.

use std::time::Instant;

use serde::Serialize;

use crate::cli::arguments::FindArguments;
use crate::cli::console::{Console, print};
use crate::cli::earlier_run::EarlierRun;
use crate::cli::found::{About, Answer};
use crate::cli::manifest::to_json;
use crate::cli::model_source;
use crate::cli::typed_queries::typed_queries;
use crate::error::Result;
use crate::report::text;
use crate::strategy::Finder;

/// Answers to all queries.
#[derive(Serialize)]
struct Answers {
    schema_version: u32,
    records: usize,
    threshold: Option<f64>,
    answers: Vec<Answer>,
}

/// Runs the command.
///
/// # Errors
/// What reading the run and its data meets; `BadModel` if the run has no model; what cannot be
/// looked for.
pub(in crate::cli) fn run(options: &FindArguments, console: &Console, json: bool) -> Result<()> {
    let run = EarlierRun::open(&options.data.data.run)?;
    let start = Instant::now();
    let mut data = model_source::find_data(&options.data, console)?;
    run.give(&mut data, console)?;
    let known = run.find(&data)?.linkage;
    let records = &data.reading.records;
    let queries = typed_queries(&options.set, options.source.as_deref(), records, console)?;
    let finder = Finder::new(records, &data.plan, known.links())?.under(&data.constraints);
    let all = text::count(records.len() as u64);
    console.say(&format!("{all} records read and indexed in {:.1?}", start.elapsed()));
    let (entity_of, threshold) = (known.entity_of(), run.threshold());
    let about = About { records, plan: &data.plan, entity_of, threshold };
    let mut answers = Vec::new();
    for (place, query) in queries.iter().enumerate() {
        let start = Instant::now();
        let found = finder.find(query, options.most)?;
        console.say(&format!("query {} answered in {:.1?}", place + 1, start.elapsed()));
        answers.push(Answer::of(place + 1, found, &about));
    }
    if json {
        print(&to_json(&Answers {
            schema_version: 1,
            records: records.len(),
            threshold,
            answers,
        })?);
    } else {
        let said: Vec<String> = answers.iter().map(|answer| answer.describe(&about)).collect();
        print(&said.join("\n"));
    }
    Ok(())
}
