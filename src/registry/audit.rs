//! The audit log: what was asked and what came of it, so bound together that no entry can be
//! changed, left out or put in afterwards without it showing.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Actor;
use super::checkpoint::Checkpoint;
use super::clock::now;
use super::fault::fault;
use super::log_store::{LogStore, Written};
use super::log_stores::{self, DUTY};
use super::memory::{Memory, PLACE};
use super::merkle::{Hash, leaf};
use super::sqlite::SqliteStore;
use crate::error::Result;
use crate::identifier::AuditKey;

/// What is appended: an action, its outcome, and details that name nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What was asked for, for example `keys move`.
    pub action: &'a str,
    /// What came of it.
    pub outcome: Outcome,
    /// Scopes, counts and codes; never an identifier.
    pub detail: Detail,
}

/// What came of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is about to be done: written before anything is kept.
    Allowed,
    /// It was done and is kept.
    Done,
    /// It was refused, or it failed; nothing of it is kept.
    Refused,
}

impl Outcome {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Allowed => "allowed",
            Outcome::Done => "done",
            Outcome::Refused => "refused",
        }
    }
}

/// Role in which somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Keeps keys and vault.
    Issuer,
    /// Is answered what nobody else is, with two approvals.
    Panel,
}

/// Details of an entry; what is not known of it is left out.
///
/// They are hashed as the text that was written, so that entries of versions that wrote fewer
/// stand as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// Who acted, by a staff name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// Who approved, or was made an approver.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<Actor>,
    /// How many rows or answers it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Code of the error, if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What stands for the request that was answered or refused; nothing of what it asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// In what role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Scope it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Number of the vault's last event, before or after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault: Option<u64>,
}

/// Log of one issuer, in a file of its own.
pub struct AuditLog {
    pub(super) store: Box<dyn LogStore>,
    pub(super) path: PathBuf,
    pub(super) key: AuditKey,
}

/// Kind of message that an entry's code is of.
const CODE: &str = "cci/audit-mac/v1";

impl AuditLog {
    /// Creates a log in a new file that only its owner can read.
    ///
    /// # Errors
    /// `OutputExists` if there is a file already; `Unwritable` or `BadStore` if it cannot be made.
    pub fn create(path: &Path, key: AuditKey) -> Result<Self> {
        Ok(Self::over(Box::new(SqliteStore::create(path, &DUTY)?), path.into(), key))
    }

    /// Opens a log.
    ///
    /// # Errors
    /// `BadStore` if the file is missing or no audit log.
    pub fn open(path: &Path, key: AuditKey) -> Result<Self> {
        Ok(Self::over(Box::new(SqliteStore::open(path, &DUTY)?), path.into(), key))
    }

    /// Makes a log that is gone when it is dropped, for tests and for measuring.
    pub fn in_memory(key: AuditKey) -> Self {
        Self::over(Box::new(Memory::<Box<log_stores::Tables>>::empty()), PLACE.into(), key)
    }

    /// Makes a log over a store; the path is what messages call it.
    fn over(store: Box<dyn LogStore>, path: PathBuf, key: AuditKey) -> Self {
        Self { store, path, key }
    }

    /// Appends an entry; when it returns, the entry is on the disk. Returns its number.
    ///
    /// # Errors
    /// As [`AuditLog::append_all`].
    pub fn append(&mut self, entry: &Entry<'_>) -> Result<u64> {
        self.append_all(std::slice::from_ref(entry))
    }

    /// Appends entries, all or none; when it returns, they are on the disk. Returns the number of
    /// the last entry of the log.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be written, or its last entry was not written by this key.
    /// Whatever was to be logged must not go on then.
    pub fn append_all(&mut self, entries: &[Entry<'_>]) -> Result<u64> {
        let mut log = self.store.begin()?;
        let last = log.last()?;
        if let Some(last) = &last
            && !self.key.accepts(CODE, &last.hash, &last.mac)
        {
            return Err(fault(
                &self.path,
                "its last entry was not written with this key",
                "give the log's own audit key; if it is, keep the file for inquiry",
            ));
        }
        let mut frontier = log.frontier()?;
        let mut rows: Vec<Written> = Vec::with_capacity(entries.len());
        for entry in entries {
            let written = Written::after(rows.last().or(last.as_ref()), entry, &self.key);
            frontier.push(leaf(&written.hash));
            rows.push(written);
        }
        log.append(&rows)?;
        log.keep_frontier(&frontier)?;
        log.commit()?;
        Ok(rows.last().or(last.as_ref()).map_or(0, |last| last.seq))
    }

    /// Returns a checkpoint of the log as it is, to be kept outside it.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be read.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        let snapshot = self.store.snapshot()?;
        let frontier = snapshot.frontier()?;
        let head = snapshot.last()?.map_or([0; 32], |last| last.hash);
        Ok(Checkpoint { size: frontier.size, head, root: frontier.root() })
    }

    /// Returns the largest number of a vault's event that any of the last entries names.
    ///
    /// A vault whose last event is an earlier one is not the one that the log is about.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be read.
    pub fn last_vault_event(&self) -> Result<Option<u64>> {
        // An action writes two entries at most, and each entry names what it found or left.
        Ok(self.store.vault_events(2)?.into_iter().max())
    }
}

impl Written {
    /// Makes the row of an entry that follows another.
    fn after(last: Option<&Self>, entry: &Entry<'_>, key: &AuditKey) -> Self {
        let clock = now();
        let (seq, at, before) = last.map_or((0, 0, [0; 32]), |row| (row.seq, row.at, row.hash));
        let mut row = Self {
            seq: seq + 1,
            // A clock that is set back makes no entry older than the one before.
            at: (clock as i64).max(at),
            action: entry.action.into(),
            outcome: entry.outcome.name().into(),
            detail: serde_json::to_string(&entry.detail).expect("words and numbers are JSON"),
            hash: [0; 32],
            mac: [0; 16],
        };
        row.hash = row.chained(&before);
        row.mac = key.code(CODE, &row.hash);
        row
    }

    /// Returns the hash that binds the entry to the one before.
    ///
    /// # Formula
    /// `SHA-256(lp("cci/audit-entry/v1") ‖ hash before ‖ seq ‖ at ‖ lp(action) ‖ lp(outcome) ‖
    /// lp(detail))`, numbers as eight bytes, `lp` with the length before each part as four bytes.
    fn chained(&self, before: &Hash) -> Hash {
        let mut hash = Sha256::new();
        let mut part = |part: &[u8]| {
            let length = u32::try_from(part.len()).expect("parts are short texts");
            hash.update(length.to_be_bytes());
            hash.update(part);
        };
        part(b"cci/audit-entry/v1");
        part(before);
        part(&self.seq.to_be_bytes());
        part(&self.at.to_be_bytes());
        [&self.action, &self.outcome, &self.detail].iter().for_each(|text| part(text.as_bytes()));
        hash.finalize().into()
    }

    /// Says what is wrong with an entry, given the one before.
    pub(super) fn flaw(&self, before: Option<&Written>, key: &AuditKey) -> Option<&'static str> {
        let (seq, at, hash) = before.map_or((0, 0, [0; 32]), |row| (row.seq, row.at, row.hash));
        if self.seq != seq + 1 {
            return Some("an entry before it is missing");
        }
        if self.at < at {
            return Some("it is older than the entry before it");
        }
        if self.chained(&hash) != self.hash {
            return Some("it was changed, or does not follow the entry before it");
        }
        (!key.accepts(CODE, &self.hash, &self.mac)).then_some("it was not written with this key")
    }
}
