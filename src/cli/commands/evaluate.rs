//! `cci evaluate`: scores a run against the truth or labels.

use crate::cli::arguments::EvaluateArguments;
use crate::cli::console::{Console, print};
use crate::cli::data::{Data, files_of_run, of_run};
use crate::cli::manifest::{as_at_of, inputs_of, to_json};
use crate::cli::outcome::evaluate_links;
use crate::cli::tables::{ENTITIES, LINKS, SCORES, read_entities, read_links, read_scores};
use crate::cli::truth_files;
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::{Evaluation, Rate};

/// Runs the command.
///
/// # Errors
/// `BadTruth` if data or truth are not those of the run; `GateNotMet` under `--fail-under`.
pub(in crate::cli) fn run(
    options: &EvaluateArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let settings = of_run(&options.run)?;
    let folder = &files_of_run(&options.run, options.data.as_deref())?;
    console.say(&format!("Evaluating {} against {}", options.run.display(), folder.display()));
    let data = Data::read(settings, folder, as_at_of(&options.run)?, None)?;
    if inputs_of(&options.run)? != data.inputs {
        return Err(Error::new(
            ErrorKind::BadTruth,
            format!("{}: the files are not those that were linked", folder.display()),
        )
        .help("name the folder of the files that were linked with --data"));
    }
    let truth = truth_files::require(&data)?;
    let by_name = data.reading.records.by_name();
    let links = read_links(&options.run.join(LINKS), &by_name)?;
    let entities = read_entities(&options.run.join(ENTITIES), &by_name)?;
    let scores = read_scores(&options.run.join(SCORES), &by_name)?.unwrap_or_default();
    let evaluation = evaluate_links(&data, &truth, &links, &scores, &entities)?;
    if json {
        print(&to_json(&evaluation)?);
    } else {
        print(&table(&evaluation));
    }
    gate(&evaluation, options.fail_under)
}

fn gate(evaluation: &Evaluation, fail_under: Option<f64>) -> Result<()> {
    let Some(least) = fail_under else { return Ok(()) };
    match evaluation.pairs.f1 {
        Some(f1) if f1 >= least => Ok(()),
        f1 => {
            let found = f1.map_or("undefined".into(), |f1| format!("{f1:.4}"));
            Err(Error::new(
                ErrorKind::GateNotMet,
                format!("pairwise F1 of the entities is {found}, asked for at least {least}"),
            ))
        }
    }
}

fn table(evaluation: &Evaluation) -> String {
    let share = |rate: Rate| match rate.value() {
        Some(value) => format!("{value:.4} ({} of {})", rate.numerator, rate.denominator),
        None => "not defined".into(),
    };
    let f1 = |value: Option<f64>| value.map_or("not defined".into(), |f1| format!("{f1:.4}"));
    let mut lines =
        vec!["                Precision                   Recall                      F1".into()];
    for (name, pairs) in [("links", &evaluation.links), ("entities", &evaluation.pairs)] {
        lines.push(format!(
            "{name:<15} {:<27} {:<27} {}",
            share(pairs.precision),
            share(pairs.recall),
            f1(pairs.f1)
        ));
    }
    if let Some(misses) = &evaluation.misses {
        lines.push(format!(
            "Missed pairs: {} not proposed by blocking, {} below the threshold, {} parted by clustering",
            misses.blocking, misses.below_threshold, misses.separated
        ));
    }
    if let Some(calibration) = &evaluation.calibration {
        lines.push(format!(
            "Of pairs stated at .95 or more {} are matches; expected calibration error {:.4} over {} scored pairs",
            share(calibration.sure),
            calibration.expected_error,
            calibration.pairs
        ));
    }
    lines.push("Pairs count all true pairs that may be linked; entities imply theirs.".into());
    lines.join("\n")
}
