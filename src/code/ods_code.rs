//! Codes of the Organisation Data Service: general practices and integrated care boards.

use super::Refusal;
use super::short_text::ShortText;

/// Code of a general practice: a letter and five digits, for example `A20047`.
///
/// Source: public NHS code. Checks the form, not whether the practice exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PracticeCode(ShortText<6>);

/// Codes in the form of a practice that name none. Source: public NHS code.
const NO_PRACTICE: [(&str, &str); 3] = [
    ("V81997", "no registered practice"),
    ("V81998", "practice not applicable"),
    ("V81999", "practice not known"),
];

impl PracticeCode {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// The reason why it is not such a code.
    ///
    /// ```
    /// use cci::code::PracticeCode;
    /// assert_eq!(PracticeCode::parse("a20047").unwrap().as_str(), "A20047");
    /// let none = PracticeCode::parse("V81997").unwrap();
    /// assert_eq!(none.placeholder_meaning(), Some("no registered practice"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let code = ShortText::compact(text)?;
        match code.as_bytes() {
            [letter, digits @ ..] if digits.len() == 5 => {
                let fits = letter.is_ascii_uppercase() && digits.iter().all(u8::is_ascii_digit);
                if fits { Ok(Self(code)) } else { Err(Refusal::Character) }
            }
            _ => Err(Refusal::Length),
        }
    }

    /// Returns the six characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns what a code that names no practice stands for; `None` for a practice.
    pub fn placeholder_meaning(&self) -> Option<&'static str> {
        NO_PRACTICE.iter().find(|(code, _)| *code == self.as_str()).map(|&(_, meaning)| meaning)
    }
}

/// Code of an integrated care board: Q and two letters or digits, for example `QE1`.
///
/// Source: public NHS code. Checks the form, not whether the board exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IcbCode(ShortText<3>);

impl IcbCode {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// The reason why it is not such a code.
    ///
    /// ```
    /// use cci::code::IcbCode;
    /// assert_eq!(IcbCode::parse("qt1").unwrap().as_str(), "QT1");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let code = ShortText::compact(text)?;
        match code.as_bytes() {
            [b'Q', rest @ ..] if rest.len() == 2 => {
                let fits = rest.iter().all(u8::is_ascii_alphanumeric);
                if fits { Ok(Self(code)) } else { Err(Refusal::Character) }
            }
            [_, _, _] => Err(Refusal::Character),
            _ => Err(Refusal::Length),
        }
    }

    /// Returns the three characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}
