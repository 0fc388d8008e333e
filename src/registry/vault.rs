//! The issuer's vault: opening it, and reading from it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

use super::fault::Place;
use super::store::{self, Duty};
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
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) random: Box<dyn RandomSource + Send>,
}

/// The file of this duty.
pub(super) const DUTY: Duty = Duty {
    mark: *b"CCIV",
    name: "an issuer's vault",
    migrations: &[
        include_str!("../../schemas/registry/vault_1.sql"),
        include_str!("../../schemas/registry/vault_2.sql"),
        include_str!("../../schemas/registry/vault_3.sql"),
    ],
};

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
        store::create(path, &DUTY)?;
        Self::open(path)
    }

    /// Opens a registry.
    ///
    /// # Errors
    /// `BadStore` if the file is missing, empty, not a registry, newer than this toolkit, damaged,
    /// or cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = store::open(path, &DUTY)?;
        Ok(Self { connection, path: path.into(), random: Box::new(OsRandom) })
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
        self.connection
            .query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| number(row, 0))
            .at(&self.path)
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
        // CROSS JOIN keeps the order of the tables: handles are walked, not sorted.
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT handle, value FROM scope
                 CROSS JOIN person
                 CROSS JOIN pseudonym USING (scope_id, person_id)
                 WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3
                   AND person.state NOT IN ('sealed', 'invalidated', 'erased')
                   AND NOT EXISTS (
                        SELECT 1 FROM objection
                        WHERE objection.person_id = person.person_id
                          AND objection.scope_id = scope.scope_id)
                 ORDER BY handle",
            )
            .at(&self.path)?;
        let place = params![scope.agency(), scope.purpose(), epoch.number()];
        let mut rows = statement.query(place).at(&self.path)?;
        let mut count = 0;
        while let Some(row) = rows.next().at(&self.path)? {
            let handle = row.get(0).map(Handle::from_bytes).at(&self.path)?;
            let value = row.get(1).at(&self.path)?;
            visit(handle, Pseudonym::from_parts(epoch, value))?;
            count += 1;
        }
        Ok(count)
    }

    /// Counts what the registry holds, all at one moment.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn counts(&self) -> Result<Counts> {
        // One read transaction, so that a run committed meanwhile is counted whole or not at all.
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let count = |table: &str| {
            snapshot
                .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| number(row, 0))
                .at(&self.path)
        };
        Ok(Counts {
            runs: count("run")?,
            persons: count("person")?,
            pseudonyms: self.count_by_scope()?,
            events: count("event")?,
        })
    }

    fn count_by_scope(&self) -> Result<Vec<ScopeCount>> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT agency, purpose, epoch,
                    (SELECT count(*) FROM pseudonym
                     WHERE pseudonym.scope_id = key_epoch.scope_id
                       AND pseudonym.epoch = key_epoch.epoch)
                 FROM key_epoch JOIN scope USING (scope_id)
                 ORDER BY agency, purpose, epoch",
            )
            .at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            let text = |place| row.get::<_, String>(place).at(&self.path);
            counts.push(ScopeCount {
                scope: Scope::new(&text(0)?, &text(1)?)?,
                epoch: Epoch::new(row.get(2).at(&self.path)?)?,
                count: number(row, 3).at(&self.path)?,
            });
        }
        Ok(counts)
    }
}

/// Reads a count, which SQLite keeps as a signed number.
fn number(row: &Row<'_>, place: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(place).map(i64::unsigned_abs)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::ErrorKind;

    fn digests() -> RunDigests {
        RunDigests { inputs: [1; 32], settings: [2; 32] }
    }

    fn empty() -> (tempfile::TempDir, Registry) {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::create(&folder.path().join("vault.sqlite")).unwrap();
        (folder, registry)
    }

    #[test]
    fn every_safeguard_is_on() {
        let (_folder, registry) = empty();
        let pragma = |name: &str| {
            registry
                .connection
                .pragma_query_value(None, name, |row| {
                    row.get_ref(0).map(|value| match value {
                        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                        other => other.as_str().unwrap().to_string(),
                    })
                })
                .unwrap()
        };
        for (name, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("foreign_keys", "1"),
            ("trusted_schema", "0"),
            ("recursive_triggers", "1"),
            ("secure_delete", "1"),
            ("temp_store", "2"),
            ("cell_size_check", "1"),
        ] {
            assert_eq!(pragma(name), value, "{name}");
        }
    }

    #[test]
    fn full_disk_undoes_the_whole_run() {
        let (_folder, mut registry) = empty();
        registry.connection.pragma_update(None, "max_page_count", 60).unwrap();
        let mut run = registry.begin_run(&digests()).unwrap();
        let error = run.mint(100_000).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStore);
        assert!(error.to_string().contains("no space left on the disk"), "{error}");
        assert!(run.commit().is_err());
        let counts = registry.counts().unwrap();
        assert_eq!((counts.runs, counts.persons, counts.events), (0, 0, 0));

        registry.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
        let mut run = registry.begin_run(&digests()).unwrap();
        run.mint(100_000).unwrap();
        run.commit().unwrap();
        assert_eq!(registry.counts().unwrap().persons, 100_000);
    }

    #[test]
    fn second_writer_is_told_to_wait_and_readers_are_not_disturbed() {
        let (folder, mut registry) = empty();
        let mut other = Registry::open(&folder.path().join("vault.sqlite")).unwrap();
        other.connection.busy_timeout(Duration::from_millis(20)).unwrap();
        let mut run = registry.begin_run(&digests()).unwrap();
        run.mint(10).unwrap();
        let error = other.begin_run(&digests()).map(drop).unwrap_err();
        assert!(error.to_string().contains("another command is writing"), "{error}");
        assert_eq!(other.counts().unwrap().persons, 0);
        Registry::open(&folder.path().join("vault.sqlite")).unwrap();
        run.commit().unwrap();
        assert_eq!(other.counts().unwrap().persons, 10);
        let error = other.begin_run(&digests()).map(drop).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
    }

    #[test]
    fn read_only_registry_can_be_read_and_refuses_a_run() {
        let (_folder, mut registry) = empty();
        registry.connection.pragma_update(None, "query_only", true).unwrap();
        let error = registry.begin_run(&digests()).map(drop).unwrap_err();
        assert!(error.to_string().contains("it is read-only"), "{error}");
        assert_eq!(registry.counts().unwrap().runs, 0);
    }
}
