//! Family names: the name form.

use crate::normalise::alternate::{Name, NameKind, write_alternates};
use crate::normalise::cell::read_name_cell;
use crate::normalise::names::read_name;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of surnames.
pub(super) struct FamilyName;

impl Normaliser for FamilyName {
    fn name(&self) -> &'static str {
        "family_name"
    }

    fn expects(&self) -> &'static str {
        "a family name"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_name_cell(cell, rules, output, |text, output| match read_name(text, output) {
            Normalised::Value if is_surnameless(output) => Normalised::Missing,
            outcome => outcome,
        })
    }

    fn alternates(&self, cell: &str, value: &str, rules: &CellRules, emit: &mut dyn FnMut(&str)) {
        write_alternates(self, NameKind::Family, &Name::new(cell, value), rules, emit);
    }
}

/// Says whether a canonical name says that there is no family name.
fn is_surnameless(name: &str) -> bool {
    matches!(name, "lnu" | "no family name" | "no last name" | "no surname")
}
