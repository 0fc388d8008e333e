//! Files that are their owner's alone: made so, and refused when they are not.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result, describe};

/// Builds the error of a key file that is not used, without its next step.
pub(super) fn refusal(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadKey, format!("{}: {what}", path.display()))
}

/// Writes a new file of mode 0600 and flushes it, and its name, to disk.
///
/// # Errors
/// `OutputExists` if there is a file already; `Unwritable` if it cannot be written.
pub(super) fn create(path: &Path, content: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => Error::new(
            ErrorKind::OutputExists,
            format!("{}: a key is never replaced", path.display()),
        )
        .help("choose another path, or use the key that is there"),
        _ => Error::unwritable(path, &cause),
    })?;
    file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path)).map_err(
        |cause| {
            // A key half written is worse than none, and nobody can have used it yet.
            let _ = fs::remove_file(path);
            Error::unwritable(path, &cause)
        },
    )
}

/// Replaces a private file by another content, whole or not at all.
///
/// The new content is checked where it lies, before it takes the name. What was there is
/// deleted, not overwritten: what a disk keeps of a file is beyond the toolkit's reach.
///
/// # Errors
/// `Unwritable` if it cannot be written; whatever the check meets. The file is as it was then.
pub(super) fn replace(
    path: &Path,
    content: &[u8],
    check: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    // A stop may have left one: a copy of the key that is there still, and of no use.
    let fresh = path.with_extension("new.key");
    let discard = || match fs::remove_file(&fresh) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::unwritable(&fresh, &cause))
        }
        _ => Ok(()),
    };
    discard()?;
    create(&fresh, content)?;
    let renamed = check(&fresh)
        .and_then(|()| fs::rename(&fresh, path).map_err(|cause| Error::unwritable(path, &cause)));
    if renamed.is_err() {
        // The first failure is the one to tell.
        let _ = discard();
    }
    renamed?;
    sync_folder(path).map_err(|cause| Error::unwritable(path, &cause))
}

/// Reads a file that its owner alone may read and write, and that nobody else can replace.
///
/// Of a longer file the first `longest` bytes and one more are read.
///
/// # Errors
/// `BadKey` if the file is missing, a symbolic link, not a plain file, open to its group or to
/// others, changes while it is opened, or lies in a folder where others may replace it.
pub(super) fn read(path: &Path, longest: u64) -> Result<Zeroizing<Vec<u8>>> {
    let refuse = |what: &str| refusal(path, what);
    let found = fs::symlink_metadata(path).map_err(|cause| {
        refuse(&describe(&cause)).help("check the path; a key that is lost cannot be made again")
    })?;
    if found.is_symlink() {
        return Err(refuse("it is a symbolic link").help("give the path of the file itself"));
    }
    if !found.is_file() {
        return Err(refuse("it is not a plain file").help("give the path of a key file"));
    }
    let file = File::open(path).map_err(|cause| {
        refuse(&describe(&cause)).help("run as the owner of the key, or ask its owner")
    })?;
    let opened = file.metadata().map_err(|cause| refuse(&describe(&cause)))?;
    if !same_file(&found, &opened) {
        return Err(refuse("the file changed while it was opened").help("run again"));
    }
    if is_open_to_others(&opened) {
        return Err(refuse("its group or others may read or write it")
            .help("make it the owner's alone: chmod 600, and replace the key if others had it"));
    }
    if fs::metadata(folder_of(path)).is_ok_and(|folder| others_may_replace(&folder)) {
        return Err(refuse("its group or others may replace it in its folder")
            .help("make the folder the owner's alone: chmod 700"));
    }
    let mut content = Zeroizing::new(Vec::with_capacity(longest as usize + 1));
    file.take(longest + 1)
        .read_to_end(&mut content)
        .map_err(|cause| refuse(&describe(&cause)).help("check the disk, then run again"))?;
    Ok(content)
}

/// Makes a new or changed name in a folder last through a power cut.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder_of(path))?.sync_all() } else { Ok(()) }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
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

/// In a folder with the sticky bit, such as /tmp, only its owner can replace a file.
#[cfg(unix)]
fn others_may_replace(folder: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    folder.mode() & 0o022 != 0 && folder.mode() & 0o1000 == 0
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

#[cfg(not(unix))]
fn others_may_replace(_: &Metadata) -> bool {
    false
}
