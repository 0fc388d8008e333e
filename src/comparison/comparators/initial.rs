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
        let (x, y) = (values.text(a).as_bytes(), values.text(b).as_bytes());
        let holds = x.len().min(y.len()) == 1 && x[0] == y[0];
        f64::from(u8::from(holds))
    }

    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        self.compare(values, a, b)
    }
}
