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

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(date) = values.date(code) {
            for place in 0..8 {
                // One digit left out of account, and two neighbours in either order.
                let mut slip = date;
                slip[place] = 10;
                keys(sixteenths(slip));
                if place < 7 {
                    let mut swap = date;
                    swap[place] = date[place].max(date[place + 1]);
                    swap[place + 1] = date[place].min(date[place + 1]);
                    keys(sixteenths(swap) | (place as u64 + 1) << 32);
                }
            }
        }
        true
    }
}

fn sixteenths(digits: [u8; 8]) -> u64 {
    digits.iter().fold(0, |sum, &digit| sum << 4 | u64::from(digit))
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
