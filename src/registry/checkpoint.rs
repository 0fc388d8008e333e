//! Checkpoints: what a log was at a moment, in a few lines to be kept where the log is not.

use super::event::hex;
use super::merkle::Hash;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::AuditKey;

/// Size, last hash and Merkle root of a log.
///
/// Cutting entries off the end, or replacing the whole log, shows by a checkpoint alone: keep it
/// where nobody who can write the log can write, for example with another duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of entries.
    pub size: u64,
    /// Hash of the last entry; zeros if there is none.
    pub head: Hash,
    /// Merkle root over all entries.
    pub root: Hash,
}

/// First line of the text form.
const TITLE: &str = "cci/audit-checkpoint/v1";

impl Checkpoint {
    /// Writes the checkpoint as five lines, the last of which is a code by the audit key.
    pub fn to_text(&self, key: &AuditKey) -> String {
        let body = self.body();
        format!("{body}{}\n", hex(&key.code(TITLE, body.as_bytes())))
    }

    /// Reads the five lines.
    ///
    /// # Errors
    /// `BadStore` if the text has another form, or the code is not by this key.
    pub fn parse(text: &str, key: &AuditKey) -> Result<Self> {
        let refuse = |what: &str| {
            Error::new(ErrorKind::BadStore, format!("checkpoint: {what}"))
                .help("give a file that cci audit checkpoint wrote, and the log's own audit key")
        };
        let malformed = || refuse("expected five lines of a title, a size, two hashes and a code");
        let lines: Vec<&str> = text.split('\n').collect();
        let [TITLE, size, head, root, code, ""] = lines[..] else { return Err(malformed()) };
        let checkpoint = Self {
            size: size.parse().map_err(|_| malformed())?,
            head: bytes(head).ok_or_else(malformed)?,
            root: bytes(root).ok_or_else(malformed)?,
        };
        let code: [u8; 16] = bytes(code).ok_or_else(malformed)?;
        if checkpoint.to_text(key) == text
            && key.accepts(TITLE, checkpoint.body().as_bytes(), &code)
        {
            Ok(checkpoint)
        } else {
            Err(refuse("it was not written with this key, or was changed"))
        }
    }

    fn body(&self) -> String {
        format!("{TITLE}\n{}\n{}\n{}\n", self.size, hex(&self.head), hex(&self.root))
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    if rest.is_empty() { bytes.try_into().ok() } else { None }
}
