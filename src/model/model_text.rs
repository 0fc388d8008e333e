//! Writes a model as TOML; numbers so that they read back to the last bit.

use std::fmt::Write;

use super::ModelFile;
use super::model_file::FORMAT;
use super::model_fit::{blocking_sha256, comparisons_sha256};
use super::parameters::ComparisonParameters;

/// Returns the text of a model file below its checksum.
pub(super) fn body(file: &ModelFile) -> String {
    let model = &file.model;
    let training = &model.training;
    let mut text = String::from(
        "# Trained model of cci: probabilities and counts, no value of anyone.\n\
         # The checksum covers every byte below its line: export again in place of editing.\n",
    );
    let mut line = |key: &str, value: &str| {
        if value.is_empty() {
            let _ = writeln!(text, "\n{key}");
        } else {
            let _ = writeln!(text, "{key} = {value}");
        }
    };
    line("format", &FORMAT.to_string());
    line("cci", &quoted(&training.toolkit));
    line("canon", &quoted(&file.canon));
    line("comparisons_sha256", &quoted(&comparisons_sha256(model)));
    line("blocking_sha256", &quoted(&blocking_sha256(model)));
    line("prior", &number(model.prior.get()));
    if let Some(prior) = model.household_prior {
        line("household_prior", &number(prior.get()));
    }
    for between in &model.households_between {
        line("[[households_between]]", "");
        line("sources", &list(between.sources.iter().map(|source| quoted(source))));
        line("prior", &number(between.prior.get()));
    }
    line("[training]", "");
    line("method", &quoted(training.method.name()));
    line("pairs", &training.pairs.to_string());
    line("starts", &training.starts.to_string());
    line("agreeing", &training.agreeing.to_string());
    line("iterations", &training.iterations.to_string());
    line("converged", &training.converged.to_string());
    if let Some(log_likelihood) = training.log_likelihood {
        line("log_likelihood", &number(log_likelihood));
    }
    if !training.unlearnt.is_empty() {
        line("unlearnt", &list(training.unlearnt.iter().map(|attribute| quoted(attribute))));
    }
    line("blocking", &list(training.blocking.iter().map(|rule| quoted(rule))));
    if !training.sessions.is_empty() {
        line("sessions", &list(training.sessions.iter().map(|rule| quoted(rule))));
    }
    for comparison in &model.comparisons {
        write_comparison(comparison, &mut line);
    }
    for dependence in &training.dependence {
        let attribute = |comparison: usize| quoted(&model.comparisons[comparison].attribute);
        line("[[dependence]]", "");
        line("among", &quoted(dependence.among.name()));
        line("attributes", &list(dependence.comparisons.into_iter().map(attribute)));
        line("bits", &number(dependence.bits));
        line("outcomes", &list(dependence.outcomes.iter().map(u8::to_string)));
        line("observed", &number(dependence.observed));
        line("expected", &number(dependence.expected));
    }
    if let Some(table) = &model.household {
        line("[household]", "");
        line("location", &list(table.location().iter().map(bool::to_string)));
        let pairs = table.counts().into_iter().map(|(pattern, pairs)| {
            let outcomes = model.space.outcomes(pattern).into_iter().map(|o| o.to_string());
            format!("\n  [{}, {}]", list(outcomes), number(pairs))
        });
        line("patterns", &format!("[{}\n]", pairs.collect::<Vec<_>>().join(",")));
    }
    text
}

fn write_comparison(comparison: &ComparisonParameters, line: &mut impl FnMut(&str, &str)) {
    let numbers = |values: &[f64]| list(values.iter().map(|&value| number(value)));
    line("[[comparison]]", "");
    line("attribute", &quoted(&comparison.attribute));
    match comparison.kinds.as_slice() {
        [] => {}
        [kind] => line("kind", &quoted(kind.name())),
        kinds => line("kinds", &list(kinds.iter().map(|kind| quoted(kind.name())))),
    }
    line("levels", &list(comparison.labels.iter().map(|label| quoted(label))));
    line("m", &numbers(&comparison.m));
    line("u", &numbers(&comparison.u));
    if let Some(s) = &comparison.s {
        line("s", &numbers(s));
    }
    if let Some(errors) = &comparison.u_sampled {
        line("u_sampled_error", &numbers(errors));
    }
    if let Some(errors) = &comparison.errors {
        line("m_error", &numbers(&errors.m));
        line("u_error", &numbers(&errors.u));
        line("bits_error", &numbers(&errors.bits));
    }
    if let Some(frequency) = comparison.term_frequency {
        let (share, power) = (quoted(frequency.share.name()), number(frequency.power));
        let least = number(frequency.least);
        let table = format!("{{ share = {share}, power = {power}, least = {least} }}");
        line("term_frequency", &table);
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// Returns a number in the fewest digits that read back to the same number.
fn number(value: f64) -> String {
    format!("{value:?}").to_lowercase()
}

/// Returns a text in quotation marks, with the escapes that JSON and TOML share.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
