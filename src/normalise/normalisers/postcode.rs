//! Postcodes: one form with one space; pseudo-postcodes are missing, for they are no place.

use crate::code;
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of postcodes of the United Kingdom.
pub(super) struct Postcode;

impl Normaliser for Postcode {
    fn name(&self) -> &'static str {
        "postcode"
    }

    fn expects(&self) -> &'static str {
        "a UK postcode"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| match code::Postcode::parse(text) {
            Ok(postcode) if postcode.is_pseudo() => Normalised::Missing,
            Ok(postcode) => {
                output.push_str(postcode.as_str());
                Normalised::Value
            }
            Err(_) => Normalised::Invalid,
        })
    }
}
