//! Dates that share two of year, month and day.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if two dates share at least two of year, month and day.
pub(super) struct DateParts;

impl Comparator for DateParts {
    fn name(&self) -> &'static str {
        "two_date_parts"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Date
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (Some(x), Some(y)) = (values.date(a), values.date(b)) else { return 0.0 };
        let same = [0..4, 4..6, 6..8].into_iter().filter(|part| x[part.clone()] == y[part.clone()]);
        f64::from(u8::from(same.count() >= 2))
    }
}
