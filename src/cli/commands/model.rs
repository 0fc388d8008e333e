//! `cci model`: shows, exports and imports trained models.

use serde::Serialize;

use crate::cli::arguments::{
    ModelCommand, ModelExportArguments, ModelImportArguments, ModelShowArguments,
};
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::cli::{model_source, output_file};
use crate::error::{Error, Result};
use crate::model::{ComparisonParameters, ModelFile};
use crate::report::text;

/// Model as a program sees it.
#[derive(Serialize)]
struct Shown<'a> {
    canon: &'a str,
    toolkit: &'a str,
    method: &'static str,
    pairs: u64,
    iterations: u32,
    converged: bool,
    log_likelihood: Option<f64>,
    blocking: &'a [String],
    prior: f64,
    household_prior: Option<f64>,
    comparisons: Vec<ShownComparison<'a>>,
}

/// Comparison of a model as a program sees it.
#[derive(Serialize)]
struct ShownComparison<'a> {
    attribute: &'a str,
    term_frequency: bool,
    levels: Vec<ShownLevel<'a>>,
}

/// Level of a comparison as a program sees it.
#[derive(Serialize)]
struct ShownLevel<'a> {
    level: &'a str,
    m: f64,
    u: f64,
    bits: f64,
    household: Option<f64>,
}

/// File written, as a program sees it.
#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    file: String,
}

/// Runs the command.
///
/// # Errors
/// `Unreadable` without a model; `BadModel` for one that cannot be used; `OutputExists` or
/// `Unwritable` for the file to write.
pub(in crate::cli) fn run(options: &ModelCommand, console: &Console, json: bool) -> Result<()> {
    match options {
        ModelCommand::Show(options) => show(options, json),
        ModelCommand::Export(options) => export(options, console, json),
        ModelCommand::Import(options) => import(options, console, json),
    }
}

fn show(options: &ModelShowArguments, json: bool) -> Result<()> {
    let file = model_source::read(&options.model)?;
    if json {
        print(&to_json(&shown(&file))?);
    } else {
        print(&summary(&file));
        print(&text::model_levels(&file.model));
    }
    Ok(())
}

fn export(options: &ModelExportArguments, console: &Console, json: bool) -> Result<()> {
    let file = model_source::read(&options.model)?;
    let text = match options.format.as_str() {
        "toml" => file.text(),
        other => return Err(Error::unknown_name("form of a model", other, ["toml"])),
    };
    output_file::write(&options.out, &text)?;
    written(&options.format, &options.out, console, json)
}

fn import(options: &ModelImportArguments, console: &Console, json: bool) -> Result<()> {
    let file = model_source::read(&options.file)?;
    output_file::write(&options.out, &file.text())?;
    written("toml", &options.out, console, json)
}

fn written(format: &str, path: &std::path::Path, console: &Console, json: bool) -> Result<()> {
    let file = path.display().to_string();
    console.say(&format!("Wrote {file}"));
    if json {
        print(&to_json(&Written { format, file })?);
    }
    Ok(())
}

fn shown(file: &ModelFile) -> Shown<'_> {
    let (model, training) = (&file.model, &file.model.training);
    Shown {
        canon: &file.canon,
        toolkit: &training.toolkit,
        method: training.method.name(),
        pairs: training.pairs,
        iterations: training.iterations,
        converged: training.converged,
        log_likelihood: training.log_likelihood,
        blocking: &training.blocking,
        prior: model.prior.get(),
        household_prior: model.household_prior.map(|prior| prior.get()),
        comparisons: model.comparisons.iter().map(shown_comparison).collect(),
    }
}

fn shown_comparison(comparison: &ComparisonParameters) -> ShownComparison<'_> {
    let level = |place: usize| ShownLevel {
        level: &comparison.labels[place],
        m: comparison.m[place],
        u: comparison.u[place],
        bits: comparison.weight(place as u8 + 1),
        household: comparison.s.as_ref().map(|s| s[place]),
    };
    ShownComparison {
        attribute: &comparison.attribute,
        term_frequency: comparison.term_frequency.is_some(),
        levels: (0..comparison.labels.len()).map(level).collect(),
    }
}

fn summary(file: &ModelFile) -> String {
    let (model, training) = (&file.model, &file.model.training);
    let settled = if training.converged { "settled" } else { "not settled" };
    let mut lines = vec![format!(
        "Model of cci {}, values under {}; method {}, {} pairs, {} iterations, {settled}",
        training.toolkit,
        file.canon,
        training.method.name(),
        text::count(training.pairs),
        training.iterations,
    )];
    let one_in = |share: f64| text::count((1.0 / share).round() as u64);
    let prior = model.prior.get();
    lines.push(format!("Of all comparable pairs 1 in {} is a match", one_in(prior)));
    if let Some(household) = model.household_prior {
        lines
            .push(format!("and 1 in {} is two children of one household", one_in(household.get())));
    }
    lines.join("\n")
}
