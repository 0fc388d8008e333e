//! What can be learnt by asking: nothing by guessing, and no small count of who objects.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::path::PathBuf;

use cci::identifier::{AuditKey, Epoch, KeyFolder, OsRandom, PersonKey, Pseudonym, Scope};
use cci::registry::{AuditLog, Detail, Entry, Handle, Outcome, Registry};
use command::{run, stderr, stdout, text};
use serde_json::Value;

const RESEARCH: &str = "research/harm";
const CARE: &str = "social_care/care";
const NOBODY: u64 = 100;

/// An issuer with so many persons in two scopes.
struct World {
    _parent: tempfile::TempDir,
    folder: PathBuf,
    persons: Vec<(Handle, [Pseudonym; 2])>,
}

impl World {
    fn new(count: u32) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("issuer");
        let made = run(&["keys", "new", "--issuer", text(&folder)]);
        assert!(made.status.success(), "{}", stderr(&made));
        let keys = KeyFolder::at(&folder);
        let mut registry = Registry::open(&folder.join("vault.sqlite")).unwrap();
        let mut run = registry.begin_change("test").unwrap();
        let handles = run.mint(count).unwrap();
        let issued = [RESEARCH, CARE].map(|scope| {
            let scope: Scope = scope.parse().unwrap();
            let key = keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom).unwrap();
            run.activate(&key).unwrap();
            run.issue(&key, &handles).unwrap().pseudonyms
        });
        run.commit().unwrap();
        let of = |place: usize| issued.each_ref().map(|scope| scope[place].unwrap());
        let persons = handles.iter().enumerate().map(|(n, handle)| (*handle, of(n))).collect();
        Self { _parent: parent, folder, persons }
    }

    fn says(&self, status: i32, arguments: &[&str]) -> (Value, String) {
        let output = run(&[arguments, &["--json", "--issuer", text(&self.folder)]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        (serde_json::from_str(&stdout(&output)).unwrap_or(Value::Null), stderr(&output))
    }

    fn resolve(&self, status: i32, pseudonym: &Pseudonym, scope: &str) -> String {
        let printed = pseudonym.print(&scope.parse().unwrap());
        self.says(status, &["id", "resolve", &printed, "--scope", scope]).1
    }

    /// Returns a pseudonym that is right in form, scope and check, and nobody's.
    fn guess(&self, number: u8) -> Pseudonym {
        let scope: Scope = RESEARCH.parse().unwrap();
        let key = KeyFolder::at(&self.folder).pseudonym_key(&scope, Epoch::FIRST).unwrap();
        key.pseudonym(&PersonKey::from_bytes([number; 16]), 0)
    }

    fn log(&self) -> AuditLog {
        let key = AuditKey::from_file(&self.folder.join("audit.key")).unwrap();
        AuditLog::open(&self.folder.join("audit.sqlite"), key).unwrap()
    }

    fn entries(&self, action: &str) -> Vec<(String, String)> {
        let file = rusqlite::Connection::open(self.folder.join("audit.sqlite")).unwrap();
        let sql = "SELECT outcome, detail FROM entry WHERE action = ?1 ORDER BY seq";
        let mut entries = file.prepare(sql).unwrap();
        let rows = entries.query_map([action], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

#[test]
fn e67_guessing_one_after_another_is_stopped_and_alarmed_and_tells_nothing() {
    let world = World::new(3);
    let known = world.persons[0].1[0];
    let first = world.resolve(1, &world.guess(1), RESEARCH);
    // All but one of the questions that are too many, as the command would log them.
    let detail =
        |count| Detail { count: Some(count), scope: Some(RESEARCH.into()), ..Detail::default() };
    let entry = |count| Entry { action: "resolve", outcome: Outcome::Done, detail: detail(count) };
    let entries: Vec<Entry<'_>> = (0..NOBODY - 2).map(|_| entry(0)).collect();
    world.log().append_all(&entries).unwrap();
    assert!(world.entries("alarm: guessing").is_empty());
    // Who is there is answered for up to the last, and who is not gets the answer of before.
    world.resolve(0, &known, RESEARCH);
    assert_eq!(world.resolve(1, &world.guess(2), RESEARCH), first);
    let alarms = world.entries("alarm: guessing");
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    let alarm: Value = serde_json::from_str(&alarms[0].1).unwrap();
    assert_eq!((&alarm["count"], &alarm["scope"]), (&NOBODY.into(), &RESEARCH.into()));
    assert!(alarm["actor"].is_string());
    // From now on there is one answer for existence and absence alike, and it is logged.
    let absent = world.resolve(1, &world.guess(3), RESEARCH);
    assert_eq!(world.resolve(1, &known, RESEARCH), absent);
    assert!(absent.contains("nobody was answered for in 100 of the last 200"), "{absent}");
    let refused = world.entries("resolve").iter().filter(|(o, _)| o == "refused").count();
    assert_eq!(refused, 2);
    // Another scope is answered in, and so is this one when an hour has gone by.
    world.resolve(0, &world.persons[0].1[1], CARE);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let log = world.log();
    assert!(log.refuse_guessing("resolve", RESEARCH, now).is_err());
    assert!(log.refuse_guessing("resolve", RESEARCH, now + 3_601).is_ok());
    world.says(0, &["audit", "verify"]);
}

#[test]
fn e67_a_user_whose_list_is_a_little_stale_is_not_taken_for_a_guesser() {
    let world = World::new(1);
    let detail =
        |count| Detail { count: Some(count), scope: Some(CARE.into()), ..Detail::default() };
    let entry = |count| Entry { action: "resolve", outcome: Outcome::Done, detail: detail(count) };
    // A thousand questions, one in ten of them about somebody who is gone.
    let entries: Vec<Entry<'_>> = (0..1_000u64).map(|n| entry(u64::from(n % 10 > 0))).collect();
    world.log().append_all(&entries).unwrap();
    assert_eq!(world.log().unanswered("resolve", CARE, 0).unwrap(), 20);
    world.resolve(0, &world.persons[0].1[1], CARE);
    assert!(world.entries("alarm: guessing").is_empty());
}

#[test]
fn e70_objecting_to_research_leaves_care_working_and_small_counts_are_hidden() {
    let world = World::new(60);
    let object = |place: usize, scope: &str| {
        let handle = world.persons[place].0.to_string();
        world.says(0, &["id", "person", "object", &handle, "--scope", scope]);
    };
    let counts = || {
        let (said, _) = world.says(0, &["id", "objections"]);
        let row = |place: usize| {
            let of = |key: &str| said[place][key].as_u64();
            (said[place]["scope"].clone(), [of("answered"), of("objecting"), of("persons")])
        };
        [row(0), row(1)]
    };
    // Nobody objects: zeros are shown, and so is the rest.
    let [research, care] = counts();
    assert_eq!(research, (RESEARCH.into(), [Some(60), Some(0), Some(60)]));
    assert_eq!(care, (CARE.into(), [Some(60), Some(0), Some(60)]));
    (0..3).for_each(|place| object(place, RESEARCH));
    for (_, [research, care]) in &world.persons[..3] {
        assert!(world.resolve(1, research, RESEARCH).contains("nobody is answered for"));
        world.resolve(0, care, CARE);
    }
    // Three are hidden, and 57 beside them: taken from the 60 they would give the three away.
    let [(_, research), (_, care)] = counts();
    assert_eq!(research, [None, None, Some(60)]);
    assert!(care[2] == Some(60) && care[..2].iter().all(|count| *count != Some(57)));
    let text = run(&["id", "objections", "--issuer", text(&world.folder)]);
    assert!(stdout(&text).contains("[c]") && !stdout(&text).contains("57"));
    // From ten on they are shown, rounded, and the vault follows from its events.
    (3..12).for_each(|place| object(place, RESEARCH));
    let [(_, research), _] = counts();
    assert_eq!(research, [Some(50), Some(10), Some(60)]);
    world.says(0, &["id", "verify"]);
}
