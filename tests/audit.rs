//! What the audit log promises: no entry changed, left out or put in without it showing, and no
//! work done that could not be logged.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use cci::identifier::{AuditKey, OsRandom};
use cci::registry::{AuditLog, Checkpoint, Detail, Entry, Outcome, Role};
use command::{run, stderr, stdout, text};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A log with so many entries, its path and its key.
fn log(entries: u64) -> (TempDir, PathBuf, AuditKey) {
    let folder = tempfile::tempdir().unwrap();
    let key_path = folder.path().join("audit.key");
    AuditKey::create_file(&key_path, &mut OsRandom).unwrap();
    let key = AuditKey::from_file(&key_path).unwrap();
    let path = folder.path().join("audit.sqlite");
    append(&mut AuditLog::create(&path, key.clone()).unwrap(), entries);
    (folder, path, key)
}

fn append(log: &mut AuditLog, entries: u64) {
    for number in 0..entries {
        let detail = Detail { count: Some(number), ..Detail::default() };
        log.append(&Entry { action: "resolve", outcome: Outcome::Done, detail }).unwrap();
    }
}

/// Verifies the log; returns the first bad entry, if any.
fn first_bad(path: &Path, key: &AuditKey, checkpoints: &[Checkpoint]) -> Option<(u64, String)> {
    AuditLog::open(path, key.clone()).unwrap().verify(checkpoints).unwrap().first_bad
}

/// Changes the file as somebody would who has it and no key.
fn attack(path: &Path, sql: &str) {
    let file = Connection::open(path).unwrap();
    file.execute_batch(
        "DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted;
         DROP TRIGGER entry_comes_last;",
    )
    .unwrap();
    file.execute_batch(sql).unwrap();
}

#[test]
fn e64_each_edit_deletion_insertion_and_swap_is_found_where_it_was_made() {
    for (sql, bad, reason) in [
        ("UPDATE entry SET detail = '{}' WHERE seq = 7", 7, "it was changed"),
        ("UPDATE entry SET outcome = 'refused' WHERE seq = 1", 1, "it was changed"),
        ("UPDATE entry SET at = at + 1 WHERE seq = 20", 20, "it was changed"),
        ("UPDATE entry SET at = 5 WHERE seq = 9", 9, "older than the entry before"),
        ("UPDATE entry SET mac = zeroblob(16) WHERE seq = 3", 3, "not written with this key"),
        ("DELETE FROM entry WHERE seq = 12", 13, "an entry before it is missing"),
        ("DELETE FROM entry WHERE seq = 1", 2, "an entry before it is missing"),
        (
            "DELETE FROM entry WHERE seq = 5; UPDATE entry SET seq = seq - 1 WHERE seq > 5",
            5,
            "it was changed, or does not follow",
        ),
        (
            "UPDATE entry SET seq = 99 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 4;
             UPDATE entry SET seq = 4 WHERE seq = 99",
            3,
            "it was changed, or does not follow",
        ),
        (
            "INSERT INTO entry SELECT 21, at, action, outcome, detail, hash, mac FROM entry
             WHERE seq = 20",
            21,
            "it was changed, or does not follow",
        ),
        ("UPDATE frontier SET hashes = zeroblob(64)", 20, "the root that is kept"),
    ] {
        let (_folder, path, key) = log(20);
        assert_eq!(first_bad(&path, &key, &[]), None);
        attack(&path, sql);
        let (found, said) = first_bad(&path, &key, &[]).unwrap_or_else(|| panic!("{sql}"));
        assert_eq!(found, bad, "{sql}: {said}");
        assert!(said.contains(reason), "{sql}: {said}");
    }
}

