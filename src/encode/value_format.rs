//! What values of an attribute look like, and the one form in which each is encoded.

use std::borrow::Cow;
use std::fmt;

use super::date_pattern::DatePattern;
use crate::normalise::Pattern;

/// Format of the values of an attribute, as a schema gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ValueFormat {
    /// Text with a number of characters, in one letter case or any.
    Text { least: usize, most: Option<usize>, case: LetterCase },
    /// Text that a pattern takes as a whole.
    Patterned(Pattern),
    /// Whole number; encoded as its plain decimal digits.
    Integer { least: Option<i64>, most: Option<i64> },
    /// Date; encoded as `YYYYMMDD`.
    Date { format: String, pattern: DatePattern },
    /// One of some values.
    Enumerated(Vec<String>),
}

/// Letter case that is checked and never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterCase {
    Upper,
    Lower,
    Mixed,
}

/// Value that its attribute's format does not take; it says what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFault {
    expected: String,
    /// Characters of the value, which itself is withheld.
    found: usize,
}

impl ValueFault {
    pub(super) fn new(expected: impl Into<String>, value: &str) -> Self {
        Self { expected: expected.into(), found: value.chars().count() }
    }

    /// Returns what was expected, in words.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signs = if self.found == 1 { "character" } else { "characters" };
        write!(f, "expected {}, found {} {signs} (value withheld)", self.expected, self.found)
    }
}

impl ValueFormat {
    /// Returns a value in the form in which it is encoded.
    ///
    /// # Errors
    /// What the format expects, if the value is not like that.
    pub(super) fn prepare<'a>(&self, value: &'a str) -> Result<Cow<'a, str>, ValueFault> {
        let refuse = |expected: String| Err(ValueFault::new(expected, value));
        match self {
            Self::Text { least, most, case } => {
                let length = value.chars().count();
                if length < *least || most.is_some_and(|most| length > most) {
                    return refuse(match most {
                        Some(most) => format!("{least} to {most} characters"),
                        None => format!("{least} characters or more"),
                    });
                }
                match case {
                    LetterCase::Upper if value.to_uppercase() != value => {
                        refuse("upper case".to_string())
                    }
                    LetterCase::Lower if value.to_lowercase() != value => {
                        refuse("lower case".to_string())
                    }
                    _ => Ok(Cow::Borrowed(value)),
                }
            }
            Self::Patterned(pattern) => match pattern.matches(value) {
                true => Ok(Cow::Borrowed(value)),
                false => refuse(format!("a match of {}", pattern.text())),
            },
            Self::Integer { least, most } => {
                let within = |number: &i64| {
                    least.is_none_or(|least| *number >= least)
                        && most.is_none_or(|most| *number <= most)
                };
                match value.trim().parse().ok().filter(within) {
                    Some(number) => Ok(Cow::Owned(number.to_string())),
                    None => refuse(match (least, most) {
                        (Some(least), Some(most)) => {
                            format!("a whole number of {least} to {most}")
                        }
                        (Some(least), None) => format!("a whole number of {least} or more"),
                        (None, Some(most)) => format!("a whole number of {most} or less"),
                        (None, None) => "a whole number".to_string(),
                    }),
                }
            }
            Self::Date { format, pattern } => match pattern.read(value) {
                Some(date) => Ok(Cow::Owned(date)),
                None => refuse(format!("a date in the format {format}")),
            },
            Self::Enumerated(values) => match values.iter().any(|known| known == value) {
                true => Ok(Cow::Borrowed(value)),
                false => refuse(format!("one of the {} values listed", values.len())),
            },
        }
    }
}
