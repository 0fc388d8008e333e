//! E-mail addresses: lower case, no white space.

use crate::normalise::canon::{is_invisible, lower};
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of electronic mail addresses.
pub(super) struct Email;

impl Normaliser for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn expects(&self) -> &'static str {
        "an e-mail address"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            for letter in text.chars().filter(|&letter| !letter.is_whitespace()) {
                if !is_invisible(letter) {
                    lower(letter, |lower| output.push(lower));
                }
            }
            // A damaged address is still evidence; a telephone number is in the wrong column.
            let address = output.contains(['@', '.']) && output.contains(char::is_alphabetic);
            if address { Normalised::Value } else { Normalised::Invalid }
        })
    }
}
