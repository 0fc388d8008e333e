//! Custodian and issuer by command: handles stay, changes are said before they are kept, and no
//! duty's folder holds what is another's.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use command::{files_below, ok, run, stderr, text};
use serde_json::Value;

/// Two linkages of the same children: by all evidence, and by exact keys alone.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        for (name, strategy) in [("full", "key_then_probabilistic"), ("exact", "exact_key")] {
            let out = world.path(name);
            ok(&["run", "--children", "250", "--strategy", strategy, "--out", text(&out)]);
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn assign(&self, run: &str, more: &[&str]) -> Value {
        let (run, custodian) = (self.path(run), self.path("custodian"));
        let arguments = ["id", "assign", "--run", text(&run), "--custodian", text(&custodian)];
        ok(&[&arguments, more].concat())
    }

    /// Issues a source's pseudonyms into a new file; returns them by record.
    fn issue(&self, source: &str, name: &str) -> (Value, BTreeMap<String, String>) {
        self.issue_since(source, name, &[])
    }

    fn issue_since(
        &self,
        source: &str,
        name: &str,
        more: &[&str],
    ) -> (Value, BTreeMap<String, String>) {
        let handles = self.path("custodian").join("handles").join(format!("{source}.csv"));
        let (scope, out) = (format!("{source}/care"), self.path(name));
        let arguments = ["id", "issue", "--scope", &scope, "--handles", text(&handles)];
        let issuer = self.path("issuer");
        let on = ["--out", text(&out), "--issuer", text(&issuer)];
        let said = ok(&[&arguments[..], &on, more].concat());
        (said, list(&out))
    }

    /// Makes an issuer with scopes that issue.
    fn make_issuer(&self, sources: &[&str]) {
        let issuer = self.path("issuer");
        ok(&["keys", "new", "--issuer", text(&issuer)]);
        for source in sources {
            let scope = format!("{source}/care");
            ok(&["keys", "new", "--scope", &scope, "--issuer", text(&issuer)]);
            ok(&["keys", "move", &scope, "0", "active", "--issuer", text(&issuer)]);
        }
    }
}

/// Reads the first two columns of a list without quotes, the header left out.
fn list(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').map(String::from));
    rows.map(|mut cells| (cells.next().unwrap(), cells.next().unwrap())).collect()
}

