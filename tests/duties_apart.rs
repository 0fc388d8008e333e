//! Duties over time and against each other: who may open what, what stays when a number comes or
//! a person objects.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use command::{files_below, ok, run, stderr, stdout, text};
use serde_json::Value;

const DATA: &str = "synthetic_data/small";
const AGENCIES: [&str; 2] = ["health", "education"];
const RESEARCH: &str = "research/attendance";
const CARE: &str = "health/safeguarding";

/// Holder, custodian and issuer of two agencies.
struct World(tempfile::TempDir);

impl World {
    /// Takes the whole way once.
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        let issuer = world.text("issuer");
        ok(&["keys", "new", "--issuer", &issuer]);
        for scope in [RESEARCH, CARE] {
            ok(&["keys", "new", "--scope", scope, "--issuer", &issuer]);
            ok(&["keys", "move", scope, "0", "active", "--issuer", &issuer]);
        }
        world.link("first", Path::new(DATA));
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Prepares and links the agencies' files, and keeps the handles.
    fn link(&self, round: &str, data: &Path) -> Value {
        let agencies = fs::read_to_string("schemas/linkage/agencies.toml").unwrap();
        let parts = agencies.split("\n\n").filter(|part| !part.starts_with("[[source]]"));
        let mut settings = parts.collect::<Vec<_>>().join("\n\n");
        let (holder, inbox) = (self.text("holder"), self.text(&format!("inbox-{round}")));
        for agency in AGENCIES {
            let file = data.join(format!("{agency}.csv"));
            let prepare = ["prepare", text(&file), "--schema", agency, "--holder", &holder];
            ok(&[&prepare[..], &["--out", &inbox]].concat());
            settings += &fs::read_to_string(format!("{inbox}/{agency}.toml")).unwrap();
        }
        let (config, out) = (format!("{inbox}/cci.toml"), self.text(&format!("run-{round}")));
        fs::write(&config, settings).unwrap();
        ok(&["link", "--config", &config, "--as-at", "2026-04-01", "--out", &out]);
        let custodian = self.text("custodian");
        ok(&["id", "assign", "--run", &out, "--custodian", &custodian, "--apply"])
    }

    /// Issues the health service's records in a scope; returns what is said, and the pseudonyms
    /// by own identifier.
    fn issue(&self, scope: &str, name: &str) -> (Value, BTreeMap<String, String>) {
        let (handles, out) = (self.text("custodian/handles/health.csv"), self.text(name));
        let (issuer, words) = (self.text("issuer"), ["id", "issue", "--scope", scope]);
        let more = ["--handles", &handles, "--out", &out, "--issuer", &issuer];
        let said = ok(&[&words[..], &more].concat());
        let record_of = list(&self.path("holder/health/crosswalk.csv"));
        let printed = list(Path::new(&out)).into_iter();
        (said, printed.map(|(id, pseudonym)| (record_of[&id].clone(), pseudonym)).collect())
    }

    /// Returns the handle of a health record by its own identifier.
    fn handle(&self, record: &str) -> String {
        let handles = list(&self.path("custodian/handles/health.csv"));
        let crosswalk = list(&self.path("holder/health/crosswalk.csv"));
        let (id, _) = crosswalk.iter().find(|(_, own)| *own == record).unwrap();
        handles[id].clone()
    }
}

/// Reads the first two columns of a list without quotes.
fn list(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').map(String::from));
    rows.map(|mut cells| (cells.next().unwrap(), cells.next().unwrap())).collect()
}

/// Returns the own identifier of the first patient without an NHS number, and without histories.
fn without_number() -> String {
    let text = fs::read_to_string(format!("{DATA}/health.csv")).unwrap();
    let mut rows = text.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    rows.find(|cells| cells[1].is_empty()).unwrap()[0].to_string()
}

#[test]
fn b36_a_child_without_a_number_has_an_identifier_and_a_number_that_comes_later_leaves_it() {
    let world = World::new();
    let (_, before) = world.issue(RESEARCH, "before.csv");
    let record = without_number();
    assert!(before.contains_key(&record));
    // The number comes; everything else in the file stays.
    let later = world.path("data");
    fs::create_dir(&later).unwrap();
    for file in files_below(Path::new(DATA)).iter().filter(|file| file.extension().is_some()) {
        if file.parent() == Some(Path::new("")) {
            fs::copy(Path::new(DATA).join(file), later.join(file)).unwrap();
        }
    }
    let health = fs::read_to_string(later.join("health.csv")).unwrap();
    let number = "9990123454";
    assert!(!health.contains(number), "nobody has it yet");
    let with = health.replacen(&format!("{record},,"), &format!("{record},{number},"), 1);
    assert_ne!(with, health);
    fs::write(later.join("health.csv"), with).unwrap();
    let said = world.link("second", &later);
    assert_eq!((&said["new"], &said["moved"], &said["absent"]), (&0.into(), &0.into(), &0.into()));
    assert!(fs::read_to_string(world.path("inbox-second/health.csv")).unwrap().contains(number));
    let (said, after) = world.issue(RESEARCH, "after.csv");
    assert_eq!(after, before);
    assert_eq!(said["minted"], 0);
}

