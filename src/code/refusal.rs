//! Why a text is not an official number: one short list for all of them.

use std::fmt;

/// Reason why a text was refused as an official number or code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Nothing is left once spaces and hyphens are gone.
    Empty,
    /// Too many or too few characters.
    Length,
    /// A character that cannot stand where it stands.
    Character,
    /// Right characters in an order that the format does not have.
    Shape,
    /// Ten times the same digit.
    AllSame,
    /// A first digit of zero where none can be.
    FirstZero,
    /// A body for which no check character exists, so that it was never issued.
    NoCheck,
    /// A check character other than the body demands.
    WrongCheck,
    /// A code that its list does not have.
    Unlisted,
}

impl Refusal {
    /// Returns the name used in files, for example `wrong_check`.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::Empty => "empty",
            Refusal::Length => "length",
            Refusal::Character => "character",
            Refusal::Shape => "shape",
            Refusal::AllSame => "all_same",
            Refusal::FirstZero => "first_zero",
            Refusal::NoCheck => "no_check",
            Refusal::WrongCheck => "wrong_check",
            Refusal::Unlisted => "unlisted",
        }
    }

    /// Returns the reason in words that need no value, to follow a colon.
    pub fn reason(self) -> &'static str {
        match self {
            Refusal::Empty => "nothing but spaces",
            Refusal::Length => "wrong length",
            Refusal::Character => "a character that cannot stand there",
            Refusal::Shape => "not in the format",
            Refusal::AllSame => "all digits are the same",
            Refusal::FirstZero => "the first digit is zero",
            Refusal::NoCheck => "no check character exists for these digits",
            Refusal::WrongCheck => "the check character does not fit",
            Refusal::Unlisted => "not in the code list",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}
