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
    if path.exists() {
        return Err(Error::new(ErrorKind::OutputExists, path.display().to_string())
            .help("name another file with --out, or remove this one first"));
    }
    let mut file = WholeFile::create(path)?;
    file.write_all(text.as_bytes()).map_err(|cause| file.unwritable(&cause))?;
    file.finish()
}
