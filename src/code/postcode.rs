//! Postcodes of the United Kingdom, by the Department for Education's pattern.

use super::Refusal;
use super::short_text::ShortText;

/// Postcode in its canonical form, with one space: `AB1 2CD`.
///
/// Checks the form, not whether the postcode is in use. Pseudo-postcodes (`ZZ99 3VZ`) are
/// read too, so that callers can tell "no fixed abode" from a mistake; they are no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(ShortText<8>);

/// Pseudo-postcodes by their second half. Source: HESonline; ODS list as CRATE quotes it.
const PSEUDO: [(&str, &str); 12] = [
    ("3VZ", "no fixed abode"),
    ("3WZ", "not known or refused"),
    ("3CZ", "England or United Kingdom, not otherwise stated"),
    ("3GZ", "Wales, not otherwise stated"),
    ("1WZ", "Scotland, not otherwise stated"),
    ("2WZ", "Northern Ireland, not otherwise stated"),
    ("3AZ", "Ireland"),
    ("3BZ", "Isle of Man"),
    ("3EZ", "Guernsey"),
    ("3FZ", "Jersey"),
    ("3HZ", "Channel Islands, not otherwise stated"),
    ("6CZ", "India"),
];

impl Postcode {
    /// Reads a postcode in either case, whatever its spaces.
    ///
    /// Pattern of the first half: `A9 A99 AA9 AA99 A9A AA9A AAA`, where a second letter is
    /// never I or Z; of the second half: `9AA`. Source: Department for Education.
    ///
    /// # Errors
    /// The reason why it is not a postcode.
    ///
    /// ```
    /// use cci::code::Postcode;
    /// let postcode = Postcode::parse("ec1a1bb").unwrap();
    /// assert_eq!(postcode.as_str(), "EC1A 1BB");
    /// assert_eq!((postcode.area(), postcode.district(), postcode.sector()), ("EC", "EC1A", "EC1A 1"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let compact = ShortText::<7>::compact(text)?;
        let bytes = compact.as_bytes();
        if !bytes.iter().all(u8::is_ascii_alphanumeric) {
            return Err(Refusal::Character);
        }
        if bytes.len() < 5 {
            return Err(Refusal::Length);
        }
        let (outward, inward) = bytes.split_at(bytes.len() - 3);
        let pseudo = outward == b"ZZ99" && inward[2] == b'Z';
        if !is_inward(inward) || !(pseudo || is_outward(outward)) {
            return Err(Refusal::Shape);
        }
        let mut canonical = ShortText::empty();
        outward.iter().try_for_each(|&byte| canonical.push(byte))?;
        canonical.push(b' ')?;
        inward.iter().try_for_each(|&byte| canonical.push(byte))?;
        Ok(Self(canonical))
    }

    /// Returns the canonical form, which is the unit: `AB1 2CD`.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the area, the letters that open the postcode: `AB`.
    pub fn area(&self) -> &str {
        let district = self.district();
        let letters = district.bytes().take_while(u8::is_ascii_alphabetic).count();
        &district[..letters]
    }

    /// Returns the district, the first half: `AB1`.
    pub fn district(&self) -> &str {
        let text = self.as_str();
        &text[..text.len() - 4]
    }

    /// Returns the sector, all but the last two letters: `AB1 2`.
    pub fn sector(&self) -> &str {
        let text = self.as_str();
        &text[..text.len() - 2]
    }

    /// Says whether it is a pseudo-postcode, which stands for no place.
    pub fn is_pseudo(&self) -> bool {
        self.district() == "ZZ99"
    }

    /// Returns what a pseudo-postcode stands for; `None` for a real one.
    pub fn pseudo_meaning(&self) -> Option<&'static str> {
        if !self.is_pseudo() {
            return None;
        }
        let inward = &self.as_str()[5..];
        let known = PSEUDO.iter().find(|(code, _)| *code == inward);
        Some(known.map_or("another country or reason", |(_, meaning)| meaning))
    }
}

fn is_outward(outward: &[u8]) -> bool {
    let letter = |byte: u8| byte.is_ascii_uppercase();
    let second = |byte: u8| byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'Z');
    let digit = |byte: u8| byte.is_ascii_digit();
    match *outward {
        [a, b] => letter(a) && digit(b),
        [a, b, c] => {
            letter(a)
                && ((digit(b) && (digit(c) || letter(c))) || (second(b) && (digit(c) || letter(c))))
        }
        [a, b, c, d] => letter(a) && second(b) && digit(c) && (digit(d) || letter(d)),
        _ => false,
    }
}

fn is_inward(inward: &[u8]) -> bool {
    matches!(*inward, [a, b, c]
        if a.is_ascii_digit() && b.is_ascii_uppercase() && c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_postcodes_say_what_they_stand_for() {
        let nowhere = Postcode::parse("zz993vz").unwrap();
        assert_eq!(nowhere.as_str(), "ZZ99 3VZ");
        assert_eq!(nowhere.pseudo_meaning(), Some("no fixed abode"));
        let unlisted = Postcode::parse("ZZ99 7AZ").unwrap();
        assert_eq!(unlisted.pseudo_meaning(), Some("another country or reason"));
        assert_eq!(Postcode::parse("M1 1AA").unwrap().pseudo_meaning(), None);
    }
}
