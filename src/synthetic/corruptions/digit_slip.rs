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
        let mut number = values.of(struck).to_string();
        slip(&mut number, rng);
        values.set(struck, number);
    }
}

/// Makes a number wrong by a digit.
fn slip(number: &mut String, rng: &mut Stream) {
    let mut digits: Vec<char> = number.chars().collect();
    // What stands for a number may be a single digit; a slip then types it twice.
    if digits.len() < 3 {
        number.push(digits[0]);
        return;
    }
    // The first place of a unique pupil number is a letter.
    let place = 1 + rng.below(digits.len() - 2);
    if rng.chance(0.3) && digits[place] != digits[place + 1] {
        digits.swap(place, place + 1);
    } else {
        let old = digits[place].to_digit(10).unwrap_or_default();
        let new = (old + 1 + rng.below(9) as u32) % 10;
        digits[place] = char::from_digit(new, 10).expect("a number below ten is a digit");
    }
    *number = digits.into_iter().collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::random::Purpose;

    #[test]
    fn a_number_of_any_length_slips_to_another() {
        let mut rng = Stream::new(7, 0, Purpose::Errors);
        for number in ["0", "12", "123", "9999999999", "1234567890"] {
            for _ in 0..100 {
                let mut digits = number.to_string();
                slip(&mut digits, &mut rng);
                assert_ne!(digits, number);
            }
        }
    }
}
