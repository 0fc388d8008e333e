//! The same value.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if two values are the same.
pub(super) struct Exact;

impl Comparator for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, _kind: AttributeKind) -> bool {
        true
    }

    fn compare(&self, _values: &Prepared, a: u32, b: u32) -> f64 {
        f64::from(u8::from(a == b))
    }

    fn bound(&self, _values: &Prepared, a: u32, b: u32) -> f64 {
        f64::from(u8::from(a == b))
    }

    fn join_keys(
        &self,
        _values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        keys(u64::from(code));
        true
    }
}
