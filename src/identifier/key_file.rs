//! Key files: one secret, one line, readable by its owner only.
//!
//! The line is `CCIKEY1`, what the key is for, a check value bound to both, and the secret in
//! hexadecimal; one line feed at the end may be missing, nothing else is tolerated.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::RandomSource;
use super::length_prefix::length_prefixed;
use super::private_file;
use crate::error::{Error, ErrorKind, Result};

/// Length of every secret that a file holds, in bytes.
pub(super) const SECRET_LENGTH: usize = 32;

/// Secret on the heap, wiped on drop, so that moving it leaves no copies.
pub(super) type Secret = Box<Zeroizing<[u8; SECRET_LENGTH]>>;

const MAGIC: &str = "CCIKEY1";

/// Generates a secret.
///
/// # Errors
/// `BadKey` if no random bytes can be had, or bytes that are plainly not random.
pub(super) fn generate(random: &mut dyn RandomSource) -> Result<Secret> {
    let mut secret = Secret::default();
    random.fill(secret.as_mut_slice())?;
    accept(secret)
}

/// Accepts a secret that could be random.
///
/// # Errors
/// `BadKey` if it holds fewer than 16 distinct bytes or rises by even steps. A random secret
/// fails with a chance of 3·10⁻¹⁷ and 6·10⁻⁷³.
pub(super) fn accept(secret: Secret) -> Result<Secret> {
    let mut seen = [false; 256];
    secret.iter().for_each(|&byte| seen[usize::from(byte)] = true);
    let distinct = seen.iter().filter(|&&is_seen| is_seen).count();
    let step = secret[1].wrapping_sub(secret[0]);
    if distinct < 16 || secret.windows(2).all(|two| two[1].wrapping_sub(two[0]) == step) {
        return Err(Error::new(ErrorKind::BadKey, "the key is not random")
            .help("let the toolkit generate the key; never type or copy one"));
    }
    Ok(secret)
}

/// Writes a secret to a new file of mode 0600 and flushes it to disk.
///
/// # Errors
/// `OutputExists` if there is a file already; `Unwritable` if it cannot be written.
pub(super) fn create(path: &Path, purpose: &str, secret: &Secret) -> Result<()> {
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
    let check = to_hex(&check_value(purpose, secret));
    let digits = to_hex(secret.as_slice());
    let line = Zeroizing::new(format!("{MAGIC} {purpose} {} {}\n", &*check, &*digits));
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(|cause| {
        // A key half written is worse than none, and nobody can have used it yet.
        let _ = fs::remove_file(path);
        Error::unwritable(path, &cause)
    })
}

/// Reads the secret made for a purpose.
///
/// # Errors
/// `BadKey` if the file is missing, a symbolic link, not a plain file, open to its group or to
/// others, empty, not in the form above, damaged, not random, or for another purpose.
pub(super) fn read(path: &Path, purpose: &str) -> Result<Secret> {
    let bytes = private_file::read(path)?;
    let refuse = |what: &str| private_file::refuse(path, what);
    let malformed = |what: &str| {
        refuse(what).help("restore the key file from its backup; nothing else can mend it")
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed("it is not a key file"))?;
    if text.is_empty() {
        return Err(malformed("it is empty"));
    }
    let line = text.strip_suffix('\n').unwrap_or(text);
    let parts: Vec<&str> = line.split(' ').collect();
    let [MAGIC, made_for, check, digits] = parts[..] else {
        return Err(malformed("it is not a key file of this version"));
    };
    if made_for != purpose {
        return Err(refuse(&format!("it is not a key for {purpose}"))
            .help("give the file of the right key; one key never serves two purposes"));
    }
    let bytes = from_hex(digits).ok_or_else(|| malformed("its key is not hexadecimal"))?;
    if bytes.len() != SECRET_LENGTH {
        return Err(malformed("its key has the wrong length"));
    }
    let mut secret = Secret::default();
    secret.copy_from_slice(&bytes);
    if to_hex(&check_value(purpose, &secret)).as_str() != check {
        return Err(malformed("its key is damaged"));
    }
    accept(secret).map_err(|_| {
        refuse("its key is not random")
            .help("let the toolkit generate the key; never type or copy one")
    })
}

/// Returns eight bytes that change with the secret and with its purpose.
fn check_value(purpose: &str, secret: &Secret) -> [u8; 8] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length");
    mac.update(&length_prefixed(&[b"cci/key-file/v1", purpose.as_bytes()]));
    let tag = mac.finalize().into_bytes();
    *tag.first_chunk().expect("a tag has 32 bytes")
}

/// Returns bytes as lower-case hexadecimal, wiped on drop.
pub(super) fn to_hex(bytes: &[u8]) -> Zeroizing<String> {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for &byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// Reads lower-case hexadecimal; `None` for anything else.
pub(super) fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for &[high, low] in pairs {
        bytes.push(value(high)? << 4 | value(low)?);
    }
    Some(bytes)
}
