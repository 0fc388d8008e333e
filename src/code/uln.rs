//! The unique learner number: ten digits whose arithmetic excludes every NHS number.

use super::Refusal;
use super::nhs_number::weighted_sum;
use super::short_text::{ShortText, read_digits};

/// Unique learner number with a valid check digit.
///
/// The weighted sum of all ten digits leaves 10 on division by 11, that of an NHS number
/// leaves 0: no text is both, so a column of the wrong number shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uln(ShortText<10>);

impl Uln {
    /// Reads a number, with or without spaces and hyphens.
    ///
    /// # Errors
    /// The reason why it is not a unique learner number.
    ///
    /// ```
    /// use cci::code::Uln;
    /// assert_eq!(Uln::parse("9276308686").unwrap().as_str(), "9276308686");
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
        if bytes[0] == b'0' {
            return Err(Refusal::FirstZero);
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
    /// `r = (10·d₁ + 9·d₂ + … + 2·d₉) mod 11`, check = 10 − r; r = 0 is never issued.
    /// Source: HESA, unique learner number.
    ///
    /// ```
    /// assert_eq!(cci::code::Uln::check_digit(927_630_868), Some(6)); // sum 290, r 4
    /// ```
    pub fn check_digit(body: u32) -> Option<u8> {
        match weighted_sum(body)? % 11 {
            0 => None,
            remainder => Some((10 - remainder) as u8),
        }
    }

    /// Builds the number of the first nine digits, if it has a check digit.
    pub fn from_body(body: u32) -> Option<Self> {
        let check = Self::check_digit(body)?;
        let mut digits = ShortText::empty();
        digits.push_number(body, 9).ok()?;
        digits.push(b'0' + check).ok()?;
        (body >= 100_000_000).then_some(Self(digits))
    }

    /// Returns the ten digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}
