//! Which encoding a text file seems to be of, by its bytes: for settings that are proposed, with
//! the evidence, and never in reading.

use std::io::{self, BufRead, Read};
use std::path::Path;

use super::encoding::{TextEncoding, looks_like_windows_1252};
use super::opening::{Content, broken, open};
use crate::error::Result;

/// Lines beyond this are no rows of records; a guess is not made from parts of them.
const LONGEST_LINE: u64 = 1 << 24;
/// One in so many lines may have bytes beyond ASCII side by side, which is rare in Windows-1252.
const UNCLEAR: u64 = 10;

/// Encoding that a file seems to be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodingGuess {
    /// Encoding to read it by.
    pub encoding: TextEncoding,
    /// Why, or what cannot be read; `None` where all is UTF-8.
    pub evidence: Option<String>,
}

/// Lines of a file by what their bytes are; those of ASCII are not counted.
#[derive(Default)]
struct Lines {
    utf8: u64,
    windows_1252: u64,
    unclear: u64,
}

impl EncodingGuess {
    /// Guesses the encoding of a file; UTF-8 where its format leaves no choice.
    ///
    /// # Errors
    /// As [`super::read`] for a file that cannot be opened.
    pub(super) fn of_file(path: &Path) -> Result<Self> {
        match open(path, TextEncoding::default())?.content {
            Content::Csv(text) => {
                let mut line = 0;
                let lines = Lines::of(text, &mut line)
                    .map_err(|cause| broken(&path.display().to_string(), line, &cause))?;
                lines.map_or_else(|| Ok(Self::utf8(None)), |lines| lines.guess())
            }
            _ => Ok(Self::utf8(None)),
        }
    }

    fn utf8(evidence: Option<String>) -> Self {
        Self { encoding: TextEncoding::default(), evidence }
    }
}

impl Lines {
    /// Counts lines, and each of them as it is read; `None` if one is beyond measure.
    fn of(mut text: impl BufRead, read: &mut u64) -> io::Result<Option<Self>> {
        let (mut lines, mut line) = (Self::default(), Vec::new());
        while Read::take(&mut text, LONGEST_LINE).read_until(b'\n', &mut line)? > 0 {
            if line.len() as u64 == LONGEST_LINE {
                return Ok(None);
            }
            *read += 1;
            if !line.is_ascii() {
                *match std::str::from_utf8(&line) {
                    Ok(_) => &mut lines.utf8,
                    Err(_) if looks_like_windows_1252(&line) => &mut lines.windows_1252,
                    Err(_) => &mut lines.unclear,
                } += 1;
            }
            line.clear();
        }
        Ok(Some(lines))
    }

    fn guess(&self) -> Result<EncodingGuess> {
        let Self { utf8, windows_1252, unclear } = *self;
        if windows_1252 + unclear == 0 {
            return Ok(EncodingGuess::utf8(None));
        }
        if utf8 == 0 && unclear * UNCLEAR <= windows_1252 {
            let evidence = format!(
                "{windows_1252} lines are not UTF-8 and look like Windows-1252, none of the \
                 others has a letter beyond ASCII"
            );
            let encoding = TextEncoding::parse("windows-1252")?;
            return Ok(EncodingGuess { encoding, evidence: Some(evidence) });
        }
        let of_two = match utf8 {
            0 => String::new(),
            utf8 => format!(", {utf8} with letters beyond ASCII are"),
        };
        Ok(EncodingGuess::utf8(Some(format!(
            "{} lines are not UTF-8{of_two}, so that the encoding is not known and those rows \
             will be in quarantine; save the file as \"CSV UTF-8\"",
            windows_1252 + unclear
        ))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &[u8]) -> (&'static str, Option<String>) {
        let lines = Lines::of(text, &mut 0).unwrap().unwrap();
        let EncodingGuess { encoding, evidence } = lines.guess().unwrap();
        (encoding.name(), evidence)
    }

    #[test]
    fn bytes_tell_one_encoding_or_none() {
        assert_eq!(guess(b"a,b\nx,y\n"), ("UTF-8", None));
        assert_eq!(guess("a,b\nZoë,José\n".as_bytes()), ("UTF-8", None));
        let (name, evidence) = guess(b"a,b\nZo\xEB,x\nJos\xE9,y\nO\x92Brien,z");
        assert_eq!(name, "windows-1252");
        assert!(evidence.unwrap().starts_with("3 lines are not UTF-8 and look like"));
        let (name, evidence) = guess(b"a\nZo\xEB\nJos\xC3\xA9\n");
        assert_eq!(name, "UTF-8");
        assert!(evidence.unwrap().starts_with("1 lines are not UTF-8, 1 with letters beyond"));
        // Two letters of EUC-JP.
        let (name, evidence) = guess(b"a\n\xBB\xB3\xC5\xC4\n");
        assert_eq!(name, "UTF-8");
        assert!(evidence.unwrap().contains("the encoding is not known"));
    }
}
