//! The custodian's key: a record's local identifier becomes a tag that only the custodian can make.

use std::fmt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::RandomSource;
use super::key_file;
use super::length_prefix::length_prefixed;
use crate::error::Result;

/// Key by which the custodian recognises a record without keeping its local identifier.
///
/// Holds the keyed state of the hash. Wiped from memory on drop.
pub struct CustodianKey(Hmac<Sha256>);

impl CustodianKey {
    /// What a key file says it is for.
    const PURPOSE: &str = "custodian";

    /// Generates a key and writes it to a new file that only its owner can read.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file).
    pub fn create_file(path: &Path, random: &mut dyn RandomSource) -> Result<()> {
        key_file::create(path, Self::PURPOSE, &key_file::generate(random)?)
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file).
    pub fn from_file(path: &Path) -> Result<Self> {
        let secret = key_file::read(path, Self::PURPOSE)?;
        let keyed = Hmac::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length");
        Ok(Self(keyed))
    }

    /// Returns the tag of a record.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp("cci/record-tag/v1") ‖ lp(source) ‖ lp(local
    /// identifier))`.
    pub fn record_tag(&self, source: &str, identifier: &str) -> [u8; 16] {
        let parts =
            length_prefixed(&[b"cci/record-tag/v1", source.as_bytes(), identifier.as_bytes()]);
        let tag = self.0.clone().chain_update(parts).finalize().into_bytes();
        *tag.first_chunk().expect("a tag has 32 bytes")
    }
}

impl fmt::Debug for CustodianKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustodianKey(<withheld>)")
    }
}
