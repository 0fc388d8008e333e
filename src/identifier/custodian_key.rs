//! The custodian's key: a record's local identifier becomes a tag that only the custodian can make.

use std::fmt;
use std::path::Path;

use super::RandomSource;
use super::mac_key::MacKey;
use crate::error::Result;

/// Key by which the custodian recognises a record without keeping its local identifier.
///
/// Wiped from memory on drop.
pub struct CustodianKey(MacKey);

impl CustodianKey {
    /// What a key file says it is for.
    const PURPOSE: &str = "custodian";

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

    /// Returns the tag of a record.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp("cci/record-tag/v1") ‖ lp(source) ‖ lp(local
    /// identifier))`.
    pub fn record_tag(&self, source: &str, identifier: &str) -> [u8; 16] {
        self.0.code(&[b"cci/record-tag/v1", source.as_bytes(), identifier.as_bytes()])
    }
}

impl fmt::Debug for CustodianKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustodianKey(<withheld>)")
    }
}
