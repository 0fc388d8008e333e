//! The unique property reference number of an address.

use super::Refusal;
use super::short_text::ShortText;

/// Unique property reference number: 1 to 12 digits (recalled), leading zeros dropped.
///
/// It names a household's address, so `Debug` withholds it. It has no check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uprn(ShortText<12>);

impl Uprn {
    /// Reads at most twelve digits.
    ///
    /// # Errors
    /// `AllSame` for nothing but zeros; else the reason why it is not such a number.
    ///
    /// ```
    /// use cci::code::Uprn;
    /// assert_eq!(Uprn::parse("000012345678").unwrap().as_str(), "12345678");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let written = ShortText::<12>::compact(text)?;
        let bytes = written.as_bytes();
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(Refusal::Character);
        }
        let first = bytes.iter().position(|&byte| byte != b'0').ok_or(Refusal::AllSame)?;
        let mut number = ShortText::empty();
        bytes[first..].iter().try_for_each(|&byte| number.push(byte))?;
        Ok(Self(number))
    }

    /// Returns the digits, without leading zeros.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}
