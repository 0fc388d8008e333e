//! What becomes of a person, by command: resolve, merge, unmerge, split, seal, object, erase.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::path::{Path, PathBuf};

use cci::identifier::{Epoch, KeyFolder, OsRandom, Pseudonym, Scope};
use cci::registry::{Handle, Registry};
use command::{run, stderr, stdout, text};
use serde_json::Value;

/// An issuer with four persons in one scope: folder, printed pseudonyms, handles.
struct Issuer {
    _parent: tempfile::TempDir,
    folder: PathBuf,
    scope: Scope,
    persons: Vec<(Handle, Pseudonym)>,
}

fn issuer() -> Issuer {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("issuer");
    let made = run(&["keys", "new", "--issuer", text(&folder)]);
    assert!(made.status.success(), "{}", stderr(&made));
    let keys = KeyFolder::at(&folder);
    let scope = Scope::new("education", "attendance").unwrap();
    let key = keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom).unwrap();
    let mut registry = Registry::open(&folder.join("vault.sqlite")).unwrap();
    let mut run = registry.begin_change("test").unwrap();
    run.activate(&key).unwrap();
    let handles = run.mint(4).unwrap();
    let issued = run.issue(&key, &handles).unwrap().pseudonyms.into_iter().flatten();
    let persons = handles.iter().copied().zip(issued).collect();
    run.commit().unwrap();
    Issuer { _parent: parent, folder, scope, persons }
}

impl Issuer {
    fn handle(&self, place: usize) -> String {
        self.persons[place].0.to_string()
    }

    fn printed(&self, place: usize) -> String {
        self.persons[place].1.print(&self.scope)
    }

    fn says(&self, status: i32, arguments: &[&str]) -> (Value, String) {
        let arguments = [&["id"], arguments, &["--json", "--issuer", text(&self.folder)]].concat();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        (serde_json::from_str(&stdout(&output)).unwrap_or(Value::Null), stderr(&output))
    }

    fn person(&self, arguments: &[&str]) -> Value {
        self.says(0, &[&["person"], arguments].concat()).0
    }

    fn resolve(&self, place: usize) -> Value {
        let printed = self.printed(place);
        self.says(0, &["resolve", &printed, "--scope", &self.scope.to_string()]).0
    }

    /// What is said of a pseudonym that stands for nobody.
    fn nobody(&self, printed: &str) -> (Value, String) {
        self.says(1, &["resolve", printed, "--scope", &self.scope.to_string()])
    }
}

#[test]
fn a_merge_is_made_followed_and_taken_back_by_command() {
    let issuer = issuer();
    let (first, second) = (issuer.handle(0), issuer.handle(1));
    let merged = issuer.person(&["merge", &second, &first]);
    assert_eq!((&merged["handle"], &merged["other"]), (&first.clone().into(), &second.into()));
    let found = issuer.resolve(1);
    assert_eq!((&found["handle"], &found["redirected"]), (&first.into(), &true.into()));
    assert_eq!(found["current"], issuer.printed(0));
    assert_eq!(issuer.resolve(0)["current"], Value::Null, "it is the one to use already");
    issuer.says(0, &["verify"]);
    issuer.person(&["unmerge", &merged["merge"].to_string()]);
    assert_eq!(issuer.resolve(1)["handle"], issuer.handle(1));
    let (_, said) = issuer.says(4, &["person", "merge", &issuer.handle(0), &issuer.handle(1)]);
    assert!(said.contains("shall not become one again"), "{said}");
}

#[test]
fn sealed_erased_objecting_and_unknown_get_the_same_answer() {
    let issuer = issuer();
    let unknown = {
        // Right in form and scope, issued to nobody.
        let keys = KeyFolder::at(&issuer.folder);
        let key = keys.pseudonym_key(&issuer.scope, Epoch::FIRST).unwrap();
        let nobody = cci::identifier::PersonKey::from_bytes([7; 16]);
        key.pseudonym(&nobody, 0).print(&issuer.scope)
    };
    let expected = issuer.nobody(&unknown);
    issuer.person(&["move", &issuer.handle(0), "sealed"]);
    issuer.person(&["erase", &issuer.handle(1)]);
    issuer.person(&["object", &issuer.handle(2), "--scope", "education/attendance"]);
    for place in 0..3 {
        assert_eq!(issuer.nobody(&issuer.printed(place)), expected);
    }
    assert_eq!(issuer.resolve(3)["state"], "provisional");
    let scope = "education/attendance";
    issuer.person(&["object", &issuer.handle(2), "--scope", scope, "--withdraw"]);
    assert_eq!(issuer.resolve(2)["handle"], issuer.handle(2));
    issuer.says(0, &["verify"]);
}

#[test]
fn an_earlier_day_is_answered_as_it_was_known_then() {
    let issuer = issuer();
    let (printed, scope) = (issuer.printed(0), issuer.scope.to_string());
    let as_at = |status, day| {
        issuer.says(status, &["resolve", &printed, "--scope", &scope, "--as-at", day])
    };
    assert_eq!(as_at(0, "2999-12-31").0["handle"], issuer.handle(0));
    as_at(1, "2020-01-01");
    for wrong in ["2026-02-30", "yesterday", "1969-12-30"] {
        assert!(as_at(2, wrong).1.contains("expected a day as YYYY-MM-DD"), "{wrong}");
    }
}

#[test]
fn a_wrong_handle_state_or_pseudonym_gets_a_plain_answer() {
    let issuer = issuer();
    let (_, said) = issuer.says(2, &["person", "erase", "12ab"]);
    assert!(said.contains("expected 32 hexadecimal digits"), "{said}");
    let (_, said) = issuer.says(2, &["person", "move", &issuer.handle(0), "dead"]);
    assert!(said.contains("nearest: \"deceased\""), "{said}");
    let (_, said) = issuer.says(4, &["person", "move", &issuer.handle(0), "one_time"]);
    assert!(said.contains("from here it may become"), "{said}");
    let printed = issuer.printed(0).replace('-', "")[..19].to_string();
    let (_, said) = issuer.says(2, &["resolve", &printed, "--scope", "education/attendance"]);
    assert!(said.contains("found 19") && !said.contains(&printed), "{said}");
}

#[test]
fn a_vault_that_was_tampered_with_fails_its_check() {
    let issuer = issuer();
    issuer.person(&["split", &issuer.handle(0)]);
    let vault: &Path = &issuer.folder.join("vault.sqlite");
    rusqlite::Connection::open(vault)
        .unwrap()
        .execute("UPDATE person SET state = 'confirmed' WHERE person_id = 2", [])
        .unwrap();
    let (found, said) = issuer.says(1, &["verify"]);
    assert_eq!(found["differences"].as_array().unwrap().len(), 1);
    assert!(said.contains("the states of persons are not those that the events tell"), "{said}");
}
