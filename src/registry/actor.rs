//! Who did something, and on what ground: words that name staff and cases, never a child.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// Longest word, in letters.
const LONGEST: usize = 64;

/// Digits in a row from which a word could be a date or somebody's number.
const DIGITS: usize = 6;

/// Name under which somebody acts, for example `b.clerk@council`; never a child's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Actor(String);

/// Reference to why something is done, for example `review-2026/17`; never a child's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground(String);

impl Actor {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ground {
    /// Returns the reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a word of 1 to 64 letters, digits and `. _ - @ /`, without six digits in a row.
impl FromStr for Actor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        word("actor", text, "b.clerk").map(Self)
    }
}

/// Reads a word as [`Actor`] does.
impl FromStr for Ground {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        word("reason", text, "review-2026/17").map(Self)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn word(what: &str, text: &str, example: &str) -> Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-@/".contains(c);
    let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
    let long = digits.is_some_and(|digits| digits >= DIGITS);
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(fits) || long {
        return Err(Error::new(
            ErrorKind::BadValue,
            format!("{what}: expected 1 to {LONGEST} letters, digits and . _ - @ /"),
        )
        .note(format!("{DIGITS} digits in a row are refused: they could be a child's"))
        .help(format!("for example {example}; what is about a child stays in its case file")));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_staff_and_cases_and_nothing_that_could_be_a_childs() {
        for fits in ["b.clerk", "B_Clerk@council.example", "review-2026/17", "u50123", "x"] {
            assert_eq!(fits.parse::<Actor>().unwrap().as_str(), fits);
            assert_eq!(fits.parse::<Ground>().unwrap().to_string(), fits);
        }
        let long = "x".repeat(65);
        for other in ["", "Asha Khan", "9990123456", "2015-04-01 x", "20150401", "é", "a\nb", &long]
        {
            let error = other.parse::<Actor>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadValue);
            assert!(other.is_empty() || !error.to_string().contains(other), "{error}");
        }
    }
}
