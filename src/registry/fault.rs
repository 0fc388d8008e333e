//! What went wrong in the database, in plain words and with the next step.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::error::{Error, ErrorKind, Result};

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

/// Builds the error of a registry that cannot be used.
pub(super) fn fault(path: &Path, what: &str, help: &str) -> Error {
    Error::new(ErrorKind::BadStore, format!("{}: {what}", path.display())).help(help)
}

/// Builds the error of a write that the tables do not allow, whoever asks for it.
pub(super) fn broken_rule(path: &Path) -> Error {
    fault(
        path,
        "a rule of the registry would be broken, nothing of this run was written",
        "report it with the command that you ran: the rules hold for every right use",
    )
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
