//! The root key: 32 random bytes from which every other key is derived.

use std::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::key_file::{self, SECRET_LENGTH, Secret};
use super::{RandomSource, key_tree};
use crate::error::Result;

/// Root of the key tree, kept in a file outside every database.
///
/// Held on the heap, so that moving it leaves no copies, and wiped from memory on drop.
pub struct RootKey(Secret);

impl RootKey {
    /// Length in bytes.
    pub const LENGTH: usize = SECRET_LENGTH;

    /// What a key file says it is for, so that another key is not taken for this one.
    const PURPOSE: &str = "root";

    /// Generates a root key that lives in memory only.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had, or bytes that are plainly not random.
    pub fn generate(random: &mut dyn RandomSource) -> Result<Self> {
        key_file::generate(random).map(Self)
    }

    /// Takes a root key from bytes, for example of a published test vector.
    ///
    /// # Errors
    /// `BadKey` if the bytes are plainly not random: few distinct values, or evenly spaced.
    pub fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Result<Self> {
        key_file::accept(Box::new(Zeroizing::new(*bytes))).map(Self)
    }

    /// Generates a root key and writes it to a new file that only its owner can read.
    ///
    /// # Errors
    /// `OutputExists` if there is a file already, which is never replaced; `Unwritable` if it
    /// cannot be written; `BadKey` if no random bytes can be had.
    pub fn create_file(path: &Path, random: &mut dyn RandomSource) -> Result<Self> {
        let key = Self::generate(random)?;
        key_file::create(path, Self::PURPOSE, &key.0)?;
        Ok(key)
    }

    /// Reads the root key from its file.
    ///
    /// # Errors
    /// `BadKey` if the file is missing, a symbolic link, not a plain file, readable by its group
    /// or by others, empty, short, damaged, plainly not random, or made for another purpose.
    pub fn from_file(path: &Path) -> Result<Self> {
        key_file::read(path, Self::PURPOSE).map(Self)
    }

    /// Derives the key of one branch of the tree.
    pub(super) fn derive(&self, salt: &[u8], labels: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        key_tree::derive(self.0.as_slice(), salt, labels)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey(<{} bytes withheld>)", self.0.len())
    }
}
