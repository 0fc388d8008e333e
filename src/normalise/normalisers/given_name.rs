//! Given names: the name form, with what wards write for newborn children as missing.

use crate::normalise::cell::read_name_cell;
use crate::normalise::names::read_name;
use crate::normalise::placeholder::is_newborn;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of given names, first or other.
pub(super) struct GivenName;

impl Normaliser for GivenName {
    fn name(&self) -> &'static str {
        "given_name"
    }

    fn expects(&self) -> &'static str {
        "a given name"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_name_cell(cell, rules, output, |text, output| match read_name(text, output) {
            Normalised::Value if is_newborn(output) => Normalised::Missing,
            outcome => outcome,
        })
    }
}
