//! What the custodian decides, by command: kept to by the next linkage, or the linkage is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use command::{ok, run, stderr, text, two_files, write};
use serde_json::Value;

const LEFT: &str = "L1,Asha,Khan,2015-04-01,1\nL2,Ben,Li,2014-02-03,2\n";

/// Custodian and issuer of two small files that are linked by exact keys.
struct World(tempfile::TempDir);

impl World {
    fn new(right: &str) -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        two_files(world.0.path(), LEFT, right);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Replaces the file of the right side.
    fn right(&self, rows: &str) {
        write(self.0.path(), &[("right.csv", &format!("{}{rows}", command::HEADER))]);
    }

    fn link(&self, out: &str, more: &[&str]) {
        let (config, out) = (self.path("settings.toml"), self.path(out));
        let arguments = ["link", "--config", text(&config), "--strategy", "exact_key"];
        ok(&[&arguments[..], &["--out", text(&out)], more].concat());
    }

    fn on(&self, duty: &str) -> [String; 2] {
        [format!("--{duty}"), text(&self.path(duty)).into()]
    }

    /// Says something to a duty's folder, which must answer with a status.
    fn say(&self, duty: &str, status: i32, arguments: &[&str]) -> (Value, String) {
        let on = self.on(duty);
        let on: Vec<&str> = on.iter().map(String::as_str).collect();
        let output = run(&[arguments, &on, &["--json", "--quiet"]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        (serde_json::from_slice(&output.stdout).unwrap_or_default(), stderr(&output))
    }

    fn assign(&self, run: &str, status: i32, more: &[&str]) -> (Value, String) {
        let run = self.path(run);
        let arguments = ["id", "assign", "--run", text(&run), "--as-at", "2026-04-01"];
        self.say("custodian", status, &[&arguments[..], more].concat())
    }

    fn decide(&self, status: i32, arguments: &[&str]) -> (Value, String) {
        let by = ["--reason", "review-2026/17", "--actor", "b.clerk"];
        self.say("custodian", status, &[&["custodian"], arguments, &by].concat())
    }

    fn handles(&self, source: &str) -> BTreeMap<String, String> {
        list(&self.path("custodian").join("handles").join(format!("{source}.csv")))
    }

    fn issue(&self, name: &str) -> BTreeMap<String, String> {
        let handles = self.path("custodian").join("handles").join("right.csv");
        let out = self.path(name);
        let arguments = ["id", "issue", "--scope", "right/care", "--handles", text(&handles)];
        self.say("issuer", 0, &[&arguments[..], &["--out", text(&out)]].concat());
        list(&out)
    }
}

/// Reads the first two columns of a list without quotes, the header left out.
fn list(path: &std::path::Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').map(String::from));
    rows.map(|mut cells| (cells.next().unwrap(), cells.next().unwrap())).collect()
}

#[test]
fn two_records_are_kept_apart_or_together_until_it_is_lifted() {
    let world = World::new("R1,Asha,Khan,2015-04-01,1\nR2,Ben,Lee,2014-02-03,2\n");
    world.link("first", &[]);
    world.assign("first", 0, &["--apply"]);
    let before = world.handles("left");
    assert_eq!(before["L1"], world.handles("right")["R1"]);
    world.decide(0, &["keep-apart", "left:L1", "right:R1"]);
    world.decide(0, &["keep-together", "left:L2", "right:R2"]);
    // The old run is refused now, and so is the same linkage without the custodian's word.
    world.link("again", &[]);
    for run in ["first", "again"] {
        let (_, said) = world.assign(run, 4, &[]);
        assert!(said.contains("does not keep to 2 of the pairs"), "{said}");
        assert!(!said.contains("L1") && !said.contains("Asha"), "{said}");
    }
    let custodian = world.on("custodian");
    let keeping = [custodian[0].as_str(), custodian[1].as_str()];
    world.link("kept", &keeping);
    // Every changed membership is listed before it is kept, with the decision behind it.
    let changes = world.path("moved.csv");
    let (said, _) = world.assign("kept", 0, &["--changes", text(&changes)]);
    assert_eq!(
        (&said["moved"], &said["decided"], &said["kept"]),
        (&2.into(), &4.into(), &false.into())
    );
    let listed = fs::read_to_string(&changes).unwrap();
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["source", "record", "before", "after", "decision"]);
    let decisions: BTreeMap<&str, &str> = rows[1..].iter().map(|row| (row[1], row[4])).collect();
    // Of the two who are one now, the one with the smaller handle stays.
    let other = if before["L2"] < world.handles("right")["R2"] { "R2" } else { "L2" };
    assert_eq!(decisions, BTreeMap::from([("R1", "1"), (other, "2")]));
    assert!(rows[1..].iter().all(|row| row[2] != row[3]));
    world.assign("kept", 0, &["--apply"]);
    assert_eq!(world.handles("left")["L1"], before["L1"], "that of the earlier record stays");
    assert_ne!(world.handles("left")["L1"], world.handles("right")["R1"]);
    assert_eq!(world.handles("left")["L2"], world.handles("right")["R2"]);

    // What contradicts a decision is refused, with its number and the next step.
    let (_, said) = world.decide(4, &["keep-together", "left:L1", "right:R1"]);
    assert!(said.contains("decision 1, which is in force, says the opposite"), "{said}");
    assert!(said.contains("cci custodian lift 1"), "{said}");
    for (wrong, status, words) in [
        (["keep-apart", "left:L1", "R1"], 2, "expected source:identifier"),
        (["keep-apart", "left:L1", "right:R9"], 4, "in no linkage that was kept"),
    ] {
        let (_, said) = world.decide(status, &wrong);
        assert!(said.contains(words) && !said.contains("R9"), "{said}");
    }
    world.decide(0, &["lift", "1"]);
    world.link("lifted", &keeping);
    world.assign("lifted", 0, &["--apply"]);
    assert_eq!(world.handles("left")["L1"], world.handles("right")["R1"]);
    let (all, _) = world.say("custodian", 0, &["custodian", "decisions"]);
    let shown = |place: usize, key: &str| all[place][key].clone();
    assert_eq!((shown(0, "lifted_by"), shown(1, "lifted_by")), (3.into(), Value::Null));
    assert_eq!((shown(1, "actor"), shown(1, "what")), ("b.clerk".into(), "together".into()));
}

#[test]
fn an_earlier_run_that_holds_together_what_is_apart_is_not_gone_on_from() {
    let world = World::new("R1,Asha,Khan,2015-04-01,1\n");
    world.link("first", &[]);
    world.assign("first", 0, &["--apply"]);
    world.decide(0, &["keep-apart", "left:L1", "right:R1"]);
    let (config, first) = (world.path("settings.toml"), world.path("first"));
    let (out, custodian) = (world.path("out"), world.path("custodian"));
    let output = run(&[
        ["link", "--config", text(&config), "--against", text(&first)],
        ["--strategy", "exact_key", "--custodian", text(&custodian), "--quiet"],
        ["--out", text(&out), "--no-progress", "--threads", "1"],
    ]
    .concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("1 pairs that were decided to be kept apart"));
    assert!(!out.join("manifest.json").exists());
}

#[test]
fn c48_after_an_unmerge_the_same_records_are_not_merged_again() {
    // At first the right side has a mistyped name, and the two are two children.
    let world = World::new("R1,Asa,Khan,2015-04-01,1\n");
    world.say("issuer", 0, &["keys", "new"]);
    world.say("issuer", 0, &["keys", "new", "--scope", "right/care"]);
    world.say("issuer", 0, &["keys", "move", "right/care", "0", "active"]);
    world.link("first", &[]);
    world.assign("first", 0, &["--apply"]);
    let [left, right] = ["left", "right"].map(|source| world.handles(source));
    let pseudonym = world.issue("first.csv")["R1"].clone();
    // All of left's are persons too.
    let handles = world.path("custodian").join("handles").join("left.csv");
    let (scope, out) = ("right/care", world.path("left.csv.out"));
    let arguments = ["id", "issue", "--scope", scope, "--handles", text(&handles)];
    world.say("issuer", 0, &[&arguments[..], &["--out", text(&out)]].concat());

    // It is corrected, the two become one, and another record joins them.
    world.right("R1,Asha,Khan,2015-04-01,1\n");
    world.link("merged", &[]);
    world.assign("merged", 0, &["--apply"]);
    let changes = fs::read_to_string(world.path("custodian").join("changes.csv")).unwrap();
    let row: Vec<&str> = changes.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(row[0], "merged_into");
    let (loser, survivor) = (row[1].to_string(), row[2].to_string());
    let (merged, _) = world.say("issuer", 0, &["id", "person", "merge", &loser, &survivor]);
    world.right("R1,Asha,Khan,2015-04-01,1\nR2,Asha,Khan,2015-04-01,1\n");
    world.link("joined", &[]);
    world.assign("joined", 0, &["--apply"]);
    assert_eq!(world.handles("right")["R2"], survivor);

    // It was wrong: both duties take it back, and nobody's record is lost.
    let merge = merged["merge"].to_string();
    world.say("issuer", 0, &["id", "person", "unmerge", &merge]);
    let (_, said) = world.decide(1, &["unmerge", &survivor, &loser]);
    assert!(said.contains("1 records came after the merge"), "{said}");
    let whose = if left["L1"] == survivor { "survivor" } else { "loser" };
    let (parted, _) = world.decide(0, &["unmerge", &survivor, &loser, "--added", whose]);
    let all = parted["returned"].as_u64().unwrap() + parted["stayed"].as_u64().unwrap();
    assert_eq!((all, &parted["added"]), (3, &1.into()));

    // The same records come again.
    world.link("unheeding", &[]);
    world.assign("unheeding", 4, &["--apply"]);
    let custodian = world.on("custodian");
    world.link("again", &[&custodian[0], &custodian[1]]);
    let (said, _) = world.assign("again", 0, &["--apply"]);
    assert_eq!((&said["new"], &said["handles_split"]), (&0.into(), &0.into()));
    assert_eq!(world.handles("left"), left, "every handle is as it was before the merge");
    assert_eq!(world.handles("right")["R1"], right["R1"]);
    assert_eq!(world.issue("again.csv")["R1"], pseudonym);
    let (_, said) = world.say("issuer", 4, &["id", "person", "merge", &loser, &survivor]);
    assert!(said.contains("shall not become one again"), "{said}");
}
