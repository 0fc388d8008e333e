//! The vault in an SQLite file.

use std::ops::Deref;

use rusqlite::{Connection, Row};

use crate::error::Result;
use crate::identifier::{EpochState, PersonKey};
use crate::registry::PersonState;
use crate::registry::fault::fault;
use crate::registry::sqlite::{Place, Sqlite, SqliteStore};
use crate::registry::store::Duty;
use crate::registry::vault_store::{Person, VaultReading, VaultStore, VaultWriting};

/// The file of this duty.
pub(in crate::registry) const DUTY: Duty = Duty {
    mark: *b"CCIV",
    name: "an issuer's vault",
    migrations: &[
        include_str!("../../../schemas/registry/vault_1.sql"),
        include_str!("../../../schemas/registry/vault_2.sql"),
        include_str!("../../../schemas/registry/vault_3.sql"),
    ],
};

impl<C: Deref<Target = Connection>> Sqlite<C> {
    pub(super) fn epoch_state(&self, name: &str) -> Result<EpochState> {
        EpochState::find(name)
            .ok_or_else(|| fault(&self.path, "it holds an unknown state of an epoch", "update cci"))
    }

    pub(super) fn text(&self, row: &Row<'_>, place: usize) -> Result<String> {
        row.get(place).at(&self.path)
    }

    /// Reads place, key and state of a person.
    pub(super) fn read_person(&self, row: &Row<'_>) -> Result<Person> {
        Ok(Person {
            id: row.get(0).at(&self.path)?,
            key: row.get(1).map(PersonKey::from_bytes).at(&self.path)?,
            state: self.state(row, 2)?,
        })
    }

    pub(super) fn state(&self, row: &Row<'_>, place: usize) -> Result<PersonState> {
        let name = row.get_ref(place).and_then(|value| Ok(value.as_str()?)).at(&self.path)?;
        self.person_state(name)
    }

    /// Reads the state of a person.
    pub(super) fn person_state(&self, name: &str) -> Result<PersonState> {
        PersonState::find(name)
            .ok_or_else(|| fault(&self.path, "it holds an unknown state of a person", "update cci"))
    }
}

impl VaultStore for SqliteStore {
    fn snapshot(&self) -> Result<Box<dyn VaultReading + '_>> {
        Ok(Box::new(self.read_snapshot()?))
    }

    fn begin(&mut self) -> Result<Box<dyn VaultWriting + '_>> {
        Ok(Box::new(self.begin_writing()?))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use rusqlite::StatementStatus;

    use super::super::sqlite_reading::NEAREST;
    use super::*;
    use crate::error::ErrorKind;
    use crate::identifier::{Epoch, Pseudonym, Scope};
    use crate::registry::{Registry, RunDigests};

    fn digests() -> RunDigests {
        RunDigests { inputs: [1; 32], settings: [2; 32] }
    }

    fn empty() -> (tempfile::TempDir, PathBuf, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.sqlite");
        let store = SqliteStore::create(&path, &DUTY).unwrap();
        (folder, path, store)
    }

    fn registry(store: SqliteStore) -> Registry {
        let path = store.path.clone();
        Registry::over(Box::new(store), path)
    }

    #[test]
    fn every_safeguard_is_on() {
        let (_folder, _path, store) = empty();
        let pragma = |name: &str| {
            store
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
        let (_folder, path, store) = empty();
        store.connection.pragma_update(None, "max_page_count", 60).unwrap();
        let mut full = registry(store);
        let mut run = full.begin_run(&digests()).unwrap();
        let error = run.mint(100_000).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStore);
        assert!(error.to_string().contains("no space left on the disk"), "{error}");
        assert!(run.commit().is_err());
        let counts = full.counts().unwrap();
        assert_eq!((counts.runs, counts.persons, counts.events), (0, 0, 0));

        // Another connection, which has no such limit.
        let mut registry = Registry::open(&path).unwrap();
        let mut run = registry.begin_run(&digests()).unwrap();
        run.mint(100_000).unwrap();
        run.commit().unwrap();
        assert_eq!(registry.counts().unwrap().persons, 100_000);
    }

    #[test]
    fn second_writer_is_told_to_wait_and_readers_are_not_disturbed() {
        let (_folder, path, store) = empty();
        let mut registry_of_writer = registry(store);
        let other = SqliteStore::open(&path, &DUTY).unwrap();
        other.connection.busy_timeout(Duration::from_millis(20)).unwrap();
        let mut other = registry(other);
        let mut run = registry_of_writer.begin_run(&digests()).unwrap();
        run.mint(10).unwrap();
        let error = other.begin_run(&digests()).map(drop).unwrap_err();
        assert!(error.to_string().contains("another command is writing"), "{error}");
        assert_eq!(other.counts().unwrap().persons, 0);
        Registry::open(&path).unwrap();
        run.commit().unwrap();
        assert_eq!(other.counts().unwrap().persons, 10);
        let error = other.begin_run(&digests()).map(drop).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
    }

    #[test]
    fn read_only_registry_can_be_read_and_refuses_a_run() {
        let (_folder, _path, store) = empty();
        store.connection.pragma_update(None, "query_only", true).unwrap();
        let mut registry = registry(store);
        let error = registry.begin_run(&digests()).map(drop).unwrap_err();
        assert!(error.to_string().contains("it is read-only"), "{error}");
        assert_eq!(registry.counts().unwrap().runs, 0);
    }

    /// SQLite, as it is built here, plans a question anew when a value in it changes unless it is
    /// told not to; that was six sevenths of the time of an answer.
    #[test]
    fn a_question_is_planned_once_whatever_it_is_about() {
        let (_folder, _path, store) = empty();
        let scope = Scope::new("health", "direct_care").unwrap();
        for number in 0..20 {
            let asked = Pseudonym::from_parts(Epoch::FIRST, [number; Pseudonym::LENGTH]);
            assert!(store.nearest(&scope, &asked).unwrap().is_none());
        }
        let statement = store.connection.prepare_cached(NEAREST).unwrap();
        let status = |of| statement.get_status(of);
        assert_eq!((status(StatementStatus::RePrepare), status(StatementStatus::Run)), (0, 20));
    }
}
