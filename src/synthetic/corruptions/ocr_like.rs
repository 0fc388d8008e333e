//! Letters misread as others of the same shape.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Shapes that scanning or a poor hand confuses.
const ALIKE: [(&str, &str); 14] = [
    ("rn", "m"),
    ("m", "rn"),
    ("cl", "d"),
    ("d", "cl"),
    ("l", "i"),
    ("i", "l"),
    ("e", "c"),
    ("u", "v"),
    ("h", "b"),
    ("a", "o"),
    ("O", "0"),
    ("1", "7"),
    ("5", "S"),
    ("n", "r"),
];

/// Letters misread as others of the same shape.
pub(in crate::synthetic) struct OcrLike;

impl Corruption for OcrLike {
    fn name(&self) -> &'static str {
        "ocr_like"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName, Held::Address]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        ALIKE.iter().any(|(from, _)| values.of(struck).contains(from))
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let text = values.of(struck);
        let fitting: Vec<_> = ALIKE.iter().filter(|(from, _)| text.contains(from)).collect();
        let (from, to) = rng.pick(&fitting);
        values.set(struck, text.replacen(from, to, 1));
    }
}
