//! Letters outside ASCII replaced by plain ones.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Letters outside ASCII replaced by plain ones.
pub(in crate::synthetic) struct DiacriticsLost;

impl Corruption for DiacriticsLost {
    fn name(&self) -> &'static str {
        "diacritics_lost"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        !values.of(struck).is_ascii()
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        values.set(struck, any_ascii::any_ascii(values.of(struck)));
    }
}
