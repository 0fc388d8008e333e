//! Sealed identities: after an adoption nothing leads from the new child to the old one, for
//! whoever links, explains, resolves, or reads what is left behind.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use cci::identifier::CustodianKey;
use cci::schema::parquet::{self, ColumnData};
use command::{files_below, run, stderr, text, write};
use serde_json::Value;

const SETTINGS: &str = r#"link = "between"
version = 1
[attributes]
given_name = "given_name"
family_name = "family_name"
date_of_birth = "date"
nhs_number = "nhs_number"
postcode = "postcode"

[[source]]
file = "health.csv"
id = "id"
[source.columns]
given_name = "first"
family_name = "last"
date_of_birth = "dob"
nhs_number = "nhs"
postcode = "postcode"

[[source]]
file = "school.csv"
id = "id"
[source.columns]
given_name = "first"
family_name = "last"
date_of_birth = "dob"
postcode = "postcode"

[[block]]
keys = ["date_of_birth"]

[decide]
strategy = "probabilistic"
cluster = "components"
# A careless key, by which a child with a new family name would be linked to the old one.
exact_key = ["given_name", "date_of_birth"]
"#;

const OLD_NUMBER: &str = "9990000018";
const NEW_NUMBER: &str = "9990000026";
const OLD: [&str; 2] = ["OLDHEALTH", "OLDSCHOOL"];
const NEW: [&str; 2] = ["NEWHEALTH", "NEWSCHOOL"];

