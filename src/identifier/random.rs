//! Random bytes: the operating system's in production, a test's own in tests.

use crate::error::{Error, ErrorKind, Result};

/// Source of random bytes for keys and handles.
///
/// The library offers [`OsRandom`] only. The trait is the seam through which a test brings
/// bytes that it can repeat.
pub trait RandomSource {
    /// Fills the buffer with random bytes.
    ///
    /// # Errors
    /// `BadKey` if the source fails; the caller must not go on with the buffer.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()>;
}

/// Random bytes of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl RandomSource for OsRandom {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|_| {
            Error::new(ErrorKind::BadKey, "the operating system gave no random bytes")
                .help("check that the system offers getrandom or /dev/urandom, then run again")
        })
    }
}
