//! What a model was trained with, as hashes, and how other comparisons differ from it.

use sha2::{Digest, Sha256};

use super::parameters::{ComparisonParameters, Model, TermFrequency};
use crate::record::AttributeKind;

/// Returns the SHA-256 of the comparisons as declared: attributes, kinds, levels, frequency.
pub(super) fn comparisons_sha256(model: &Model) -> String {
    digest_of(&model.comparisons)
}

/// Returns the SHA-256 of the labels of the blocking rules.
pub(super) fn blocking_sha256(model: &Model) -> String {
    sha256(model.training.blocking.join("\n").as_bytes())
}

pub(super) fn digest_of(comparisons: &[ComparisonParameters]) -> String {
    let lines: Vec<String> = comparisons
        .iter()
        .map(|c| {
            let kind = names_of(&c.kinds);
            let frequency = if c.term_frequency.is_some() { "term frequency" } else { "" };
            format!("{}\t{kind}\t{frequency}\t{}\n", c.attribute, c.labels.join("\t"))
        })
        .collect();
    sha256(lines.concat().as_bytes())
}

/// Returns the names of kinds, as those of their attributes are joined.
fn names_of(kinds: &[AttributeKind]) -> String {
    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" + ")
}

/// Says how the comparisons of a model differ from those declared, if they do.
pub(super) fn difference(
    trained: &[ComparisonParameters],
    declared: &[ComparisonParameters],
) -> Option<String> {
    let names = |of: &[ComparisonParameters]| {
        of.iter().map(|c| c.attribute.as_str()).collect::<Vec<_>>().join(", ")
    };
    if names(trained) != names(declared) {
        return Some(format!(
            "the model compares {}, the settings {}",
            names(trained),
            names(declared)
        ));
    }
    let told = |frequency: &Option<TermFrequency>| {
        if frequency.is_some() { "with term frequency" } else { "without term frequency" }
    };
    trained.iter().zip(declared).find_map(|(model, settings)| {
        let differ = |what: &str, model_has: &str, settings_have: &str| {
            Some(format!(
                "comparison of {}: {what} of the model {model_has}, of the settings {settings_have}",
                model.attribute
            ))
        };
        if model.labels != settings.labels {
            return differ("levels", &model.labels.join(", "), &settings.labels.join(", "));
        }
        let [trained, declared] = [&model.kinds, &settings.kinds];
        if !trained.is_empty() && !declared.is_empty() && trained != declared {
            return differ("kind", &names_of(trained), &names_of(declared));
        }
        if model.term_frequency.is_some() != settings.term_frequency.is_some() {
            let [trained, declared] = [&model.term_frequency, &settings.term_frequency].map(told);
            return differ("use of frequency", trained, declared);
        }
        None
    })
}

/// Returns the SHA-256 of bytes in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
