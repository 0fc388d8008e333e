//! An approver's key: by it, and not by a name, an approval is known to be somebody's.

use std::fmt;
use std::path::Path;

use super::RandomSource;
use super::key_file::{self, Secret};
use super::mac_key::MacKey;
use crate::error::Result;

/// Key of one approver; the issuer has a copy, to check what was approved.
///
/// Wiped from memory on drop.
pub struct ApproverKey(MacKey);

impl ApproverKey {
    /// Generates a key and writes it to two new files: the approver's own and the issuer's copy.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file) for either file.
    pub fn create_files(
        name: &str,
        own: &Path,
        copy: &Path,
        random: &mut dyn RandomSource,
    ) -> Result<()> {
        let secret: Secret = key_file::generate(random)?;
        key_file::create(copy, &purpose(name), &secret)?;
        key_file::create(own, &purpose(name), &secret)
    }

    /// Reads the key of the approver with a name.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file).
    pub fn from_file(path: &Path, name: &str) -> Result<Self> {
        MacKey::from_file(path, &purpose(name)).map(Self)
    }

    /// Returns the code of an approval.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp("cci/approval/v1") ‖ lp(approval))`.
    pub(crate) fn code(&self, approval: &[u8]) -> [u8; 16] {
        self.0.code(&[b"cci/approval/v1", approval])
    }

    /// Says, in the same time for every wrong code, whether a code is right.
    pub(crate) fn accepts(&self, approval: &[u8], code: &[u8]) -> bool {
        self.0.accepts(&[b"cci/approval/v1", approval], code)
    }

    /// Says whether two names have one and the same key.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.code(b"whose") == other.code(b"whose")
    }
}

impl fmt::Debug for ApproverKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApproverKey(<withheld>)")
    }
}

/// What the key file of an approver says it is for.
fn purpose(name: &str) -> String {
    format!("approver:{name}")
}
