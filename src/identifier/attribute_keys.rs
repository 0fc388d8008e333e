//! The two keys of one encoded attribute, and the keyed hashes of its tokens.

use std::fmt;

use blake2::Blake2bMac512;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use zeroize::Zeroizing;

/// Keys of one attribute, wiped from memory on drop.
pub struct AttributeKeys {
    first: Zeroizing<Vec<u8>>,
    sha1: Hmac<Sha1>,
    md5: Hmac<Md5>,
}

impl AttributeKeys {
    /// Longest key that keyed BLAKE2b takes, in bytes.
    pub const LONGEST_BLAKE2B_KEY: usize = 64;

    /// Takes the two keys.
    pub(super) fn new(first: &[u8], second: &[u8]) -> Self {
        Self {
            first: Zeroizing::new(first.to_vec()),
            sha1: KeyInit::new_from_slice(first).expect("HMAC takes keys of any length"),
            md5: KeyInit::new_from_slice(second).expect("HMAC takes keys of any length"),
        }
    }

    /// Returns BLAKE2b-512 of a token under the first key, salted with a block number.
    ///
    /// The salt is the number in decimal digits, zeros after them. Source: clkhash 0.18.3,
    /// `blake_hash_token`.
    ///
    /// # Panics
    /// If the key is longer than [`Self::LONGEST_BLAKE2B_KEY`].
    pub fn blake2b(&self, token: &[u8], block: u32) -> [u8; 64] {
        let salt = block.to_string();
        let mut mac =
            Blake2bMac512::new_with_salt_and_personal(Some(&self.first), salt.as_bytes(), &[])
                .expect("whoever reads a schema refuses longer keys; a u32 has 10 digits");
        mac.update(token);
        mac.finalize().into_bytes().into()
    }

    /// Returns HMAC-SHA-1 of a token under the first key.
    pub fn hmac_sha1(&self, token: &[u8]) -> [u8; 20] {
        self.sha1.clone().chain_update(token).finalize().into_bytes().into()
    }

    /// Returns HMAC-MD5 of a token, and of a suffix after it, under the second key.
    pub fn hmac_md5(&self, token: &[u8], suffix: &[u8]) -> [u8; 16] {
        self.md5.clone().chain_update(token).chain_update(suffix).finalize().into_bytes().into()
    }
}

impl fmt::Debug for AttributeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributeKeys(<{} bytes withheld>)", self.first.len())
    }
}
