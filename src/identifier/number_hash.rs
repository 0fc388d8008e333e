//! Hashes of a national number, as designs without a person key make them: to be compared.

use std::fmt;

use sha2::{Digest, Sha256};

use super::RandomSource;
use super::mac_key::{CODE_LENGTH, MacKey};
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
pub struct NumberHash(Option<MacKey>);

impl NumberHash {
    /// Length of an identifier in bytes.
    pub const LENGTH: usize = CODE_LENGTH;

    /// Hashes without a key: SHA-256 of the digits.
    pub fn unkeyed() -> Self {
        Self(None)
    }

    /// Hashes under a key of its own: HMAC-SHA-256 of the digits.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub fn keyed(random: &mut dyn RandomSource) -> Result<Self> {
        MacKey::generate(random).map(|key| Self(Some(key)))
    }

    /// Returns the identifier of a number: the first 16 bytes of its hash.
    pub fn of(&self, number: &str) -> [u8; Self::LENGTH] {
        match &self.0 {
            None => *Sha256::digest(number.as_bytes()).first_chunk().expect("a hash has 32 bytes"),
            Some(key) => key.code(&[b"cci/number-hash/v1", number.as_bytes()]),
        }
    }
}

impl fmt::Debug for NumberHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "NumberHash(keyed, <withheld>)" } else { "NumberHash" })
    }
}
