//! A date with one digit wrong, or two neighbouring digits exchanged.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Holds if two dates, written as eight digits, differ by one digit or one exchange.
pub(super) struct DateOneDigit;

impl Comparator for DateOneDigit {
    fn name(&self) -> &'static str {
        "date_one_digit"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Date
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (Some(x), Some(y)) = (values.date(a), values.date(b)) else { return 0.0 };
        f64::from(u8::from(one_slip(x, y)))
    }
}

fn one_slip(x: [u8; 8], y: [u8; 8]) -> bool {
    let mut first = 8;
    let mut wrong = 0;
    for place in 0..8 {
        if x[place] != y[place] {
            wrong += 1;
            first = first.min(place);
        }
    }
    match wrong {
        1 => true,
        2 => first < 7 && x[first] == y[first + 1] && x[first + 1] == y[first],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_digit_or_one_exchange_and_no_more() {
        let date = [2, 0, 1, 4, 0, 3, 1, 2];
        assert!(one_slip(date, [2, 0, 1, 5, 0, 3, 1, 2]));
        assert!(one_slip(date, [2, 0, 1, 4, 0, 3, 2, 1]));
        assert!(!one_slip(date, [2, 0, 1, 5, 0, 3, 1, 3]));
        assert!(!one_slip(date, date));
    }
}
