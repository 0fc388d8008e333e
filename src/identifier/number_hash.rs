//! Hashes of a national number, as designs without a person key make them: to be compared.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::RandomSource;
use super::key_file;
use super::length_prefix::length_prefixed;
use crate::error::Result;

/// Way of making an identifier out of a national number, with a key or without.
///
/// The toolkit issues no such identifier. They are here because they are proposed, so that what
/// they protect can be measured rather than believed.
///
/// ```
/// use cci::identifier::{NumberHash, OsRandom};
/// let unkeyed = NumberHash::unkeyed();
/// assert_eq!(unkeyed.of("9990000018"), NumberHash::unkeyed().of("9990000018"));
/// let keyed = NumberHash::keyed(&mut OsRandom).unwrap();
/// assert_ne!(keyed.of("9990000018"), unkeyed.of("9990000018"));
/// ```
pub struct NumberHash(Option<Hmac<Sha256>>);

impl NumberHash {
    /// Length of an identifier in bytes.
    pub const LENGTH: usize = 16;

    /// Hashes without a key: SHA-256 of the digits.
    pub fn unkeyed() -> Self {
        Self(None)
    }

    /// Hashes under a key of its own: HMAC-SHA-256 of the digits.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub fn keyed(random: &mut dyn RandomSource) -> Result<Self> {
        let secret = key_file::generate(random)?;
        let keyed = Hmac::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length");
        Ok(Self(Some(keyed)))
    }

    /// Returns the identifier of a number: the first 16 bytes of its hash.
    pub fn of(&self, number: &str) -> [u8; Self::LENGTH] {
        let hash = match &self.0 {
            None => Sha256::digest(number.as_bytes()),
            Some(keyed) => {
                let message = length_prefixed(&[b"cci/number-hash/v1", number.as_bytes()]);
                keyed.clone().chain_update(message).finalize().into_bytes()
            }
        };
        *hash.first_chunk().expect("a hash has 32 bytes")
    }
}

impl fmt::Debug for NumberHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "NumberHash(keyed, <withheld>)" } else { "NumberHash" })
    }
}