/// Custodian and issuer of two agencies, and everything that any command has said.
struct World {
    folder: tempfile::TempDir,
    said: Mutex<Vec<u8>>,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap(), said: Mutex::default() };
        write(world.folder.path(), &[("settings.toml", SETTINGS)]);
        world.rows(&[], &[]);
        for keys in [
            &["keys", "new"][..],
            &["keys", "new", "--scope", "school/care"],
            &["keys", "move", "school/care", "0", "active"],
        ] {
            world.say(0, "issuer", keys);
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes both agencies' files: other children, the child as it was, and more rows.
    fn rows(&self, health: &[&str], school: &[&str]) {
        let others = |side: &str, number: bool| -> String {
            let row = |n: usize| {
                let (given, day, month) = (n % 9, n % 28 + 1, n % 12 + 1);
                let number = if number { "," } else { "" };
                format!("{side}{n},anna{given},smith{n},2010-{month:02}-{day:02}{number},AB1 2CD\n")
            };
            (0..60).map(row).collect()
        };
        let all = |rows: &[&str]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        let health = format!(
            "id,first,last,dob,nhs,postcode\n{}OLDHEALTH,Asha,Khan,2015-04-01,{OLD_NUMBER},ZE1 0AA\n{}",
            others("H", true),
            all(health)
        );
        let school = format!(
            "id,first,last,dob,postcode\n{}OLDSCHOOL,Asha,Khan,2015-04-01,ZE1 0AA\n{}",
            others("S", false),
            all(school)
        );
        write(self.folder.path(), &[("health.csv", &health), ("school.csv", &school)]);
    }

    /// Has the adopted child's records in both files, under another name, number and postcode.
    fn adopt(&self) {
        let health = format!("NEWHEALTH,Asha,Brown,2015-04-01,{NEW_NUMBER},ZE2 9ZZ");
        self.rows(&[&health], &["NEWSCHOOL,Asha,Brown,2015-04-01,ZE2 9ZZ"]);
    }

    fn run(&self, status: i32, arguments: &[&str]) -> (Value, String) {
        let output = run(&[arguments, &["--json", "--no-progress"]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        let mut said = self.said.lock().unwrap();
        for bytes in [&output.stdout, &output.stderr] {
            said.extend_from_slice(bytes);
            said.extend_from_slice(b"\n\n");
        }
        (serde_json::from_slice(&output.stdout).unwrap_or_default(), stderr(&output))
    }

    fn say(&self, status: i32, duty: &str, arguments: &[&str]) -> (Value, String) {
        let folder = self.path(duty);
        self.run(status, &[arguments, &[&format!("--{duty}"), text(&folder)]].concat())
    }

    fn link(&self, out: &str, kept: bool) {
        let (config, out) = (self.path("settings.toml"), self.path(out));
        let arguments = ["link", "--config", text(&config), "--strategy", "exact_key"];
        let arguments = [&arguments[..], &["--out", text(&out)]].concat();
        match kept {
            true => self.say(0, "custodian", &arguments),
            false => self.run(0, &arguments),
        };
    }

    fn assign(&self, run: &str) -> Value {
        let run = self.path(run);
        let arguments = ["id", "assign", "--run", text(&run), "--as-at", "2026-04-01", "--apply"];
        self.say(0, "custodian", &arguments).0
    }

    fn handles(&self, source: &str) -> BTreeMap<String, String> {
        list(&self.path("custodian").join("handles").join(format!("{source}.csv")))
    }

    fn issue(&self, out: &str) -> BTreeMap<String, String> {
        let handles = self.path("custodian").join("handles").join("school.csv");
        let out = self.path(out);
        let arguments = ["id", "issue", "--scope", "school/care", "--handles", text(&handles)];
        self.say(0, "issuer", &[&arguments[..], &["--out", text(&out)]].concat());
        list(&out)
    }

    /// Seals the old identity off; returns the handles that the issuer is to seal.
    fn seal(&self) -> Vec<String> {
        let (list, config) = (self.path("list.csv"), self.path("settings.toml"));
        let rows = "side,source,record\nold,health,OLDHEALTH\nold,school,OLDSCHOOL\n\
                    new,health,NEWHEALTH\nnew,school,NEWSCHOOL\n";
        fs::write(&list, rows).unwrap();
        let arguments = ["custodian", "seal", text(&list), "--config", text(&config)];
        let by = ["--reason", "order-12", "--actor", "b.clerk"];
        let (said, _) = self.say(0, "custodian", &[&arguments[..], &by].concat());
        fs::remove_file(list).unwrap();
        let handles = said["handles"].as_array().unwrap().iter();
        handles.map(|handle| handle.as_str().unwrap().to_string()).collect()
    }
}

/// Reads the first two columns of a list without quotes, the header left out.
fn list(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').map(String::from));
    rows.map(|mut cells| (cells.next().unwrap(), cells.next().unwrap())).collect()
}

/// Returns the entity of each record of a run, by its identifier.
fn entities(run: &Path) -> BTreeMap<String, u32> {
    let columns = parquet::read(&run.join("entities.parquet")).unwrap();
    let ColumnData::Text(ids) = &columns[1].1 else { panic!("a column of texts") };
    let ColumnData::Count(entity) = &columns[2].1 else { panic!("a column of counts") };
    ids.iter().cloned().zip(entity.iter().copied()).collect()
}

#[test]
fn d57_an_adopted_child_is_not_linked_to_who_it_was_and_shows_nothing_of_it() {
    let world = World::new();
    world.link("before", false);
    world.assign("before");
    let old = world.handles("school")["OLDSCHOOL"].clone();
    assert_eq!(world.handles("health")["OLDHEALTH"], old);
    world.adopt();
    // Without a seal the careless key links them, given name and birth being what they were.
    world.link("unsealed", false);
    let found = entities(&world.path("unsealed"));
    assert_eq!(found["OLDHEALTH"], found["NEWSCHOOL"]);

    assert_eq!(world.seal(), std::slice::from_ref(&old));
    world.link("sealed", true);
    let found = entities(&world.path("sealed"));
    assert_eq!(found["NEWHEALTH"], found["NEWSCHOOL"]);
    let alone = |name: &str| found.values().filter(|e| **e == found[name]).count() == 1;
    assert!(alone("OLDHEALTH") && alone("OLDSCHOOL"), "the old are in no candidate pair");
    assert_eq!(world.assign("sealed")["retired"], 2);
    let [health, school] = ["health", "school"].map(|source| world.handles(source));
    assert_eq!(health["NEWHEALTH"], school["NEWSCHOOL"]);
    assert!(health["NEWHEALTH"] != old && !school.values().any(|handle| *handle == old));
    assert!(!health.contains_key("OLDHEALTH") && !school.contains_key("OLDSCHOOL"));

    // Who reviews the new child sees no candidate, rival or record of before; asked by name, the
    // old record is one that is not there.
    let (run, data) = (world.path("sealed"), world.folder.path());
    let on = ["--run", text(&run), "--data", text(data)];
    let (seen, _) = world.run(0, &[&["explain", "record", "health:NEWHEALTH"], &on[..]].concat());
    assert!(seen.to_string().contains("OLDSCHOOL"), "without the custodian's folder it is seen");
    for question in [
        &["explain", "record", "health:NEWHEALTH"][..],
        &["explain", "entity", "school:NEWSCHOOL"],
        &["explain", "pair", "health:NEWHEALTH", "school:NEWSCHOOL"],
    ] {
        let (seen, said) = world.say(0, "custodian", &[question, &on].concat());
        assert!(!format!("{seen}{said}").contains("OLD"), "{question:?}: {seen}");
    }
    let asked = |name: &str| {
        let question = ["explain", "pair", "school:NEWSCHOOL", name];
        world.say(3, "custodian", &[&question[..], &on].concat()).1
    };
    assert_eq!(asked("health:OLDHEALTH"), asked("health:OLDHEALTX"));
}

#[test]
fn d59_a_record_of_before_that_comes_again_is_retired_without_a_hint() {
    let world = World::new();
    world.link("before", false);
    world.assign("before");
    world.adopt();
    world.seal();
    // The old number under a new identifier; the old name without number, at another address;
    // and another child, who is nobody's.
    let health = format!("NEWHEALTH,Asha,Brown,2015-04-01,{NEW_NUMBER},ZE2 9ZZ");
    let again = format!("AGAINNUMBER,Asha,Kahn,2015-04-01,{OLD_NUMBER},");
    let school = [
        "NEWSCHOOL,Asha,Brown,2015-04-01,ZE2 9ZZ",
        "AGAINNAME,Asha,Khan,2015-04-01,AB1 2CD",
        "AGAINALL,Asha,Khan,2015-04-01,ZE1 0AA",
        "STRANGER,Asha,Green,2015-04-01,AB1 2CD",
    ];
    world.rows(&[&health, &again], &school);
    world.link("again", true);
    let found = entities(&world.path("again"));
    assert_eq!(found["STRANGER"], found["NEWHEALTH"], "the careless key is at work");
    for old in ["AGAINNUMBER", "AGAINNAME", "AGAINALL", "OLDHEALTH"] {
        assert_ne!(found[old], found["NEWHEALTH"], "{old}");
    }
    // Two of before, and two that are known by number, or by name, birth and postcode.
    assert_eq!(world.assign("again")["retired"], 4);
    let lists = format!("{:?}{:?}", world.handles("health"), world.handles("school"));
    assert!(
        !lists.contains("AGAINNUMBER") && !lists.contains("AGAINALL") && !lists.contains("OLD")
    );
    // A run that nobody told of the seal may hold old and new together: it is not kept.
    world.link("untold", false);
    let found = entities(&world.path("untold"));
    assert_eq!(found["AGAINNAME"], found["NEWHEALTH"]);
    for run in ["untold", "before"] {
        let run = world.path(run);
        let arguments = ["id", "assign", "--run", text(&run), "--as-at", "2026-04-01", "--apply"];
        let (_, said) = world.say(1, "custodian", &arguments);
        assert!(said.contains("was not made under the seals"), "{said}");
    }
    // An agency's list lacks it as it lacks whoever objects: a row less, and no word about it.
    assert!(!world.issue("school.out.csv").contains_key("AGAINALL"));
}

#[test]
fn a_seal_that_could_not_hide_anything_is_refused() {
    let world = World::new();
    world.link("before", false);
    world.assign("before");
    world.adopt();
    let (list, config) = (world.path("list.csv"), world.path("settings.toml"));
    let arguments = ["custodian", "seal", text(&list), "--config", text(&config)];
    let arguments = [&arguments[..], &["--reason", "order-12", "--actor", "b.clerk"]].concat();
    let refused = |rows: &str, status: i32, words: &str| {
        fs::write(&list, format!("side,source,record\n{rows}")).unwrap();
        let (_, said) = world.say(status, "custodian", &arguments);
        assert!(said.contains(words) && !said.contains("OLDHEALTH"), "{said}");
    };
    refused("old,health,OLDHEALTH\n", 3, "expected records of both sides");
    refused("old,health,OLDHEALTH\nnew,health,NOBODY\n", 3, "row 3: expected old or new");
    refused("was,health,OLDHEALTH\nnew,health,NEWHEALTH\n", 3, "row 2: expected old or new");
    refused("old,school,OLDSCHOOL\nnew,health,OLDHEALTH\n", 2, "all of name, birth and postcode");
    // Linked once and kept: the history would tell for ever.
    world.link("unsealed", false);
    world.assign("unsealed");
    refused("old,health,OLDHEALTH\nnew,health,NEWHEALTH\n", 4, "is never deleted");
}

/// Everything of one identity, in every form in which it could stand in a file.
fn forms(world: &World, ids: [&str; 2], handles: &[String], more: &[&str]) -> Vec<Vec<u8>> {
    let key = CustodianKey::from_file(&world.path("custodian").join("custodian.key")).unwrap();
    let tags = ["health", "school"].iter().zip(ids).map(|(source, id)| key.record_tag(source, id));
    let mut forms: Vec<Vec<u8>> = Vec::new();
    let bytes = |hex: &str| -> Vec<u8> {
        let byte = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    };
    for tag in tags {
        forms.push(tag.to_vec());
        forms.push(tag.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
    }
    for handle in handles {
        forms.extend([handle.clone().into_bytes(), bytes(handle)]);
    }
    forms.extend(ids.iter().chain(more).map(|text| text.as_bytes().to_vec()));
    forms
}

fn holds(place: &[u8], forms: &[Vec<u8>]) -> bool {
    forms.iter().any(|form| place.windows(form.len()).any(|window| window == form))
}

/// Returns the rows of every table of a database, each as bytes.
fn rows(path: &Path) -> Vec<Vec<u8>> {
    use rusqlite::types::ValueRef;
    let file = rusqlite::Connection::open(path).unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let mut tables = file.prepare(tables).unwrap();
    let names: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = Vec::new();
    for name in names {
        let mut statement = file.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let mut bytes = Vec::new();
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Text(value) | ValueRef::Blob(value) => bytes.extend_from_slice(value),
                    ValueRef::Integer(number) => bytes.extend(number.to_string().into_bytes()),
                    ValueRef::Real(_) | ValueRef::Null => {}
                }
                bytes.push(b'\n');
            }
            all.push(bytes);
        }
    }
    all
}

