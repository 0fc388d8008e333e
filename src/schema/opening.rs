//! Opens a file as text: a plain file only, gzip within bounds, and unchanged until its end.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::time::SystemTime;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, ErrorKind, Result};

const BUFFER: usize = 1 << 17;
/// Most bytes of text that one compressed byte may become.
pub(super) const MOST_EXPANSION: u64 = 200;
/// Text up to this length may expand as it likes: it fits in memory many times over.
const FREE_EXPANSION: u64 = 16 << 20;

/// Text of a file, and what the file was like when it was opened.
pub(super) struct Opened {
    /// The file's bytes, uncompressed if it begins as gzip does.
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
/// `Unreadable` if it is missing, a folder, a pipe or a device; `BadStructure` if it is a
/// workbook or broken gzip; `BadEncoding` if it begins as UTF-16 or UTF-32 does.
pub(super) fn open_text(path: &Path) -> Result<Opened> {
    let unreadable = |cause: io::Error| Error::unreadable(path, &cause);
    // Opening a pipe would wait for its writer, so the kind is looked at first.
    let kind = fs::metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        let message = format!("{}: it is a pipe or a device", path.display());
        return Err(Error::new(ErrorKind::Unreadable, message)
            .note("a file is read twice, once for its digest, and a pipe only once")
            .help("save it as a plain file"));
    }
    let file = File::open(path).map_err(unreadable)?;
    let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
    let mut raw = BufReader::with_capacity(BUFFER, file);
    let start = raw.fill_buf().map_err(unreadable)?;
    if !start.starts_with(&[0x1F, 0x8B]) {
        check_start(path, start)?;
        return Ok(Opened { text: Box::new(raw), stamp });
    }
    let decoder = MultiGzDecoder::new(Counted { input: raw, taken: 0 });
    let mut text = BufReader::with_capacity(BUFFER, Bounded { decoder, given: 0 });
    let start = text.fill_buf().map_err(|_| {
        bad_structure(path, "the compressed data cannot be read")
            .help("compress the file again, or ask for it again")
    })?;
    check_start(path, start)?;
    Ok(Opened { text: Box::new(text), stamp })
}

/// Input that counts the bytes taken from it.
struct Counted<R> {
    input: R,
    taken: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        self.input.consume(bytes);
    }
}

/// Decompressed text that stops when it grows beyond what any real file does.
struct Bounded<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    given: u64,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.given += read as u64;
        let allowed = self.decoder.get_ref().taken.saturating_mul(MOST_EXPANSION);
        if self.given > FREE_EXPANSION.max(allowed) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

/// Refuses what is not UTF-8 text by its first bytes.
fn check_start(path: &Path, start: &[u8]) -> Result<()> {
    let formats: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a ZIP file or an Excel workbook"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (b"PAR1", "a Parquet file"),
        (b"\x28\xB5\x2F\xFD", "compressed with zstd"),
    ];
    if let Some((_, what)) = formats.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(bad_structure(path, &format!("it is {what}, expected CSV"))
            .help("save it as \"CSV UTF-8\", plain or compressed with gzip"));
    }
    let first = &start[..start.len().min(4)];
    let wide = [[0xFF, 0xFE], [0xFE, 0xFF]].iter().any(|mark| first.starts_with(mark));
    if wide || first.contains(&0) {
        return Err(bad_encoding(path, "it looks like UTF-16 or UTF-32, expected UTF-8"));
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
