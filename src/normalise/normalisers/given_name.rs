//! Given names: the name form, with what wards write for newborn children as missing.

use crate::normalise::alternate::{Name, NameKind, write_alternates};
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
            Normalised::Value if is_newborn(output) || is_forenameless(output) => {
                Normalised::Missing
            }
            outcome => outcome,
        })
    }

    fn alternates(&self, cell: &str, value: &str, rules: &CellRules, emit: &mut dyn FnMut(&str)) {
        write_alternates(self, NameKind::Given, &Name::new(cell, value), rules, emit);
    }
}

/// Says whether a canonical name says that there is no given name.
fn is_forenameless(name: &str) -> bool {
    matches!(
        name,
        "fnu" | "first name unknown" | "forename unknown" | "no first name" | "no forename"
    )
}
