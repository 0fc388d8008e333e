//! Encodings of text files: UTF-8 as a rule, one byte a character where the settings say so.
//!
//! An encoding is never guessed in reading, since most bytes are letters in many of them; a
//! guess is only named in messages.

use encoding_rs::{Encoding, UTF_8};

use crate::error::{Error, ErrorKind, Result};

/// Encoding of a text file: UTF-8, or one with one byte a character that extends ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl Default for TextEncoding {
    /// Returns UTF-8.
    fn default() -> Self {
        Self(UTF_8)
    }
}

impl TextEncoding {
    /// Finds an encoding by its name in the WHATWG Encoding Standard, letter case ignored.
    ///
    /// There, `latin1` and `iso-8859-1` are names of Windows-1252, which has letters where
    /// ISO 8859-1 has control characters.
    ///
    /// ```
    /// use cci::schema::TextEncoding;
    /// assert_eq!(TextEncoding::parse("Latin1")?, TextEncoding::parse("windows-1252")?);
    /// assert!(TextEncoding::parse("utf-16").is_err());
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// `UnknownName` for another name; `BadValue` for an encoding of several bytes a character.
    pub fn parse(name: &str) -> Result<Self> {
        let Some(encoding) = Encoding::for_label(name.as_bytes()) else {
            let known = ["utf-8", "windows-1252", "latin1", "iso-8859-15", "windows-1250"];
            return Err(Error::unknown_name("encoding", name, known));
        };
        if encoding != UTF_8 && !encoding.is_single_byte() {
            let message = format!("files in {} cannot be read", encoding.name());
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("save the file as \"CSV UTF-8\" and leave the encoding out"));
        }
        Ok(Self(encoding))
    }

    /// Returns the name in the standard, for example `windows-1252`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Says whether this is UTF-8.
    pub fn is_utf8(self) -> bool {
        self.0 == UTF_8
    }

    /// Appends bytes of an encoding with one byte a character to a text.
    ///
    /// Returns false, with the text as it was, if a byte stands for nothing.
    pub(super) fn append(self, bytes: &[u8], text: &mut String) -> bool {
        match self.0.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(decoded) => {
                text.push_str(&decoded);
                true
            }
            None => false,
        }
    }
}

/// Says whether bytes that are not UTF-8 look like Windows-1252 or Latin-1.
///
/// They do if every byte beyond ASCII stands alone and is one that such texts have: a letter,
/// or a sign of Windows-1252. 0xC2 and 0xC3 are the first bytes of most letters in UTF-8, so
/// that they are rather half a character than a whole one.
pub(super) fn looks_like_windows_1252(bytes: &[u8]) -> bool {
    let beyond = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii());
    let likely = |(at, &byte): (usize, &u8)| {
        let alone = !beyond(bytes.get(at + 1)) && !beyond(at.checked_sub(1).map(|at| &bytes[at]));
        let sign = matches!(
            byte,
            0x80 | 0x85 | 0x8A | 0x8C | 0x8E | 0x91
                ..=0x97 | 0x9A | 0x9C | 0x9E | 0x9F | 0xA0 | 0xA3 | 0xA7 | 0xB0
        );
        let letter = matches!(byte, 0xC0 | 0xC1 | 0xC4..=0xD6 | 0xD8..=0xF6 | 0xF8..=0xFF);
        alone && (sign || letter)
    };
    let mut some = bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()).peekable();
    some.peek().is_some() && some.all(likely)
}

/// Returns the encoding of two or four bytes a character that a file seems to begin with.
pub(super) fn wide_encoding_of(start: &[u8]) -> Option<&'static str> {
    let marks: [(&[u8], &str); 4] = [
        (&[0xFF, 0xFE, 0, 0], "UTF-32 LE"),
        (&[0, 0, 0xFE, 0xFF], "UTF-32 BE"),
        (&[0xFF, 0xFE], "UTF-16 LE"),
        (&[0xFE, 0xFF], "UTF-16 BE"),
    ];
    if let Some((_, name)) = marks.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Some(name);
    }
    // Without a mark, the zero bytes around letters of ASCII tell.
    match start.get(..4).unwrap_or(start) {
        [a, 0, 0, 0] if *a != 0 => Some("UTF-32 LE"),
        [0, 0, 0, d] if *d != 0 => Some("UTF-32 BE"),
        [a, 0, ..] if *a != 0 => Some("UTF-16 LE"),
        [0, b, ..] if *b != 0 => Some("UTF-16 BE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_is_that_of_the_standard() {
        // WHATWG Encoding Standard, index windows-1252: 0x80 is the euro sign, 0x92 the right
        // single quotation mark, 0x9F Y with diaeresis, 0xE9 e with acute.
        let mut text = String::from("=");
        let encoding = TextEncoding::parse("iso-8859-1").unwrap();
        assert!(encoding.append(b"\x80\x92\x9F\xE9", &mut text));
        assert_eq!((text.as_str(), encoding.name()), ("=€’Ÿé", "windows-1252"));
    }

    #[test]
    fn byte_that_stands_for_nothing_is_refused() {
        // In windows-1253 (Greek) 0xD2 stands for nothing.
        let mut text = String::new();
        assert!(!TextEncoding::parse("windows-1253").unwrap().append(b"a\xD2", &mut text));
        assert_eq!(text, "");
    }

    #[test]
    fn wrong_names_get_the_nearest_or_the_next_step() {
        let error = TextEncoding::parse("windows-1525").unwrap_err();
        assert!(error.to_string().contains("nearest: \"windows-1252\""), "{error}");
        assert_eq!(TextEncoding::parse("utf-16").unwrap_err().kind(), ErrorKind::BadValue);
        assert!(TextEncoding::parse("UTF-8").unwrap().is_utf8());
    }

    #[test]
    fn guess_takes_letters_and_not_halves_of_characters() {
        for likely in [b"BRONT\xCB".as_slice(), b"Zo\xEB,Si\xE2n", b"O\x92Neil"] {
            assert!(looks_like_windows_1252(likely), "{likely:?}");
        }
        for unlikely in [b"plain".as_slice(), b"\xC0\xAF", b"ZO\xC3", b"\xED\xA0\x80", b"\x81"] {
            assert!(!looks_like_windows_1252(unlikely), "{unlikely:?}");
        }
    }

    #[test]
    fn wide_encodings_are_named_with_and_without_a_mark() {
        let named = |start: &[u8]| wide_encoding_of(start);
        assert_eq!(named(b"\xFF\xFEi\0"), Some("UTF-16 LE"));
        assert_eq!(named(b"\0i\0d"), Some("UTF-16 BE"));
        assert_eq!(named(b"i\0\0\0"), Some("UTF-32 LE"));
        assert_eq!(named(b"\xFF\xFE\0\0"), Some("UTF-32 LE"));
        assert_eq!((named(b"id,n"), named(b""), named(b"\0\0\0\0")), (None, None, None));
    }
}
