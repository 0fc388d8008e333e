//! Reading a log as an auditor does: every entry in turn, and proof that one is in it.

use std::iter::Peekable;
use std::ops::ControlFlow;

use super::AuditLog;
use super::checkpoint::Checkpoint;
use super::event::hex;
use super::fault::fault;
use super::log_store::Written;
use super::merkle::{Frontier, Hash, leaf, path, root_of_path};
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
        let snapshot = self.store.snapshot()?;
        snapshot.visit(&mut |entry| {
            bad = replaced(&mut wanted, &frontier, before.as_ref())
                .or_else(|| Some((entry.seq, entry.flaw(before.as_ref(), &self.key)?.into())));
            if bad.is_some() {
                return ControlFlow::Break(());
            }
            frontier.push(leaf(&entry.hash));
            before = Some(entry);
            ControlFlow::Continue(())
        })?;
        bad = bad.or_else(|| replaced(&mut wanted, &frontier, before.as_ref()));
        if bad.is_none() {
            bad = wanted.next().map(|checkpoint| {
                let what = format!("a checkpoint stands for {} entries", checkpoint.size);
                (frontier.size + 1, format!("{what}: the end of the log is missing"))
            });
        }
        if bad.is_none() && snapshot.frontier()?.root() != frontier.root() {
            bad = Some((frontier.size, "the root that is kept is another".into()));
        }
        Ok(Audited { entries: frontier.size, first_bad: bad })
    }

    /// Proves that an entry is among the first so many.
    ///
    /// # Errors
    /// `BadStore` if the log has no such entry, or not so many.
    pub fn prove(&self, seq: u64, size: u64) -> Result<InclusionProof> {
        let hashes = self.store.hashes(size)?;
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
}

/// Says what is wrong with the entries read so far, if a checkpoint of as many has another root.
fn replaced<'a>(
    wanted: &mut Peekable<impl Iterator<Item = &'a Checkpoint>>,
    frontier: &Frontier,
    last: Option<&Written>,
) -> Option<(u64, String)> {
    let mut bad = None;
    while let Some(checkpoint) = wanted.next_if(|wanted| wanted.size == frontier.size) {
        let head = last.map_or([0; 32], |last| last.hash);
        if checkpoint.root != frontier.root() || checkpoint.head != head {
            let what = format!("the checkpoint of {} entries has another", checkpoint.size);
            bad = Some((frontier.size, format!("{what} root: the log was replaced")));
        }
    }
    bad
}
