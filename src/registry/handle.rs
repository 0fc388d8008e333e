//! Handles: random names by which issuer and custodian speak of one entity.

use std::fmt;

/// Random transport name of an entity, shared between linkage custodian and issuer only.
///
/// It says nothing about the entity, and has nothing to do with its person key.
/// Displays as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle([u8; Handle::LENGTH]);

impl Handle {
    /// Length in bytes.
    pub const LENGTH: usize = 16;

    /// Takes a handle from its bytes.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Shows the length only: a handle leads to a person within the issuer's vault.
impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle(<{} bytes withheld>)", Self::LENGTH)
    }
}
