//! Mail addresses that share what stands before the `@`.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if two mail addresses share the part before the `@`.
pub(super) struct LocalPart;

impl Comparator for LocalPart {
    fn name(&self) -> &'static str {
        "same_local_part"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Email
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let local = |code| values.text(code).split_once('@').map(|(local, _)| local);
        let (x, y) = (local(a), local(b));
        f64::from(u8::from(x.is_some_and(|part| !part.is_empty()) && x == y))
    }
}
