//! Words and marks that the page uses.

use crate::report::content::{Block, Term};
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct Glossary;

/// Words in the order in which the page needs them.
const TERMS: &[(&str, &str)] = &[
    ("Record", "What one service holds about one child at one entry."),
    ("Match", "Two records truly about the same child. Only the truth knows."),
    ("Link", "The tool's decision that two records are about the same child."),
    ("Entity", "Records that were linked together: one child, if we are right."),
    ("Partner", "Another record of the same child in another service."),
    (
        "Linkage rate",
        "Records that share an identifier with a record in another service, out of all records, or out of those with a partner.",
    ),
    ("Missed", "A record with a partner that shares its entity with none of its partners."),
    ("Partly missed", "A record that shares its entity with some of its partners, not all."),
    ("False", "A linked record whose entity also holds a record of a different child."),
    ("Precision", "Of the pairs that the tool joined, the share that are matches."),
    ("Recall", "Of all matches, the share that the tool joined."),
    (
        "Blocking rule",
        "Condition, such as the same date of birth, under which two records are compared at all.",
    ),
    (
        "m and u",
        "How often a level of agreement occurs among matches (m) and among other pairs (u).",
    ),
    ("Match weight", "Evidence for a match in bits: each bit doubles the odds."),
    ("Threshold", "Match weight from which a pair is linked."),
    (
        "95% range",
        "Wilson interval: it would hold the true rate in about 95 of 100 repeats, if records were independent. Records of one child are not quite, so ranges are a little too narrow.",
    ),
    ("Percentage points", "Difference between two percentages."),
    (
        "Largest gap",
        "Furthest that any service or group with 50 records or more falls below the overall linkage rate of records with a partner.",
    ),
    (
        "[c]",
        "Confidential: hidden because it is small, or because it would give a small number away.",
    ),
    ("[z]", "Not applicable: the number does not exist."),
    ("[low]", "Rounds to zero and is not zero."),
];

impl Section for Glossary {
    fn id(&self) -> &'static str {
        "glossary"
    }

    fn title(&self) -> &'static str {
        "Words and marks"
    }

    fn blocks(&self, _view: &View<'_>) -> Vec<Block> {
        let term =
            |&(word, meaning): &(&str, &str)| Term { word: word.into(), meaning: meaning.into() };
        vec![Block::Terms { terms: TERMS.iter().map(term).collect() }]
    }
}
