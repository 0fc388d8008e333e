//! Parts of a double-barrelled surname: Smith-Jones as "smith" and as "jones".

use super::particle::is_particle;
use crate::normalise::alternate::{Alternate, Name, NameKind};

/// Each part, with its own particles before it.
///
/// An agency that holds one part only then meets the whole under blocking rules on the exact
/// name as well.
pub(super) struct Barrel;

/// Words, beside particles, that are no name without the word after them.
const BEFORE_A_NAME: [&str; 16] = [
    "abd", "abdel", "abdul", "abu", "an", "bar", "ben", "mac", "mc", "ni", "nic", "o", "saint",
    "st", "ui", "umm",
];

impl Alternate for Barrel {
    fn name(&self) -> &'static str {
        "barrel"
    }

    fn suits(&self, kind: NameKind) -> bool {
        kind == NameKind::Family
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let mut start = 0;
        let mut at = 0;
        for word in name.primary.split(' ') {
            let end = at + word.len();
            if !is_particle(word) && !BEFORE_A_NAME.contains(&word) {
                emit(&name.primary[start..end]);
                start = end + 1;
            }
            at = end + 1;
        }
    }
}
