//! The unique pupil number: a check letter and twelve characters.

use super::check_letter::PUPIL_LETTERS;
use super::short_text::{ShortText, read_digits};
use super::{LaCode, Refusal};

/// Unique pupil number with a valid check letter.
///
/// Permanent: letter, local authority (3), establishment (4), year (2), serial (3).
/// Temporary: the same with a serial of two digits and a letter.
/// It lives no longer than school does, and an adopted pupil gets a new one (recalled).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn(ShortText<13>);

/// Kind of a unique pupil number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpnKind {
    /// Allocated for the whole of school life.
    Permanent,
    /// Used until the permanent one is known; ends in a letter.
    Temporary,
}

impl Upn {
    /// Reads a number, in either case, with or without spaces.
    ///
    /// The local authority is not checked against the list, because a number issued
    /// by one that is gone is still a number; see [`local_authority`](Self::local_authority).
    ///
    /// # Errors
    /// The reason why it is not a unique pupil number.
    ///
    /// ```
    /// use cci::code::{Refusal, Upn};
    /// assert!(Upn::parse("P207000016049").is_ok());
    /// // Two suppliers' help pages work this example to Q; the sum is 266, not 267.
    /// assert_eq!(Upn::parse("Q207000016049"), Err(Refusal::WrongCheck));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let upn = ShortText::compact(text)?;
        let bytes = upn.as_bytes();
        if bytes.len() != 13 {
            return Err(Refusal::Length);
        }
        let body = &upn.as_str()[1..];
        let check = Self::check_letter(body).ok_or(Refusal::Character)?;
        if !PUPIL_LETTERS.contains(&bytes[0]) {
            return Err(Refusal::Character);
        }
        if bytes[0] == check as u8 { Ok(Self(upn)) } else { Err(Refusal::WrongCheck) }
    }

    /// Returns the check letter of the twelve characters that follow it.
    ///
    /// `None` unless they are twelve digits, or eleven and a letter other than I, O, S.
    ///
    /// # Formula
    /// `Σ i·vᵢ mod 23` over places i = 2 to 13 of the whole number, as an index into
    /// A–Z without I, O, S; a digit is worth itself, the last letter its index.
    /// Source: UK Government Data Standards Catalogue; Department for Education, rule 1510.
    ///
    /// ```
    /// use cci::code::Upn;
    /// // 2·2 + 7·4 + 1·9 + 6·10 + 4·12 + 9·13 = 266, and 266 mod 23 = 13: P
    /// assert_eq!(Upn::check_letter("207000016049"), Some('P'));
    /// assert_eq!(Upn::check_letter("80112000001A"), Some('D'));
    /// ```
    pub fn check_letter(body: &str) -> Option<char> {
        let bytes: &[u8; 12] = body.as_bytes().try_into().ok()?;
        let mut sum = 0;
        for (index, byte) in bytes.iter().enumerate() {
            let value = match byte {
                b'0'..=b'9' => usize::from(byte - b'0'),
                _ if index == 11 => PUPIL_LETTERS.iter().position(|letter| letter == byte)?,
                _ => return None,
            };
            sum += (index + 2) * value;
        }
        Some(char::from(PUPIL_LETTERS[sum % 23]))
    }

    /// Builds the number of the twelve characters that follow the check letter.
    pub fn from_body(body: &str) -> Option<Self> {
        let mut upn = ShortText::empty();
        upn.push(Self::check_letter(body)? as u8).ok()?;
        body.bytes().try_for_each(|byte| upn.push(byte)).ok()?;
        Some(Self(upn))
    }

    /// Returns the thirteen characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Says whether the number is permanent or temporary.
    pub fn kind(&self) -> UpnKind {
        match self.0.as_bytes()[12] {
            b'0'..=b'9' => UpnKind::Permanent,
            _ => UpnKind::Temporary,
        }
    }

    /// Returns the local authority that allocated the number, if the list has it.
    pub fn local_authority(&self) -> Option<LaCode> {
        LaCode::parse(&self.as_str()[1..4]).ok()
    }

    /// Returns the last two digits of the year in which the number was allocated.
    pub fn allocation_year(&self) -> u8 {
        let digits = &self.0.as_bytes()[8..10];
        read_digits(digits).expect("places 9 and 10 are digits") as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_from_their_places() {
        let upn = Upn::parse("P207000016049").unwrap();
        assert_eq!(upn.kind(), UpnKind::Permanent);
        assert_eq!(upn.local_authority().unwrap().as_str(), "207");
        assert_eq!(upn.allocation_year(), 16);
        assert_eq!(Upn::parse("D80112000001A").unwrap().kind(), UpnKind::Temporary);
    }

    #[test]
    fn a_number_of_an_unlisted_authority_is_still_a_number() {
        let upn = Upn::parse("A950000178301").unwrap();
        assert!(upn.local_authority().is_none());
    }
}
