//! Unique pupil numbers: thirteen characters with a valid check letter, or invalid.

use crate::code;
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of unique pupil numbers, permanent and temporary.
pub(super) struct Upn;

impl Normaliser for Upn {
    fn name(&self) -> &'static str {
        "upn"
    }

    fn expects(&self) -> &'static str {
        "a unique pupil number with a valid check letter"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| match code::Upn::parse(text) {
            Ok(number) => {
                output.push_str(number.as_str());
                Normalised::Value
            }
            Err(_) => Normalised::Invalid,
        })
    }
}
