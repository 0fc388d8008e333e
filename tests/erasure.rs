//! Erasure by command: one child is gone everywhere and stays gone, and nobody else is touched.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use command::{run, stderr, stdout, text};
use serde_json::Value;

const SCOPE: &str = "education/attendance";
const CHILDREN: usize = 6;

/// An issuer whose agency has a list of six records.
struct Issuer {
    parent: tempfile::TempDir,
    folder: PathBuf,
}

impl Issuer {
    fn new() -> Self {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("issuer");
        let issuer = Self { parent, folder };
        issuer.ok(&["keys", "new"]);
        issuer.ok(&["keys", "new", "--scope", SCOPE]);
        issuer.ok(&["keys", "move", SCOPE, "0", "active"]);
        let handles: String =
            (0..CHILDREN).map(|child| format!("record_{child},{}\n", handle(child))).collect();
        fs::write(issuer.path("handles.csv"), format!("record,handle\n{handles}")).unwrap();
        issuer
    }

    fn path(&self, name: &str) -> PathBuf {
        self.parent.path().join(name)
    }

    fn says(&self, status: i32, arguments: &[&str]) -> String {
        let output = run(&[arguments, &["--issuer", text(&self.folder)]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.says(0, arguments)
    }

    fn person(&self, arguments: &[&str]) -> Value {
        let said = self.ok(&[&["id", "person"], arguments, &["--json"]].concat());
        serde_json::from_str(&said).unwrap()
    }

    /// Sends the list of handles in; returns the agency's pseudonyms by record.
    fn issue(&self, name: &str) -> BTreeMap<String, String> {
        let (handles, out) = (self.path("handles.csv"), self.path(name));
        let handles = ["--handles", text(&handles), "--out", text(&out)];
        self.ok(&[&["id", "issue", "--scope", SCOPE][..], &handles].concat());
        let list = fs::read_to_string(out).unwrap();
        let rows = list.lines().skip(1).map(|row| row.split(',').map(String::from));
        rows.map(|mut row| (row.next().unwrap(), row.next().unwrap())).collect()
    }

    /// What is said of a pseudonym today, and as it was known before and after.
    fn asked(&self, status: i32, pseudonym: &str) -> Vec<String> {
        let ask = ["id", "resolve", pseudonym, "--scope", SCOPE, "--json"];
        let days = [&[][..], &["--as-at", "2020-01-01"], &["--as-at", "2999-12-31"]];
        let expected = [status, 1, status];
        let said = days.iter().zip(expected);
        said.map(|(day, status)| self.says(status, &[&ask, *day].concat())).collect()
    }
}

fn handle(child: usize) -> String {
    format!("{:032x}", 0xabc0 + child)
}

fn record(child: usize) -> String {
    format!("record_{child}")
}

#[test]
fn e69_an_erased_child_is_gone_from_every_answer_list_and_rebuilding_and_does_not_come_back() {
    let issuer = Issuer::new();
    let before = issuer.issue("before.csv");
    assert_eq!(before.len(), CHILDREN);
    // Two handles are one child; two others were one by mistake and are not.
    issuer.person(&["merge", &handle(0), &handle(1)]);
    let mistake = issuer.person(&["merge", &handle(2), &handle(3)]);
    issuer.person(&["unmerge", &mistake["merge"].to_string()]);
    let others: Vec<Vec<String>> =
        (2..CHILDREN).map(|child| issuer.asked(0, &before[&record(child)])).collect();
    // Of the two the one that was minted first is left, whichever that was.
    let gone = if issuer.asked(0, &before[&record(0)])[0].contains(&handle(0)) { 0 } else { 1 };
    issuer.person(&["erase", &handle(gone)]);

    // Resolve and as-at: as for a pseudonym that nobody ever had.
    for child in [0, 1] {
        let said = issuer.asked(1, &before[&record(child)]);
        assert!(said.iter().all(|said| !said.contains(&handle(0)) && !said.contains(&handle(1))));
    }
    // The same records come again: the handles are known, and withheld for ever.
    let after = issuer.issue("after.csv");
    let left = |child: &usize| after.contains_key(&record(*child));
    assert_eq!((0..CHILDREN).filter(left).collect::<Vec<_>>(), [2, 3, 4, 5]);
    for child in [0, 1] {
        issuer.says(4, &["id", "person", "erase", &handle(child)]);
        issuer.says(4, &["id", "person", "move", &handle(child), "confirmed"]);
    }
    // Another key period: neither list nor crosswalk has them.
    let crosswalk = issuer.path("crosswalk.csv");
    issuer.ok(&["id", "rotate", "--scope", SCOPE, "--crosswalk", text(&crosswalk)]);
    let crosswalk = fs::read_to_string(crosswalk).unwrap();
    assert_eq!(crosswalk.lines().count(), 1 + 4);
    let rotated = issuer.issue("rotated.csv");
    assert_eq!(rotated.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for child in [0, 1] {
        assert!(!crosswalk.contains(&before[&record(child)]));
    }
    // Everybody else is who they were, the two who were parted too.
    for (child, said) in (2..CHILDREN).zip(others) {
        assert_eq!(after[&record(child)], before[&record(child)]);
        let now: Value =
            serde_json::from_str(&issuer.asked(0, &before[&record(child)])[0]).unwrap();
        let then: Value = serde_json::from_str(&said[0]).unwrap();
        assert_eq!((&now["handle"], &now["state"]), (&then["handle"], &then["state"]));
        assert!(crosswalk.contains(&before[&record(child)]));
    }
    // The tables are what the events make of them, and the log is whole.
    issuer.ok(&["id", "verify"]);
    issuer.ok(&["audit", "verify"]);
}
