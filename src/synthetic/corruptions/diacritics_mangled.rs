//! Letters outside ASCII turned into others by a wrong character set.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Letters outside ASCII turned into others by a wrong character set.
pub(in crate::synthetic) struct DiacriticsMangled;

impl Corruption for DiacriticsMangled {
    fn name(&self) -> &'static str {
        "diacritics_mangled"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        !values.of(struck).is_ascii()
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let name = values.of(struck);
        let mangled: String = match rng.below(3) {
            // Bytes of UTF-8 read as Latin-1, as older interfaces do.
            0 => {
                name.bytes().map(char::from).map(|c| if c.is_control() { '?' } else { c }).collect()
            }
            1 => name.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect(),
            // The national matching service writes this (MPS documentation).
            _ => name.chars().map(|c| if c.is_ascii() { c } else { '@' }).collect(),
        };
        values.set(struck, mangled);
    }
}
