//! Given name and family name in each other's place.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Given name and family name in each other's place.
pub(in crate::synthetic) struct NamesSwapped;

impl Corruption for NamesSwapped {
    fn name(&self) -> &'static str {
        "names_swapped"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName]
    }

    fn also_changes(&self) -> &'static [Held] {
        &[Held::FamilyName]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        let (given, family) = (values.of(Held::GivenName), values.of(Held::FamilyName));
        !given.is_empty() && !family.is_empty() && given != family
    }

    fn corrupt(&self, _: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        values.swap(Held::GivenName, Held::FamilyName);
    }
}
