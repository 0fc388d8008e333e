//! A name that is part of a longer one: "anna" beside "anna maria", "khan" beside "khan smith".

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if all words of one name are words of the other.
///
/// One agency writes all given names or both barrels of a surname where another writes the first.
pub(super) struct NamePart;

impl Comparator for NamePart {
    fn name(&self) -> &'static str {
        "name_part"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.is_name()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (x, y) = (values.text(a), values.text(b));
        f64::from(u8::from(is_part(x, y) || is_part(y, x)))
    }

    /// One of two different names is part of the other only if that has several words.
    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let several = |code: u32| values.sketch(code).several_words;
        f64::from(u8::from(a == b || several(a) || several(b)))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        for word in values.text(code).split(' ') {
            keys(FixedState::with_seed(0).hash_one(word.as_bytes()));
        }
        true
    }
}

fn is_part(part: &str, whole: &str) -> bool {
    part.split(' ').all(|word| whole.split(' ').any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_be_there() {
        assert!(is_part("anna", "anna maria"));
        assert!(is_part("smith khan", "khan smith"));
        assert!(!is_part("ann", "anna maria"));
        assert!(!is_part("anna maria", "anna"));
    }
}
