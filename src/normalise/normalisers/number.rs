//! Other numbers and codes: upper-case letters and digits, all else removed.

use crate::normalise::canon::fold;
use crate::normalise::cell::read_cell;
use crate::normalise::damage::is_rounded;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of identifying numbers and codes without a type of their own.
pub(super) struct Number;

impl Normaliser for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn expects(&self) -> &'static str {
        "a number or code of letters and digits"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            if is_rounded(text) {
                return Normalised::Invalid;
            }
            fold(text, |byte| {
                if byte.is_ascii_alphanumeric() {
                    output.push(byte.to_ascii_uppercase() as char);
                }
            });
            Normalised::Value
        })
    }
}
