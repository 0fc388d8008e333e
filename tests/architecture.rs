//! The arrows between rooms: who may import whom. Fails with the offending line.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room and the rooms that it may import directly; what those may import comes with them.
///
/// Every room may use `error`, `sensitive` and `settings`, which import no room.
const ARROWS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("sensitive", &[]),
    ("settings", &[]),
    ("record", &[]),
    ("code", &["record"]),
    ("normalise", &["record", "code"]),
    ("schema", &["normalise", "record"]),
    ("blocking", &["record", "comparison"]),
    ("comparison", &["record"]),
    ("model", &["comparison"]),
    ("strategy", &["blocking", "comparison", "model"]),
    ("cluster", &["strategy", "record"]),
    ("identifier", &["record"]),
    ("encode", &["record", "normalise", "identifier"]),
    ("registry", &["identifier", "record"]),
    ("evaluate", &["cluster", "strategy", "record"]),
    ("report", &["evaluate", "model"]),
    ("synthetic", &["schema", "record", "code"]),
    (
        "cli",
        &["schema", "cluster", "registry", "evaluate", "report", "synthetic", "code", "encode"],
    ),
];

/// Libraries that one room alone may import, so that each can be changed in one place.
const ONE_ROOM_LIBRARIES: &[(&str, &str)] = &[
    ("rusqlite", "registry"),
    ("hmac", "identifier"),
    ("hkdf", "identifier"),
    ("age", "identifier"),
    ("aes_siv", "identifier"),
    ("blake2", "identifier"),
    ("sha1", "identifier"),
    ("md5", "identifier"),
    ("base64", "encode"),
    ("regex", "normalise"),
    ("regex_syntax", "normalise"),
    ("parquet", "schema"),
    ("csv", "schema"),
    ("flate2", "schema"),
    ("zstd", "schema"),
    ("arrow_array", "schema"),
    ("arrow_ipc", "schema"),
    ("encoding_rs", "schema"),
    ("minijinja", "report"),
    ("rand_chacha", "synthetic"),
    ("rand", "synthetic"),
    ("clap", "cli"),
    ("console", "cli"),
    ("indicatif", "cli"),
    ("ctrlc", "cli"),
    ("unicode_normalization", "normalise"),
];

/// Rooms that may print: the edge alone talks.
const MAY_PRINT: &[&str] = &["cli"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let relative = path.strip_prefix(&root).unwrap().to_path_buf();
                let first = relative.iter().next().unwrap().to_str().unwrap();
                let room = first.trim_end_matches(".rs").to_string();
                if room != "lib" && room != "main" {
                    found.push((room, relative, fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    found.sort();
    found
}

/// Returns everything a room may import, by following the arrows.
fn reachable(room: &str) -> Vec<&'static str> {
    let direct: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut rooms = vec!["error", "sensitive", "settings"];
    let mut open: Vec<&'static str> = direct[room].to_vec();
    while let Some(next) = open.pop() {
        if !rooms.contains(&next) {
            rooms.push(next);
            open.extend(direct[next]);
        }
    }
    rooms
}

/// Returns code lines with their numbers: comments, documentation and the tests module left out.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Returns the rooms that a line imports by `crate::room` or `crate::{room, room::…}`.
fn imported(line: &str) -> Vec<&str> {
    let mut rooms = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            if end > 0 {
                rooms.push(&name[..end]);
            }
        }
    }
    rooms
}

#[test]
fn imports_follow_the_arrows() {
    let mut offences = Vec::new();
    for (room, path, text) in sources() {
        assert!(ARROWS.iter().any(|(known, _)| *known == room), "{room} is not in the table");
        let allowed = reachable(&room);
        for (number, line) in code_lines(&text) {
            for other in imported(line) {
                let is_room = ARROWS.iter().any(|(known, _)| *known == other);
                if is_room && other != room && !allowed.contains(&other) {
                    offences.push(format!("src/{}:{number}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(offences.is_empty(), "imports against the arrows:\n{}", offences.join("\n"));
}

#[test]
fn arrows_have_no_circle() {
    for (room, _) in ARROWS {
        assert!(
            !reachable(room).contains(room) || ["error", "sensitive", "settings"].contains(room)
        );
    }
}

#[test]
fn generator_and_matcher_never_meet() {
    let matcher = ["blocking", "comparison", "model", "strategy", "cluster", "evaluate"];
    assert!(matcher.iter().all(|room| !reachable("synthetic").contains(room)));
    assert!(matcher.iter().all(|room| !reachable(room).contains(&"synthetic")));
}

#[test]
fn each_library_is_imported_by_one_room() {
    let mut offences = Vec::new();
    for (room, path, text) in sources() {
        // A module of ours may have a library's name, as `schema::parquet` does.
        let ours = |library: &str| {
            code_lines(&text)
                .any(|(_, line)| line.contains(&format!("use crate::schema::{library}")))
        };
        for (number, line) in code_lines(&text) {
            for (library, home) in ONE_ROOM_LIBRARIES {
                let names_it = line.trim_start().starts_with(&format!("use {library}::"))
                    || line.contains(&format!(" {library}::"))
                    || line.contains(&format!("({library}::"));
                if names_it && room != *home && !ours(library) {
                    offences.push(format!(
                        "src/{}:{number}: {library} belongs to {home}: {}",
                        path.display(),
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(offences.is_empty(), "libraries out of their room:\n{}", offences.join("\n"));
}

/// Parts of the registry that may speak to the database beside the stores: opening a file, and
/// asking it.
const SPEAK_TO_THE_DATABASE: &[&str] = &["store.rs", "sqlite.rs"];

#[test]
fn the_registry_s_rules_speak_to_no_database() {
    let mut offences = Vec::new();
    for (room, path, text) in sources() {
        let part = path.iter().nth(1).map(|part| part.to_string_lossy().into_owned());
        let Some(part) = part.filter(|_| room == "registry") else { continue };
        if part.ends_with("_stores") || SPEAK_TO_THE_DATABASE.contains(&part.as_str()) {
            continue;
        }
        for (number, line) in code_lines(&text) {
            if line.contains("rusqlite") || line.contains("SELECT ") {
                offences.push(format!("src/{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(offences.is_empty(), "SQL among the rules:\n{}", offences.join("\n"));
}

#[test]
fn the_library_never_prints_nor_reads_the_environment() {
    let forbidden = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!", "std::env::"];
    let mut offences = Vec::new();
    for (room, path, text) in sources() {
        if MAY_PRINT.contains(&room.as_str()) {
            continue;
        }
        for (number, line) in code_lines(&text) {
            if forbidden.iter().any(|word| line.contains(word)) {
                offences.push(format!("src/{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(offences.is_empty(), "only cli prints:\n{}", offences.join("\n"));
}

#[test]
fn no_file_outgrows_the_house() {
    for (_, path, text) in sources() {
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        assert!(lines <= 450, "src/{} has {lines} lines: look for a second idea", path.display());
    }
}

#[test]
fn front_doors_hold_no_algorithms() {
    for (_, path, text) in sources() {
        if path.ends_with("mod.rs") {
            let functions = code_lines(&text).filter(|(_, line)| line.contains("fn ")).count();
            assert_eq!(functions, 0, "src/{} defines functions", path.display());
        }
    }
}

#[test]
fn every_room_is_on_the_map() {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md"))
        .expect("ARCHITECTURE.md is there");
    for (room, _) in ARROWS {
        assert!(map.contains(&format!("`{room}")), "ARCHITECTURE.md does not name `{room}`");
    }
}
