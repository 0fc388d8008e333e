//! A secret that makes message authentication codes, and its file.

use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::RandomSource;
use super::key_file::{self, Secret};
use super::length_prefix::length_prefixed;
use crate::error::Result;

/// Length of a code in bytes.
pub(super) const CODE_LENGTH: usize = 16;

/// Keyed state of the hash; wiped from memory on drop.
#[derive(Clone)]
pub(super) struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// Generates a key that lives in memory only.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub(super) fn generate(random: &mut dyn RandomSource) -> Result<Self> {
        Ok(Self::keyed(&key_file::generate(random)?))
    }

    /// Generates a key and writes it to a new file that only its owner can read.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file).
    pub(super) fn create_file(
        path: &Path,
        purpose: &str,
        random: &mut dyn RandomSource,
    ) -> Result<()> {
        key_file::create(path, purpose, &key_file::generate(random)?)
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file).
    pub(super) fn from_file(path: &Path, purpose: &str) -> Result<Self> {
        Ok(Self::keyed(&key_file::read(path, purpose)?))
    }

    /// Returns the code of some parts.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp(part) ‖ lp(part) ‖ …)`.
    pub(super) fn code(&self, parts: &[&[u8]]) -> [u8; CODE_LENGTH] {
        let tag = self.0.clone().chain_update(length_prefixed(parts)).finalize().into_bytes();
        *tag.first_chunk().expect("a tag has 32 bytes")
    }

    /// Says, in the same time for every wrong code, whether a code is right.
    pub(super) fn accepts(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        let keyed = self.0.clone().chain_update(length_prefixed(parts));
        code.len() == CODE_LENGTH && keyed.verify_truncated_left(code).is_ok()
    }

    /// Takes a secret that is there already, for example a derived one.
    pub(super) fn keyed(secret: &Secret) -> Self {
        Self(Hmac::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length"))
    }
}
