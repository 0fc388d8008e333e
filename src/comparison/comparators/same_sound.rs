//! Names that sound alike in English.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if two names have the same American Soundex code.
pub(super) struct SameSound;

impl Comparator for SameSound {
    fn name(&self) -> &'static str {
        "same_sound"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.is_name()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let code = values.soundex(a);
        f64::from(u8::from(code != [0; 4] && code == values.soundex(b)))
    }

    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        self.compare(values, a, b)
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        let sound = values.soundex(code);
        if sound != [0; 4] {
            keys(u64::from(u32::from_be_bytes(sound)));
        }
        true
    }
}
