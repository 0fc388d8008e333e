//! Person keys: 128 random bits, minted once per entity, never leaving the issuer.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::RandomSource;
use crate::error::Result;

/// Random key of one person, known to the identifier's issuer only.
///
/// It says nothing about the person or about when it was minted. Wiped from memory on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonKey([u8; PersonKey::LENGTH]);

impl PersonKey {
    /// Length in bytes.
    pub const LENGTH: usize = 16;

    /// Takes a person key out of the issuer's vault or a published test vector.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Mints a person key.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub fn generate(random: &mut dyn RandomSource) -> Result<Self> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        random.fill(&mut *bytes)?;
        Ok(Self(*bytes))
    }

    /// Returns the bytes, for the vault and for keyed derivation only.
    pub(crate) fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl Drop for PersonKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKey(<{} bytes withheld>)", self.0.len())
    }
}
