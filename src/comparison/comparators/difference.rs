//! Numbers that lie near each other.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Difference of two numbers, in their own unit; infinite where either is no number.
pub(super) struct Difference;

impl Comparator for Difference {
    fn name(&self) -> &'static str {
        "difference"
    }

    fn measure(&self) -> Measure {
        Measure::Distance
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Quantity
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        match (values.quantity(a), values.quantity(b)) {
            (Some(x), Some(y)) => (x - y).abs(),
            _ => f64::INFINITY,
        }
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(quantity) = values.quantity(code) {
            // Numbers no further apart than a step fall into one step or two neighbours. A step
            // is a little longer than the threshold, for what division rounds away.
            let step = (quantity / (threshold * 1.000_001).max(1e-9)).floor() as i64;
            keys(step as u64);
            keys(step.saturating_add(1) as u64);
        }
        true
    }
}
