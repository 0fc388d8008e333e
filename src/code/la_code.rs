//! Three-digit codes of the local authorities in England, as the pupil number holds them.

use super::Refusal;
use super::short_text::{ShortText, read_digits};

/// Local authority code of three digits, for example 207.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaCode(ShortText<3>);

/// Codes allowed in places 2 to 4 of a unique pupil number, as ranges with both ends.
///
/// Source: children-in-need census, rule 1530, as the data-to-insight validator holds it.
const LISTED: [(u32, u32); 35] = [
    (1, 5), // pseudo authorities
    (201, 213),
    (301, 320),
    (330, 336),
    (340, 344),
    (350, 359),
    (370, 373),
    (380, 384),
    (390, 394),
    (420, 420),
    (660, 681),
    (701, 708),
    (800, 803),
    (805, 808),
    (810, 813),
    (815, 816),
    (820, 823),
    (825, 826),
    (830, 831),
    (835, 841),
    (845, 846),
    (850, 852),
    (855, 857),
    (860, 861),
    (865, 896),
    (908, 909),
    (916, 916),
    (919, 919),
    (921, 921),
    (925, 926),
    (928, 929),
    (931, 931),
    (933, 933),
    (935, 938),
    (940, 941),
];

impl LaCode {
    /// Reads a code of three digits that the list has.
    ///
    /// # Errors
    /// The reason why it is not such a code.
    ///
    /// ```
    /// use cci::code::{LaCode, Refusal};
    /// assert!(LaCode::parse("207").is_ok());
    /// assert_eq!(LaCode::parse("999"), Err(Refusal::Unlisted));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = ShortText::compact(text)?;
        if digits.as_bytes().len() != 3 {
            return Err(Refusal::Length);
        }
        let number = read_digits(digits.as_bytes()).ok_or(Refusal::Character)?;
        let listed = LISTED.iter().any(|&(first, last)| (first..=last).contains(&number));
        if listed { Ok(Self(digits)) } else { Err(Refusal::Unlisted) }
    }

    /// Returns the three digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Says whether the code stands for no place (001 to 005).
    pub fn is_pseudo(&self) -> bool {
        self.as_str().starts_with("00")
    }
}
