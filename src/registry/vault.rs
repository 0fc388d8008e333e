//! The issuer's vault: opening it, and reading from it.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::memory::PLACE;
use super::sqlite::SqliteStore;
use super::vault_store::VaultStore;
use super::vault_stores::{DUTY, MemoryStore};
use super::{Handle, Run, RunDigests};
use crate::error::Result;
use crate::identifier::{Epoch, OsRandom, Pseudonym, RandomSource, Scope};

/// Registry of the identifier's issuer: person keys, pseudonyms, events, runs.
///
/// Many may read while one writes. What a committed run wrote is on the disk.
///
/// ```
/// use cci::identifier::{Epoch, EpochSecret, OsRandom, PseudonymKey, RootKey, Scope};
/// use cci::registry::{Registry, RunDigests};
/// # fn main() -> cci::error::Result<()> {
/// # let folder = tempfile::tempdir().expect("a folder to try things in");
/// # let path = folder.path().join("vault.sqlite");
/// let root = RootKey::generate(&mut OsRandom)?;
/// let secret = EpochSecret::generate(&mut OsRandom)?;
/// let scope = Scope::new("health", "direct_care")?;
/// let key = PseudonymKey::derive(&root, &scope, Epoch::FIRST, &secret);
///
/// let mut registry = Registry::create(&path)?;
/// let mut run = registry.begin_run(&RunDigests { inputs: [1; 32], settings: [2; 32] })?;
/// run.activate(&key)?;
/// let handles = run.mint(3)?;
/// let issued = run.issue(&key, &handles)?;
/// run.commit()?;
///
/// let pseudonym = issued.pseudonyms[0].expect("nobody objected");
/// let resolved = registry.resolve(&scope, &pseudonym)?.expect("it was just issued");
/// assert_eq!((resolved.handle, resolved.redirected), (handles[0], false));
/// # Ok(())
/// # }
/// ```
pub struct Registry {
    pub(super) store: Box<dyn VaultStore>,
    pub(super) path: PathBuf,
    pub(super) random: Box<dyn RandomSource + Send>,
}

/// Numbers of what a registry holds, all at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Committed runs.
    pub runs: u64,
    /// Persons minted.
    pub persons: u64,
    /// Pseudonyms by scope and epoch, sorted.
    pub pseudonyms: Vec<ScopeCount>,
    /// Events appended.
    pub events: u64,
}

/// Number of pseudonyms issued in one scope and epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeCount {
    /// Agency and purpose.
    pub scope: Scope,
    /// Key period.
    pub epoch: Epoch,
    /// Pseudonyms issued.
    pub count: u64,
}

impl Registry {
    /// Creates a registry in a new file that only its owner can read.
    ///
    /// # Errors
    /// `OutputExists` if there is a file already; `Unwritable` or `BadStore` if it cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        Ok(Self::over(Box::new(SqliteStore::create(path, &DUTY)?), path.into()))
    }

    /// Opens a registry.
    ///
    /// # Errors
    /// `BadStore` if the file is missing, empty, not a registry, newer than this toolkit, damaged,
    /// or cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::over(Box::new(SqliteStore::open(path, &DUTY)?), path.into()))
    }

    /// Creates a registry that is gone when it is dropped, for tests and for measuring.
    pub fn in_memory() -> Self {
        Self::over(Box::new(MemoryStore::empty()), PLACE.into())
    }

    /// Makes a registry over a store; the path is what messages call it.
    pub(super) fn over(store: Box<dyn VaultStore>, path: PathBuf) -> Self {
        Self { store, path, random: Box::new(OsRandom) }
    }

    /// Takes person keys and handles from the given source instead of the operating system.
    ///
    /// A source that can be repeated is for tests and demonstrations only: who knows it knows
    /// every person key.
    #[must_use]
    pub fn with_random(mut self, random: Box<dyn RandomSource + Send>) -> Self {
        self.random = random;
        self
    }

    /// Begins a run: the one way to write, committed whole or not at all.
    ///
    /// # Errors
    /// `BadStore` if the registry holds a run of the same inputs and settings already, if another
    /// command is writing, or if the file cannot be written.
    pub fn begin_run(&mut self, digests: &RunDigests) -> Result<Run<'_>> {
        Run::begin(self, digests)
    }

    /// Begins a change that is no linkage, such as another state of an epoch.
    ///
    /// It is a run of its own, each time it is begun; `what` names the change.
    ///
    /// # Errors
    /// As [`Registry::begin_run`]; `BadKey` if no random bytes can be had.
    pub fn begin_change(&mut self, what: &str) -> Result<Run<'_>> {
        let mut inputs = [0; 32];
        self.random.fill(&mut inputs)?;
        let settings = Sha256::digest(what.as_bytes()).into();
        Run::begin(self, &RunDigests { inputs, settings })
    }

    /// Returns the number of the last event, 0 if there is none.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn last_event(&self) -> Result<u64> {
        let last = self.store.last_event()?;
        Ok(last.map_or(0, |event| event.number.unsigned_abs()))
    }

    /// Visits every pseudonym of a scope's epoch with its handle, and returns how many there are.
    ///
    /// Those that would not be answered are left out: of sealed, invalidated and erased persons,
    /// and of those who object.
    ///
    /// They come in the order of the handles, which is random: it tells nothing about the order
    /// in which persons were minted. The list is for that agency alone.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read; whatever the visitor fails with.
    pub fn visit_issued(
        &self,
        scope: &Scope,
        epoch: Epoch,
        mut visit: impl FnMut(Handle, Pseudonym) -> Result<()>,
    ) -> Result<u64> {
        let mut count = 0;
        self.store.visit_issued(scope, epoch, &mut |listed| {
            if listed.state.is_answered() && !listed.objects {
                visit(listed.handle, listed.pseudonym)?;
                count += 1;
            }
            Ok(())
        })?;
        Ok(count)
    }

    /// Counts what the registry holds, all at one moment.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn counts(&self) -> Result<Counts> {
        // One snapshot, so that a run committed meanwhile is counted whole or not at all.
        let snapshot = self.store.snapshot()?;
        let totals = snapshot.totals()?;
        Ok(Counts {
            runs: totals.runs,
            persons: totals.persons,
            pseudonyms: snapshot.pseudonym_counts()?,
            events: totals.events,
        })
    }
}
