//! Rotation by command: every member another pseudonym, a crosswalk for one agency, nothing half.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cci::identifier::{Epoch, KeyFolder, Pseudonym, Scope};
use cci::registry::{Handle, PersonState, Registry, Run};
use command::{run, stderr, stdout, text};
use serde_json::Value;

const MEMBERS: u32 = 200;

/// An issuer with members in two scopes.
struct Issuer {
    parent: tempfile::TempDir,
    folder: PathBuf,
    handles: Vec<Handle>,
}

fn scope(agency: &str) -> Scope {
    Scope::new(agency, "attendance").unwrap()
}

fn issuer() -> Issuer {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("issuer");
    let mut issuer = Issuer { parent, folder, handles: Vec::new() };
    issuer.ok(&["keys", "new"]);
    for agency in ["education", "police"] {
        let scope = scope(agency).to_string();
        issuer.ok(&["keys", "new", "--scope", &scope]);
        issuer.ok(&["keys", "move", &scope, "0", "active"]);
    }
    let keys = KeyFolder::at(&issuer.folder);
    issuer.handles = issuer.change(|run| {
        let handles = run.mint(MEMBERS).unwrap();
        for agency in ["education", "police"] {
            run.issue(&keys.pseudonym_key(&scope(agency), Epoch::FIRST).unwrap(), &handles)
                .unwrap();
        }
        handles
    });
    issuer
}

impl Issuer {
    fn says(&self, status: i32, arguments: &[&str]) -> (String, String) {
        let output = run(&[arguments, &["--issuer", text(&self.folder)]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        (stdout(&output), stderr(&output))
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.says(0, arguments).0
    }

    fn change<T>(&self, work: impl FnOnce(&mut Run) -> T) -> T {
        let mut registry = Registry::open(&self.folder.join("vault.sqlite")).unwrap();
        let mut run = registry.begin_change("test").unwrap();
        let done = work(&mut run);
        run.commit().unwrap();
        done
    }

    /// Pseudonyms of a scope's epoch by handle.
    fn issued(&self, agency: &str, epoch: u8) -> BTreeMap<Handle, Pseudonym> {
        let registry = Registry::open(&self.folder.join("vault.sqlite")).unwrap();
        let mut issued = BTreeMap::new();
        let epoch = Epoch::new(epoch).unwrap();
        registry
            .visit_issued(&scope(agency), epoch, |handle, pseudonym| {
                issued.insert(handle, pseudonym);
                Ok(())
            })
            .unwrap();
        issued
    }

    fn resolve(&self, status: i32, pseudonym: &Pseudonym) -> Value {
        let printed = pseudonym.print(&scope("education"));
        let said =
            self.says(status, &["id", "resolve", &printed, "--scope", EDUCATION, "--json"]).0;
        serde_json::from_str(&said).unwrap_or(Value::Null)
    }

    fn rotate(&self, name: &str, more: &[&str]) -> (Value, PathBuf) {
        let file = self.parent.path().join(name);
        let arguments =
            ["id", "rotate", "--scope", EDUCATION, "--crosswalk", text(&file), "--json"];
        let said = self.ok(&[&arguments, more].concat());
        (serde_json::from_str(&said).unwrap(), file)
    }
}

const EDUCATION: &str = "education/attendance";

/// Rows of a crosswalk, earlier to later.
fn rows(file: &Path) -> Vec<(Pseudonym, Pseudonym)> {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("earlier,later,state"));
    let read = |printed: &str| Pseudonym::parse(printed, &scope("education")).unwrap();
    let rows = lines.map(|line| line.strip_suffix(",provisional").unwrap());
    rows.map(|row| row.split_once(',').unwrap()).map(|(a, b)| (read(a), read(b))).collect()
}

#[test]
fn b41_a_rotation_changes_every_pseudonym_of_one_scope_and_nobody_else() {
    let issuer = issuer();
    let (before, police) = (issuer.issued("education", 0), issuer.issued("police", 0));
    let (said, file) = issuer.rotate("education.csv", &[]);
    assert_eq!((&said["issued"], &said["crosswalk"]), (&MEMBERS.into(), &MEMBERS.into()));
    let after = issuer.issued("education", 1);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert_eq!(issuer.issued("police", 0), police);
    assert!(issuer.issued("police", 1).is_empty());

    // Complete, one to one, in an order that says nothing, and the owner's alone.
    let rows = rows(&file);
    let expected: BTreeSet<_> = before.iter().map(|(h, old)| (*old, after[h])).collect();
    assert_eq!(rows.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!(rows.iter().map(|(_, new)| new).collect::<BTreeSet<_>>().len(), rows.len());
    assert!(rows.is_sorted(), "in the order of random values");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    // In the window an old pseudonym leads to the new one; after it, nowhere.
    let (old, new) = rows[0];
    let found = issuer.resolve(0, &old);
    assert_eq!(found["current"], new.print(&scope("education")));
    issuer.ok(&["keys", "move", EDUCATION, "0", "retired"]);
    issuer.resolve(1, &old);
    assert_eq!(issuer.resolve(0, &new)["handle"], found["handle"]);
    issuer.ok(&["id", "verify"]);
    issuer.ok(&["audit", "verify"]);
}

#[test]
fn after_a_leak_the_old_pseudonyms_are_refused_at_once_and_the_crosswalk_is_there() {
    let issuer = issuer();
    let before = issuer.issued("education", 0);
    let (said, file) = issuer.rotate("education.csv", &["--leaked"]);
    assert_eq!(said["overlap"], false);
    assert_eq!(rows(&file).len(), before.len());
    for old in before.values().take(3) {
        issuer.resolve(1, old);
    }
    // Written again, to the byte.
    let again = issuer.parent.path().join("again.csv");
    let arguments =
        ["id", "crosswalk", "0", "1", "--scope", EDUCATION, "--crosswalk", text(&again)];
    issuer.ok(&arguments);
    assert_eq!(fs::read(&again).unwrap(), fs::read(&file).unwrap());
    let said = issuer.says(4, &arguments).1;
    assert!(said.contains("what is there may be somebody's"), "{said}");
}

#[test]
fn a_drill_rotates_everybody_and_keeps_nothing() {
    let issuer = issuer();
    let (before, states) = (issuer.issued("education", 0), issuer.ok(&["keys", "states"]));
    let names = || -> BTreeSet<_> {
        let folder = fs::read_dir(&issuer.folder).unwrap();
        folder.map(|entry| entry.unwrap().file_name()).collect()
    };
    let files = names();
    for more in [&[][..], &["--leaked"]] {
        let arguments = ["id", "rotate", "--scope", EDUCATION, "--drill", "--json"];
        let said = issuer.ok(&[&arguments, more].concat());
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&said["issued"], &said["kept"]), (&MEMBERS.into(), &false.into()));
    }
    assert_eq!(issuer.issued("education", 0), before);
    assert_eq!((issuer.ok(&["keys", "states"]), names()), (states, files));
    issuer.rotate("education.csv", &[]);
}

