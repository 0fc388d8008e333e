//! A file of the registry as SQLite keeps it: what is asked of it, and what went wrong.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use rusqlite::types::FromSql;
use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Params, Row, Transaction, TransactionBehavior,
};

use super::fault::{broken_rule, fault};
use super::store::{self, Duty};
use crate::error::{Error, Result};

/// One file: `C` is its connection, or a transaction on it.
pub(super) struct Sqlite<C> {
    pub(super) connection: C,
    pub(super) path: PathBuf,
}

/// One file, between transactions.
pub(super) type SqliteStore = Sqlite<Box<Connection>>;

impl SqliteStore {
    /// Makes a new file of a duty and opens it.
    ///
    /// # Errors
    /// As [`store::create`].
    pub(super) fn create(path: &Path, duty: &Duty) -> Result<Self> {
        store::create(path, duty)?;
        Self::open(path, duty)
    }

    /// Opens the file of a duty.
    ///
    /// # Errors
    /// As [`store::open`].
    pub(super) fn open(path: &Path, duty: &Duty) -> Result<Self> {
        let connection = Box::new(store::open(path, duty)?);
        Ok(Self { connection, path: path.into() })
    }

    /// Reads everything as it is at one moment.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub(super) fn read_snapshot(&self) -> Result<Sqlite<Transaction<'_>>> {
        let connection = self.connection.unchecked_transaction().at(&self.path)?;
        Ok(Sqlite { connection, path: self.path.clone() })
    }

    /// Begins to write, alone.
    ///
    /// # Errors
    /// `BadStore` if another command is writing, or the file cannot be written.
    pub(super) fn begin_writing(&mut self) -> Result<Sqlite<Transaction<'_>>> {
        let connection = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .at(&self.path)?;
        Ok(Sqlite { connection, path: self.path.clone() })
    }
}

impl<C: Deref<Target = Connection>> Sqlite<C> {
    /// Returns the one row of a question, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(values, read).optional())
            .at(&self.path)
    }

    /// Visits every row of an answer.
    pub(super) fn each(
        &self,
        sql: &str,
        values: impl Params,
        mut visit: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).at(&self.path)?;
        let mut rows = statement.query(values).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            visit(row)?;
        }
        Ok(())
    }

    /// Returns the first column of every row.
    pub(super) fn column<T: FromSql, L: FromIterator<T>>(
        &self,
        sql: &str,
        values: impl Params,
    ) -> Result<L> {
        let mut statement = self.connection.prepare_cached(sql).at(&self.path)?;
        let rows = statement.query_map(values, |row| row.get(0)).at(&self.path)?;
        rows.collect::<rusqlite::Result<_>>().at(&self.path)
    }

    pub(super) fn count(&self, table: &str) -> Result<u64> {
        let counted = self.one(&format!("SELECT count(*) FROM {table}"), [], |row| number(row, 0));
        counted.map(|count| count.expect("a count is one row"))
    }
}

impl Sqlite<Transaction<'_>> {
    /// Executes one statement; returns how many rows it changed.
    pub(super) fn change(&self, sql: &str, values: impl Params) -> Result<usize> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .at(&self.path)
    }

    /// Executes one statement; false if a rule of the tables forbids it.
    pub(super) fn change_if_allowed(&self, sql: &str, values: impl Params) -> Result<bool> {
        let changed =
            self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values));
        match changed {
            Err(cause)
                if cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                Ok(false)
            }
            other => other.at(&self.path).map(|_| true),
        }
    }

    /// Keeps what was written; when it returns, it is on the disk.
    ///
    /// # Errors
    /// `BadStore` if it cannot be kept; nothing of it is then.
    pub(super) fn keep(self) -> Result<()> {
        let Self { connection, path } = self;
        connection.commit().at(&path)
    }
}

/// Reads a count, which SQLite keeps as a signed number.
pub(super) fn number(row: &Row<'_>, place: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(place).map(i64::unsigned_abs)
}

/// Adds the place and the next step to a failure of the database.
pub(super) trait Place<T> {
    /// Turns the failure into the toolkit's error, naming the registry's file.
    ///
    /// # Errors
    /// `BadStore` with what happened and what to do.
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> Place<T> for rusqlite::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|cause| explain(path, &cause))
    }
}

/// Explains a failure by its code alone; SQLite's own text could hold a value.
fn explain(path: &Path, cause: &rusqlite::Error) -> Error {
    let Some(code) = cause.sqlite_error_code() else {
        return fault(
            path,
            "it holds something that this version did not write",
            "restore the registry from its backup, or update cci",
        );
    };
    let (what, help) = match code {
        ErrorCode::ReadOnly => (
            "it is read-only, nothing was written",
            "ask for write permission on the file and its folder, then run again",
        ),
        ErrorCode::DiskFull => (
            "no space left on the disk, nothing of this run was written",
            "free some space, then run again",
        ),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => (
            "another command is writing to it",
            "wait until the other command has finished, then run again",
        ),
        ErrorCode::NotADatabase => {
            ("it is not an SQLite database", "give the path of a registry made by cci")
        }
        ErrorCode::DatabaseCorrupt => (
            "it is damaged",
            "restore it from its backup; keep the damaged file, and its -wal file, for inquiry",
        ),
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => (
            "it cannot be opened",
            "check the path, and that you may read and write the file and its folder",
        ),
        ErrorCode::SystemIoFailure => {
            ("the disk failed, nothing of this run was written", "check the disk, then run again")
        }
        ErrorCode::ConstraintViolation => return broken_rule(path),
        _ => {
            let number = cause.sqlite_error().map_or(0, |error| error.extended_code);
            return fault(
                path,
                &format!("the database failed with SQLite code {number}"),
                "run again; report it with the code if it comes back",
            );
        }
    };
    fault(path, what, help)
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn every_storage_failure_says_what_to_do_and_shows_no_value() {
        for (code, words) in [
            (ffi::SQLITE_READONLY, "read-only"),
            (ffi::SQLITE_READONLY_DBMOVED, "read-only"),
            (ffi::SQLITE_FULL, "no space left"),
            (ffi::SQLITE_BUSY, "another command"),
            (ffi::SQLITE_BUSY_SNAPSHOT, "another command"),
            (ffi::SQLITE_LOCKED, "another command"),
            (ffi::SQLITE_NOTADB, "not an SQLite database"),
            (ffi::SQLITE_CORRUPT, "damaged"),
            (ffi::SQLITE_CANTOPEN, "cannot be opened"),
            (ffi::SQLITE_PERM, "cannot be opened"),
            (ffi::SQLITE_IOERR_FSYNC, "the disk failed"),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, "a rule of the registry"),
            (ffi::SQLITE_NOMEM, "SQLite code 7"),
        ] {
            let text = Some("near value Asha Khan".to_string());
            let cause = rusqlite::Error::SqliteFailure(ffi::Error::new(code), text);
            let error = Err::<(), _>(cause).at(Path::new("vault.sqlite")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadStore);
            let shown = error.to_string();
            assert!(shown.contains("vault.sqlite: ") && shown.contains(words), "{shown}");
            assert!(shown.contains("\n  help: ") && !shown.contains("Asha"), "{shown}");
        }
    }
}
