//! The audit key: whoever has it can tell entries of the log from made-up ones.

use std::fmt;
use std::path::Path;

use super::RandomSource;
use super::mac_key::MacKey;
use crate::error::Result;

/// Key of the audit log's message authentication codes; the auditor has a copy.
///
/// A key of its own rather than a branch of the root, so that an auditor needs no root key.
/// Wiped from memory on drop.
#[derive(Clone)]
pub struct AuditKey(MacKey);

impl AuditKey {
    /// What a key file says it is for.
    const PURPOSE: &str = "audit";

    /// Generates an audit key and writes it to a new file that only its owner can read.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file).
    pub fn create_file(path: &Path, random: &mut dyn RandomSource) -> Result<()> {
        MacKey::create_file(path, Self::PURPOSE, random)
    }

    /// Reads the audit key from its file.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file).
    pub fn from_file(path: &Path) -> Result<Self> {
        MacKey::from_file(path, Self::PURPOSE).map(Self)
    }

    /// Returns the code of a message of some kind.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp(kind) ‖ lp(message))`.
    pub(crate) fn code(&self, kind: &str, message: &[u8]) -> [u8; 16] {
        self.0.code(&[kind.as_bytes(), message])
    }

    /// Says, in the same time for every wrong code, whether a code is right.
    pub(crate) fn accepts(&self, kind: &str, message: &[u8], code: &[u8]) -> bool {
        self.0.accepts(&[kind.as_bytes(), message], code)
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(<withheld>)")
    }
}
