//! A name beside its initial.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if one name is a single letter and the other begins with it.
pub(super) struct Initial;

impl Comparator for Initial {
    fn name(&self) -> &'static str {
        "initial"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.is_name()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (x, y) = (values.sketch(a), values.sketch(b));
        let holds = x.length.min(y.length) == 1 && x.start[0] == y.start[0];
        f64::from(u8::from(holds))
    }

    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        self.compare(values, a, b)
    }

    fn scan(&self, values: &Prepared, code: u32, _threshold: f64, found: &mut Vec<u32>) {
        let holds = |&other: &u32| other > code && self.compare(values, code, other) > 0.0;
        if values.sketch(code).length == 1 {
            return found.extend((code + 1..values.codes() as u32).filter(holds));
        }
        // Beside a longer name only a single letter can be an initial.
        found.extend(values.letter_planes().of_length(1).iter().copied().filter(holds));
    }
}
