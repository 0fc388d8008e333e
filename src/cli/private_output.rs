//! Lists for one reader: of mode 0600, whole or not there, never in place of another file.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::WholeFile;

/// Writes a new file line by line; if the work fails, no file is left.
///
/// # Errors
/// `OutputExists` if there is a file already; `Unwritable` if it cannot be written; whatever the
/// work meets.
pub(super) fn write<T>(
    path: &Path,
    work: impl FnOnce(&mut dyn FnMut(&str) -> Result<()>) -> Result<T>,
) -> Result<T> {
    refuse_existing(path)?;
    let mut file = WholeFile::create_private(path)?;
    let done = work(&mut |line| {
        writeln!(file, "{line}").map_err(|cause| Error::unwritable(path, &cause))
    })?;
    file.finish()?;
    Ok(done)
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
