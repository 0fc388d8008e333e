//! Lists for one reader: of mode 0600, whole or not there, never in place of another file.

use std::fs;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableWriter;

/// Begins a new list; without [`TableWriter::finish`] no file is left.
///
/// # Errors
/// `OutputExists` if there is a file already; `Unwritable` if it cannot be written.
pub(super) fn create(path: &Path, header: &[&str]) -> Result<TableWriter> {
    refuse_existing(path)?;
    TableWriter::create_private(path, header)
}

/// Refuses a path at which there is something, before any work is done for it.
///
/// # Errors
/// `OutputExists` if there is.
pub(super) fn refuse_existing(path: &Path) -> Result<()> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::OutputExists, path.display().to_string())
        .help("choose another path; what is there may be somebody's"))
}
