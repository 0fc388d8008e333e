//! Another spelling, in Latin letters, of a name from another script.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Another spelling, in Latin letters, of a name from another script.
pub(in crate::synthetic) struct RespeltFromScript;

/// Ways of writing one sound of Arabic, Persian, Urdu, Bengali, Hindi or Chinese, in lower case.
const SPELLINGS: [(&str, &str); 18] = [
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("kh", "k"),
    ("q", "k"),
    ("ai", "ay"),
    ("ei", "ai"),
    ("dj", "j"),
    ("sh", "ch"),
    ("aa", "a"),
    ("mm", "m"),
    ("ss", "s"),
    ("dd", "d"),
    ("y", "i"),
    ("o", "u"),
    ("e", "i"),
    ("zh", "z"),
    ("h", "hh"),
];

impl Corruption for RespeltFromScript {
    fn name(&self) -> &'static str {
        "respelt_from_script"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName]
    }

    fn applies(&self, struck: Held, values: &Values, subject: &Subject) -> bool {
        subject.child.arrived && {
            let name = values.of(struck);
            SPELLINGS.iter().any(|(one, other)| name.contains(one) || name.contains(other))
        }
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let name = values.of(struck);
        let both = SPELLINGS.iter().flat_map(|&(one, other)| [(one, other), (other, one)]);
        let fitting: Vec<_> = both.filter(|(from, _)| name.contains(from)).collect();
        let (from, to) = *rng.pick(&fitting);
        values.set(struck, name.replacen(from, to, 1));
    }
}
