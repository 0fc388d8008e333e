//! The file: what is in it, who may read it, and what is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cci::error::ErrorKind;
use cci::record::Agency;
use cci::registry::Registry;
use rusqlite::Connection;

use crate::{ROOT, SECRET, empty, raw, write};

/// Every text of every table, and the sizes of its blobs.
fn cells(file: &Connection) -> (BTreeSet<String>, BTreeSet<usize>) {
    let list = |sql: &str| -> Vec<String> {
        let mut statement = file.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    };
    let (mut texts, mut blobs) = (BTreeSet::new(), BTreeSet::new());
    for table in list("SELECT name FROM sqlite_schema WHERE type = 'table'") {
        let mut statement = file.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for place in 0..width {
                match row.get_ref(place).unwrap() {
                    rusqlite::types::ValueRef::Text(text) => {
                        texts.insert(String::from_utf8(text.to_vec()).unwrap());
                    }
                    rusqlite::types::ValueRef::Blob(blob) => {
                        blobs.insert(blob.len());
                    }
                    _ => {}
                }
            }
        }
    }
    (texts, blobs)
}

/// The API takes counts, digests, handles and scopes only. This holds it to that: whatever text
/// is in the file is one of ours, so that no name, number or address can be.
#[test]
fn vault_holds_no_demographics_and_no_key() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 300);
    write(&mut registry, 2, Agency::Police, 300);
    let (texts, blobs) = cells(&raw(&path));
    let known = ["health", "police", "direct_care", "active", "provisional", "run_begun"];
    let known = [&known[..], &["epoch_activated", "persons_minted", "pseudonyms_issued"]].concat();
    for text in &texts {
        let ours = known.contains(&text.as_str())
            || text == env!("CARGO_PKG_VERSION")
            || text.starts_with("run/")
            || text.starts_with("{\"agency\":\"health\",")
            || text.starts_with("{\"agency\":\"police\",")
            || text.starts_with("{\"count\":")
            || text.starts_with("{\"toolkit\":");
        assert!(ours, "a text that is not ours, {} characters long", text.chars().count());
    }
    // Fingerprint, pseudonym, person key or handle, digest of a run.
    assert_eq!(blobs, BTreeSet::from([8, 10, 16, 32]));

    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let canaries: Vec<Vec<u8>> = [ROOT, SECRET]
        .iter()
        .flat_map(|key| [key[..8].to_vec(), key[24..].to_vec(), hex(key).into_bytes()])
        .collect();
    drop(registry);
    for file in fs::read_dir(path.parent().unwrap()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for canary in &canaries {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary));
        }
    }
}

#[test]
fn every_table_is_strict_and_the_file_is_marked_as_ours() {
    let (_folder, path, registry) = empty();
    let file = raw(&path);
    let mut statement =
        file.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))
        .unwrap();
    let tables: BTreeSet<(String, bool)> = rows.collect::<rusqlite::Result<_>>().unwrap();
    let names = ["alias", "do_not_link", "event", "key_epoch", "merge", "objection", "person"];
    let names = [&names[..], &["pseudonym", "run", "scope"]].concat();
    let mut expected: BTreeSet<_> = names.iter().map(|name| (name.to_string(), true)).collect();
    expected.insert(("sqlite_schema".into(), false));
    assert_eq!(tables, expected);
    drop(registry);
    let header = fs::read(&path).unwrap();
    assert_eq!(&header[60..64], 3u32.to_be_bytes(), "user_version");
    assert_eq!(&header[68..72], b"CCIV", "application_id");
}

#[cfg(unix)]
#[test]
fn registry_and_its_log_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 10);
    let files: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(std::io::Result::unwrap).collect();
    assert_eq!(files.len(), 3, "database, log and its index");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
}

