//! Reading a file that holds a secret: a plain file that its owner alone can open.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result, describe};

/// More than any file with one secret can be; a longer file is not read to its end.
const MAX_FILE: u64 = 1024;

/// Builds the error of a file whose secret cannot be used.
pub(super) fn refuse(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadKey, format!("{}: {what}", path.display()))
}

/// Reads a file of at most [`MAX_FILE`] bytes, or the one byte more that shows it to be longer.
///
/// # Errors
/// `BadKey` if the file is missing, a symbolic link, not a plain file, or open to its group or
/// to others.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let found = fs::symlink_metadata(path).map_err(|cause| {
        refuse(path, &describe(&cause))
            .help("check the path; a key that is lost cannot be made again")
    })?;
    if found.is_symlink() {
        return Err(refuse(path, "it is a symbolic link").help("give the path of the file itself"));
    }
    if !found.is_file() {
        return Err(refuse(path, "it is not a plain file").help("give the path of a key file"));
    }
    let file = File::open(path).map_err(|cause| {
        refuse(path, &describe(&cause)).help("run as the owner of the key, or ask its owner")
    })?;
    let opened = file.metadata().map_err(|cause| refuse(path, &describe(&cause)))?;
    if !same_file(&found, &opened) {
        return Err(refuse(path, "the file changed while it was opened").help("run again"));
    }
    if is_open_to_others(&opened) {
        return Err(refuse(path, "its group or others may read or write it")
            .help("make it the owner's alone: chmod 600, and replace the key if others had it"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1));
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| refuse(path, &describe(&cause)).help("run again"))?;
    Ok(bytes)
}

/// Says whether bytes that were read are of a file beyond the limit.
pub(super) fn is_too_long(bytes: &[u8]) -> bool {
    bytes.len() as u64 > MAX_FILE
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(unix)]
fn is_open_to_others(file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.mode() & 0o077 != 0
}

/// Other systems have neither inode nor mode; the file's own permissions must be enough.
#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Metadata) -> bool {
    false
}
