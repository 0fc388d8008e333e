//! Two numbers of a school: URN of six digits, LAESTAB of seven.

use super::short_text::ShortText;
use super::{LaCode, Refusal};

/// Unique reference number of an establishment: six digits. Source: NPD documentation.
///
/// It has no check digit, so that a wrong one cannot be seen without the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urn(ShortText<6>);

impl Urn {
    /// Reads six digits.
    ///
    /// # Errors
    /// The reason why it is not such a number.
    ///
    /// ```
    /// use cci::code::{Refusal, Urn};
    /// assert_eq!(Urn::parse("100 001").unwrap().as_str(), "100001");
    /// assert_eq!(Urn::parse("10001"), Err(Refusal::Length));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = ShortText::compact(text)?;
        digits.all_digits(6)?;
        Ok(Self(digits))
    }

    /// Returns the six digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Number of an establishment within its local authority: three digits and four.
///
/// Held without the slash. A school that becomes an academy may get new numbers of both
/// sorts (recalled), so that neither follows a school through its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaEstab(ShortText<7>);

impl LaEstab {
    /// Reads seven digits, with or without a slash after the third.
    ///
    /// The authority is not checked against the list, as for the unique pupil number;
    /// see [`local_authority`](Self::local_authority).
    ///
    /// # Errors
    /// The reason why it is not such a number.
    ///
    /// ```
    /// use cci::code::LaEstab;
    /// let school = LaEstab::parse("207/1234").unwrap();
    /// assert_eq!((school.as_str(), school.establishment()), ("2071234", "1234"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let written = ShortText::<8>::compact(text)?;
        let bytes = written.as_bytes();
        let mut digits = ShortText::empty();
        for (place, &byte) in bytes.iter().enumerate() {
            if !(byte == b'/' && place == 3) {
                digits.push(byte)?;
            }
        }
        digits.all_digits(7)?;
        Ok(Self(digits))
    }

    /// Returns the seven digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the local authority, if the list has it.
    pub fn local_authority(&self) -> Option<LaCode> {
        LaCode::parse(&self.as_str()[..3]).ok()
    }

    /// Returns the four digits of the establishment.
    pub fn establishment(&self) -> &str {
        &self.as_str()[3..]
    }
}
