//! Dates that share two of year, month and day.

use crate::comparison::prepared::number;
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

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(date) = values.date(code) {
            // Each pair of parts with the third left out.
            let (year, month, day) = (number(&date[..4]), number(&date[4..6]), number(&date[6..]));
            keys(year * 10_000 + month * 100 + 99);
            keys(year * 10_000 + 9_900 + day);
            keys(99_990_000 + month * 100 + day);
        }
        true
    }
}
