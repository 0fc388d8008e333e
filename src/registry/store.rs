//! The registry's file: made whole or not at all, and checked before it is used.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind as IoErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault::fault;
use super::sqlite::Place;
use super::{links_stores, log_stores, vault_stores};
use crate::error::{Error, ErrorKind, Result, describe};

/// Kind of file: each duty has its own, and opens no other's.
pub(super) struct Duty {
    /// Letters that mark the file in its header.
    pub(super) mark: [u8; 4],
    /// What to call the file.
    pub(super) name: &'static str,
    /// Schema changes in order; the file's `user_version` says how many it has had.
    pub(super) migrations: &'static [&'static str],
}

/// Every kind there is, so that a wrong file is called by its name.
const DUTIES: [&Duty; 3] = [&vault_stores::DUTY, &log_stores::DUTY, &links_stores::DUTY];

/// First bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Length of the header of an SQLite database; the application's mark is at bytes 68 to 71.
const HEADER: usize = 100;

/// How long a command waits for another that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes a new registry file of mode 0600; it gets its final name when it is complete.
///
/// # Errors
/// `OutputExists` if the file or a write-ahead log of its name exists; `Unwritable` if it cannot
/// be made; `BadStore` if the database fails.
pub(super) fn create(path: &Path, duty: &Duty) -> Result<()> {
    // A log left by a deleted registry would be replayed into the new one.
    for taken in [path.to_path_buf(), beside(path, "-wal"), beside(path, "-journal")] {
        if fs::symlink_metadata(&taken).is_ok() {
            return Err(Error::new(ErrorKind::OutputExists, taken.display().to_string())
                .help("choose another path; a registry is never replaced"));
        }
    }
    let partial = beside(path, ".partial");
    let made = fill(&partial, duty).and_then(|()| {
        fs::rename(&partial, path).map_err(|cause| Error::unwritable(path, &cause))?;
        sync_folder(path).map_err(|cause| Error::unwritable(path, &cause))
    });
    if made.is_err() {
        remove_remains(&partial).map_err(|cause| Error::unwritable(&partial, &cause))?;
    }
    made
}

/// Opens a registry file that is one, of a version that this toolkit knows.
///
/// # Errors
/// `BadStore` if the file is missing, empty, not a database, another program's, newer, damaged,
/// or cannot be opened.
pub(super) fn open(path: &Path, duty: &Duty) -> Result<Connection> {
    check_header(path, duty)?;
    let mut connection = connect(path)?;
    let version: i32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).at(path)?;
    let known = duty.migrations.len() as i32;
    if version > known {
        return Err(fault(
            path,
            &format!("its version is {version}, expected {known} at most"),
            "update cci to the version that wrote the registry, or a later one",
        ));
    }
    // A migration takes the write lock, which a reader must not need.
    if version < known {
        back_up(&connection, path, version)?;
        migrate(&mut connection, duty).at(path)?;
    }
    Ok(connection)
}

/// Writes an empty registry under a name of passage.
fn fill(partial: &Path, duty: &Duty) -> Result<()> {
    let unwritable = |cause: std::io::Error| Error::unwritable(partial, &cause);
    remove_remains(partial).map_err(unwritable)?;
    new_file(partial).map_err(unwritable)?;
    let mut connection = connect(partial)?;
    let mark = i32::from_be_bytes(duty.mark);
    connection.pragma_update(None, "application_id", mark).at(partial)?;
    migrate(&mut connection, duty).at(partial)?;
    connection.close().map_err(|(_, cause)| cause).at(partial)
}

/// Opens a database with every safeguard on.
fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).at(path)?;
    safeguard(&connection).at(path)?;
    Ok(connection)
}

fn safeguard(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A question is planned once, not anew for each value that is asked about.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Up to 64 MiB of pages in memory; nothing is spilled to files that others could read.
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA secure_delete = ON;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536;",
    )?;
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Applies the schema changes that the file has not had, each in one transaction.
fn migrate(connection: &mut Connection, duty: &Duty) -> rusqlite::Result<()> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i32 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let Some(change) = usize::try_from(version).ok().and_then(|done| duty.migrations.get(done))
        else {
            return Ok(());
        };
        transaction.execute_batch(change)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
}

/// Copies the registry as it is beside itself, before its schema is changed.
///
/// The copy is whole or not there, of mode 0600, and no earlier copy is replaced.
///
/// # Errors
/// `Unwritable` or `BadStore` if it cannot be made; nothing is migrated then.
fn back_up(connection: &Connection, path: &Path, version: i32) -> Result<()> {
    let names = (1..).map(|number: u32| match number {
        1 => format!(".version-{version}"),
        number => format!(".version-{version}-{number}"),
    });
    let target = names
        .map(|suffix| beside(path, &suffix))
        .find(|target| fs::symlink_metadata(target).is_err())
        .expect("numbers do not run out");
    let partial = beside(path, ".copying");
    let unwritable = |cause: std::io::Error| Error::unwritable(&target, &cause);
    remove_remains(&partial).map_err(unwritable)?;
    let copied = new_file(&partial).map_err(unwritable).and_then(|_| {
        let text = partial.to_str().ok_or_else(|| {
            fault(path, "its path is not UTF-8, so it cannot be backed up", "move it elsewhere")
        })?;
        connection.execute("VACUUM INTO ?1", [text]).at(path)?;
        File::open(&partial).and_then(|file| file.sync_all()).map_err(unwritable)?;
        fs::rename(&partial, &target).map_err(unwritable)?;
        sync_folder(path).map_err(unwritable)
    });
    if copied.is_err() {
        let _ = remove_remains(&partial);
    }
    copied
}

/// Makes an empty file of mode 0600, which must not exist.
fn new_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Refuses what is not ours by its first bytes, before SQLite could change anything in it.
///
/// The mark of the application is written before the file gets its name, so it is always in the
/// file itself, never in the log alone.
fn check_header(path: &Path, duty: &Duty) -> Result<()> {
    let refuse = |cause: std::io::Error| {
        fault(path, &describe(&cause), "check the path of the registry and your permissions")
    };
    let file = fs::metadata(path).map_err(refuse)?;
    if !file.is_file() {
        return Err(fault(path, "it is not a plain file", "give the path of a registry file"));
    }
    if file.len() == 0 {
        return Err(fault(
            path,
            "it is empty",
            "restore the registry from its backup, or create a new one at another path",
        ));
    }
    let mut header = [0; HEADER];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let what = match read {
        Err(cause) if cause.kind() != IoErrorKind::UnexpectedEof => return Err(refuse(cause)),
        Ok(()) if header.starts_with(MAGIC) => {
            if header[68..72] == duty.mark {
                return Ok(());
            }
            let other = DUTIES.iter().find(|other| header[68..72] == other.mark);
            format!("it is {}, but not {}", other.map_or("a database", |o| o.name), duty.name)
        }
        _ => "it is not an SQLite database".into(),
    };
    Err(fault(path, &what, "give the path of a registry made by cci"))
}

/// Removes what a command left behind that was cut off while it made a registry.
fn remove_remains(partial: &Path) -> std::io::Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        match fs::remove_file(beside(partial, suffix)) {
            Err(cause) if cause.kind() != IoErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

/// Returns the path with a suffix after its file name.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes the new name last through a power cut.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if cfg!(unix) { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}
