//! Epochs: the key periods of a scope, each with a random secret of its own.

use std::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::RandomSource;
use super::Scope;
use super::key_file::{self, SECRET_LENGTH, Secret};
use crate::error::{Error, ErrorKind, Result};

/// Number of a key period of a scope, from 0 to 31.
///
/// The printed form gives it one symbol. A scope that has used all 32 moves to the next scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u8);

impl Epoch {
    /// First epoch of every scope.
    pub const FIRST: Epoch = Epoch(0);

    /// Number of epochs that one scheme can print.
    pub const COUNT: u8 = 32;

    /// Checks the number of an epoch.
    ///
    /// # Errors
    /// `BadValue` if it is 32 or more.
    pub fn new(number: u8) -> Result<Self> {
        if number < Self::COUNT {
            return Ok(Self(number));
        }
        Err(Error::new(
            ErrorKind::BadValue,
            format!("epoch {number}: expected a number from 0 to {}", Self::COUNT - 1),
        )
        .help("an epoch is the number of a scope's key period, from 0"))
    }

    /// Returns the number.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// Random secret of one epoch of one scope; once destroyed, so are the epoch's keys.
///
/// A key derived from the root alone could always be derived again. This secret is the salt,
/// so deleting its file everywhere is what destroys an epoch. Wiped from memory on drop.
pub struct EpochSecret(Secret);

impl EpochSecret {
    /// Length in bytes.
    pub const LENGTH: usize = SECRET_LENGTH;

    /// Generates an epoch's secret that lives in memory only.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had, or bytes that are plainly not random.
    pub fn generate(random: &mut dyn RandomSource) -> Result<Self> {
        key_file::generate(random).map(Self)
    }

    /// Takes an epoch's secret from bytes, for example of a published test vector.
    ///
    /// # Errors
    /// `BadKey` if the bytes are plainly not random: few distinct values, or evenly spaced.
    pub fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Result<Self> {
        key_file::accept(Box::new(Zeroizing::new(*bytes))).map(Self)
    }

    /// Generates the secret of a scope's epoch and writes it to a new file of its own.
    ///
    /// # Errors
    /// As [`RootKey::create_file`](super::RootKey::create_file).
    pub fn create_file(
        path: &Path,
        scope: &Scope,
        epoch: Epoch,
        random: &mut dyn RandomSource,
    ) -> Result<Self> {
        let secret = Self::generate(random)?;
        key_file::create(path, &purpose(scope, epoch), &secret.0)?;
        Ok(secret)
    }

    /// Reads the secret of a scope's epoch from its file.
    ///
    /// # Errors
    /// As [`RootKey::from_file`](super::RootKey::from_file); also `BadKey` if the file is the
    /// secret of another scope or epoch.
    pub fn from_file(path: &Path, scope: &Scope, epoch: Epoch) -> Result<Self> {
        key_file::read(path, &purpose(scope, epoch)).map(Self)
    }

    /// Returns the bytes, for key derivation only.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// Returns what the file of an epoch's secret says it is for.
fn purpose(scope: &Scope, epoch: Epoch) -> String {
    format!("epoch:{scope}:{}", epoch.number())
}

impl fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochSecret(<{} bytes withheld>)", self.0.len())
    }
}
