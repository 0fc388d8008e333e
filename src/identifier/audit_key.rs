//! The audit key: whoever has it can tell entries of the log from made-up ones.

use std::fmt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::RandomSource;
use super::key_file;
use super::length_prefix::length_prefixed;
use crate::error::Result;

/// Key of the audit log's message authentication codes; the auditor has a copy.
///
/// A key of its own rather than a branch of the root, so that an auditor needs no root key.
/// Holds the keyed state of the hash. Wiped from memory on drop.
#[derive(Clone)]
pub struct AuditKey(Hmac<Sha256>);

impl AuditKey {
    /// What a key file says it is for.
    const PURPOSE: &str = "audit";

    /// Generates an audit key and writes it to a new file that only its owner can read.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file).
    pub fn create_file(path: &Path, random: &mut dyn RandomSource) -> Result<()> {
        key_file::create(path, Self::PURPOSE, &key_file::generate(random)?)
    }

    /// Reads the audit key from its file.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file).
    pub fn from_file(path: &Path) -> Result<Self> {
        let secret = key_file::read(path, Self::PURPOSE)?;
        let keyed = Hmac::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length");
        Ok(Self(keyed))
    }

    /// Returns the code of a message of some kind.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp(kind) ‖ lp(message))`.
    pub(crate) fn code(&self, kind: &str, message: &[u8]) -> [u8; 16] {
        let parts = length_prefixed(&[kind.as_bytes(), message]);
        let tag = self.0.clone().chain_update(parts).finalize().into_bytes();
        *tag.first_chunk().expect("a tag has 32 bytes")
    }

    /// Says, in the same time for every wrong code, whether a code is right.
    pub(crate) fn accepts(&self, kind: &str, message: &[u8], code: &[u8]) -> bool {
        let parts = length_prefixed(&[kind.as_bytes(), message]);
        code.len() == 16 && self.0.clone().chain_update(parts).verify_truncated_left(code).is_ok()
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(<withheld>)")
    }
}
