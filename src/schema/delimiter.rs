//! The sign between the cells of a file: a comma, unless settings name another.

use std::path::Path;

use serde::Deserialize;

use super::encoding::TextEncoding;
use super::opening::{Content, open};
use super::scanner::Scanner;
use crate::error::{Error, ErrorKind, Result};

/// Sign between the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Delimiter {
    /// `,`, as RFC 4180 has it.
    #[default]
    Comma,
    /// `;`, as spreadsheets write where the comma is a decimal sign.
    Semicolon,
    /// A tab.
    Tab,
    /// `|`.
    VerticalBar,
}

impl Delimiter {
    /// Every delimiter, the usual one first.
    pub const ALL: [Delimiter; 4] =
        [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::VerticalBar];

    /// Returns the sign itself.
    ///
    /// ```
    /// use cci::schema::Delimiter;
    /// assert_eq!(Delimiter::default().sign(), ',');
    /// ```
    pub fn sign(self) -> char {
        char::from(self.byte())
    }

    /// Returns the plural of the sign's name, for messages.
    pub fn plural(self) -> &'static str {
        match self {
            Delimiter::Comma => "commas",
            Delimiter::Semicolon => "semicolons",
            Delimiter::Tab => "tabs",
            Delimiter::VerticalBar => "vertical bars",
        }
    }

    /// Returns the sign as settings write it.
    pub fn setting(self) -> String {
        format!("delimiter = \"{}\"", self.sign().escape_default())
    }

    /// Returns the delimiter that cuts a file's header into the most cells, the comma if none
    /// cuts it at all or the file is no CSV.
    ///
    /// # Errors
    /// As [`super::read`] for a file that cannot be opened.
    pub fn of_file(path: &Path) -> Result<Self> {
        let mut best = (Self::Comma, 0);
        for delimiter in Self::ALL {
            let Content::Csv(text) = open(path, TextEncoding::default())?.content else {
                return Ok(Self::default());
            };
            let mut scanner = Scanner::new(text, path).delimited_by(delimiter);
            let cells = scanner.next_row()?.map_or(0, super::row::Row::cells);
            if cells > best.1 {
                best = (delimiter, cells);
            }
        }
        Ok(best.0)
    }

    pub(super) fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::VerticalBar => b'|',
        }
    }
}

impl TryFrom<String> for Delimiter {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let mut signs = text.chars();
        let known = match (signs.next(), signs.next()) {
            (Some(sign), None) => Self::ALL.into_iter().find(|known| known.sign() == sign),
            _ => None,
        };
        known.ok_or_else(|| {
            Error::new(
                ErrorKind::BadValue,
                "expected one of \",\" \";\" \"\\t\" \"|\" as delimiter",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_tells_the_delimiter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        for (header, expected) in [
            ("id,name;x,dob\n", Delimiter::Comma),
            ("id;name;dob\n", Delimiter::Semicolon),
            ("id\tname, given\tdob\n", Delimiter::Tab),
            ("id|name|dob\n", Delimiter::VerticalBar),
            ("id\n", Delimiter::Comma),
        ] {
            std::fs::write(&path, header).unwrap();
            assert_eq!(Delimiter::of_file(&path), Ok(expected), "{header}");
        }
    }
}
