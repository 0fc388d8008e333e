//! Key files: one secret, one line, readable by its owner only.
//!
//! The line is `CCIKEY1`, what the key is for, a check value bound to both, and the secret in
//! hexadecimal; one line feed at the end may be missing, nothing else is tolerated. The root key's
//! file may be wrapped under a passphrase as a whole.

use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::RandomSource;
use super::length_prefix::length_prefixed;
use super::passphrase::{Passphrase, PassphraseSource};
use super::private_file::{self, refusal};
use super::wrapping::{self, WorkFactor};
use crate::error::{Error, ErrorKind, Result};

/// Length of every secret that a file holds, in bytes.
pub(super) const SECRET_LENGTH: usize = 32;

/// Secret on the heap, wiped on drop, so that moving it leaves no copies.
pub(super) type Secret = Box<Zeroizing<[u8; SECRET_LENGTH]>>;

const MAGIC: &str = "CCIKEY1";

/// More than any key file can be; a longer file is not read to its end.
const MAX_FILE: u64 = 1024;

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
    private_file::create(path, content(purpose, secret, None)?.as_slice())
}

/// Passphrase under which a key file is wrapped, and the work that a guess shall cost.
pub(super) type Wrapping<'a> = (&'a Passphrase, WorkFactor);

/// Returns the content of a secret's file, wrapped if asked for.
///
/// # Errors
/// `Bug` if it cannot be wrapped.
pub(super) fn content(
    purpose: &str,
    secret: &Secret,
    wrapping: Option<Wrapping<'_>>,
) -> Result<Zeroizing<Vec<u8>>> {
    let check = to_hex(&check_value(purpose, secret));
    let digits = to_hex(secret.as_slice());
    let line = Zeroizing::new(format!("{MAGIC} {purpose} {} {}\n", &*check, &*digits));
    Ok(Zeroizing::new(match wrapping {
        Some((passphrase, work)) => wrapping::wrap(line.as_bytes(), passphrase, work)?,
        None => line.as_bytes().to_vec(),
    }))
}

/// What a key file says of itself, and that it is fit to be used; nothing of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// What the key is for, for example `root` or `epoch:health/direct_care:0`.
    pub purpose: String,
    /// Public name of the secret: tells two key files apart and gives neither away.
    pub check_value: String,
    /// How the secret is kept.
    pub kept: Kept,
}

/// How a key file keeps its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// As it is: whoever reads the file has the key.
    InClear,
    /// Wrapped under a passphrase.
    Wrapped,
}

impl Kept {
    /// Says how the file at a path keeps its secret, by its first bytes.
    ///
    /// # Errors
    /// `BadKey` if the file is not its owner's alone.
    pub(super) fn of(path: &Path) -> Result<Self> {
        private_file::read(path, MAX_FILE).map(|bytes| Self::of_bytes(&bytes))
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        if wrapping::is_wrapped(bytes) { Self::Wrapped } else { Self::InClear }
    }
}

impl KeyFile {
    /// Examines a key file of any purpose, as it is when it is used.
    ///
    /// # Errors
    /// `BadKey` for every reason for which the file would not be used.
    pub fn examine(path: &Path, passphrases: Option<&dyn PassphraseSource>) -> Result<Self> {
        let Parsed { purpose, secret, kept } = parse(path, None, passphrases)?;
        let check_value = to_hex(&check_value(&purpose, &secret)).to_string();
        Ok(Self { purpose, check_value, kept })
    }
}

/// Reads the secret made for a purpose.
///
/// # Errors
/// `BadKey` if the file is not its owner's alone (see [`private_file::read`]), empty, not in the
/// form above, damaged, not random, for another purpose, or wrapped.
pub(super) fn read(path: &Path, purpose: &str) -> Result<Secret> {
    parse(path, Some(purpose), None).map(|parsed| parsed.secret)
}

/// Reads the secret made for a purpose from a file that may be wrapped.
///
/// # Errors
/// As [`read`]; of a wrapped file also `BadKey` if there is no passphrase or it does not open it.
pub(super) fn read_wrapped(
    path: &Path,
    purpose: &str,
    passphrases: Option<&dyn PassphraseSource>,
) -> Result<Secret> {
    parse(path, Some(purpose), passphrases).map(|parsed| parsed.secret)
}

/// What a key file holds.
struct Parsed {
    purpose: String,
    secret: Secret,
    kept: Kept,
}

/// Reads what a key file is for and its secret; with a purpose, no other is accepted.
fn parse(
    path: &Path,
    purpose: Option<&str>,
    passphrases: Option<&dyn PassphraseSource>,
) -> Result<Parsed> {
    let refuse = |what: &str| refusal(path, what);
    let malformed = |what: &str| {
        refuse(what).help("restore the key file from its backup; nothing else can mend it")
    };
    let mut bytes = private_file::read(path, MAX_FILE)?;
    let kept = Kept::of_bytes(&bytes);
    if kept == Kept::Wrapped {
        let source = passphrases.ok_or_else(|| {
            refuse("it is wrapped under a passphrase")
                .help("of these keys the root key alone may be wrapped; open it with age --decrypt")
        })?;
        bytes = wrapping::open(path, &bytes, &source.passphrase_of(path)?, MAX_FILE)?;
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed("it is not a key file"))?;
    if text.is_empty() {
        return Err(malformed("it is empty"));
    }
    let line = text.strip_suffix('\n').unwrap_or(text);
    let parts: Vec<&str> = line.split(' ').collect();
    let [MAGIC, made_for, check, digits] = parts[..] else {
        return Err(malformed("it is not a key file of this version"));
    };
    if let Some(purpose) = purpose.filter(|&purpose| purpose != made_for) {
        return Err(refuse(&format!("it is not a key for {purpose}"))
            .help("give the file of the right key; one key never serves two purposes"));
    }
    let bytes = from_hex(digits).ok_or_else(|| malformed("its key is not hexadecimal"))?;
    if bytes.len() != SECRET_LENGTH {
        return Err(malformed("its key has the wrong length"));
    }
    let mut secret = Secret::default();
    secret.copy_from_slice(&bytes);
    if to_hex(&check_value(made_for, &secret)).as_str() != check {
        return Err(malformed("its key is damaged"));
    }
    let secret = accept(secret).map_err(|_| {
        refuse("its key is not random")
            .help("let the toolkit generate the key; never type or copy one")
    })?;
    Ok(Parsed { purpose: made_for.to_string(), secret, kept })
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
