//! Runs: every write to the registry, in one transaction that is kept whole or not at all.

use std::path::Path;

use super::Registry;
use super::clock::now;
use super::event::Event;
use super::fault::fault;
use super::vault_store::{EventNumber, EventPlace, EventRow, RunId, VaultWriting};
use crate::error::{Error, Result};
use crate::identifier::RandomSource;

/// What a run was made of; the same inputs and settings are one run, however often it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunDigests {
    /// SHA-256 of the inputs.
    pub inputs: [u8; 32],
    /// SHA-256 of the settings.
    pub settings: [u8; 32],
}

/// Writes of one linkage run; dropped without [`Run::commit`], it leaves nothing behind.
///
/// After a failure the run refuses to go on, so that no half of it is ever committed.
pub struct Run<'a> {
    pub(super) vault: Box<dyn VaultWriting + 'a>,
    pub(super) path: &'a Path,
    pub(super) random: &'a mut (dyn RandomSource + Send),
    pub(super) id: RunId,
    events: u32,
    failed: bool,
}

impl<'a> Run<'a> {
    /// Begins a run in a registry; see [`Registry::begin_run`].
    pub(super) fn begin(registry: &'a mut Registry, digests: &RunDigests) -> Result<Self> {
        let path = registry.path.as_path();
        let mut vault = registry.store.begin()?;
        let toolkit = env!("CARGO_PKG_VERSION");
        let id = vault.add_run(digests, toolkit)?;
        let id = id.ok_or_else(|| {
            fault(
                path,
                "it holds a run of these inputs and settings already",
                "nothing is left to do; to start afresh create a registry at another path",
            )
        })?;
        let random = registry.random.as_mut();
        let mut run = Self { vault, path, random, id, events: 0, failed: false };
        run.record(&Event::RunBegun { toolkit })?;
        Ok(run)
    }

    /// Commits the run; when it returns, everything is on the disk.
    ///
    /// # Errors
    /// `BadStore` if an earlier step failed or the commit does; nothing is kept then.
    pub fn commit(self) -> Result<()> {
        if self.failed {
            return Err(self.refusal());
        }
        self.vault.commit()
    }

    /// Does one step, unless an earlier one failed.
    pub(super) fn step<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.failed {
            return Err(self.refusal());
        }
        let done = work(self);
        self.failed = done.is_err();
        done
    }

    fn refusal(&self) -> Error {
        fault(
            self.path,
            "an earlier step of this run failed, nothing of it is kept",
            "mend the first failure, then run again",
        )
    }

    /// Returns the time to record, in seconds since 1970.
    ///
    /// A clock that was set back gives the time of the last event: no record is older than the
    /// one before it, and an order by time is the order of `seq`.
    pub(super) fn now(&self) -> Result<i64> {
        let clock = now();
        let last = self.vault.last_event()?;
        Ok((clock as i64).max(last.map_or(0, |event| event.recorded_at)))
    }

    /// Appends an event; returns its number.
    pub(super) fn record(&mut self, event: &Event) -> Result<EventNumber> {
        self.events += 1;
        let place = EventPlace {
            run: self.id,
            recorded_at: self.now()?,
            idempotency_key: format!("run/{}/{}", self.id, self.events),
        };
        let row = EventRow { name: event.name(), payload: &event.payload() };
        self.vault.append_event(&place, row)
    }
}
