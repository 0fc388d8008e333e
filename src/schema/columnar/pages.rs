//! Checks a Parquet file's footer and pages by their declared sizes, before any is decoded.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::thrift::{Walked, walk};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::decompression::most_expanded;
use crate::schema::opening::bad_structure;

/// Longest footer.
const LONGEST_FOOTER: u64 = 64 << 20;
/// Largest page, decompressed.
const LARGEST_PAGE: i64 = 256 << 20;
/// Longest header of a page; first this little is read of it, then that much.
const HEADERS: [u64; 2] = [1 << 10, 1 << 20];
/// Field of the footer that says how columns are encrypted.
const ENCRYPTION: i16 = 8;
/// Encodings that are read: plain, with a dictionary, run lengths, and the older ones of these.
const ENCODINGS: [i64; 5] = [0, 2, 3, 4, 8];

/// Checks that a file has a whole footer that declares no more than it holds.
///
/// # Errors
/// `BadStructure` if it has not, or is encrypted.
pub(super) fn check_footer(file: &mut File, path: &Path) -> Result<()> {
    let broken = |what: &str| bad_structure(path, what).help("write the file again");
    let length = file.metadata().map_err(|cause| Error::unreadable(path, &cause))?.len();
    let end = read_at(file, path, length.saturating_sub(8), 8)?;
    let [a, b, c, d, magic @ ..] = end.as_slice() else {
        return Err(broken("the Parquet file breaks off in its first bytes"));
    };
    if magic == b"PARE" {
        return Err(encrypted(path));
    }
    let footer = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
    if magic != b"PAR1" || footer + 12 > length {
        return Err(broken("the Parquet file breaks off: it does not end with its footer"));
    }
    if footer > LONGEST_FOOTER {
        return Err(too_large(path, "its footer is longer than 64 MiB"));
    }
    let footer = read_at(file, path, length - 8 - footer, footer)?;
    let walked = walk(&footer)
        .ok_or_else(|| broken("the footer of the Parquet file declares more than it holds"))?;
    if walked.has(ENCRYPTION) {
        return Err(encrypted(path));
    }
    Ok(())
}

pub(super) fn encrypted(path: &Path) -> Error {
    bad_structure(path, "the Parquet file is encrypted").help("decrypt it first")
}

/// Checks the pages of a column: they lie in the file and become no more than they may.
///
/// # Errors
/// `TooLarge` for a page that grows without measure; `BadStructure` for pages that are broken or
/// of an encoding that is not read.
pub(super) fn check_pages(
    file: &mut File,
    path: &Path,
    column: &str,
    (start, length): (i64, i64),
) -> Result<()> {
    let broken = || {
        let what = format!("the pages of column \"{column}\" are not where the footer says");
        bad_structure(path, &what).help("write the file again")
    };
    let (Ok(mut at), Ok(length)) = (u64::try_from(start), u64::try_from(length)) else {
        return Err(broken());
    };
    let end = at.checked_add(length).ok_or_else(broken)?;
    while at < end {
        let header = header_at(file, path, at, end)?.ok_or_else(broken)?;
        let (compressed, page) = (header.number(3), header.number(2));
        let (Some(compressed), Some(page)) = (compressed, page.filter(|&size| size >= 0)) else {
            return Err(broken());
        };
        let compressed = u64::try_from(compressed).map_err(|_| broken())?;
        at += header.length as u64;
        if compressed > end.saturating_sub(at) {
            return Err(broken());
        }
        at += compressed;
        if page > LARGEST_PAGE || page as u64 > most_expanded(compressed) {
            let what = format!("a page of column \"{column}\" says that it becomes {page} bytes");
            return Err(too_large(path, &what));
        }
        // An entry of a dictionary is four bytes or more.
        let entries = header.inner_number(7, 1).unwrap_or(0);
        if !(0..=page / 4).contains(&entries) {
            return Err(broken());
        }
        let encoding = header.inner_number(5, 2).or(header.inner_number(8, 4)).unwrap_or(0);
        if !ENCODINGS.contains(&encoding) {
            let what = format!("column \"{column}\" has an encoding of deltas or split bytes");
            return Err(
                bad_structure(path, &what).help("write the file with plain or dictionary encoding")
            );
        }
    }
    Ok(())
}

/// Reads and walks the header of a page; `None` if it is broken.
fn header_at(file: &mut File, path: &Path, at: u64, end: u64) -> Result<Option<Walked>> {
    for most in HEADERS {
        let bytes = read_at(file, path, at, most.min(end - at))?;
        if let Some(walked) = walk(&bytes) {
            return Ok(Some(walked));
        }
    }
    Ok(None)
}

fn read_at(file: &mut File, path: &Path, at: u64, length: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))
        .and_then(|_| file.take(length).read_to_end(&mut bytes))
        .map_err(|cause| Error::unreadable(path, &cause))?;
    Ok(bytes)
}

pub(super) fn too_large(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::TooLarge, format!("{}: {what}", path.display()))
        .help("no file of records is like that; if it is one, write it as CSV")
}
