//! The Police National Computer identifier: year of the record, serial, check letter.

use super::Refusal;
use super::check_letter::POLICE_LETTERS;
use super::short_text::{ShortText, read_digits};

/// Police National Computer identifier with a valid check letter.
///
/// Held as `YYYY/NNNNNNNC`. Most children known to the police have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PncId(ShortText<13>);

impl PncId {
    /// Reads an identifier in its long or short form, with or without the slash.
    ///
    /// A year of two digits is the latest such year up to `as_at_year`, which the caller
    /// gives so that the same input reads the same next year.
    ///
    /// # Errors
    /// The reason why it is not such an identifier.
    ///
    /// ```
    /// use cci::code::PncId;
    /// assert_eq!(PncId::parse("81/34U", 2026).unwrap().as_str(), "1981/0000034U");
    /// assert_eq!(PncId::parse("0273319Z", 2026).unwrap().as_str(), "2002/0073319Z");
    /// ```
    pub fn parse(text: &str, as_at_year: u16) -> Result<Self, Refusal> {
        let compact = ShortText::<13>::compact(text)?;
        let (&check, rest) = compact.as_bytes().split_last().ok_or(Refusal::Empty)?;
        let (year, serial) = split(rest).ok_or(Refusal::Shape)?;
        if !POLICE_LETTERS.contains(&check) {
            return Err(Refusal::Character);
        }
        let digits = read_digits(year).ok_or(Refusal::Character)? as u16;
        let year = if year.len() == 4 { digits } else { in_century(digits, as_at_year) };
        let serial = read_digits(serial).ok_or(Refusal::Character)?;
        let id = Self::from_parts(year, serial).ok_or(Refusal::Shape)?;
        if id.0.as_bytes()[12] == check { Ok(id) } else { Err(Refusal::WrongCheck) }
    }

    /// Returns the check letter of a year, of which two digits count, and a serial number.
    ///
    /// # Formula
    /// The number made of the year's last two digits and the serial padded to seven,
    /// modulo 23, as an index into Z, A, B … Y without I, O, S.
    /// Source: tests of the Ministry of Justice's person record service.
    ///
    /// ```
    /// // 810000034 mod 23 = 18: U
    /// assert_eq!(cci::code::PncId::check_letter(1981, 34), 'U');
    /// ```
    pub fn check_letter(year: u16, serial: u32) -> char {
        let number = u64::from(year % 100) * 10_000_000 + u64::from(serial);
        char::from(POLICE_LETTERS[(number % 23) as usize])
    }

    /// Builds the identifier of a year (four digits) and a serial number (at most seven).
    pub fn from_parts(year: u16, serial: u32) -> Option<Self> {
        if !(1000..=9999).contains(&year) || serial > 9_999_999 {
            return None;
        }
        let mut id = ShortText::empty();
        id.push_number(u32::from(year), 4).ok()?;
        id.push(b'/').ok()?;
        id.push_number(serial, 7).ok()?;
        id.push(Self::check_letter(year, serial) as u8).ok()?;
        Some(Self(id))
    }

    /// Returns the canonical form, for example `1981/0000034U`.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the year in which the police record was made, which is not a year of birth.
    pub fn record_year(&self) -> u16 {
        read_digits(&self.0.as_bytes()[..4]).expect("the form starts with four digits") as u16
    }
}

/// Splits all but the check letter into year and serial.
fn split(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (year, serial) = match rest.iter().position(|&byte| byte == b'/') {
        Some(slash) => (&rest[..slash], &rest[slash + 1..]),
        // Eleven characters are a long form without its slash; fewer are a short one.
        None if rest.len() == 11 => rest.split_at(4),
        None => rest.split_at_checked(2)?,
    };
    (matches!(year.len(), 2 | 4) && (1..=7).contains(&serial.len())).then_some((year, serial))
}

fn in_century(two_digits: u16, as_at_year: u16) -> u16 {
    let year = (as_at_year / 100 * 100).saturating_add(two_digits);
    if year <= as_at_year { year } else { year.saturating_sub(100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_year_is_the_record_s_and_moves_with_the_as_at_year() {
        let id = PncId::parse("81/34U", 2026).unwrap();
        assert_eq!(id.record_year(), 1981);
        assert_eq!(PncId::parse("81/34U", 2081).unwrap().record_year(), 2081);
    }
}
