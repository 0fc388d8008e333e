//! What a strategy is, what it is given, what it gives back.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::constraints::NONE;
use super::{
    Constraints, EarlierLinkage, Evidence, Link, Links, Method, Plan, STRATEGIES, Scoring, Standing,
};
use crate::blocking::{Blocking, BlockingRule};
use crate::comparison::ComparisonEngine;
use crate::error::{Error, Result};
use crate::record::Records;

/// Pairs of records up to which settling pairs of values beforehand repays nothing.
const FEW_PAIRS: u64 = 1 << 20;

/// Strategy for deciding which records to link.
pub trait Strategy: Sync {
    /// Returns the name used in settings and files, for example `key_then_probabilistic`.
    fn name(&self) -> &'static str;

    /// Returns one sentence that says what the strategy does.
    fn describe(&self) -> &'static str;

    /// Says whether it scores pairs by a model, and so takes one that was trained before.
    fn scores_pairs(&self) -> bool {
        false
    }

    /// Says what of the plan the strategy cannot do without and does not have, if anything.
    fn lacks(&self, records: &Records, plan: &Plan) -> Option<String>;

    /// Decides what a key alone can decide.
    ///
    /// # Errors
    /// What the plan cannot do with these records.
    fn assign(&self, input: &LinkInput<'_>) -> Result<Assignment>;

    /// Decides the rest and returns all links.
    ///
    /// # Errors
    /// What the plan cannot do with these records.
    fn complete(&self, input: &LinkInput<'_>, assignment: Assignment) -> Result<Linkage> {
        let _ = input;
        let links = Links { by_key: assignment.links, by_probability: Vec::new() };
        Ok(Linkage { links, candidate_pairs: assignment.pairs, scoring: None })
    }

    /// Decides all links in one go, as far as the constraints leave a choice.
    ///
    /// # Errors
    /// What the plan cannot do with these records.
    fn link(&self, input: &LinkInput<'_>) -> Result<Linkage> {
        self.complete(input, input.constraints.bind(self.assign(input)?))
    }
}

/// Links that a key decided.
#[derive(Debug, Default)]
pub struct Assignment {
    /// Links with their method, sorted by records.
    pub links: Vec<(Method, Link)>,
    /// Pairs of records that share the key.
    pub pairs: u64,
}

/// What a strategy is given: records and a plan, never the truth.
pub struct LinkInput<'a> {
    /// Records to link.
    pub records: &'a Records,
    /// Rules, comparisons and thresholds.
    pub plan: &'a Plan,
    /// Where to say how far the work is.
    pub progress: &'a Progress,
    /// Linkage of some of the records, if only what the others add is asked for.
    pub earlier: Option<&'a EarlierLinkage>,
    /// What was decided of single records beforehand.
    pub constraints: &'a Constraints,
    blocking: OnceLock<Result<Blocking<'a>>>,
    engine: OnceLock<Result<ComparisonEngine<'a>>>,
}

impl<'a> LinkInput<'a> {
    /// Puts together what a strategy is given.
    pub fn new(records: &'a Records, plan: &'a Plan, progress: &'a Progress) -> Self {
        let (blocking, engine) = (OnceLock::new(), OnceLock::new());
        Self { records, plan, progress, earlier: None, constraints: &NONE, blocking, engine }
    }

    /// Asks only for what new records add to an earlier linkage.
    #[must_use]
    pub fn after(self, earlier: &'a EarlierLinkage) -> Self {
        Self { earlier: Some(earlier), ..self }
    }

    /// Keeps to what was decided of single records.
    #[must_use]
    pub fn under(self, constraints: &'a Constraints) -> Self {
        Self { constraints, ..self }
    }

    /// Groups the records by rules; after an earlier linkage, only pairs with a new record count.
    ///
    /// # Errors
    /// What [`Blocking::new`] refuses.
    pub(super) fn block(&self, rules: &[BlockingRule]) -> Result<Blocking<'a>> {
        let blocking = Blocking::new(self.records, rules, self.plan.mask.clone())?;
        Ok(match self.earlier {
            Some(earlier) => blocking.with_a_new_record(earlier.newness()),
            None => blocking,
        })
    }

    /// Returns the records grouped by the rules, when it is first asked for.
    ///
    /// # Errors
    /// What [`Blocking::new`] refuses.
    pub fn blocking(&self) -> Result<&Blocking<'a>> {
        let build = || self.block(&self.plan.rules);
        self.blocking.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    /// Returns the comparison engine, built when it is first asked for.
    ///
    /// # Errors
    /// What [`ComparisonEngine::new`] and [`Blocking::new`] refuse.
    pub fn engine(&self) -> Result<&ComparisonEngine<'a>> {
        let build = || {
            let pairs: u64 = self.blocking()?.pairs_by_rule().iter().sum();
            let comparisons = &self.plan.comparisons;
            // Only training asks how often random pairs agree, which is settled with the rest.
            if self.earlier.is_some() && self.plan.model.is_some() && pairs <= FEW_PAIRS {
                return ComparisonEngine::for_few_pairs(self.records, comparisons);
            }
            ComparisonEngine::for_pairs(self.records, comparisons, pairs)
        };
        self.engine.get_or_init(build).as_ref().map_err(Clone::clone)
    }
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

impl Linkage {
    /// Returns what speaks for or against any pair, as far as pairs were scored.
    ///
    /// # Errors
    /// What [`ComparisonEngine::new`] refuses.
    pub fn evidence<'a>(&'a self, input: &'a LinkInput<'_>) -> Result<Evidence<'a>> {
        let evidence = match &self.scoring {
            Some(scoring) => Evidence::new(scoring, input.records, input.engine()?),
            None => Evidence::none(),
        };
        let evidence = evidence.under(input.constraints);
        Ok(match input.earlier {
            Some(earlier) => evidence.after(earlier, Standing::Apart),
            None => evidence,
        })
    }
}

/// How far a long step is, in record pairs or what else it takes one by one; read by another thread.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// Starts a step of so many; 0 for a step whose length is not known.
    pub fn start(&self, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Returns the counter of what is done.
    pub fn counter(&self) -> &AtomicU64 {
        &self.done
    }

    /// Returns how many are done, and how many there are.
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