#[test]
fn d58_nothing_that_is_left_behind_holds_old_and_new_together() {
    let world = World::new();
    world.link("before", false);
    world.assign("before");
    let pseudonym = world.issue("before.csv")["OLDSCHOOL"].clone();
    world.adopt();
    let old = world.seal();
    world.link("sealed", true);
    world.assign("sealed");
    world.say(0, "issuer", &["id", "person", "move", &old[0], "sealed"]);
    let issued = world.issue("after.csv");
    // Old and unknown get one answer; the new child is answered for.
    let resolve = |printed: &str, status| {
        let question = ["id", "resolve", printed, "--scope", "school/care"];
        world.say(status, "issuer", &question)
    };
    let (_, sealed) = resolve(&pseudonym, 1);
    assert!(sealed.contains("nobody is answered for"), "{sealed}");
    let new = world.handles("school")["NEWSCHOOL"].clone();
    assert_eq!(resolve(&issued["NEWSCHOOL"], 0).0["handle"], new);
    // A person of before and one of after cannot be made one; what is said tells nothing.
    let (_, merged) = world.say(4, "issuer", &["id", "person", "merge", &old[0], &new]);
    assert!(merged.contains("does not know a handle"), "{merged}");
    // An audit of everything, a second linkage, and what explains the new child.
    world.say(0, "issuer", &["audit", "verify"]);
    world.say(0, "issuer", &["id", "verify"]);
    world.say(0, "custodian", &["custodian", "decisions"]);
    world.link("later", true);
    world.assign("later");
    // Databases as a backup would have them.
    for (duty, name) in [("custodian", "memberships"), ("issuer", "vault"), ("issuer", "audit")] {
        let path = world.path(duty).join(format!("{name}.sqlite"));
        let backup = world.path(duty).join(format!("{name}.backup.sqlite"));
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute("VACUUM INTO ?1", [text(&backup)]).unwrap();
    }

    let olds = forms(&world, OLD, &old, &[&pseudonym, OLD_NUMBER, "Khan", "khan", "ZE1 0AA"]);
    let new = forms(
        &world,
        NEW,
        std::slice::from_ref(&new),
        &[&issued["NEWSCHOOL"], NEW_NUMBER, "Brown", "brown", "ZE2 9ZZ"],
    );
    let mut looked_at = BTreeSet::new();
    let (mut with_old, mut with_new) = (0, 0);
    let mut check = |what: &str, places: Vec<Vec<u8>>| {
        for place in places {
            let (has_old, has_new) = (holds(&place, &olds), holds(&place, &new));
            assert!(!(has_old && has_new), "{what} holds old and new together");
            (with_old, with_new) = (with_old + u32::from(has_old), with_new + u32::from(has_new));
        }
    };
    for name in files_below(world.folder.path()) {
        let path = world.path(text(&name));
        let shown = name.display().to_string();
        looked_at.insert(shown.rsplit(['.', '/']).next().unwrap().to_string());
        let bytes = fs::read(&path).unwrap();
        match path.extension().and_then(|end| end.to_str()).unwrap_or_default() {
            "sqlite" => check(&shown, rows(&path)),
            "parquet" if shown.ends_with("entities.parquet") => {
                let found = entities(&path.with_file_name(""));
                let of = |ids: [&str; 2]| ids.map(|id| found.get(id).copied());
                let shared = of(OLD).iter().flatten().any(|e| of(NEW).contains(&Some(*e)));
                assert!(!shared, "{shown}");
            }
            "parquet" => {
                let columns = parquet::read(&path).unwrap();
                let texts = columns.iter().filter_map(|(_, data)| match data {
                    ColumnData::Text(values) => Some(values),
                    _ => None,
                });
                let texts: Vec<_> = texts.collect();
                let count = texts.first().map_or(0, |values| values.len());
                let row = |n: usize| texts.iter().map(|values| values[n].clone()).collect();
                let lines = (0..count).map(row).map(|row: Vec<String>| row.join("\n").into_bytes());
                check(&shown, lines.collect());
            }
            _ => check(&shown, bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()),
        }
    }
    for ending in ["sqlite", "parquet", "csv", "json", "toml", "key", "checkpoint"] {
        assert!(looked_at.contains(ending), "{looked_at:?}");
    }
    // Every answer on its own: what stood on a terminal.
    let said = world.said.lock().unwrap().clone();
    let answers = String::from_utf8(said).unwrap();
    check("an answer", answers.split("\n\n").map(|answer| answer.as_bytes().to_vec()).collect());
    assert!(with_old > 10 && with_new > 10, "both are found where they belong");
}

