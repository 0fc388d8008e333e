//! One wrong digit, or two neighbours exchanged, in an official number.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// One wrong digit, or two neighbours exchanged, in an official number.
pub(in crate::synthetic) struct DigitSlip;

impl Corruption for DigitSlip {
    fn name(&self) -> &'static str {
        "digit_slip"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::NhsNumber, Held::Upn]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        !values.of(struck).is_empty()
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let mut digits: Vec<char> = values.of(struck).chars().collect();
        // The first place of a unique pupil number is a letter.
        let place = 1 + rng.below(digits.len() - 2);
        if rng.chance(0.3) && digits[place] != digits[place + 1] {
            digits.swap(place, place + 1);
        } else {
            let old = digits[place].to_digit(10).unwrap_or_default();
            let new = (old + 1 + rng.below(9) as u32) % 10;
            digits[place] = char::from_digit(new, 10).expect("a number below ten is a digit");
        }
        values.set(struck, digits.into_iter().collect::<String>());
    }
}
