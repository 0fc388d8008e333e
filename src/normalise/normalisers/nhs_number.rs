//! NHS numbers: ten digits with a valid check digit, or invalid.

use crate::code;
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of NHS numbers; the test range is accepted, for only it is invented.
pub(super) struct NhsNumber;

impl Normaliser for NhsNumber {
    fn name(&self) -> &'static str {
        "nhs_number"
    }

    fn expects(&self) -> &'static str {
        "an NHS number with a valid check digit"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| match code::NhsNumber::parse(text) {
            Ok(number) => {
                output.push_str(number.as_str());
                Normalised::Value
            }
            Err(_) => Normalised::Invalid,
        })
    }
}
