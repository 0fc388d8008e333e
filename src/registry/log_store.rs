//! What the audit log asks of whatever keeps it: an append-only row of entries, and no SQL.
//!
//! Hashes, codes, the Merkle tree and what is guessing stand in the files beside this one and are
//! the same over every store. What a store promises is in `tests/registry/log.rs`.

use std::ops::ControlFlow;

use super::merkle::{Frontier, Hash};
use crate::error::Result;

/// Entry as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Number of the entry, from 1.
    pub(super) seq: u64,
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) outcome: String,
    /// Details as JSON, the very text that is hashed.
    pub(super) detail: String,
    pub(super) hash: Hash,
    pub(super) mac: [u8; 16],
}

/// Questions of one action in one scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Questions<'a> {
    pub(super) action: &'a str,
    pub(super) scope: &'a str,
    /// Number of the first entry that is looked at.
    pub(super) since: u64,
    /// How many of the last ones are looked at.
    pub(super) last: u32,
}

/// Reading a log; each call sees what was committed, or the writer's own writes.
pub(super) trait LogReading {
    /// Returns the last entry.
    fn last(&self) -> Result<Option<Written>>;

    /// Visits every entry in its order, until the visitor breaks off.
    fn visit(&self, visit: &mut dyn FnMut(Written) -> ControlFlow<()>) -> Result<()>;

    /// Returns when an entry was written.
    fn written_at(&self, seq: u64) -> Result<Option<i64>>;

    /// Lists the hashes of the first entries, so many at most.
    fn hashes(&self, first: u64) -> Result<Vec<Hash>>;

    /// Returns the roots that are kept of the entries' Merkle tree.
    fn frontier(&self) -> Result<Frontier>;

    /// Lists the vault's events that the last so many entries name which name one.
    fn vault_events(&self, last: u32) -> Result<Vec<u64>>;

    /// Says whether a request was answered or is being answered: some entry, no refusal, names it.
    fn names_request(&self, reference: &str) -> Result<bool>;

    /// Counts, among the last of some questions, those that nobody was answered for.
    fn answered_for_nobody(&self, questions: &Questions<'_>) -> Result<u64>;
}

/// Writing to a log; what is dropped without [`LogWriting::commit`] never was.
pub(super) trait LogWriting: LogReading {
    /// Appends entries, each of which has the number that comes next; others are refused.
    fn append(&mut self, entries: &[Written]) -> Result<()>;

    /// Keeps the roots of the entries' Merkle tree.
    fn keep_frontier(&mut self, frontier: &Frontier) -> Result<()>;

    /// Keeps everything; when it returns, nothing that happens later takes it away.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// A log that is kept somewhere: many may read while one writes.
pub(super) trait LogStore: LogReading + Send {
    /// Reads everything as it is at one moment.
    fn snapshot(&self) -> Result<Box<dyn LogReading + '_>>;

    /// Begins to write, alone.
    fn begin(&mut self) -> Result<Box<dyn LogWriting + '_>>;
}
