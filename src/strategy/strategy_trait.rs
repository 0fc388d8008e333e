//! What a strategy is, what it is given, what it gives back.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Links, Plan, STRATEGIES, Scoring};
use crate::error::{Error, Result};
use crate::record::Records;

/// Strategy for deciding which records to link.
pub trait Strategy: Sync {
    /// Returns the name used in settings and files, for example `key_then_probabilistic`.
    fn name(&self) -> &'static str;

    /// Returns one sentence that says what the strategy does.
    fn describe(&self) -> &'static str;

    /// Says what of the plan the strategy cannot do without and does not have, if anything.
    fn lacks(&self, records: &Records, plan: &Plan) -> Option<String>;

    /// Decides the links.
    ///
    /// # Errors
    /// What the plan cannot do with these records.
    fn link(&self, input: &LinkInput<'_>) -> Result<Linkage>;
}

/// What a strategy is given: records and a plan, never the truth.
pub struct LinkInput<'a> {
    /// Records to link.
    pub records: &'a Records,
    /// Rules, comparisons and thresholds.
    pub plan: &'a Plan,
    /// Where to say how far the work is.
    pub progress: &'a Progress,
}

/// What a strategy decided.
#[derive(Debug)]
pub struct Linkage {
    /// Links.
    pub links: Links,
    /// Pairs compared or looked at to find them.
    pub candidate_pairs: u64,
    /// How pairs were scored, for strategies that score.
    pub scoring: Option<Scoring>,
}

/// How far a long step is, in record pairs; read by another thread.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// Starts a step of so many pairs.
    pub fn start(&self, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Returns the counter of pairs done.
    pub fn counter(&self) -> &AtomicU64 {
        &self.done
    }

    /// Returns pairs done and pairs in all.
    pub fn read(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// Finds a strategy by name.
///
/// # Errors
/// `UnknownName` with the nearest strategy, if no strategy has that name.
pub fn find(name: &str) -> Result<&'static dyn Strategy> {
    STRATEGIES
        .iter()
        .copied()
        .find(|strategy| strategy.name() == name)
        .ok_or_else(|| Error::unknown_name("strategy", name, STRATEGIES.iter().map(|s| s.name())))
}