#[test]
fn e70_an_objection_in_a_research_scope_leaves_safeguarding_working() {
    let world = World::new();
    let record = without_number();
    let (_, research) = world.issue(RESEARCH, "research.csv");
    let (_, care) = world.issue(CARE, "care.csv");
    let (issuer, handle) = (world.text("issuer"), world.handle(&record));
    ok(&["id", "person", "object", &handle, "--scope", RESEARCH, "--issuer", &issuer]);
    let (said, after) = world.issue(RESEARCH, "research-after.csv");
    assert_eq!(said["withheld"], 1);
    assert!(!after.contains_key(&record) && after.len() == research.len() - 1);
    assert!(after.iter().all(|(record, pseudonym)| research[record] == *pseudonym));
    assert_eq!(world.issue(CARE, "care-after.csv").1, care);
    let resolve = |pseudonym: &str, scope: &str| {
        run(&["id", "resolve", pseudonym, "--scope", scope, "--issuer", &issuer]).status.code()
    };
    assert_eq!(resolve(&research[&record], RESEARCH), Some(1));
    assert_eq!(resolve(&care[&record], CARE), Some(0));
    // The extract leaves the child out, and its count says so.
    let (file, holder) = (format!("{DATA}/health.csv"), world.text("holder"));
    let (list, out) = (world.text("research-after.csv"), world.text("extract.csv"));
    let classes = world.text("custodian/classes/health.csv");
    let words = ["release", &file, "--schema", "health", "--holder", &holder, "--scope", RESEARCH];
    let lists = ["--pseudonyms", &list, "--classes", &classes, "--columns", "GENDER"];
    let said = ok(&[&words[..], &lists, &["--out", &out]].concat());
    assert_eq!((&said["withheld"], &said["released"]), (&1.into(), &after.len().into()));
    assert!(!fs::read_to_string(&out).unwrap().contains(&research[&record]));
}

#[test]
fn b37_every_export_says_who_is_provisional_and_a_confirmed_person_keeps_the_pseudonym() {
    let world = World::new();
    let record = without_number();
    let (_, before) = world.issue(RESEARCH, "before.csv");
    let (issuer, handle) = (world.text("issuer"), world.handle(&record));
    ok(&["id", "person", "move", &handle, "confirmed", "--issuer", &issuer]);
    let (_, after) = world.issue(RESEARCH, "after.csv");
    assert_eq!(after, before);
    // Of whoever died the identifier stands, and the death is not told.
    let (dead, _) = before.iter().find(|(own, _)| world.handle(own) != handle).unwrap();
    let dead_handle = world.handle(dead);
    ok(&["id", "person", "move", &dead_handle, "deceased", "--issuer", &issuer]);
    world.issue(RESEARCH, "later.csv");
    let (file, holder) = (format!("{DATA}/health.csv"), world.text("holder"));
    let classes = world.text("custodian/classes/health.csv");
    let words = ["release", &file, "--schema", "health", "--holder", &holder, "--scope", RESEARCH];
    let list = world.text("later.csv");
    let lists = ["--pseudonyms", &list, "--classes", &classes, "--columns", "GENDER"];
    ok(&[&words[..], &lists, &["--out", &world.text("extract.csv")]].concat());
    let crosswalk = ["--crosswalk", &world.text("crosswalk.csv"), "--issuer", &issuer];
    ok(&[&["id", "rotate", "--scope", RESEARCH][..], &crosswalk].concat());
    let confirmed = [&before[&record], &before[dead]];
    for (name, column) in [("later.csv", 1), ("extract.csv", 0), ("crosswalk.csv", 0)] {
        let text = fs::read_to_string(world.path(name)).unwrap();
        let state = text.lines().next().unwrap().split(',').position(|c| c == "state").unwrap();
        for row in text.lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            let is_confirmed = confirmed.iter().any(|known| *known == cells[column]);
            let word = if is_confirmed { "confirmed" } else { "provisional" };
            assert_eq!(cells[state], word, "{name}");
        }
        assert!(!text.contains("deceased") && text.contains(confirmed[0].as_str()), "{name}");
    }
}

