//! Short ASCII text held inline, whose `Debug` shows its length only.
//!
//! Official numbers are made of it: `Copy`, no allocation, nothing to leak into a log.

use std::fmt;

use super::Refusal;

/// ASCII text of at most `N` characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ShortText<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> ShortText<N> {
    /// Starts an empty text.
    pub(super) fn empty() -> Self {
        Self { bytes: [0; N], length: 0 }
    }

    /// Copies a text without its spaces and hyphens, in upper case.
    ///
    /// People group digits as they like, so neither is part of any number here.
    pub(super) fn compact(text: &str) -> Result<Self, Refusal> {
        let mut compacted = Self::empty();
        for letter in text.chars() {
            match letter {
                ' ' | '-' => {}
                _ if letter.is_ascii_graphic() => {
                    compacted.push(letter.to_ascii_uppercase() as u8)?;
                }
                _ if letter.is_whitespace() || is_dash_or_invisible(letter) => {}
                _ => return Err(Refusal::Character),
            }
        }
        if compacted.length == 0 { Err(Refusal::Empty) } else { Ok(compacted) }
    }

    /// Adds one ASCII character.
    pub(super) fn push(&mut self, byte: u8) -> Result<(), Refusal> {
        debug_assert!(byte.is_ascii(), "only ASCII is held");
        let slot = self.bytes.get_mut(usize::from(self.length)).ok_or(Refusal::Length)?;
        *slot = byte;
        self.length += 1;
        Ok(())
    }

    /// Adds a number with leading zeros.
    pub(super) fn push_number(&mut self, number: u32, width: u32) -> Result<(), Refusal> {
        (0..width)
            .rev()
            .try_for_each(|place| self.push(b'0' + (number / 10u32.pow(place) % 10) as u8))
    }

    /// Refuses a text that is not so many decimal digits.
    pub(super) fn all_digits(&self, width: usize) -> Result<(), Refusal> {
        if !self.as_bytes().iter().all(u8::is_ascii_digit) {
            return Err(Refusal::Character);
        }
        if self.as_bytes().len() == width { Ok(()) } else { Err(Refusal::Length) }
    }

    /// Returns the text.
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("only ASCII was pushed")
    }

    /// Returns the text as bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl<const N: usize> fmt::Debug for ShortText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} characters withheld>", self.length)
    }
}

/// Reads decimal digits; anything else gives `None`.
pub(super) fn read_digits(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
    })
}

fn is_dash_or_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
