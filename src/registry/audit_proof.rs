//! Reading a log as an auditor does: every entry in turn, and proof that one is in it.

use super::audit::{AuditLog, Written};
use super::checkpoint::Checkpoint;
use super::event::hex;
use super::fault::fault;
use super::merkle::{Frontier, Hash, leaf, path, root_of_path};
use super::sqlite::Place;
use crate::error::Result;

/// What reading a whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Entries that are as they were written.
    pub entries: u64,
    /// Number of the first entry that is not, and what is wrong with it.
    pub first_bad: Option<(u64, String)>,
}

/// Proof that an entry is one of those that a checkpoint stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Number of the entry, from 1.
    pub seq: u64,
    /// Entries that the checkpoint stands for.
    pub size: u64,
    /// Hash of the entry.
    pub entry: Hash,
    /// Hashes that lead to the root, nearest first.
    pub path: Vec<Hash>,
}

impl InclusionProof {
    /// Says whether the proof leads to the root of a checkpoint.
    pub fn proves(&self, checkpoint: &Checkpoint) -> bool {
        let place = self.seq.checked_sub(1);
        self.size == checkpoint.size
            && place.and_then(|place| root_of_path(leaf(&self.entry), place, self.size, &self.path))
                == Some(checkpoint.root)
    }

    /// Returns the path as hexadecimal.
    pub fn path_as_hex(&self) -> Vec<String> {
        self.path.iter().map(|hash| hex(hash)).collect()
    }
}

impl AuditLog {
    /// Reads every entry: each must follow the one before, be written with the key, and lead to
    /// the roots of the checkpoints.
    ///
    /// An edit, a deletion, an insertion and a swap show by themselves. Entries cut off the end,
    /// or a log replaced by another of the same key, show by a checkpoint alone.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be read.
    pub fn verify(&self, checkpoints: &[Checkpoint]) -> Result<Audited> {
        let mut wanted: Vec<&Checkpoint> = checkpoints.iter().collect();
        wanted.sort_by_key(|checkpoint| checkpoint.size);
        let mut wanted = wanted.into_iter().peekable();
        let mut frontier = Frontier::default();
        let mut before: Option<Written> = None;
        let mut bad = None;
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let mut statement = snapshot
            .prepare("SELECT seq, at, action, outcome, detail, hash, mac FROM entry ORDER BY seq")
            .at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        loop {
            while let Some(checkpoint) = wanted.next_if(|wanted| wanted.size == frontier.size) {
                let head = before.as_ref().map_or([0; 32], |row| row.hash);
                if bad.is_none() && (checkpoint.root != frontier.root() || checkpoint.head != head)
                {
                    let what = format!("the checkpoint of {} entries has another", checkpoint.size);
                    bad = Some((frontier.size, format!("{what} root: the log was replaced")));
                }
            }
            let Some(row) = rows.next().at(&self.path)? else { break };
            let row = Written::read(row).at(&self.path)?;
            if let Some(flaw) = row.flaw(before.as_ref(), &self.key) {
                bad = bad.or_else(|| Some((row.seq, flaw.into())));
            }
            if bad.is_some() {
                break;
            }
            frontier.push(leaf(&row.hash));
            before = Some(row);
        }
        if bad.is_none() {
            bad = wanted.next().map(|checkpoint| {
                let what = format!("a checkpoint stands for {} entries", checkpoint.size);
                (frontier.size + 1, format!("{what}: the end of the log is missing"))
            });
        }
        if bad.is_none() && self.checkpoint_within(&snapshot)? != frontier.root() {
            bad = Some((frontier.size, "the root that is kept is another".into()));
        }
        Ok(Audited { entries: frontier.size, first_bad: bad })
    }

    /// Proves that an entry is among the first so many.
    ///
    /// # Errors
    /// `BadStore` if the log has no such entry, or not so many.
    pub fn prove(&self, seq: u64, size: u64) -> Result<InclusionProof> {
        let mut statement = self
            .connection
            .prepare("SELECT hash FROM entry WHERE seq <= ?1 ORDER BY seq")
            .at(&self.path)?;
        let rows = statement
            .query_map([i64::try_from(size).unwrap_or(i64::MAX)], |row| row.get::<_, Hash>(0))
            .at(&self.path)?;
        let hashes = rows.collect::<rusqlite::Result<Vec<Hash>>>().at(&self.path)?;
        if hashes.len() as u64 != size || seq == 0 || seq > size {
            return Err(fault(
                &self.path,
                &format!("it has no entry {seq} among the first {size}"),
                "give the number of an entry, from 1, and a checkpoint of this log",
            ));
        }
        let leaves: Vec<Hash> = hashes.iter().map(|hash| leaf(hash)).collect();
        let place = seq as usize - 1;
        Ok(InclusionProof { seq, size, entry: hashes[place], path: path(&leaves, place) })
    }

    fn checkpoint_within(&self, snapshot: &rusqlite::Connection) -> Result<Hash> {
        super::audit::read_frontier(snapshot).at(&self.path).map(|frontier| frontier.root())
    }
}
