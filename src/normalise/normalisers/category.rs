//! Categories: the code as written, in lower case with single spaces.

use crate::normalise::canon::{is_invisible, lower};
use crate::normalise::cell::{Words, read_cell};
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of values that are one of few; accents stay, for codes are compared whole.
pub(super) struct Category;

impl Normaliser for Category {
    fn name(&self) -> &'static str {
        "category"
    }

    fn expects(&self) -> &'static str {
        "one of the column's codes"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            let mut words = Words::new(output);
            for letter in text.chars().filter(|&letter| !is_invisible(letter)) {
                if letter.is_whitespace() {
                    words.gap();
                } else {
                    lower(letter, |lower| words.push(lower));
                }
            }
            Normalised::Value
        })
    }
}