#[test]
fn registry_is_never_replaced() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 10);
    let error = Registry::create(&path).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutputExists);
    assert_eq!(registry.counts().unwrap().persons, 10);
    drop(registry);

    // The log of a registry that was deleted must not be replayed into a new one.
    let other = path.with_file_name("other.sqlite");
    fs::write(path.with_file_name("other.sqlite-wal"), b"left over").unwrap();
    assert_eq!(Registry::create(&other).map(drop).unwrap_err().kind(), ErrorKind::OutputExists);
    assert!(!other.exists());

    // What a command left that was killed while it created one is no obstacle.
    let third = path.with_file_name("third.sqlite");
    fs::write(path.with_file_name("third.sqlite.partial"), b"half").unwrap();
    Registry::create(&third).unwrap();
    assert!(!path.with_file_name("third.sqlite.partial").exists());

    let error = Registry::create(&path.join("below/a/file")).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
}

#[test]
fn file_that_is_no_registry_is_refused_with_the_reason() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 2_000);
    drop(registry);
    let good = fs::read(&path).unwrap();
    let folder = path.parent().unwrap().to_path_buf();
    let other = folder.join("other.sqlite");
    let refusal = |other: &Path| {
        let error = Registry::open(other).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStore);
        let text = error.to_string();
        assert!(text.contains("\n  help: "), "{text}");
        text
    };
    let content_refused = |bytes: &[u8], reason: &str| {
        fs::write(&other, bytes).unwrap();
        let text = refusal(&other);
        assert!(text.contains(reason), "expected {reason}: {text}");
        assert_eq!(fs::read(&other).unwrap(), bytes, "a refused file is left as it was");
    };
    let with_number = |place: usize, number: u32| {
        let mut bytes = good.clone();
        bytes[place..place + 4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    content_refused(b"", "it is empty");
    content_refused(b"surname,forename\n", "not an SQLite database");
    content_refused(&[0xff; 8192], "not an SQLite database");
    content_refused(&with_number(60, 4), "its version is 4, expected 3 at most");
    content_refused(&with_number(68, 0x1234), "not an issuer's vault");
    content_refused(&good[..4096], "it is damaged");
    fs::remove_file(&other).unwrap();
    assert!(refusal(&other).contains("no such file"));
    assert!(refusal(&folder).contains("not a plain file"));

    let foreign = folder.join("foreign.sqlite");
    raw(&foreign).execute_batch("CREATE TABLE pupil (name TEXT)").unwrap();
    let before = fs::read(&foreign).unwrap();
    assert!(refusal(&foreign).contains("not an issuer's vault"));
    assert_eq!(fs::read(&foreign).unwrap(), before, "another program's file is not touched");
}

/// A vault of version 1 as it was written then, with one person issued in one scope.
fn vault_of_version_1(path: &Path) {
    let file = raw(path);
    file.execute_batch(include_str!("../../schemas/registry/vault_1.sql")).unwrap();
    file.execute_batch(
        "PRAGMA application_id = 0x43434956;
         PRAGMA user_version = 1;
         PRAGMA journal_mode = WAL;
         INSERT INTO scope VALUES (1, 'health', 'direct_care', 7);
         INSERT INTO key_epoch VALUES (1, 0, zeroblob(8), 'active');
         INSERT INTO run VALUES (1, zeroblob(32), zeroblob(32), '0.1.0');
         INSERT INTO person VALUES (1, zeroblob(16), zeroblob(16), 'provisional', 1);
         INSERT INTO pseudonym VALUES (1, 0, zeroblob(10), 1, 0);
         INSERT INTO event VALUES (1, 1, 5, 'run_begun', '{}', 'run/1/1');",
    )
    .unwrap();
}

#[test]
fn an_older_vault_is_copied_whole_before_it_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sqlite");
    vault_of_version_1(&path);
    // What a migration left that was killed while it copied is no obstacle.
    fs::write(folder.path().join("vault.sqlite.copying"), b"half").unwrap();
    let registry = Registry::open(&path).unwrap();
    let counts = registry.counts().unwrap();
    assert_eq!((counts.runs, counts.persons, counts.events), (1, 1, 1));
    assert_eq!(registry.epochs().unwrap()[0].moved_at, 0);
    let copy = folder.path().join("vault.sqlite.version-1");
    let version = |path: &Path| -> i64 {
        raw(path).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    assert_eq!((version(&path), version(&copy)), (3, 1));
    let persons: i64 =
        raw(&copy).query_row("SELECT count(*) FROM person", [], |row| row.get(0)).unwrap();
    assert_eq!(persons, 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(registry);

    // The copy is itself a registry that can be gone back to, and no copy is ever replaced.
    let before = fs::read(&copy).unwrap();
    for name in ["vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm"] {
        let _ = fs::remove_file(folder.path().join(name));
    }
    fs::copy(&copy, &path).unwrap();
    assert_eq!(Registry::open(&path).unwrap().counts().unwrap(), counts);
    assert!(folder.path().join("vault.sqlite.version-1-2").exists());
    assert_eq!(fs::read(&copy).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_vault_that_cannot_be_copied_is_not_migrated() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sqlite");
    vault_of_version_1(&path);
    // A folder in the way of the copy, which no removal of files takes away.
    fs::create_dir(folder.path().join("vault.sqlite.copying")).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = Registry::open(&path).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable, "{error}");
    let version: i64 =
        raw(&path).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

#[test]
fn what_was_issued_cannot_be_changed_in_the_file() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 10);
    let file = raw(&path);
    for (attack, reason) in [
        ("UPDATE key_epoch SET state = 'pending'", "goes forward only"),
        ("UPDATE key_epoch SET state = 'destroyed'", "goes forward only"),
        ("UPDATE key_epoch SET fingerprint = zeroblob(8), state = 'retired'", "forward only"),
        ("DELETE FROM key_epoch", "goes forward only"),
        ("UPDATE scope SET check_mask = 1", "never changed"),
        ("DELETE FROM scope", "never changed"),
        ("UPDATE pseudonym SET person_id = 2", "never changed"),
        ("UPDATE person SET person_key = zeroblob(16) WHERE person_id = 1", "keeps key"),
        ("UPDATE person SET handle = zeroblob(16) WHERE person_id = 1", "keeps key"),
        ("DELETE FROM person WHERE person_id = 1", "never deleted"),
        ("DELETE FROM pseudonym WHERE person_id = 1", "never changed"),
    ] {
        let error = file.execute_batch(attack).unwrap_err();
        assert!(error.to_string().contains(reason), "{attack}: {error}");
    }
    for forward in ["accept_only", "retired", "destroyed"] {
        file.execute("UPDATE key_epoch SET state = ?1", [forward]).unwrap();
    }
}

/// Bytes flipped in the middle of each page in turn. What a page of the person or pseudonym
/// tables holds is held twice, in the table and in an index, so that no flip there goes unseen.
#[test]
fn a_flipped_page_is_found_and_never_mended_in_silence() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 1_000);
    drop(registry);
    let good = fs::read(&path).unwrap();
    let file = raw(&path);
    let size: i64 = file.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    let size = size as usize;
    let tables: BTreeSet<i64> = {
        let mut statement = file
            .prepare(
                "SELECT pageno FROM dbstat WHERE name LIKE '%person%' OR name LIKE '%pseudonym%'",
            )
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    };
    drop(file);
    let other = path.with_file_name("other.sqlite");
    let (mut pages, mut found) = (0, 0);
    for page in 1..good.len() / size {
        let mut bytes = good.clone();
        let middle = page * size + size / 2;
        if bytes[middle..middle + 8] == [0; 8] {
            continue; // free space within the page
        }
        bytes[middle..middle + 8].iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::write(&other, &bytes).unwrap();
        let seen = match Registry::open(&other).and_then(|registry| registry.verify()) {
            Ok(verified) => !verified.differences.is_empty(),
            Err(error) => error.kind() == ErrorKind::BadStore,
        };
        pages += 1;
        found += usize::from(seen);
        assert!(seen || !tables.contains(&(page as i64 + 1)), "page {}", page + 1);
    }
    assert!(tables.len() > 20 && pages > 20 && found * 10 > pages * 9, "{found} of {pages}");
}
