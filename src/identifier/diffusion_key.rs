//! Key of a diffusion: which bits of a filter meet, and the secret function of each meeting.

use std::fmt;

use blake2::Blake2bMac512;
use hmac::{KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Key of 32 bytes, wiped from memory on drop.
pub struct DiffusionKey(Box<Zeroizing<[u8; 32]>>);

impl DiffusionKey {
    /// Takes the derived key.
    pub(super) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(Box::new(key))
    }

    /// Returns 64 bytes of the stream of one purpose.
    ///
    /// # Formula
    /// `BLAKE2b-512(key, purpose ‖ block)`, the block as eight bytes, least significant first.
    pub fn block(&self, purpose: &[u8; 8], block: u64) -> [u8; 64] {
        let mut mac = Blake2bMac512::new_from_slice(self.0.as_slice())
            .expect("BLAKE2b takes keys of 32 bytes");
        mac.update(purpose);
        mac.update(&block.to_le_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Returns one bit of a secret function of a word, another function for each output.
    ///
    /// # Formula
    /// The first bit of `SHA-256(key ‖ output ‖ word)`, both as four bytes. The input is of one
    /// length and one block, so that a plain hash under a prefixed key is a keyed function.
    pub fn bit(&self, output: u32, word: u32) -> bool {
        let hash = Sha256::new_with_prefix(self.0.as_slice())
            .chain_update(output.to_le_bytes())
            .chain_update(word.to_le_bytes());
        hash.finalize()[0] & 0x80 != 0
    }
}

impl fmt::Debug for DiffusionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DiffusionKey(<{} bytes withheld>)", self.0.len())
    }
}
