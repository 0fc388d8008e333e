//! Dates that lie near each other.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Days between two dates; infinite where either is no date of the calendar.
pub(super) struct DateClose;

impl Comparator for DateClose {
    fn name(&self) -> &'static str {
        "days"
    }

    fn measure(&self) -> Measure {
        Measure::Distance
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Date
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        match (values.day(a), values.day(b)) {
            (Some(x), Some(y)) => f64::from((y - x).abs()),
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
        if let Some(day) = values.day(code) {
            // Days apart by no more than the threshold fall into one period or two neighbours.
            let period = i64::from(day) / (threshold as i64 + 1);
            keys(period as u64);
            keys(period as u64 + 1);
        }
        true
    }
}
