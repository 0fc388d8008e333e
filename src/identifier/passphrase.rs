//! Passphrases: what a person types, or a file holds, so that a key file can be opened.

use std::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::private_file::{self, refusal};
use crate::error::{Error, ErrorKind, Result};

/// Fewest characters of a passphrase under which a key is wrapped.
const SHORTEST: usize = 15;
/// Fewest distinct characters of it.
const FEWEST_DISTINCT: usize = 8;
/// Longest passphrase in bytes; a longer file is not read to its end.
const LONGEST: u64 = 1024;

/// Passphrase that opens a wrapped key file.
///
/// Wiped from memory on drop.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase of one line, as it was typed.
    ///
    /// # Errors
    /// `BadKey` if it is empty or holds line breaks or other control characters.
    pub fn new(text: Zeroizing<String>) -> Result<Self> {
        let refuse = |what: &str| {
            Error::new(ErrorKind::BadKey, format!("the passphrase {what}"))
                .help("give the passphrase alone, as one line of plain text")
        };
        if text.is_empty() {
            return Err(refuse("is empty"));
        }
        if text.len() as u64 > LONGEST {
            return Err(refuse("is longer than 1,024 bytes"));
        }
        if text.chars().any(char::is_control) {
            return Err(refuse("has line breaks or other control characters"));
        }
        Ok(Self(text))
    }

    /// Reads a passphrase from a file of one line, which is its owner's alone.
    ///
    /// One line break at the end is no part of it.
    ///
    /// # Errors
    /// `BadKey` if the file is missing, a symbolic link, not a plain file, open to its group or
    /// to others, or not one line of UTF-8 text.
    pub fn from_file(path: &Path) -> Result<Self> {
        let bytes = private_file::read(path, LONGEST + 2)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            refusal(path, "its passphrase is not UTF-8 text")
                .help("give the passphrase alone, as one line of plain text")
        })?;
        Self::from_line(text).map_err(|error| error.note(path.display().to_string()))
    }

    /// Takes a passphrase from a line, whose line break is no part of it.
    ///
    /// # Errors
    /// As [`Passphrase::new`].
    pub fn from_line(line: &str) -> Result<Self> {
        let line = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        Self::new(Zeroizing::new(line.to_string()))
    }

    /// Accepts a passphrase under which a key shall be wrapped.
    ///
    /// # Errors
    /// `BadKey` if it has fewer than 15 characters or fewer than 8 distinct ones.
    pub fn for_wrapping(self) -> Result<Self> {
        let mut distinct: Vec<char> = self.0.chars().collect();
        let length = distinct.len();
        distinct.sort_unstable();
        distinct.dedup();
        if length >= SHORTEST && distinct.len() >= FEWEST_DISTINCT {
            return Ok(self);
        }
        let what = format!(
            "the passphrase is too easy to guess: it needs {SHORTEST} characters, \
             {FEWEST_DISTINCT} of them distinct"
        );
        Err(Error::new(ErrorKind::BadKey, what).help("take four or more words chosen by chance"))
    }

    /// Returns the passphrase, for opening and wrapping only.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(<withheld>)")
    }
}

/// Where the passphrase of a wrapped key file comes from: a terminal, a file.
///
/// The library asks nobody; whoever opens a key folder brings a source.
pub trait PassphraseSource: fmt::Debug {
    /// Gives the passphrase of a key file.
    ///
    /// # Errors
    /// `BadKey` if there is none to be had.
    fn passphrase_of(&self, path: &Path) -> Result<Passphrase>;
}

/// A passphrase that is known already opens whatever it opens.
impl PassphraseSource for Passphrase {
    fn passphrase_of(&self, _: &Path) -> Result<Passphrase> {
        Ok(self.clone())
    }
}
