//! The root key: 32 random bytes from which every other key is derived.

use std::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::key_file::{self, SECRET_LENGTH, Secret, Wrapping};
use super::passphrase::PassphraseSource;
use super::{RandomSource, key_tree, private_file};
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

    /// Generates a root key and writes it to a new file that is wrapped from the first.
    ///
    /// # Errors
    /// As [`RootKey::create_file`].
    pub(super) fn create_wrapped_file(
        path: &Path,
        wrapping: Wrapping<'_>,
        random: &mut dyn RandomSource,
    ) -> Result<()> {
        let key = Self::generate(random)?;
        let content = key_file::content(Self::PURPOSE, &key.0, Some(wrapping))?;
        private_file::create(path, &content)
    }

    /// Writes the key to the file that it was read from: wrapped, or in clear.
    ///
    /// # Errors
    /// `Unwritable` if it cannot be written, and the file is as it was; `BadKey` if what was
    /// written does not open to the same key.
    pub(super) fn rewrite_file(&self, path: &Path, wrapping: Option<Wrapping<'_>>) -> Result<()> {
        let content = key_file::content(Self::PURPOSE, &self.0, wrapping)?;
        let passphrase = wrapping.map(|(passphrase, _)| passphrase as &dyn PassphraseSource);
        private_file::replace(path, &content, |written| {
            let read = key_file::read_wrapped(written, Self::PURPOSE, passphrase)?;
            if *read == *self.0 {
                return Ok(());
            }
            Err(private_file::refusal(written, "it does not hold the key that was written")
                .help("check the disk, then run again; the key file is as it was"))
        })
    }

    /// Reads the root key from its file.
    ///
    /// # Errors
    /// `BadKey` if the file is missing, a symbolic link, not a plain file, readable by its group
    /// or by others, empty, short, damaged, plainly not random, made for another purpose, or
    /// wrapped under a passphrase.
    pub fn from_file(path: &Path) -> Result<Self> {
        key_file::read(path, Self::PURPOSE).map(Self)
    }

    /// Reads the root key from its file, which may be wrapped under a passphrase.
    ///
    /// # Errors
    /// As [`RootKey::from_file`]; `BadKey` if the passphrase does not open the file.
    pub(super) fn from_wrapped_file(
        path: &Path,
        passphrases: Option<&dyn PassphraseSource>,
    ) -> Result<Self> {
        key_file::read_wrapped(path, Self::PURPOSE, passphrases).map(Self)
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
