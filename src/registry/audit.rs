//! The audit log: what was asked and what came of it, so bound together that no entry can be
//! changed, left out or put in afterwards without it showing.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Actor;
use super::checkpoint::Checkpoint;
use super::clock::now;
use super::fault::fault;
use super::merkle::{Frontier, Hash, leaf};
use super::sqlite::Place;
use super::store::{self, Duty};
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
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) key: AuditKey,
}

/// The file of this duty.
pub(super) const DUTY: Duty = Duty {
    mark: *b"CCIA",
    name: "an audit log",
    migrations: &[include_str!("../../schemas/registry/audit_1.sql")],
};

/// Kind of message that an entry's code is of.
const CODE: &str = "cci/audit-mac/v1";

/// One row of the log.
pub(super) struct Written {
    pub(super) seq: u64,
    at: i64,
    action: String,
    outcome: String,
    detail: String,
    pub(super) hash: Hash,
    mac: [u8; 16],
}

impl AuditLog {
    /// Creates a log in a new file that only its owner can read.
    ///
    /// # Errors
    /// `OutputExists` if there is a file already; `Unwritable` or `BadStore` if it cannot be made.
    pub fn create(path: &Path, key: AuditKey) -> Result<Self> {
        store::create(path, &DUTY)?;
        Self::open(path, key)
    }

    /// Opens a log.
    ///
    /// # Errors
    /// `BadStore` if the file is missing or no audit log.
    pub fn open(path: &Path, key: AuditKey) -> Result<Self> {
        Ok(Self { connection: store::open(path, &DUTY)?, path: path.into(), key })
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
        let path = self.path.as_path();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        let mut last = last_row(&transaction).at(path)?;
        if let Some(last) = &last
            && !self.key.accepts(CODE, &last.hash, &last.mac)
        {
            return Err(fault(
                path,
                "its last entry was not written with this key",
                "give the log's own audit key; if it is, keep the file for inquiry",
            ));
        }
        let mut frontier = read_frontier(&transaction).at(path)?;
        let mut insert = transaction
            .prepare(
                "INSERT INTO entry (seq, at, action, outcome, detail, hash, mac)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .at(path)?;
        for entry in entries {
            let row = Written::after(last.as_ref(), entry, &self.key);
            let (seq, hash, mac) = (row.seq as i64, row.hash, row.mac);
            let values = params![seq, row.at, row.action, row.outcome, row.detail, hash, mac];
            insert.execute(values).at(path)?;
            frontier.push(leaf(&hash));
            last = Some(row);
        }
        drop(insert);
        transaction
            .execute(
                "UPDATE frontier SET size = ?1, hashes = ?2",
                params![frontier.size as i64, frontier.roots.concat()],
            )
            .at(path)?;
        transaction.commit().at(path)?;
        Ok(last.map_or(0, |last| last.seq))
    }

    /// Returns a checkpoint of the log as it is, to be kept outside it.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be read.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let frontier = read_frontier(&snapshot).at(&self.path)?;
        let head = last_row(&snapshot).at(&self.path)?.map_or([0; 32], |last| last.hash);
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
        self.connection
            .query_row(
                "SELECT max(detail ->> 'vault') FROM
                    (SELECT detail FROM entry WHERE detail ->> 'vault' IS NOT NULL
                     ORDER BY seq DESC LIMIT 2)",
                [],
                |row| row.get::<_, Option<i64>>(0),
            )
            .at(&self.path)
            .map(|event| event.map(i64::unsigned_abs))
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

    /// Reads a row of all columns in their order.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get::<_, i64>(0)?.unsigned_abs(),
            at: row.get(1)?,
            action: row.get(2)?,
            outcome: row.get(3)?,
            detail: row.get(4)?,
            hash: row.get(5)?,
            mac: row.get(6)?,
        })
    }
}

fn last_row(connection: &Connection) -> rusqlite::Result<Option<Written>> {
    connection
        .prepare_cached(
            "SELECT seq, at, action, outcome, detail, hash, mac FROM entry
             ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([], Written::read)
        .optional()
}

pub(super) fn read_frontier(connection: &Connection) -> rusqlite::Result<Frontier> {
    connection.prepare_cached("SELECT size, hashes FROM frontier")?.query_row([], |row| {
        let bytes = row.get_ref(1)?.as_blob()?;
        Ok(Frontier {
            size: row.get::<_, i64>(0)?.unsigned_abs(),
            roots: bytes.as_chunks().0.to_vec(),
        })
    })
}
