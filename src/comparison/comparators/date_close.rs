//! Dates that lie near each other.

use jiff::civil::Date;

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
        let date = |code| values.date(code).and_then(calendar);
        match (date(a), date(b)) {
            (Some(x), Some(y)) => f64::from((y - x).get_days().abs()),
            _ => f64::INFINITY,
        }
    }

    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (Some(x), Some(y)) = (values.date(a), values.date(b)) else { return f64::INFINITY };
        let year = |d: [u8; 8]| d[..4].iter().fold(0i32, |sum, &digit| sum * 10 + i32::from(digit));
        f64::from(((year(x) - year(y)).abs() - 1).max(0) * 365)
    }
}

fn calendar(digits: [u8; 8]) -> Option<Date> {
    let number = |part: &[u8]| part.iter().fold(0i16, |sum, &digit| sum * 10 + i16::from(digit));
    let (month, day) = (number(&digits[4..6]) as i8, number(&digits[6..]) as i8);
    Date::new(number(&digits[..4]), month, day).ok()
}