#[test]
fn the_table_itself_refuses_change_deletion_and_gaps() {
    let (_folder, path, _key) = log(3);
    let file = Connection::open(&path).unwrap();
    for sql in [
        "UPDATE entry SET detail = '{}'",
        "DELETE FROM entry WHERE seq = 3",
        "REPLACE INTO entry SELECT * FROM entry WHERE seq = 2",
        "INSERT INTO entry SELECT 9, at, action, outcome, detail, hash, mac FROM entry LIMIT 1",
    ] {
        let error = file.execute_batch(sql).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
}

/// A bare chain cannot know what came after its last entry: that is what checkpoints are for.
#[test]
fn e64_a_cut_or_replaced_log_is_found_by_a_checkpoint_and_by_nothing_else() {
    let (folder, path, key) = log(20);
    let opened = AuditLog::open(&path, key.clone()).unwrap();
    let replaced = {
        let (_other, small, _) = log(0);
        let mut other = AuditLog::open(&small, key.clone()).unwrap();
        let detail = Detail { scope: Some(SCOPE.into()), ..Detail::default() };
        other.append(&Entry { action: "issue", outcome: Outcome::Done, detail }).unwrap();
        append(&mut other, 19);
        other.checkpoint().unwrap()
    };
    let kept = opened.checkpoint().unwrap();
    drop(opened);
    assert_eq!(first_bad(&path, &key, std::slice::from_ref(&kept)), None);

    // Another log of the same key and length, put in its place.
    let (bad, said) = first_bad(&path, &key, &[replaced]).unwrap();
    assert!(bad == 20 && said.contains("the log was replaced"), "{said}");

    let cut = folder.path().join("cut.sqlite");
    fs::copy(&path, &cut).unwrap();
    attack(&cut, "DELETE FROM entry WHERE seq > 15");
    // The root in the file gives a careless cut away; whoever can write the root too is found
    // by the checkpoint alone.
    assert!(first_bad(&cut, &key, &[]).unwrap().1.contains("the root that is kept"));
    let (bad, said) = first_bad(&cut, &key, &[kept]).unwrap();
    assert!(bad == 16 && said.contains("the end of the log is missing"), "{said}");
}

#[test]
fn a_checkpoint_reads_back_and_no_other_text_is_one() {
    let (_folder, path, key) = log(5);
    let checkpoint = AuditLog::open(&path, key.clone()).unwrap().checkpoint().unwrap();
    let written = checkpoint.to_text(&key);
    assert_eq!(Checkpoint::parse(&written, &key).unwrap(), checkpoint);
    for place in 0..written.len() {
        let mut bytes = written.clone().into_bytes();
        bytes[place] ^= 1;
        let text = String::from_utf8(bytes).unwrap();
        assert!(Checkpoint::parse(&text, &key).is_err(), "byte {place}");
    }
    for wrong in [written.trim_end(), "", &written.to_uppercase(), &format!("{written}\n")] {
        assert!(Checkpoint::parse(wrong, &key).is_err());
    }
    let (_other, _path, other_key) = log(0);
    let error = Checkpoint::parse(&written, &other_key).unwrap_err().to_string();
    assert!(error.contains("not written with this key"), "{error}");
}

#[test]
fn a_log_is_not_continued_with_another_key() {
    let (_folder, path, _key) = log(5);
    let (_other, _path, other_key) = log(0);
    let mut log = AuditLog::open(&path, other_key).unwrap();
    let entry = Entry { action: "resolve", outcome: Outcome::Done, detail: Detail::default() };
    let error = log.append(&entry).unwrap_err().to_string();
    assert!(error.contains("its last entry was not written with this key"), "{error}");
}

/// An issuer made by the command.
fn issuer() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("issuer");
    ok(&folder, &["keys", "new"]);
    (parent, folder)
}

fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = run(&[arguments, &["--issuer", text(folder)]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

fn refused(folder: &Path, status: i32, arguments: &[&str]) -> String {
    let output = run(&[arguments, &["--issuer", text(folder)]].concat());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

/// Action, outcome and detail of every entry.
fn entries(folder: &Path) -> Vec<(String, String, String)> {
    let file = Connection::open(folder.join("audit.sqlite")).unwrap();
    let mut statement =
        file.prepare("SELECT action, outcome, detail FROM entry ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(rusqlite::Result::unwrap).collect()
}

const SCOPE: &str = "education/direct_care";
const PRINTED: &str = "C0MR-055J-BMB8-PJBD-TWKG";

#[test]
fn what_is_done_asked_and_refused_is_logged_and_nobody_is_named() {
    let (_parent, folder) = issuer();
    ok(&folder, &["keys", "new", "--scope", SCOPE]);
    let by = ["--actor", "b.clerk"];
    refused(&folder, 4, &[&["keys", "move", SCOPE, "0", "retired"][..], &by].concat());
    refused(&folder, 1, &[&["id", "resolve", PRINTED, "--scope", SCOPE][..], &by].concat());
    let handle = "0123456789abcdef0123456789abcdef";
    refused(&folder, 4, &["id", "person", "erase", handle]);
    let logged = entries(&folder);
    let words: Vec<(&str, &str)> = logged.iter().map(|(a, o, _)| (&**a, &**o)).collect();
    assert_eq!(
        words,
        [
            ("keys new", "done"),
            ("keys new", "allowed"),
            ("keys new", "done"),
            ("keys move", "refused"),
            ("resolve", "done"),
            ("person erase", "refused"),
        ]
    );
    let told = |more: &str, end: &str| {
        format!("{{\"actor\":\"b.clerk\",{more},\"role\":\"issuer\",\"scope\":\"{SCOPE}\"{end}}}")
    };
    assert_eq!(logged[3].2, told("\"error\":\"E042\"", ""));
    assert_eq!(logged[4].2, told("\"count\":0", ",\"vault\":2"));
    assert!(logged.iter().all(|(_, _, detail)| !detail.contains("055J")));
    assert!(logged.iter().all(|(_, _, detail)| !detail.contains(handle)));
    assert!(ok(&folder, &["audit", "verify"]).contains("6 entries as they were written"));
}

#[test]
fn every_entry_says_who_acted_and_in_what_role() {
    let (_parent, folder) = issuer();
    let handle = "0123456789abcdef0123456789abcdef";
    let drill = ["id", "rotate", "--scope", SCOPE, "--drill"];
    let arguments: [(&[&str], bool); 5] = [
        (&["keys", "new", "--scope", SCOPE], true),
        (&["keys", "move", SCOPE, "0", "active"], true),
        (&drill, true),
        (&["id", "resolve", PRINTED, "--scope", SCOPE], false),
        (&["id", "person", "erase", handle], false),
    ];
    // By the option, else by the environment; the option goes first.
    for (arguments, done) in arguments {
        let mut command = command::cci();
        command.args(arguments).args(["--issuer", text(&folder)]).env("CCI_ACTOR", "c.warden");
        assert_eq!(command.output().unwrap().status.success(), done, "{arguments:?}");
        command.args(["--actor", "b.clerk"]);
        let _ = command.output().unwrap();
    }
    let logged = entries(&folder);
    let actors: Vec<String> = logged
        .iter()
        .map(|(action, _, detail)| {
            let detail: serde_json::Value = serde_json::from_str(detail).unwrap();
            assert_eq!(detail["role"], "issuer", "{action}");
            detail["actor"].as_str().unwrap().to_string()
        })
        .collect();
    let by = |name: &str| actors.iter().filter(|actor| *actor == name).count();
    assert!(by("c.warden") >= 7 && by("b.clerk") >= 5, "{actors:?}");
    // A name that could be a child's number is refused before anything is done.
    let refused = refused(&folder, 2, &["keys", "new", "--actor", "9990000018"]);
    assert!(refused.contains("actor: expected"), "{refused}");
    let mut command = command::cci();
    command.args(["id", "person", "split", handle, "--issuer", text(&folder)]);
    let output = command.env("CCI_ACTOR", "Asha Khan").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("in CCI_ACTOR") && !stderr(&output).contains("Asha"));
    assert_eq!(entries(&folder).len(), logged.len());
}

#[test]
fn an_actor_put_in_place_of_another_shows_and_a_log_from_before_actors_stands() {
    // The first entries are as the versions before wrote them, without actor and role.
    let (_folder, path, key) = log(5);
    let mut log = AuditLog::open(&path, key.clone()).unwrap();
    let actor = Some("b.clerk".parse().unwrap());
    let detail = Detail { actor, role: Some(Role::Issuer), ..Detail::default() };
    log.append(&Entry { action: "issue", outcome: Outcome::Done, detail }).unwrap();
    drop(log);
    assert_eq!(first_bad(&path, &key, &[]), None);
    attack(&path, "UPDATE entry SET detail = replace(detail, 'b.clerk', 'c.warden') WHERE seq = 6");
    let (bad, why) = first_bad(&path, &key, &[]).unwrap();
    assert!(bad == 6 && why.contains("it was changed"), "{bad}: {why}");
}

#[test]
fn what_cannot_be_logged_is_not_done() {
    let (_parent, folder) = issuer();
    ok(&folder, &["keys", "new", "--scope", SCOPE]);
    let before = ok(&folder, &["keys", "states", "--json"]);
    let log = folder.join("audit.sqlite");
    // A log that refuses every entry, as a full disk would.
    Connection::open(&log)
        .unwrap()
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END",
        )
        .unwrap();
    let said = refused(&folder, 4, &["keys", "move", SCOPE, "0", "active"]);
    assert!(said.contains("audit.sqlite"), "{said}");
    refused(&folder, 4, &["id", "resolve", PRINTED, "--scope", SCOPE]);
    assert_eq!(ok(&folder, &["keys", "states", "--json"]), before);
    // Not even a key is deleted that nothing can bring back.
    let said = refused(&folder, 4, &["keys", "move", SCOPE, "0", "destroyed"]);
    assert!(said.contains("audit.sqlite"), "{said}");
    assert!(folder.join("education.direct_care.epoch-0.key").exists());
    fs::rename(&log, folder.join("elsewhere")).unwrap();
    let said = refused(&folder, 4, &["keys", "move", SCOPE, "0", "active"]);
    assert!(said.contains("audit.sqlite: no such file"), "{said}");
    assert_eq!(ok(&folder, &["keys", "states", "--json"]), before);
}

#[test]
fn an_older_vault_or_log_put_back_lets_nothing_be_done() {
    let (parent, folder) = issuer();
    ok(&folder, &["keys", "new", "--scope", SCOPE]);
    let restore = |name: &str| fs::copy(parent.path().join(name), folder.join(name)).unwrap();
    for name in ["vault.sqlite", "audit.sqlite"] {
        fs::copy(folder.join(name), parent.path().join(name)).unwrap();
    }
    ok(&folder, &["keys", "move", SCOPE, "0", "active"]);
    let vault = fs::read(folder.join("vault.sqlite")).unwrap();

    restore("vault.sqlite");
    let said = refused(&folder, 4, &["keys", "move", SCOPE, "0", "active"]);
    assert!(said.contains("the log knows of event"), "{said}");
    refused(&folder, 4, &["id", "resolve", PRINTED, "--scope", SCOPE]);

    // Both put back: the checkpoint beside the keys tells.
    let log = fs::read(folder.join("audit.sqlite")).unwrap();
    restore("audit.sqlite");
    let said = refused(&folder, 4, &["keys", "move", SCOPE, "0", "active"]);
    assert!(said.contains("its checkpoint stands for"), "{said}");
    let said = refused(&folder, 1, &["audit", "verify"]);
    assert!(said.contains("the end of the log is missing"), "{said}");

    fs::write(folder.join("vault.sqlite"), vault).unwrap();
    fs::write(folder.join("audit.sqlite"), log).unwrap();
    ok(&folder, &["audit", "verify"]);
    ok(&folder, &["keys", "move", SCOPE, "0", "accept_only"]);
}

#[test]
fn an_entry_is_proved_to_whoever_holds_a_checkpoint() {
    let (parent, folder) = issuer();
    for scope in ["health/direct_care", SCOPE, "police/direct_care"] {
        ok(&folder, &["keys", "new", "--scope", scope]);
    }
    let kept = parent.path().join("kept.txt");
    ok(&folder, &["audit", "checkpoint", "--out", text(&kept)]);
    ok(&folder, &["keys", "move", SCOPE, "0", "active"]);
    let arguments = ["audit", "prove", "4", "--checkpoint", text(&kept), "--json"];
    let proof: serde_json::Value = serde_json::from_str(&ok(&folder, &arguments)).unwrap();
    assert_eq!((&proof["entry"], &proof["entries"]), (&4.into(), &7.into()));

    // Followed by hand: entry 4 of 7 is a right child, then a right child, then a left one.
    let bytes = |hex: &serde_json::Value| -> Vec<u8> {
        let hex = hex.as_str().unwrap();
        (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
    };
    let hash = |prefix: u8, parts: &[&[u8]]| -> Vec<u8> {
        Sha256::digest([&[prefix], &parts.concat()[..]].concat()).to_vec()
    };
    let path: Vec<Vec<u8>> = proof["path"].as_array().unwrap().iter().map(bytes).collect();
    let leaf = hash(0, &[&bytes(&proof["hash"])]);
    let pair = hash(1, &[&path[0], &leaf]);
    let four = hash(1, &[&path[1], &pair]);
    assert_eq!(hash(1, &[&four, &path[2]]), bytes(&proof["root"]));
    assert!(fs::read_to_string(&kept).unwrap().contains(proof["root"].as_str().unwrap()));

    let said = refused(&folder, 4, &["audit", "prove", "8", "--checkpoint", text(&kept)]);
    assert!(said.contains("no entry 8 among the first 7"), "{said}");
    ok(&folder, &["audit", "verify", "--checkpoint", text(&kept)]);
}

#[test]
fn a_duty_refuses_the_file_of_another() {
    let (_parent, folder) = issuer();
    let (vault, log) = (folder.join("vault.sqlite"), folder.join("audit.sqlite"));
    let bytes = [fs::read(&vault).unwrap(), fs::read(&log).unwrap()];
    fs::write(&vault, &bytes[1]).unwrap();
    let said = refused(&folder, 4, &["keys", "states"]);
    assert!(said.contains("it is an audit log, but not an issuer's vault"), "{said}");
    fs::write(&log, &bytes[0]).unwrap();
    let said = refused(&folder, 4, &["audit", "verify"]);
    assert!(said.contains("it is an issuer's vault, but not an audit log"), "{said}");
}

/// SQLite opens such a vault without a word, as it was before the lost commits.
#[test]
fn a_vault_that_lost_its_write_ahead_log_lets_nothing_be_done() {
    let (_parent, folder) = issuer();
    let vault = folder.join("vault.sqlite");
    // Another reader keeps the commits of the next command in the write-ahead log.
    let reader = cci::registry::Registry::open(&vault).unwrap();
    assert_eq!(reader.last_event().unwrap(), 0);
    ok(&folder, &["keys", "new", "--scope", SCOPE]);
    assert_eq!(reader.last_event().unwrap(), 2);
    let without = fs::read(&vault).unwrap();
    drop(reader);
    fs::write(&vault, without).unwrap();
    let said = refused(&folder, 4, &["keys", "new", "--scope", "health/direct_care"]);
    assert!(said.contains("its last event is 0, the log knows of event 2"), "{said}");
}