/// Commands that open an issuer's folder and do, ask or show something there.
fn of_issuer<'a>(handle: &'a str, list: &'a str, out: &'a str) -> Vec<Vec<&'a str>> {
    let pseudonym = "C0MR-055J-BMB8-PJBD-TWKG";
    let mut all = vec![
        vec!["id", "resolve", pseudonym, "--scope", RESEARCH],
        vec!["id", "issue", "--scope", RESEARCH, "--handles", list, "--out", out],
        vec!["id", "rotate", "--scope", RESEARCH, "--crosswalk", out],
        vec!["id", "rotate", "--scope", RESEARCH, "--drill"],
        vec!["id", "crosswalk", "0", "1", "--scope", RESEARCH, "--crosswalk", out],
        vec!["id", "verify"],
        vec!["id", "person", "merge", handle, handle],
        vec!["id", "person", "unmerge", "1"],
        vec!["id", "person", "split", handle],
        vec!["id", "person", "move", handle, "sealed"],
        vec!["id", "person", "erase", handle],
        vec!["id", "person", "object", handle, "--scope", RESEARCH],
        vec!["audit", "verify"],
        vec!["audit", "checkpoint", "--out", out],
        vec!["keys", "new"],
        vec!["keys", "new", "--scope", "research/other"],
        vec!["keys", "move", RESEARCH, "0", "retired"],
        vec!["keys", "states"],
    ];
    all.iter_mut().for_each(|words| words.push("--issuer"));
    all
}

/// Returns every file below a folder with its bytes.
fn bytes_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(folder).into_iter();
    files.map(|file| (file.clone(), fs::read(folder.join(file)).unwrap())).collect()
}

#[test]
fn e62_commands_of_a_duty_are_refused_in_the_folder_of_every_other() {
    let world = World::new();
    fs::create_dir(world.path("researcher")).unwrap();
    fs::write(world.path("researcher/extract.csv"), "pseudonym\n").unwrap();
    let (handle, out) = (world.handle(&without_number()), world.text("never.csv"));
    let list = world.text("custodian/handles/health.csv");
    let refused = |words: &[&str], folder: &str| {
        let path = world.path(folder);
        let before = bytes_below(&path);
        let output = run(&[words, &[text(&path)]].concat());
        assert!(!output.status.success(), "{words:?} in {folder}: {}", stdout(&output));
        assert_eq!(bytes_below(&path), before, "{words:?} in {folder}");
        assert!(!world.path("never.csv").exists(), "{words:?} in {folder}");
    };
    let issuer = of_issuer(&handle, &list, &out);
    for folder in ["holder", "custodian", "researcher"] {
        // An issuer may settle in an empty folder, or beside what is nobody's store.
        let settles = |words: &[&str]| folder == "researcher" && words.len() == 3;
        for words in issuer.iter().filter(|words| !settles(words)) {
            refused(words, folder);
        }
    }
    let run_folder = world.text("run-first");
    for folder in ["holder", "issuer"] {
        refused(&["id", "assign", "--run", &run_folder, "--apply", "--custodian"], folder);
    }
    let file = format!("{DATA}/police.csv");
    let prepare = ["prepare", &file, "--schema", "police", "--out", &out, "--holder"];
    for folder in ["custodian", "issuer"] {
        refused(&prepare, folder);
    }
    // A holder's crosswalk is in the holder's folder alone: nowhere else is there one to release by.
    let release = ["release", &file, "--schema", "police", "--scope", RESEARCH, "--columns", "sex"];
    let lists = ["--pseudonyms", &list, "--classes", &list, "--out", &out, "--holder"];
    for folder in ["custodian", "issuer", "researcher"] {
        refused(&[&release[..], &lists].concat(), folder);
    }
}

#[test]
fn e62_another_dutys_file_is_refused_under_any_name() {
    let world = World::new();
    let (vault, members) = ("issuer/vault.sqlite", "custodian/memberships.sqlite");
    let other = world.path("other");
    for (file, name, folder, words) in [
        (members, "vault.sqlite", "issuer", "it is a custodian's memberships"),
        ("issuer/audit.sqlite", "vault.sqlite", "issuer", "it is an audit log"),
        (vault, "audit.sqlite", "issuer", "it is an issuer's vault"),
        ("custodian/custodian.key", "audit.key", "issuer", "it is not a key for audit"),
        (vault, "memberships.sqlite", "custodian", "it is an issuer's vault"),
        ("issuer/root.key", "custodian.key", "custodian", "it is not a key for custodian"),
    ] {
        let _ = fs::remove_dir_all(&other);
        fs::create_dir(&other).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&other, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        for entry in files_below(&world.path(folder)) {
            if entry.parent() == Some(Path::new("")) {
                fs::copy(world.path(folder).join(&entry), other.join(entry)).unwrap();
            }
        }
        fs::copy(world.path(file), other.join(name)).unwrap();
        let (run_folder, here) = (world.text("run-first"), other.display().to_string());
        let output = match folder {
            "custodian" => run(&["id", "assign", "--run", &run_folder, "--custodian", &here]),
            _ => run(&["keys", "new", "--scope", "research/other", "--issuer", &here]),
        };
        let said = stderr(&output);
        assert!(!output.status.success() && said.contains(words), "{file} as {name}: {said}");
    }
}
