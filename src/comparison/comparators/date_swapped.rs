//! A date with day and month exchanged.

use crate::comparison::prepared::number;
use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if two dates have the same year, and day and month exchanged.
pub(super) struct DateSwapped;

impl Comparator for DateSwapped {
    fn name(&self) -> &'static str {
        "day_month_swapped"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Date
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (Some(x), Some(y)) = (values.date(a), values.date(b)) else { return 0.0 };
        let holds = x[..4] == y[..4] && x[4..6] == y[6..] && x[6..] == y[4..6];
        f64::from(u8::from(holds))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(date) = values.date(code) {
            let (month, day) = (number(&date[4..6]), number(&date[6..]));
            let (less, more) = (month.min(day), month.max(day));
            keys(number(&date[..4]) * 10_000 + less * 100 + more);
        }
        true
    }
}
