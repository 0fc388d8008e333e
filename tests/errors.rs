//! Every kind of error as a user meets it, held as golden text.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::collections::BTreeSet;
use std::path::Path;

use cci::error::{Error, ErrorKind};
use command::{TWO_FILES, run, stderr, text, two_files, write};

/// One way of going wrong: a name for the golden file and what it says.
struct Case {
    name: &'static str,
    message: String,
}

/// Runs the command in a folder; the folder's path reads as DIR.
fn said(folder: &Path, arguments: &[&str]) -> String {
    stderr(&run(arguments)).replace(text(folder), "DIR")
}

fn link(folder: &Path) -> String {
    let settings = folder.join("settings.toml");
    said(
        folder,
        &["link", "--quiet", "--config", text(&settings), "--out", text(&folder.join("out"))],
    )
}

/// Links two small files by settings in which one text is replaced.
fn with_settings(right: &str, wrong: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    let changed = TWO_FILES.replacen(right, wrong, 1);
    assert_ne!(changed, TWO_FILES, "{right} stands in the settings");
    write(folder.path(), &[("settings.toml", &changed)]);
    link(folder.path())
}

/// Links two small files of which the left one is replaced.
fn with_left(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    std::fs::write(folder.path().join("left.csv"), bytes).unwrap();
    link(folder.path())
}

const ROW: &str = "1,anna,smith,2010-01-02,c1\n";

fn unreadable() -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    std::fs::remove_file(folder.path().join("left.csv")).unwrap();
    link(folder.path())
}

fn record_not_found() -> String {
    let folder = tempfile::tempdir().unwrap();
    let settings = two_files(folder.path(), ROW, ROW);
    said(
        folder.path(),
        &["explain", "pair", "lfet:1", "right:1", "--quiet", "--config", text(&settings)],
    )
}

fn output_exists() -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    std::fs::create_dir(folder.path().join("out")).unwrap();
    write(&folder.path().join("out"), &[("mine.txt", "mine")]);
    link(folder.path())
}

fn unwritable() -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    write(folder.path(), &[("out", "a file where the folder would be")]);
    link(folder.path())
}

fn bad_truth() -> String {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), ROW, ROW);
    link(folder.path());
    write(folder.path(), &[("left.csv", "id,first,last,dob,child\n2,ben,jones,2011-01-01,c2\n")]);
    let out = folder.path().join("out");
    said(
        folder.path(),
        &["evaluate", "--quiet", "--run", text(&out), "--data", text(folder.path())],
    )
}

fn gate_not_met() -> String {
    let folder = tempfile::tempdir().unwrap();
    // One child under two names and dates: nothing can link them.
    two_files(folder.path(), ROW, "1,ben,jones,2011-05-06,c1\n");
    link(folder.path());
    let out = folder.path().join("out");
    said(
        folder.path(),
        &[
            "evaluate",
            "--quiet",
            "--run",
            text(&out),
            "--data",
            text(folder.path()),
            "--fail-under",
            "0.99",
        ],
    )
}

fn library(folder: &Path, error: Option<Error>) -> String {
    error.unwrap().to_string().replace(text(folder), "DIR") + "\n"
}

fn bad_model() -> String {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("model.toml", "checksum = \"0\"\nformat = 1\n")]);
    said(folder.path(), &["model", "show", text(&folder.path().join("model.toml"))])
}

fn bad_store() -> String {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("vault.sqlite", "this is no database of ours, only some text")]);
    let path = folder.path().join("vault.sqlite");
    library(folder.path(), cci::registry::Registry::open(&path).err())
}

fn bad_key() -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.key");
    library(folder.path(), cci::identifier::RootKey::from_file(&path).err())
}

fn cases() -> Vec<Case> {
    let wide = "1,anna,smith,2010-01-02,c1,extra\n".repeat(2);
    let unclosed = format!("{}1,\"anna,smith,2010-01-02,c1\n", command::HEADER);
    let utf16: Vec<u8> = "id,first".encode_utf16().flat_map(u16::to_le_bytes).collect();
    [
        ("unknown_name", with_settings("\"components\"", "\"componets\"")),
        ("bad_settings", with_settings("link = \"between\"", "link = \"between")),
        ("unknown_key", with_settings("[decide]\n", "[decide]\nacept = 12.0\n")),
        ("bad_value", with_settings("[decide]\n", "[decide]\nfalse_links = 2.0\n")),
        ("unreadable", unreadable()),
        ("column_not_found", with_settings("\"first\"", "\"frist\"")),
        ("bad_encoding", with_left(&[&[0xff, 0xfe], &utf16[..]].concat())),
        ("bad_structure", with_left(unclosed.as_bytes())),
        ("too_many_bad_rows", with_left(format!("{}{wide}", command::HEADER).as_bytes())),
        ("record_not_found", record_not_found()),
        ("bad_truth", bad_truth()),
        ("too_large", with_settings("[decide]\n", "[decide]\nmost_pairs = 0\n")),
        ("output_exists", output_exists()),
        ("unwritable", unwritable()),
        ("bad_model", bad_model()),
        ("bad_store", bad_store()),
        ("bad_key", bad_key()),
        ("gate_not_met", gate_not_met()),
    ]
    .map(|(name, message)| Case { name, message })
    .into()
}

#[test]
fn each_message_says_what_where_and_what_next() {
    for case in cases() {
        let lines = case.message.lines().count();
        assert!((1..=8).contains(&lines), "{}: {}", case.name, case.message);
        assert!(case.message.starts_with("error[E"), "{}: {}", case.name, case.message);
        common::assert_golden(&format!("errors/{}.txt", case.name), &case.message);
    }
}

#[test]
fn every_kind_of_error_has_its_golden_message() {
    // A bug of ours cannot be provoked; a stop by the user stands in tests/faults.rs.
    let elsewhere = [ErrorKind::Bug, ErrorKind::Interrupted];
    let covered: BTreeSet<String> =
        cases().iter().map(|case| case.message[6..10].to_string()).collect();
    for kind in ErrorKind::ALL {
        if !elsewhere.contains(kind) {
            assert!(covered.contains(kind.code()), "{kind:?} has no golden message");
        }
    }
}
