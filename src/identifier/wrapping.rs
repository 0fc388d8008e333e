//! Key files wrapped under a passphrase: the age file format with its scrypt recipient.
//!
//! What is wrapped is the key file as it is without, so that any tool of the format opens it.
//! Source: <https://c2sp.org/age>, version 1.

use std::io::{Read, Write};
use std::iter;
use std::path::Path;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::Zeroizing;

use super::passphrase::Passphrase;
use super::private_file::refusal;
use crate::error::{Error, ErrorKind, Result};

/// First line of every file of the format.
const HEADER: &[u8] = b"age-encryption.org/v1\n";

/// Work that one guess of a passphrase costs: scrypt with N = 2 to this power, r = 8, p = 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WorkFactor(u8);

impl WorkFactor {
    /// What key files are wrapped with: 256 MiB and about a second a guess.
    pub(super) const STANDARD: Self = Self(18);

    /// Most that is done to open a file: 1 GiB; a file that asks for more is no key of ours.
    const MOST: Self = Self(20);

    /// Next to no work, so that tests are quick.
    #[cfg(test)]
    pub(super) const OF_TESTS: Self = Self(2);
}

/// Says whether bytes are a file of the format.
pub(super) fn is_wrapped(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER)
}

/// Wraps the content of a key file.
///
/// # Errors
/// `Bug` if the encryption of so few bytes fails.
pub(super) fn wrap(content: &[u8], passphrase: &Passphrase, work: WorkFactor) -> Result<Vec<u8>> {
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(work.0);
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as _))
        .expect("there is one recipient, of one kind");
    let mut wrapped = Vec::new();
    let written = encryptor.wrap_output(&mut wrapped).and_then(|mut writer| {
        writer.write_all(content)?;
        writer.finish()
    });
    written.map_err(|_| Error::new(ErrorKind::Bug, "a key could not be wrapped"))?;
    Ok(wrapped)
}

/// Opens a wrapped key file; of a longer content the first `longest` bytes and one more are read.
///
/// # Errors
/// `BadKey` if the passphrase is not the file's, or the file is damaged, asks for more work than
/// any of ours, or is not wrapped under a passphrase.
pub(super) fn open(
    path: &Path,
    wrapped: &[u8],
    passphrase: &Passphrase,
    longest: u64,
) -> Result<Zeroizing<Vec<u8>>> {
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(WorkFactor::MOST.0);
    let reader = Decryptor::new(wrapped)
        .and_then(|decryptor| decryptor.decrypt(iter::once(&identity as _)))
        .map_err(|cause| refuse(path, &cause))?;
    let mut content = Zeroizing::new(Vec::with_capacity(longest as usize + 1));
    reader.take(longest + 1).read_to_end(&mut content).map_err(|_| damaged(path))?;
    Ok(content)
}

fn refuse(path: &Path, cause: &DecryptError) -> Error {
    match cause {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            refusal(path, "the passphrase does not open it")
                .help("try again; what is wrapped under a lost passphrase cannot be had back")
        }
        DecryptError::NoMatchingKeys => refusal(path, "it is not wrapped under a passphrase")
            .help("open it with the identity it was made for: age --decrypt"),
        DecryptError::ExcessiveWork { .. } => {
            refusal(path, "opening it would take more than 1 GiB of memory")
                .help("open it with age --decrypt, then wrap it again: cci keys wrap")
        }
        _ => damaged(path),
    }
}

fn damaged(path: &Path) -> Error {
    refusal(path, "it is damaged")
        .help("restore the key file from its backup; nothing else can mend it")
}

fn secret(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use zeroize::Zeroizing;

    const CONTENT: &[u8] = b"CCIKEY1 root 0123456789abcdef and a secret\n";

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(Zeroizing::new(text.to_string())).unwrap()
    }

    fn wrapped() -> Vec<u8> {
        wrap(CONTENT, &passphrase("amber lantern orbit"), WorkFactor::OF_TESTS).unwrap()
    }

    fn opened(wrapped: &[u8], text: &str) -> Result<Vec<u8>> {
        let path = Path::new("keys/root.key");
        open(path, wrapped, &passphrase(text), 1024).map(|content| content.to_vec())
    }

    #[test]
    fn the_formats_own_library_opens_what_is_wrapped_here() {
        let identity = scrypt::Identity::new(SecretString::from("amber lantern orbit"));
        assert_eq!(age::decrypt(&identity, &wrapped()).unwrap(), CONTENT);
        assert!(is_wrapped(&wrapped()) && !is_wrapped(CONTENT));
    }

    #[test]
    fn what_the_formats_own_library_wraps_opens_here() {
        let mut recipient = scrypt::Recipient::new(SecretString::from("amber lantern orbit"));
        recipient.set_work_factor(3);
        let wrapped = age::encrypt(&recipient, CONTENT).unwrap();
        assert_eq!(opened(&wrapped, "amber lantern orbit").unwrap(), CONTENT);
    }

    /// The key is never said, nor which of passphrase and stanza is at fault.
    #[test]
    fn another_passphrase_is_told_plainly() {
        for wrong in ["amber lantern orbi", "Amber lantern orbit", "amber lantern orbit "] {
            let said = opened(&wrapped(), wrong).unwrap_err();
            assert_eq!(said.kind(), ErrorKind::BadKey);
            assert_eq!(said.message(), "keys/root.key: the passphrase does not open it");
        }
    }

    #[test]
    fn a_file_with_any_byte_changed_or_cut_off_is_refused() {
        let wrapped = wrapped();
        for place in 0..wrapped.len() {
            let mut damaged = wrapped.clone();
            damaged[place] ^= 1;
            assert!(opened(&damaged, "amber lantern orbit").is_err(), "byte {place}");
            assert!(opened(&wrapped[..place], "amber lantern orbit").is_err(), "cut at {place}");
        }
    }

    #[test]
    fn a_file_that_asks_for_too_much_work_or_no_passphrase_is_named() {
        let text = wrapped();
        let end = text.windows(3).position(|three| three == b" 2\n").unwrap();
        let greedy = [&text[..end], b" 21\n", &text[end + 3..]].concat();
        let said = opened(&greedy, "amber lantern orbit").unwrap_err();
        assert!(said.message().contains("more than 1 GiB"), "{said}");
        let recipient = age::x25519::Identity::generate().to_public();
        let other = age::encrypt(&recipient, CONTENT).unwrap();
        let said = opened(&other, "amber lantern orbit").unwrap_err();
        assert!(said.message().contains("not wrapped under a passphrase"), "{said}");
    }
}
