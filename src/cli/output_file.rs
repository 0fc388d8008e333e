//! One file that a command writes where the user says.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::WholeFile;

/// Writes a text to a file that must not exist; a stop half-way leaves nothing there.
///
/// # Errors
/// `OutputExists` if there is one; `Unwritable` if the disk refuses.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let mut file = create(path)?;
    file.write_all(text.as_bytes()).map_err(|cause| file.unwritable(&cause))?;
    file.finish()
}

/// Starts a file that must not exist.
///
/// # Errors
/// `OutputExists` if there is one; `Unwritable` if the disk refuses.
pub(super) fn create(path: &Path) -> Result<WholeFile> {
    refuse_existing(path)?;
    WholeFile::create(path)
}

/// Refuses a file that exists, before the work that it would hold is done.
///
/// # Errors
/// `OutputExists` if there is one.
pub(super) fn refuse_existing(path: &Path) -> Result<()> {
    if path.exists() {
        return Err(Error::new(ErrorKind::OutputExists, path.display().to_string())
            .help("name another file with --out, or remove this one first"));
    }
    Ok(())
}
