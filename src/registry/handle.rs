//! Handles: random names by which issuer and custodian speak of one entity.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

/// Random transport name of an entity, shared between linkage custodian and issuer only.
///
/// It says nothing about the entity, and has nothing to do with its person key.
/// Displays as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle([u8; Handle::LENGTH]);

impl Handle {
    /// Length in bytes.
    pub const LENGTH: usize = 16;

    /// Takes a handle from its bytes.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

/// Reads 32 hexadecimal digits in either case.
impl FromStr for Handle {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(ErrorKind::BadValue, "handle: expected 32 hexadecimal digits")
                .help("copy the handle as the registry wrote it")
        };
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| digit.try_into().ok())).collect();
        let digits = digits.ok_or_else(malformed)?;
        let digits: [u8; 2 * Self::LENGTH] = digits.try_into().map_err(|_| malformed())?;
        Ok(Self(std::array::from_fn(|place| digits[2 * place] << 4 | digits[2 * place + 1])))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Shows the length only: a handle leads to a person within the issuer's vault.
impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle(<{} bytes withheld>)", Self::LENGTH)
    }
}
