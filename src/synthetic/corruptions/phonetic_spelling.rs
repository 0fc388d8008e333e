//! Name spelt another way that sounds the same.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Spellings that sound alike, in lower case.
const ALIKE: [(&str, &str); 26] = [
    ("ph", "f"),
    ("f", "ph"),
    ("ck", "k"),
    ("c", "k"),
    ("k", "c"),
    ("ie", "y"),
    ("y", "ie"),
    ("ee", "ea"),
    ("ea", "ee"),
    ("ll", "l"),
    ("l", "ll"),
    ("nn", "n"),
    ("n", "nn"),
    ("tt", "t"),
    ("t", "tt"),
    ("ai", "ay"),
    ("ay", "ai"),
    ("s", "z"),
    ("z", "s"),
    ("th", "t"),
    ("ou", "u"),
    ("oo", "u"),
    ("mm", "m"),
    ("h", ""),
    ("e", "i"),
    ("a", "e"),
];

/// Name spelt another way that sounds the same.
pub(in crate::synthetic) struct PhoneticSpelling;

impl Corruption for PhoneticSpelling {
    fn name(&self) -> &'static str {
        "phonetic_spelling"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        ALIKE.iter().any(|(from, _)| values.of(struck).contains(from))
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let name = values.of(struck);
        let fitting: Vec<_> = ALIKE.iter().filter(|(from, _)| name.contains(from)).collect();
        let (from, to) = rng.pick(&fitting);
        values.set(struck, name.replacen(from, to, 1));
    }
}
