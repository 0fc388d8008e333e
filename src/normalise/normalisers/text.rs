//! Free text: folded to lower-case ASCII with its punctuation and single spaces.

use crate::normalise::canon::fold;
use crate::normalise::cell::{Words, read_cell};
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of free text.
pub(super) struct Text;

impl Normaliser for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn expects(&self) -> &'static str {
        "text"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            let mut words = Words::new(output);
            fold(text, |byte| match byte {
                b' ' | b'\t'..=b'\r' => words.gap(),
                _ => words.push(byte as char),
            });
            Normalised::Value
        })
    }
}
