//! One wrong digit in a date of birth that is still a date.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::family::is_past;
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// One wrong digit in a date of birth that is still a date.
pub(in crate::synthetic) struct DateDigitSlip;

impl Corruption for DateDigitSlip {
    fn name(&self) -> &'static str {
        "date_digit_slip"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::DateOfBirth]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        !values.of(Held::DateOfBirth).is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let date = values.of(Held::DateOfBirth).as_bytes();
        // Last digits of year, month and day, and the first of the day; entry screens refuse a date
        // that is none or yet to come, so the slip is made again until they would not.
        loop {
            let place = [3, 6, 8, 9, 9][rng.below(5)];
            let digit = b'0' + rng.below(10) as u8;
            let mut slipped = date.to_vec();
            slipped[place] = digit;
            let slipped = String::from_utf8(slipped).expect("digits stay digits");
            if digit != date[place] && is_past(&slipped) {
                values.set(Held::DateOfBirth, slipped);
                return;
            }
        }
    }
}
