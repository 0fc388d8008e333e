//! Scopes: one agency and one purpose, within which a pseudonym means anything.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::length_prefix::length_prefixed;
use crate::error::{Error, ErrorKind, Result};

/// Agency and purpose for which pseudonyms are issued.
///
/// A renewed agreement does not change it, so identifiers stay the same.
///
/// ```
/// let scope = cci::identifier::Scope::new("education", "attendance").unwrap();
/// assert_eq!(scope.to_string(), "education/attendance");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    agency: String,
    purpose: String,
}

impl Scope {
    /// Longest name of an agency or purpose, in letters.
    pub const MAX_NAME: usize = 32;

    /// Names a scope by agency (or research project) and purpose.
    ///
    /// # Errors
    /// `BadValue` unless each name is 1 to 32 of `a`–`z`, `0`–`9` and `_`, starting with a letter.
    pub fn new(agency: &str, purpose: &str) -> Result<Self> {
        for (what, name) in [("agency", agency), ("purpose", purpose)] {
            if !is_name(name) {
                return Err(Error::new(
                    ErrorKind::BadValue,
                    format!("{what} of a scope: expected a plain name of 1 to 32 letters"),
                )
                .help("use a to z, 0 to 9 and _, starting with a letter, as in direct_care"));
            }
        }
        Ok(Self { agency: agency.into(), purpose: purpose.into() })
    }

    /// Returns the name of the agency.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// Returns the name of the purpose.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// Returns the mask that binds printed pseudonyms to this scope.
    ///
    /// Made from the names alone, so that a pseudonym can be checked with no key and no network.
    /// The registry refuses a second scope that happens to have the same mask.
    pub fn check_mask(&self) -> CheckMask {
        let digest = Sha256::digest(length_prefixed(&[
            b"cci/check-mask/v1",
            self.agency.as_bytes(),
            self.purpose.as_bytes(),
        ]));
        CheckMask([digest[0] >> 3, digest[1] >> 3])
    }
}

/// Reads `agency/purpose`, as a scope displays.
impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (agency, purpose) = text.split_once('/').ok_or_else(|| {
            Error::new(ErrorKind::BadValue, "scope: expected an agency and a purpose")
                .help("write them with a slash between, as in education/attendance")
        })?;
        Self::new(agency, purpose)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.agency, self.purpose)
    }
}

/// Says whether a text is a plain name: of an agency, a purpose, an exchange.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= Scope::MAX_NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Ten bits, as two symbols, that the check symbols of a scope are shifted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckMask(pub(super) [u8; 2]);

impl CheckMask {
    /// Returns the mask as a number from 0 to 1023.
    pub fn number(self) -> u16 {
        u16::from(self.0[0]) << 5 | u16::from(self.0[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_confuse_are_refused() {
        let long = "a".repeat(33);
        for name in ["", "Health", "direct care", "a/b", "1a", "_a", "café", "a-b", long.as_str()]
        {
            assert!(Scope::new(name, "direct_care").is_err(), "{name}");
            assert!(Scope::new("health", name).is_err(), "{name}");
        }
        assert!(Scope::new(&"a".repeat(32), "b").is_ok());
    }

    #[test]
    fn scope_reads_back_as_it_displays() {
        let scope = Scope::new("health", "direct_care").unwrap();
        assert_eq!(scope.to_string().parse::<Scope>().unwrap(), scope);
        for text in ["health", "health/", "/direct_care", "health/direct/care", "health direct"] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }

    #[test]
    fn mask_depends_on_where_the_names_divide() {
        let mask = |agency, purpose| Scope::new(agency, purpose).unwrap().check_mask();
        assert_ne!(mask("ab", "c"), mask("a", "bc"));
        assert_ne!(mask("health", "police"), mask("police", "health"));
    }
}