#[test]
fn identifiers_stay_when_a_linkage_is_made_again_and_changes_are_said_first() {
    let world = World::new();
    let first = world.assign("full", &[]);
    assert_eq!((&first["unchanged"], &first["kept"]), (&0.into(), &false.into()));
    assert!(!world.path("custodian").join("handles").exists());
    world.assign("full", &["--apply"]);
    let again = world.assign("full", &["--apply"]);
    assert_eq!((&again["new"], &again["moved"]), (&0.into(), &0.into()));
    assert_eq!(again["unchanged"], first["new"]);

    let issuer = world.path("issuer");
    world.make_issuer(&["police", "health"]);
    let (said, police) = world.issue("police", "police.csv");
    assert_eq!(said["records"], police.len());

    // Exact keys part most entities: said, and not kept until it is asked for.
    let worse = world.assign("exact", &[]);
    assert!(worse["moved"].as_u64().unwrap() > 20 && worse["handles_split"].as_u64() > Some(20));
    assert_eq!(world.assign("full", &[])["moved"], 0);
    world.assign("exact", &["--apply"]);
    let (_, after) = world.issue("police", "police-after.csv");
    let handles = |name: &str| list(&world.path("custodian").join("handles").join(name));
    assert_eq!(police.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let kept = police.iter().filter(|(record, printed)| after[*record] == **printed).count();
    assert!(kept * 2 > police.len(), "{kept} of {}", police.len());
    // One record, one handle, one pseudonym: equal handles and equal pseudonyms go together.
    let by_handle: BTreeMap<String, String> =
        handles("police.csv").into_iter().map(|(r, h)| (h, after[&r].clone())).collect();
    assert!(handles("police.csv").iter().all(|(r, h)| by_handle[h] == after[r]));
    let issuer = ["--issuer", text(&issuer)];
    ok(&[&["id", "verify"][..], &issuer].concat());
    ok(&[&["audit", "verify"][..], &issuer].concat());
}

#[test]
fn no_duty_holds_what_is_anothers() {
    let world = World::new();
    world.assign("full", &["--apply"]);
    let issuer = world.path("issuer");
    world.make_issuer(&["police", "health"]);
    let mut printed = Vec::new();
    for source in ["police", "health"] {
        printed.extend(world.issue(source, &format!("{source}.csv")).1.into_values());
    }
    let bytes_below = |folder: &Path, lists: &[&str]| -> Vec<u8> {
        let files = files_below(folder);
        let files = files.iter().filter(|path| !lists.iter().any(|list| path.starts_with(list)));
        files.flat_map(|path| fs::read(folder.join(path)).unwrap()).collect()
    };
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    let custodian = bytes_below(&world.path("custodian"), &["handles", "classes"]);
    let vault = bytes_below(&issuer, &[]);
    let handles = world.path("custodian").join("handles");
    for source in ["police", "health"] {
        for (record, handle) in list(&handles.join(format!("{source}.csv"))).iter().take(25) {
            // Neither the custodian's store nor the issuer's folder knows a local identifier.
            assert!(!holds(&custodian, record) && !holds(&vault, record));
            // A list is for its own agency: no handle of it stands in what agencies receive.
            for name in ["police.csv", "health.csv"] {
                assert!(!holds(&fs::read(world.path(name)).unwrap(), handle));
            }
        }
    }
    // No printed pseudonym is in the custodian's folder or in the log.
    assert!(printed.iter().take(25).all(|text| !holds(&custodian, text) && !holds(&vault, text)));
    let root = fs::read_to_string(issuer.join("root.key")).unwrap();
    let digits = root.trim_end().rsplit(' ').next().unwrap();
    assert!(!holds(&custodian, &digits[..16]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = [world.path("police.csv"), handles.join("police.csv")];
        for path in private.iter().chain([&world.path("custodian").join("changes.csv")]) {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn a_list_that_is_none_of_handles_issues_nothing() {
    let world = tempfile::tempdir().unwrap();
    let (issuer, handles) = (world.path().join("issuer"), world.path().join("handles.csv"));
    let out = world.path().join("out.csv");
    let on = ["--issuer", text(&issuer)];
    ok(&[&["keys", "new"][..], &on].concat());
    let arguments =
        ["id", "issue", "--scope", "police/care", "--handles", text(&handles), "--out", text(&out)];
    let refused = |content: &str, status: i32, words: &str| {
        fs::write(&handles, content).unwrap();
        let output = run(&[&arguments[..], &on].concat());
        assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(!out.exists());
    };
    let handle = "00112233445566778899aabbccddeeff";
    refused("record,handles\nP1,x\n", 3, "nearest: \"handles\"");
    refused("record,handle\nP1,00ff\n", 2, "row 2");
    refused(&format!("record,handle\nP1,{handle}\n"), 4, "has no active epoch");
}

#[test]
fn c53_a_notice_lists_its_agency_s_own_records_and_nothing_shows_that_there_is_another() {
    const SOURCES: [&str; 4] = ["health", "education", "social_care", "police"];
    let world = World::new();
    world.assign("full", &["--apply"]);
    world.make_issuer(&SOURCES);
    let handles =
        |source: &str| list(&world.path("custodian").join("handles").join(format!("{source}.csv")));
    let old = SOURCES.map(handles);
    let before = SOURCES.map(|source| world.issue(source, &format!("{source}-1.csv")).1);
    // Exact keys part most entities; one of the persons is sealed as well.
    world.assign("exact", &["--apply"]);
    let new = SOURCES.map(handles);
    let (hidden, _) = old[0].iter().find(|(record, of)| new[0][*record] == **of).unwrap();
    let issuer = world.path("issuer");
    ok(&["id", "person", "move", &old[0][hidden], "sealed", "--issuer", text(&issuer)]);
    let mut changed = 0;
    let mut notices = Vec::new();
    for (place, source) in SOURCES.iter().enumerate() {
        let (since, notice) = (world.path(&format!("{source}-1.csv")), format!("{source}.notice"));
        let notice = world.path(&notice);
        let more = ["--since", text(&since), "--notice", text(&notice)];
        let (said, after) = world.issue_since(source, &format!("{source}-2.csv"), &more);
        let told = fs::read_to_string(&notice).unwrap();
        let rows: Vec<Vec<&str>> = told.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows[0], ["record", "earlier", "later", "change"]);
        // Exactly its own records whose pseudonym is another, with the pseudonyms of its two lists.
        let expected: Vec<Vec<&str>> = after
            .iter()
            .filter(|(record, printed)| before[place].get(*record).is_some_and(|p| p != *printed))
            .map(|(record, printed)| vec![&**record, &*before[place][record], &**printed])
            .collect();
        assert_eq!(rows[1..].iter().map(|row| row[..3].to_vec()).collect::<Vec<_>>(), expected);
        let words = ["merged", "split", "moved", "replaced"];
        assert!(rows[1..].iter().all(|row| row.len() == 4 && words.contains(&row[3])));
        assert_eq!(said["changed"], expected.len());
        changed += expected.len();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&notice).unwrap().permissions().mode() & 0o777, 0o600);
        }
        notices.push(told);
    }
    assert!(changed > 20, "{changed} records changed");
    assert!(before[0].contains_key(hidden) && !notices[0].contains(hidden.as_str()));
    for (place, told) in notices.iter().enumerate() {
        let cells: Vec<&str> = told.lines().skip(1).flat_map(|line| line.split(',')).collect();
        for (other, source) in SOURCES.iter().enumerate().filter(|(other, _)| *other != place) {
            assert!(!told.contains(source), "{} names {source}", SOURCES[place]);
            for list in [&before[other], &old[other], &new[other]] {
                for (record, value) in list {
                    assert!(!told.contains(value.as_str()), "{} of {source}", SOURCES[place]);
                    assert!(!cells.contains(&record.as_str()), "{} of {source}", SOURCES[place]);
                }
            }
        }
        // Nor a handle of its own, by which two agencies could find each other.
        let own = old[place].values().chain(new[place].values());
        assert!(own.into_iter().all(|handle| !told.contains(handle.as_str())));
        for word in ["sealed", "withheld", "objects", "erased"] {
            assert!(!told.contains(word));
        }
    }
    ok(&["audit", "verify", "--issuer", text(&issuer)]);
}

#[test]
fn a_notice_says_what_the_agency_s_own_records_tell_and_needs_a_list_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let world = World { folder };
    world.make_issuer(&["police", "health"]);
    let handle = |letter: &str| letter.repeat(32);
    let issue = |source: &str, rows: &[(&str, &str)], name: &str, more: &[&str]| {
        let file = world.path("handles.csv");
        let rows: Vec<String> = rows.iter().map(|(r, h)| format!("{r},{}", handle(h))).collect();
        fs::write(&file, format!("record,handle\n{}\n", rows.join("\n"))).unwrap();
        let (scope, out, issuer) =
            (format!("{source}/care"), world.path(name), world.path("issuer"));
        let arguments = ["id", "issue", "--scope", &scope, "--handles", text(&file)];
        let on = ["--out", text(&out), "--issuer", text(&issuer)];
        run(&[&arguments[..], &on, more].concat())
    };
    let rows = [("P1", "a"), ("P2", "a"), ("P3", "b"), ("P4", "c"), ("P5", "d"), ("P6", "e")];
    assert!(issue("police", &rows, "first.csv", &[]).status.success());
    assert!(issue("health", &[("H1", "a")], "health.csv", &[]).status.success());
    let later = [("P1", "a"), ("P2", "f"), ("P3", "b"), ("P4", "b"), ("P5", "9"), ("P7", "e")];
    let (first, notice) = (world.path("first.csv"), world.path("notice.csv"));
    let since = |list: &Path| vec!["--since".into(), text(list).to_string()];
    let with = |list: &Path| [since(list), vec!["--notice".into(), text(&notice).into()]].concat();
    let refused = |list: &Path, status, words: &str, name: &str| {
        let with = with(list);
        let with: Vec<&str> = with.iter().map(String::as_str).collect();
        let output = issue("police", &later, name, &with);
        assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(!notice.exists());
    };
    refused(&world.path("health.csv"), 2, "row 2", "other.csv");
    let only = since(&first);
    let only: Vec<&str> = only.iter().map(String::as_str).collect();
    assert!(!issue("police", &later, "other.csv", &only).status.success());
    let arguments = with(&first);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = issue("police", &later, "second.csv", &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let told = fs::read_to_string(&notice).unwrap();
    let words: Vec<(&str, &str)> =
        told.lines().skip(1).map(|line| (&line[..2], line.rsplit(',').next().unwrap())).collect();
    assert_eq!(words, [("P2", "split"), ("P4", "merged"), ("P5", "replaced")]);
    // After a rotation everything is another: the crosswalk says so, not a notice.
    fs::remove_file(&notice).unwrap();
    let (crosswalk, issuer) = (world.path("crosswalk.csv"), world.path("issuer"));
    let scope = ["--scope", "police/care", "--issuer", text(&issuer)];
    ok(&[&["id", "rotate", "--crosswalk", text(&crosswalk)][..], &scope].concat());
    refused(&first, 1, "it is of epoch 0, the scope issues in epoch 1", "third.csv");
}
