//! Pseudonyms: 80 bits that stand for a person in one scope and epoch, and their printed form.

use std::fmt;

use super::check_code::{self, LENGTH, MESSAGE};
use super::{CheckMask, Epoch, Scope, crockford};
use crate::record::MatchToken;

/// Value of the first printed symbol, `C`, which names this scheme.
const SCHEME_SYMBOL: u8 = 12;

/// What one agency sees of a person: 80 keyed bits, good in one scope and one epoch.
///
/// Printed as 20 symbols in five groups of four, for example `C0MR-055J-BMB8-PJBD-TWKG`: scheme,
/// epoch, 16 of data, and two check symbols bound to the scope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym {
    epoch: Epoch,
    value: [u8; Pseudonym::LENGTH],
}

impl Pseudonym {
    /// Length of the value in bytes.
    pub const LENGTH: usize = 10;

    /// Puts a pseudonym together from its epoch and value.
    pub(crate) fn from_parts(epoch: Epoch, value: [u8; Self::LENGTH]) -> Self {
        Self { epoch, value }
    }

    /// Returns the epoch in which it was issued.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Returns the 80 bits.
    pub fn value(&self) -> &[u8; Self::LENGTH] {
        &self.value
    }

    /// Returns the printed form, whose check symbols hold in the given scope only.
    pub fn print(&self, scope: &Scope) -> String {
        let message = self.message();
        let check = check_code::check_symbols(message, scope.check_mask());
        let mut text = String::with_capacity(LENGTH + LENGTH / 4 - 1);
        for (place, &value) in message.iter().chain(&check).enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(crockford::symbol(value));
        }
        text
    }

    /// Reads a printed pseudonym of the given scope, with no key and no network.
    ///
    /// Lower case is accepted, I and L for 1, O for 0, and between groups of four a hyphen,
    /// a space or nothing. A mistake is detected, never corrected.
    ///
    /// # Errors
    /// A [`Refusal`] with the reason.
    ///
    /// ```
    /// use cci::identifier::{Pseudonym, Refusal, Scope};
    /// let education = Scope::new("education", "direct_care").unwrap();
    /// let police = Scope::new("police", "direct_care").unwrap();
    /// let printed = "C0MR-055J-BMB8-PJBD-TWKG";
    ///
    /// let pseudonym = Pseudonym::parse(printed, &education).unwrap();
    /// assert_eq!(pseudonym.print(&education), printed);
    /// assert_eq!(Pseudonym::parse(printed, &police), Err(Refusal::CheckFailed));
    /// ```
    pub fn parse(text: &str, scope: &Scope) -> Result<Self, Refusal> {
        if MatchToken::is_meant(text) {
            return Err(Refusal::MatchToken);
        }
        let code = read_symbols(text)?;
        if code[0] != SCHEME_SYMBOL {
            return Err(Refusal::UnknownScheme);
        }
        if !check_code::accepts(code, scope.check_mask()) {
            return Err(Refusal::CheckFailed);
        }
        let epoch = Epoch::new(code[1]).expect("a symbol is less than 32, as an epoch is");
        let data = *code[2..].first_chunk().expect("16 symbols lie between epoch and check");
        Ok(Self { epoch, value: crockford::pack(data) })
    }

    fn message(&self) -> [u8; MESSAGE] {
        let mut message = [0; MESSAGE];
        message[0] = SCHEME_SYMBOL;
        message[1] = self.epoch.number();
        message[2..].copy_from_slice(&crockford::spread(self.value));
        message
    }
}

/// Shows the epoch only: a pseudonym is still about a person.
impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonym(epoch {}, <withheld>)", self.epoch.number())
    }
}

/// Returns the mask under which a text would be a pseudonym, if it has the form of one.
pub(super) fn mask_of(text: &str) -> Option<CheckMask> {
    read_symbols(text).ok().map(check_code::accepting_mask)
}

/// Reads the values of 20 symbols in groups of four.
fn read_symbols(text: &str) -> Result<[u8; LENGTH], Refusal> {
    let mut code = [0; LENGTH];
    let mut found = 0;
    let mut after_separator = true;
    for (place, character) in text.chars().enumerate() {
        if let Some(value) = crockford::value(character) {
            if let Some(slot) = code.get_mut(found) {
                *slot = value;
            }
            found += 1;
            after_separator = false;
        } else if matches!(character, '-' | ' ') && found % 4 == 0 && !after_separator {
            after_separator = true;
        } else {
            return Err(Refusal::WrongSymbol { place: place + 1 });
        }
    }
    if found != LENGTH {
        return Err(Refusal::WrongLength { found });
    }
    if after_separator {
        return Err(Refusal::WrongSymbol { place: text.chars().count() });
    }
    Ok(code)
}

/// Reason for which a printed pseudonym was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not have 20 symbols.
    WrongLength {
        /// Number of symbols found, separators left out.
        found: usize,
    },
    /// A character is no symbol, or a separator stands inside a group.
    WrongSymbol {
        /// Place of the character, from 1.
        place: usize,
    },
    /// It is a match token, which stands for a value and not for a person.
    MatchToken,
    /// The first symbol names no scheme that this version knows.
    UnknownScheme,
    /// The check symbols do not hold: mistyped, or a pseudonym of another scope.
    CheckFailed,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::WrongLength { found } => {
                write!(f, "expected {LENGTH} symbols in groups of four, found {found}")
            }
            Refusal::WrongSymbol { place } => write!(
                f,
                "character {place}: expected one of 0-9 and A-Z without U, \
                 or a hyphen or space after a group of four"
            ),
            Refusal::MatchToken => {
                write!(f, "a match token, which stands for a value and never becomes a pseudonym")
            }
            Refusal::UnknownScheme => {
                write!(f, "expected the first symbol C: mistyped, or made by another version")
            }
            Refusal::CheckFailed => {
                write!(f, "the check symbols do not hold: mistyped, or from another scope")
            }
        }
    }
}

impl std::error::Error for Refusal {}