#[test]
fn persons_who_were_merged_get_one_new_pseudonym_and_hidden_ones_get_none() {
    let issuer = issuer();
    let handles = &issuer.handles;
    let before = issuer.issued("education", 0);
    issuer.change(|run| {
        run.merge(&handles[0], &handles[1]).unwrap();
        run.move_person(&handles[2], PersonState::Sealed).unwrap();
        run.erase(&handles[3]).unwrap();
        run.object(&handles[4], &scope("education")).unwrap();
    });
    let (said, file) = issuer.rotate("education.csv", &[]);
    // Merged: two members fewer become one; erased have nothing left to rotate.
    assert_eq!(said["issued"], MEMBERS - 4);
    assert_eq!(said["withheld"], 2);
    let rows: BTreeMap<_, _> = rows(&file).into_iter().collect();
    assert_eq!(rows.len() as u32, MEMBERS - 3);
    assert_eq!(rows[&before[&handles[0]]], rows[&before[&handles[1]]]);
    for hidden in &handles[2..5] {
        assert!(!rows.contains_key(&before[hidden]));
    }
}

#[test]
fn a_rotation_that_fails_leaves_no_key_and_no_file() {
    let issuer = issuer();
    issuer.ok(&["keys", "move", EDUCATION, "0", "retired"]);
    let file = issuer.parent.path().join("education.csv");
    let arguments = ["id", "rotate", "--scope", EDUCATION, "--crosswalk", text(&file)];
    let said = issuer.says(4, &arguments).1;
    assert!(said.contains("a scope is rotated from an active epoch"), "{said}");
    assert!(!file.exists() && !issuer.folder.join("education.attendance.epoch-1.key").exists());
    // The scope goes on as if nothing had been.
    issuer.ok(&["keys", "new", "--scope", EDUCATION]);
    issuer.ok(&["keys", "move", EDUCATION, "1", "active"]);
    // What is in the way is seen before anything is done.
    fs::write(&file, "somebody's").unwrap();
    let states = issuer.ok(&["keys", "states"]);
    issuer.says(4, &arguments);
    assert_eq!(issuer.ok(&["keys", "states"]), states);
}

