//! Opens a file: a plain file only, decompressed within bounds, and unchanged until its end.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::SystemTime;

use super::decompression::{BUFFER, decompressed};
use super::encoding::{TextEncoding, wide_encoding_of};
use crate::error::{Error, ErrorKind, Result};

/// Text of a file, and what the file was like when it was opened.
pub(super) struct Opened {
    /// The file's bytes, uncompressed if it begins as gzip or zstd does.
    pub(super) text: Box<dyn BufRead>,
    /// Its length and time of change.
    pub(super) stamp: Stamp,
}

/// Length and time of change of a file, to see that it stays as it is.
#[derive(PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    /// `None` where the system does not tell.
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }

    /// Checks that the file at the path is still the one that was opened.
    ///
    /// # Errors
    /// `Unreadable` if it has another length or time of change, or is gone.
    pub(super) fn check(&self, path: &Path) -> Result<()> {
        let now = fs::metadata(path).map_err(|cause| Error::unreadable(path, &cause))?;
        if *self == Self::of(&now) {
            return Ok(());
        }
        let message = format!("{}: the file changed while it was being read", path.display());
        Err(Error::new(ErrorKind::Unreadable, message)
            .note("its rows may be of two versions, so nothing was kept")
            .help("wait until whoever writes it is done, then read it again"))
    }
}

/// Opens a file as bytes of text.
///
/// # Errors
/// `Unreadable` if it is missing, a folder, a pipe, a device or `-`; `BadStructure` if it is a
/// workbook or broken gzip or zstd; `BadEncoding` if it begins as UTF-16 or UTF-32 does.
pub(super) fn open_text(path: &Path, encoding: TextEncoding) -> Result<Opened> {
    let file = open_plain(path)?;
    let unreadable = |cause: io::Error| Error::unreadable(path, &cause);
    let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
    let raw = BufReader::with_capacity(BUFFER, file);
    let mut text: Box<dyn BufRead> = match decompressed(raw).map_err(unreadable)? {
        Ok(text) => text,
        Err(plain) => Box::new(plain),
    };
    let start = text.fill_buf().map_err(|cause| match cause.raw_os_error() {
        Some(_) => unreadable(cause),
        None => bad_structure(path, "the compressed data cannot be read")
            .help("compress the file again, or ask for it again"),
    })?;
    check_start(path, start, encoding)?;
    Ok(Opened { text, stamp })
}

/// Opens a plain file.
fn open_plain(path: &Path) -> Result<File> {
    let unreadable = |cause: io::Error| Error::unreadable(path, &cause);
    let not_plain = |what: &str| {
        Err(Error::new(ErrorKind::Unreadable, format!("{}: it is {what}", path.display()))
            .note("a file is read twice, once for its digest, and this could be read only once")
            .help("save it as a plain file"))
    };
    if path.as_os_str() == "-" {
        return not_plain("the sign for standard input");
    }
    // Opening a pipe would wait for its writer, so the kind is looked at first.
    let kind = fs::metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return not_plain("a pipe or a device");
    }
    File::open(path).map_err(unreadable)
}

/// Refuses what is not text by its first bytes.
fn check_start(path: &Path, start: &[u8], encoding: TextEncoding) -> Result<()> {
    let formats: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "a ZIP file or an Excel workbook"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (b"PAR1", "a Parquet file"),
        (b"\x1F\x8B", "compressed twice"),
        (b"\x28\xB5\x2F\xFD", "compressed twice"),
        (b"\xFD7zXZ\0", "compressed with xz"),
        (b"BZh", "compressed with bzip2"),
    ];
    if let Some((_, what)) = formats.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(bad_structure(path, &format!("it is {what}, expected CSV"))
            .help("save it as \"CSV UTF-8\", plain or compressed with gzip or zstd"));
    }
    if let Some(wide) = wide_encoding_of(start) {
        return Err(bad_encoding(path, &format!("it looks like {wide}, expected UTF-8")));
    }
    if !encoding.is_utf8() && start.starts_with(b"\xEF\xBB\xBF") {
        let what = format!("it begins as UTF-8 does, and {} was asked for", encoding.name());
        return Err(Error::new(ErrorKind::BadEncoding, format!("{}: {what}", path.display()))
            .help("leave the encoding out"));
    }
    Ok(())
}

pub(super) fn bad_structure(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadStructure, format!("{}: {what}", path.display()))
}

pub(super) fn bad_encoding(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadEncoding, format!("{}: {what}", path.display()))
        .help("save the file as \"CSV UTF-8\"")
}
