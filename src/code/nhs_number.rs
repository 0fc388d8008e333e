//! The NHS number: ten digits, the last of them a check digit of modulus 11.

use super::Refusal;
use super::short_text::{ShortText, read_digits};

/// NHS number with a valid check digit.
///
/// Northern Ireland's and Scotland's numbers share the arithmetic and are accepted;
/// [`is_issued_range`](Self::is_issued_range) says whether anybody issues such numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber(ShortText<10>);

/// Ranges of the whole number that are issued in the United Kingdom, ends included.
///
/// Source: documentation of the crate `nhs-number` (ranges). Scotland's range overlaps
/// England's, so a number alone does not say which nation issued it.
const ISSUED: [(u64, u64); 3] = [
    (101_000_000, 3_112_999_999), // Scotland (CHI): starts with a date of birth
    (3_000_000_000, 4_999_999_999), // England; Northern Ireland above 320 000 001
    (6_000_000_000, 7_999_999_999), // England, Wales, Isle of Man
];

impl NhsNumber {
    /// First digits of the numbers that are kept for tests and never issued.
    pub const TEST_RANGE: &str = "999";

    /// Reads a number, with or without spaces and hyphens.
    ///
    /// # Errors
    /// The reason why it is not an NHS number.
    ///
    /// ```
    /// use cci::code::{NhsNumber, Refusal};
    /// assert_eq!(NhsNumber::parse("943 476 5919").unwrap().as_str(), "9434765919");
    /// assert_eq!(NhsNumber::parse("943 476 5918"), Err(Refusal::WrongCheck));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = ShortText::compact(text)?;
        let bytes = digits.as_bytes();
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(Refusal::Character);
        }
        if bytes.len() != 10 {
            return Err(Refusal::Length);
        }
        if bytes.iter().all(|byte| byte == &bytes[0]) {
            return Err(Refusal::AllSame);
        }
        let body = read_digits(&bytes[..9]).ok_or(Refusal::Character)?;
        match Self::check_digit(body) {
            None => Err(Refusal::NoCheck),
            Some(check) if check == bytes[9] - b'0' => Ok(Self(digits)),
            Some(_) => Err(Refusal::WrongCheck),
        }
    }

    /// Returns the check digit of the first nine digits, if one exists.
    ///
    /// # Formula
    /// `r = (10·d₁ + 9·d₂ + … + 2·d₉) mod 11`, check = 11 − r; 11 becomes 0, and 10 means
    /// that the number is never issued (there is no X). Source: NHS Data Dictionary.
    ///
    /// ```
    /// use cci::code::NhsNumber;
    /// assert_eq!(NhsNumber::check_digit(943_476_591), Some(9)); // sum 299, r 2
    /// assert_eq!(NhsNumber::check_digit(999_123_456), None); // r 1
    /// ```
    pub fn check_digit(body: u32) -> Option<u8> {
        let remainder = weighted_sum(body)? % 11;
        match 11 - remainder {
            11 => Some(0),
            10 => None,
            check => Some(check as u8),
        }
    }

    /// Builds the number of the first nine digits, if it has a check digit and is not all one.
    pub fn from_body(body: u32) -> Option<Self> {
        let check = Self::check_digit(body)?;
        let mut digits = ShortText::empty();
        digits.push_number(body, 9).ok()?;
        digits.push(b'0' + check).ok()?;
        let bytes = digits.as_bytes();
        (!bytes.iter().all(|byte| byte == &bytes[0])).then_some(Self(digits))
    }

    /// Returns the ten digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Says whether the number is of the range 999…, kept for tests and never issued.
    pub fn is_test_range(&self) -> bool {
        self.as_str().starts_with(Self::TEST_RANGE)
    }

    /// Says whether the number is of a range issued somewhere in the United Kingdom.
    pub fn is_issued_range(&self) -> bool {
        let number = self.0.as_bytes().iter().fold(0u64, |n, byte| n * 10 + u64::from(byte - b'0'));
        ISSUED.iter().any(|&(first, last)| (first..=last).contains(&number))
    }
}

/// Returns the first nine digits weighted 10 to 2, as NHS number and ULN both need it.
///
/// ```text
/// 943476591 → 9·10 + 4·9 + 3·8 + 4·7 + 7·6 + 6·5 + 5·4 + 9·3 + 1·2 = 299
/// ```
pub(super) fn weighted_sum(body: u32) -> Option<u32> {
    if body > 999_999_999 {
        return None;
    }
    Some((0..9).map(|place| body / 10u32.pow(place) % 10 * (place + 2)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_range_is_not_an_issued_range() {
        let test = NhsNumber::from_body(999_000_001).unwrap();
        assert_eq!(test.as_str(), "9990000018");
        assert!(test.is_test_range() && !test.is_issued_range());
        let issued = NhsNumber::from_body(612_345_678).unwrap();
        assert!(issued.is_issued_range() && !issued.is_test_range());
        let neither = NhsNumber::parse("9434765919").unwrap();
        assert!(!neither.is_issued_range() && !neither.is_test_range());
    }

    #[test]
    fn a_body_of_ten_digits_has_no_check_digit() {
        assert_eq!(NhsNumber::check_digit(1_000_000_000), None);
    }

    #[test]
    fn debug_withholds_the_number() {
        let number = NhsNumber::parse("9990000018").unwrap();
        assert_eq!(format!("{number:?}"), "NhsNumber(<10 characters withheld>)");
    }
}
