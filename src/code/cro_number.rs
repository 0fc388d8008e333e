//! The Criminal Records Office number, in its standard and its SF form.

use super::Refusal;
use super::check_letter::POLICE_LETTERS;
use super::short_text::{ShortText, read_digits};

/// Criminal Records Office number with a valid check letter.
///
/// Standard form `NNNNNN/YYC`, padded to six digits; `SFYY/NNNNNNC` is kept as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CroNumber(ShortText<12>);

impl CroNumber {
    /// Reads a number in either form.
    ///
    /// # Formula
    /// The number made of the year's two digits and the serial (padded to six in the
    /// standard form, as written in the other), modulo 23, as an index into Z, A, B … Y
    /// without I, O, S. Source: tests of the Ministry of Justice's person record service.
    ///
    /// # Errors
    /// The reason why it is not such a number.
    ///
    /// ```
    /// use cci::code::CroNumber;
    /// assert_eq!(CroNumber::parse("65656/91h").unwrap().as_str(), "065656/91H");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let compact = ShortText::<12>::compact(text)?;
        let (&check, rest) = compact.as_bytes().split_last().ok_or(Refusal::Empty)?;
        let slash = rest.iter().position(|&byte| byte == b'/').ok_or(Refusal::Shape)?;
        let (before, after) = (&rest[..slash], &rest[slash + 1..]);
        let sf_form = before.starts_with(b"SF");
        let (year, serial) = if sf_form { (&before[2..], after) } else { (after, before) };
        if year.len() != 2 || !(1..=6).contains(&serial.len()) {
            return Err(Refusal::Shape);
        }
        if !POLICE_LETTERS.contains(&check) {
            return Err(Refusal::Character);
        }
        let year = read_digits(year).ok_or(Refusal::Character)?;
        let width = if sf_form { serial.len() as u32 } else { 6 };
        let serial = read_digits(serial).ok_or(Refusal::Character)?;
        let number = year * 10u32.pow(width) + serial;
        if POLICE_LETTERS[(number % 23) as usize] != check {
            return Err(Refusal::WrongCheck);
        }
        if sf_form {
            return Ok(Self(compact));
        }
        let mut standard = ShortText::empty();
        standard.push_number(serial, 6)?;
        standard.push(b'/')?;
        standard.push_number(year, 2)?;
        standard.push(check)?;
        Ok(Self(standard))
    }

    /// Returns the canonical form, for example `065656/91H`.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}
