//! The secret that the parties of one exchange of codes or tokens share, and keys made from it.

use std::fmt;
use std::path::Path;

use hkdf::Hkdf;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::attribute_keys::AttributeKeys;
use super::diffusion_key::DiffusionKey;
use super::{Fingerprint, key_tree, private_file};
use crate::error::{Error, ErrorKind, Result};

/// Shortest secret that a file may hold, in bytes.
const SHORTEST: usize = 16;
/// Longest file that a secret is read from, in bytes.
const LONGEST: u64 = 1024;
/// Fewest distinct bytes of a secret in a file.
const FEWEST_DISTINCT: usize = 8;

/// Secrets that guides and examples print, so that everybody has them.
const PUBLISHED: [&str; 5] = [
    "horse staple battery",
    "horsestaplebattery",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "my secret passphrase",
];

/// Secret shared by the parties of one exchange.
///
/// Whoever has it can test any identity against the codes. Wiped from memory on drop.
pub struct ExchangeSecret(Zeroizing<Vec<u8>>);

/// Secret read from a file, and what of the file is not part of it.
#[derive(Debug)]
pub struct SecretFile {
    /// Secret.
    pub secret: ExchangeSecret,
    /// Whether the file ends in a line break, which was left out.
    pub ended_in_line_break: bool,
}

/// Hash of the key derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHash {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl KeyHash {
    /// Returns the most bytes that HKDF can give: 255 times the length of the hash.
    pub fn most_bytes(self) -> usize {
        255 * match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// How the keys of an exchange are derived from its secret, by HKDF (RFC 5869).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDerivation {
    /// Hash.
    pub hash: KeyHash,
    /// Salt, which need not be secret; none at all is the same as an empty one.
    pub salt: Vec<u8>,
    /// What the keys are for.
    pub info: Vec<u8>,
    /// Length of each key in bytes.
    pub key_size: usize,
}

impl ExchangeSecret {
    /// Takes a secret from bytes, for example of a published test vector.
    ///
    /// # Errors
    /// `BadKey` if there are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Err(Error::new(ErrorKind::BadKey, "the secret is empty")
                .help("give the secret on which the parties agreed"));
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Reads the secret from a file of one line of text.
    ///
    /// One line break at the end is no part of the secret: editors write it, and the other
    /// party's may not. It is reported.
    ///
    /// # Errors
    /// `BadKey` if the file is missing, a symbolic link, not a plain file, readable by its group
    /// or by others, empty, not one line of UTF-8, shorter than 16 bytes, of fewer than 8
    /// distinct bytes, or a secret that is printed in guides.
    pub fn from_file(path: &Path) -> Result<SecretFile> {
        let bytes = private_file::read(path, LONGEST)?;
        let refuse = |what: &str| private_file::refusal(path, what);
        let again = "write the secret alone into the file, as one line of plain text";
        let generate = "agree on a new one, for example of: openssl rand -base64 32";
        if bytes.len() as u64 > LONGEST {
            return Err(refuse("it is longer than a secret can be").help(again));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| refuse("its secret is not UTF-8 text").help(again))?;
        if text.starts_with('\u{feff}') {
            return Err(refuse("it begins with a byte order mark").help(again));
        }
        let line = text.strip_suffix("\r\n").or(text.strip_suffix('\n')).unwrap_or(text);
        if line.is_empty() {
            return Err(refuse("it is empty").help(again));
        }
        if line.chars().any(char::is_control) {
            return Err(
                refuse("its secret has line breaks or other control characters").help(again)
            );
        }
        if line.trim() != line {
            return Err(refuse("its secret begins or ends with a space").help(again));
        }
        if PUBLISHED.iter().any(|known| line.eq_ignore_ascii_case(known)) {
            return Err(refuse("its secret is printed in guides").help(generate));
        }
        let mut seen = [false; 256];
        line.bytes().for_each(|byte| seen[usize::from(byte)] = true);
        let distinct = seen.iter().filter(|&&is_seen| is_seen).count();
        if line.len() < SHORTEST || distinct < FEWEST_DISTINCT {
            let what = format!(
                "its secret is too easy to guess: it needs {SHORTEST} bytes, {FEWEST_DISTINCT} of \
                 them distinct"
            );
            return Err(refuse(&what).help(generate));
        }
        let secret = Self::from_bytes(line.as_bytes())?;
        Ok(SecretFile { secret, ended_in_line_break: line.len() < text.len() })
    }

    /// Derives the two keys of each attribute, in the order of the attributes.
    ///
    /// # Formula
    /// `HKDF(secret, salt, info)` of `2 · attributes · key_size` bytes, cut into keys; attribute i
    /// has keys 2i and 2i + 1. Source: clkhash 0.18.3, `key_derivation.py`.
    ///
    /// # Errors
    /// `BadKey` if that is more than HKDF can give.
    pub fn attribute_keys(
        &self,
        derivation: &KeyDerivation,
        attributes: usize,
    ) -> Result<Vec<AttributeKeys>> {
        let KeyDerivation { hash, salt, info, key_size } = derivation;
        let mut bytes = Zeroizing::new(vec![0; 2 * attributes * key_size]);
        match hash {
            KeyHash::Sha256 => Hkdf::<Sha256>::new(Some(salt), &self.0).expand(info, &mut bytes),
            KeyHash::Sha512 => Hkdf::<Sha512>::new(Some(salt), &self.0).expand(info, &mut bytes),
        }
        .map_err(|_| {
            let most = hash.most_bytes();
            let what = format!("{attributes} attributes need more than {most} bytes of keys");
            Error::new(ErrorKind::BadKey, what).help("encode fewer attributes")
        })?;
        Ok(bytes
            .chunks_exact(2 * key_size)
            .map(|two| AttributeKeys::new(&two[..*key_size], &two[*key_size..]))
            .collect())
    }

    /// Derives the key of a diffusion, which is of one schema and one profile.
    ///
    /// # Formula
    /// `HKDF-SHA-256(secret, salt, lp("cci/diffusion/v1") ‖ lp(schema) ‖ lp(profile))`, where `lp`
    /// puts the length of a part before it.
    pub fn diffusion_key(&self, salt: &[u8], schema: &[u8], profile: &str) -> DiffusionKey {
        let labels = [key_tree::DIFFUSION, schema, profile.as_bytes()];
        DiffusionKey::new(key_tree::derive(&self.0, salt, &labels))
    }

    /// Derives a key by salt and labels.
    pub(super) fn derive(&self, salt: &[u8], labels: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        key_tree::derive(&self.0, salt, labels)
    }

    /// Returns the public name of the secret under a salt, which shows if two parties differ.
    ///
    /// Like every code it lets whoever guesses the secret see that the guess is right.
    pub fn fingerprint(&self, salt: &[u8]) -> Fingerprint {
        let name = key_tree::derive(&self.0, salt, &[key_tree::EXCHANGE_NAME]);
        *name.first_chunk().expect("a key has 32 bytes")
    }
}

impl fmt::Debug for ExchangeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExchangeSecret(<{} bytes withheld>)", self.0.len())
    }
}
