//! The seal key: what hides that two identities are one child's, even from whoever reads the file.

use std::fmt;
use std::path::Path;

use super::RandomSource;
use super::mac_key::MacKey;
use crate::error::Result;

/// Keyed mark of one thing that a record is known by: its tag, a number, a name with a birth.
pub type SealMark = [u8; 16];

/// Blinded token, of which nobody without the key can tell what it stands for.
pub type SealToken = [u8; 16];

/// Key under which the custodian blinds what a seal hides.
///
/// Tokens are tested one by one: with the key and a record it can be told whether the record is
/// retired, with two records whether they are to stay unlinked. From the tokens alone nobody
/// learns which records those are. Wiped from memory on drop.
#[derive(Clone)]
pub struct SealKey(MacKey);

impl SealKey {
    /// What a key file says it is for.
    const PURPOSE: &str = "seal";

    /// Generates a key and writes it to a new file that only its owner can read.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file).
    pub fn create_file(path: &Path, random: &mut dyn RandomSource) -> Result<()> {
        MacKey::create_file(path, Self::PURPOSE, random)
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file).
    pub fn from_file(path: &Path) -> Result<Self> {
        MacKey::from_file(path, Self::PURPOSE).map(Self)
    }

    /// Returns the mark of something that a record is known by.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp("cci/seal-mark/v1") ‖ lp(kind) ‖ lp(part) ‖ …)`.
    pub fn mark(&self, kind: &str, value: &[&[u8]]) -> SealMark {
        self.0.code(&[&[b"cci/seal-mark/v1", kind.as_bytes()], value].concat())
    }

    /// Returns the token that says of a mark: whoever bears it is retired.
    pub fn retired(&self, mark: &SealMark) -> SealToken {
        self.0.code(&[b"cci/seal-retired/v1", mark])
    }

    /// Returns the token that says of a mark: it is of an identity that was sealed.
    pub fn sealed(&self, mark: &SealMark) -> SealToken {
        self.0.code(&[b"cci/seal-sealed/v1", mark])
    }

    /// Returns the token that says of two marks, in either order: never link them.
    pub fn pair(&self, a: &SealMark, b: &SealMark) -> SealToken {
        self.0.code(&[b"cci/seal-pair/v1", a.min(b), a.max(b)])
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(<withheld>)")
    }
}
