//! Nine-character codes of the Government Statistical Service: authorities and small areas.

use super::Refusal;
use super::short_text::ShortText;

/// Nine-character code of a local authority in England, for example `E09000001`.
///
/// The three characters that open it say its kind. Checks the form, not whether the
/// authority exists: authorities are abolished and records still name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaGssCode(ShortText<9>);

/// Kinds of authority by the opening of their code (recalled).
const TIERS: [(&[u8], &str); 5] = [
    (b"E06", "unitary authority"),
    (b"E07", "non-metropolitan district"),
    (b"E08", "metropolitan district"),
    (b"E09", "London borough"),
    (b"E10", "county"),
];

impl LaGssCode {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// `Unlisted` if it opens with anything but E06 to E10; else the fault of the form.
    ///
    /// ```
    /// use cci::code::LaGssCode;
    /// assert_eq!(LaGssCode::parse("e09000001").unwrap().tier(), "London borough");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let code = nine(text)?;
        let listed = TIERS.iter().any(|(opening, _)| code.as_bytes().starts_with(opening));
        if listed { Ok(Self(code)) } else { Err(Refusal::Unlisted) }
    }

    /// Returns the nine characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the kind of authority (recalled), for example `London borough`.
    ///
    /// A district of a county is no children's services authority; its county is (recalled).
    pub fn tier(&self) -> &'static str {
        let found = TIERS.iter().find(|(opening, _)| self.0.as_bytes().starts_with(opening));
        found.map(|&(_, tier)| tier).expect("parse lets listed openings through only")
    }
}

/// Lower layer super output area in England: `E01` and six digits.
///
/// The codes of 2011 (32,844) and of 2021 (33,755) share the form and mostly the areas
/// (recalled), so that a code alone does not say which edition it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lsoa(ShortText<9>);

impl Lsoa {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// `Unlisted` if it opens with anything but E01; else the fault of the form.
    ///
    /// ```
    /// use cci::code::{Lsoa, Refusal};
    /// assert_eq!(Lsoa::parse("e01000001").unwrap().as_str(), "E01000001");
    /// assert_eq!(Lsoa::parse("E02000001"), Err(Refusal::Unlisted)); // a middle layer area
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let code = nine(text)?;
        if code.as_bytes().starts_with(b"E01") { Ok(Self(code)) } else { Err(Refusal::Unlisted) }
    }

    /// Returns the nine characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Reads a letter and eight digits.
fn nine(text: &str) -> Result<ShortText<9>, Refusal> {
    let code = ShortText::compact(text)?;
    match code.as_bytes() {
        [letter, digits @ ..] if digits.len() == 8 => {
            let fits = letter.is_ascii_uppercase() && digits.iter().all(u8::is_ascii_digit);
            if fits { Ok(code) } else { Err(Refusal::Character) }
        }
        _ => Err(Refusal::Length),
    }
}