/// Killed at any moment a rotation is made or not made. A secret that was made for one that was
/// not kept is named by the next command, and may be deleted.
#[test]
fn b39_a_rotation_that_is_killed_is_made_whole_or_not_at_all() {
    let issuer = issuer();
    let (mut made, mut left_over) = (0, 0_u64);
    for round in 0..100 {
        // On a busy machine it takes longer until there is anything to be killed at.
        if round >= 12 && made + left_over > 0 {
            break;
        }
        let file = issuer.parent.path().join(format!("{round}.csv"));
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cci"))
            .args(["id", "rotate", "--scope", EDUCATION, "--crosswalk", text(&file)])
            .args(["--issuer", text(&issuer.folder)])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(15 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        issuer.ok(&["id", "verify"]);
        issuer.ok(&["audit", "verify"]);
        let listed: Value =
            serde_json::from_str(&issuer.ok(&["keys", "states", "--json"])).unwrap();
        let epochs: Vec<&Value> =
            listed.as_array().unwrap().iter().filter(|epoch| epoch["scope"] == EDUCATION).collect();
        let latest = epochs.len() as u64 - 1;
        assert!(epochs.iter().all(|epoch| epoch["secret"] == "there"));
        assert_eq!(epochs[latest as usize]["state"], "active", "one epoch issues, always");
        assert_eq!(epochs[latest as usize]["pseudonyms"], MEMBERS);
        // A list under its final name is whole.
        if file.exists() {
            assert_eq!(rows(&file).len() as u32, MEMBERS);
        }
        made = latest;
        let next = issuer.folder.join(format!("education.attendance.epoch-{}.key", latest + 1));
        if next.exists() {
            let said = issuer.says(4, &["keys", "new", "--scope", EDUCATION]).1;
            assert!(said.contains("delete that secret: it never issued"), "{said}");
            fs::remove_file(next).unwrap();
            left_over += 1;
        }
    }
    // Whatever the moments hit, the scope can be rotated in the end.
    let (said, _) = issuer.rotate("last.csv", &[]);
    assert_eq!((&said["from"], &said["issued"]), (&made.into(), &MEMBERS.into()));
    assert!(made + left_over > 0, "no round was killed at work");
}

/// Right in form each: of a key period that is over, of nobody, and of a purpose that the issuer
/// does not serve. Agreements with agencies, and their dates, are not kept by the issuer yet.
#[test]
fn e63_a_retired_key_period_an_unknown_person_and_a_foreign_purpose_get_one_answer_and_are_logged()
{
    let issuer = issuer();
    let old = *issuer.issued("education", 0).values().next().unwrap();
    issuer.rotate("education.csv", &["--leaked"]);
    let keys = KeyFolder::at(&issuer.folder);
    let nobody = cci::identifier::PersonKey::from_bytes([7; 16]);
    let active = keys.pseudonym_key(&scope("education"), Epoch::new(1).unwrap()).unwrap();
    let unknown = active.pseudonym(&nobody, 0);
    let foreign = Scope::new("education", "marketing").unwrap();
    let asked = [
        (old, scope("education")),
        (unknown, scope("education")),
        // Its check symbols are right for a scope of which the vault has never heard.
        (unknown, foreign),
    ];
    let entries = || -> u64 {
        let said: Value = serde_json::from_str(&issuer.ok(&["audit", "verify", "--json"])).unwrap();
        said["entries"].as_u64().unwrap()
    };
    let before = entries();
    let answers: BTreeSet<(String, String)> = asked
        .iter()
        .map(|(pseudonym, scope)| {
            let (printed, scope) = (pseudonym.print(scope), scope.to_string());
            let asked = ["id", "resolve", &printed, "--scope", &scope, "--json"];
            let (said, error) = issuer.says(1, &asked);
            // The scope is said back as it was asked.
            (said, error.replace(&scope, "the scope"))
        })
        .collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(entries(), before + 3);
}
