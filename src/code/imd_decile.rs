//! Deciles of the English index of multiple deprivation.

use super::Refusal;
use super::short_text::{ShortText, read_digits};

/// Decile of deprivation of an area, 1 (most deprived) to 10 (least).
///
/// Some tables count the other way round: a decile says nothing without its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImdDecile(u8);

impl ImdDecile {
    /// Reads a whole number from 1 to 10.
    ///
    /// # Errors
    /// `Unlisted` for another number; else the reason why it is none.
    ///
    /// ```
    /// use cci::code::{ImdDecile, Refusal};
    /// assert!(ImdDecile::parse("2").unwrap().is_core20());
    /// assert_eq!(ImdDecile::parse("0"), Err(Refusal::Unlisted));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = ShortText::<2>::compact(text)?;
        let bytes = digits.as_bytes();
        let number = read_digits(bytes).ok_or(Refusal::Character)? as u8;
        let listed = (1..=10).contains(&number) && bytes[0] != b'0';
        if listed { Ok(Self(number)) } else { Err(Refusal::Unlisted) }
    }

    /// Returns the number, 1 for the most deprived tenth.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Says whether the area is of the most deprived fifth, which the NHS calls CORE20.
    pub fn is_core20(self) -> bool {
        self.0 <= 2
    }
}
