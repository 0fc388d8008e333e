//! Opens a file: a plain file only, decompressed within bounds, and unchanged until its end.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::SystemTime;

use super::decompression::{BUFFER, MOST_EXPANSION, decompressed};
use super::encoding::{TextEncoding, wide_encoding_of};
use crate::error::{Error, ErrorKind, Result, describe};

/// What a file holds, by its first bytes; text is decompressed if it begins as gzip or zstd does.
pub(super) enum Content {
    /// Text that is not JSON.
    Csv(Box<dyn BufRead + Send>),
    /// Text that begins with an object.
    Json(Box<dyn BufRead + Send>),
    /// Parquet.
    Parquet(File),
    /// An Arrow file or stream.
    Arrow(File),
}

/// Content of a file, and what the file was like when it was opened.
pub(super) struct Opened {
    /// What it holds.
    pub(super) content: Content,
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
        Err(changed(path))
    }
}

/// Builds the error of a file that changed while it was being read.
pub(super) fn changed(path: &Path) -> Error {
    let message = format!("{}: the file changed while it was being read", path.display());
    Error::new(ErrorKind::Unreadable, message)
        .note("its rows may be of two versions, so nothing was kept")
        .help("wait until whoever writes it is done, then read it again")
}

/// Opens a file.
///
/// # Errors
/// `Unreadable` if it is missing, a folder, a pipe, a device or `-`; `BadStructure` if it is a
/// workbook or broken gzip or zstd; `BadEncoding` if it begins as UTF-16 or UTF-32 does.
pub(super) fn open(path: &Path, encoding: TextEncoding) -> Result<Opened> {
    let file = open_plain(path)?;
    let unreadable = |cause: io::Error| Error::unreadable(path, &cause);
    let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
    let raw = BufReader::with_capacity(BUFFER, file);
    let mut text: Box<dyn BufRead + Send> = match decompressed(raw).map_err(unreadable)? {
        Ok(text) => text,
        Err(mut plain) => {
            let start = plain.fill_buf().map_err(unreadable)?;
            let arrow = ARROW.iter().any(|signs| start.starts_with(signs));
            if start.starts_with(PARQUET) || arrow {
                let name = if arrow { "Arrow" } else { "Parquet" };
                check_no_encoding(path, name, encoding)?;
                let content = if arrow { Content::Arrow } else { Content::Parquet };
                return Ok(Opened { content: content(plain.into_inner()), stamp });
            }
            Box::new(plain)
        }
    };
    let start = text.fill_buf().map_err(|cause| match cause.raw_os_error() {
        Some(_) => unreadable(cause),
        None => bad_structure(path, "the compressed data cannot be read")
            .help("compress the file again, or ask for it again"),
    })?;
    check_start(path, start, encoding)?;
    let content = if is_json(start) {
        check_no_encoding(path, "JSON Lines", encoding)?;
        Content::Json(text)
    } else {
        Content::Csv(text)
    };
    Ok(Opened { content, stamp })
}

/// First bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";
/// First bytes of an Arrow file and of a stream.
const ARROW: [&[u8]; 2] = [b"ARROW1", b"\xFF\xFF\xFF\xFF"];

/// Says whether a text begins with an object.
fn is_json(start: &[u8]) -> bool {
    signs(start).next() == Some(b'{')
}

/// Says whether a text begins with a list of objects.
fn is_json_list(start: &[u8]) -> bool {
    let mut signs = signs(start);
    signs.next() == Some(b'[') && matches!(signs.next(), Some(b'{' | b']'))
}

/// Returns the bytes at the start of a text, without its mark and white space.
fn signs(start: &[u8]) -> impl Iterator<Item = u8> {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    start.iter().copied().filter(|byte| !byte.is_ascii_whitespace())
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
    let formats: [(&[u8], &str); 11] = [
        (b"PK\x03\x04", "a ZIP file or an Excel workbook"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (PARQUET, "a Parquet file compressed as a whole"),
        (b"PARE", "an encrypted Parquet file"),
        (ARROW[0], "an Arrow file compressed as a whole"),
        (ARROW[1], "an Arrow stream compressed as a whole"),
        (b"FEA1", "an old Feather file"),
        (b"\x1F\x8B", "compressed twice"),
        (b"\x28\xB5\x2F\xFD", "compressed twice"),
        (b"\xFD7zXZ\0", "compressed with xz"),
        (b"BZh", "compressed with bzip2"),
    ];
    if let Some((_, what)) = formats.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(bad_structure(
            path,
            &format!("it is {what}, expected CSV, JSON Lines, Parquet or Arrow"),
        )
        .help("save it as \"CSV UTF-8\", plain or compressed with gzip or zstd, or as Parquet"));
    }
    if is_json_list(start) {
        return Err(bad_structure(path, "it is one list of JSON, expected an object on each line")
            .help("save it as JSON Lines"));
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

/// Refuses an encoding for a format that has its own.
fn check_no_encoding(path: &Path, format: &str, encoding: TextEncoding) -> Result<()> {
    if encoding.is_utf8() {
        return Ok(());
    }
    let name = encoding.name();
    let what = format!("it is {format}, whose text is UTF-8, and {name} was asked for");
    Err(bad_encoding(path, &what).help("leave the encoding out"))
}

/// Builds the error of text that breaks off, by what went wrong after a line.
pub(super) fn broken(name: &str, line: u64, cause: &io::Error) -> Error {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    if cause.kind() == io::ErrorKind::FileTooLarge {
        let message =
            format!("{name}: its text is more than {MOST_EXPANSION} times as long as the file");
        return Error::new(ErrorKind::TooLarge, message)
            .help("no file of records is like that; if it is one, decompress it first");
    }
    if matches!(cause.kind(), InvalidData | InvalidInput | UnexpectedEof) {
        let message = format!("{name}: the compressed data breaks off after line {line}");
        return Error::new(ErrorKind::BadStructure, message)
            .help("compress the file again, or ask for it again");
    }
    Error::new(ErrorKind::Unreadable, format!("{name}: {}", describe(cause)))
        .help("check that it is a plain file on a readable disk")
}

pub(super) fn bad_structure(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadStructure, format!("{}: {what}", path.display()))
}

pub(super) fn bad_encoding(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadEncoding, format!("{}: {what}", path.display()))
        .help("save the file as \"CSV UTF-8\"")
}