#[test]
fn d58_tokens_tell_nothing_without_the_key_and_not_even_how_many() {
    let world = World::new();
    world.link("before", false);
    world.assign("before");
    world.adopt();
    let custodian = world.path("custodian");
    world.seal();
    let tokens: Vec<Vec<u8>> = {
        let path = custodian.join("memberships.sqlite");
        let file = rusqlite::Connection::open(&path).unwrap();
        let mut all = file.prepare("SELECT token FROM seal_token").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(tokens.len() % 64, 0);
    assert!(tokens.is_sorted(), "they lie in the order of their bytes, not of their making");
    for forms in [forms(&world, OLD, &[], &[]), forms(&world, NEW, &[], &[])] {
        assert!(tokens.iter().all(|token| !holds(token, &forms)));
    }
    // Without the key nothing is linked, rather than linked as if there were no seal.
    fs::rename(custodian.join("seal.key"), world.path("elsewhere.key")).unwrap();
    let (config, out) = (world.path("settings.toml"), world.path("out"));
    let arguments = ["link", "--config", text(&config), "--out", text(&out)];
    let (_, said) = world.say(4, "custodian", &arguments);
    assert!(said.contains("seal.key"), "{said}");
}

#[test]
fn d61_a_protected_address_leaves_the_custodian_in_no_explanation_list_or_answer() {
    let world = World::new();
    world.link("run", false);
    world.assign("run");
    world.issue("issued.csv");
    let (run_folder, data) = (world.path("run"), world.folder.path());
    let on = ["--run", text(&run_folder), "--data", text(data)];
    let mut steps = 0;
    for question in [
        &["explain", "pair", "health:OLDHEALTH", "school:OLDSCHOOL"][..],
        &["explain", "record", "health:OLDHEALTH"],
        &["explain", "entity", "school:OLDSCHOOL"],
    ] {
        let shown = run(&[question, &on].concat());
        assert!(shown.status.success(), "{}", stderr(&shown));
        world.said.lock().unwrap().extend([shown.stdout, shown.stderr].concat());
        steps += world.run(0, &[question, &on].concat()).0.to_string().matches("postcode").count();
    }
    assert!(steps > 0, "the postcode is compared, and spoken of");
    // As a whole, without the space, and the part of it that names a place.
    let address: Vec<Vec<u8>> = ["ZE1 0AA", "ZE10AA", "ZE1 0", "ZE1", "ze1"]
        .iter()
        .map(|form| form.as_bytes().to_vec())
        .collect();
    assert!(holds(&fs::read(world.path("school.csv")).unwrap(), &address));
    assert!(!holds(&world.said.lock().unwrap(), &address));
    let mut files = 0;
    for name in files_below(data) {
        let own = ["health.csv", "school.csv"].contains(&text(&name));
        let bytes = fs::read(world.path(text(&name))).unwrap();
        assert!(own || !holds(&bytes, &address[..2]), "{}", name.display());
        files += usize::from(!own);
    }
    assert!(files > 10, "lists, run, vault, log and memberships were looked at");
}
