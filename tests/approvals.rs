//! What needs two approvers: refused without, done once and for one person with, logged either way.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fs;
use std::path::PathBuf;

use cci::error::{ErrorKind, Result};
use cci::identifier::{ApproverKey, Epoch, KeyFolder, OsRandom, Pseudonym, Scope};
use cci::registry::{Actor, Approval, Asked, Handle, Registry, Request};
use command::{run, stderr, stdout, text};
use serde_json::Value;

const RESEARCH: &str = "research/harm";
const CARE: &str = "social_care/care";

/// An issuer with three persons in two scopes, and two approvers with keys of their own.
struct World {
    folder: tempfile::TempDir,
    persons: Vec<(Handle, Pseudonym, Pseudonym)>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self { folder, persons: Vec::new() };
        world.says(0, &["keys", "new"]);
        let keys = KeyFolder::at(&world.path("issuer"));
        let mut registry = Registry::open(&world.path("issuer").join("vault.sqlite")).unwrap();
        let mut run = registry.begin_change("test").unwrap();
        let handles = run.mint(3).unwrap();
        let mut issued = Vec::new();
        for scope in [RESEARCH, CARE] {
            let scope: Scope = scope.parse().unwrap();
            let key = keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom).unwrap();
            run.activate(&key).unwrap();
            issued.push(run.issue(&key, &handles).unwrap().pseudonyms);
        }
        run.commit().unwrap();
        world.persons = handles
            .iter()
            .enumerate()
            .map(|(place, handle)| (*handle, issued[0][place].unwrap(), issued[1][place].unwrap()))
            .collect();
        for name in ["d.guardian", "e.director"] {
            world.says(0, &["approval", "key", name, "--out", text(&world.path(name))]);
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn says(&self, status: i32, arguments: &[&str]) -> (Value, String) {
        let issuer = self.path("issuer");
        self.run(status, &[arguments, &["--issuer", text(&issuer)]].concat())
    }

    fn run(&self, status: i32, arguments: &[&str]) -> (Value, String) {
        let output = run(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
        (serde_json::from_str(&stdout(&output)).unwrap_or(Value::Null), stderr(&output))
    }

    fn printed(&self, place: usize) -> String {
        self.persons[place].1.print(&RESEARCH.parse().unwrap())
    }

    fn request_unseal(&self, place: usize, name: &str) {
        let (handle, out) = (self.persons[place].0.to_string(), self.path(name));
        self.run(0, &["approval", "unseal", &handle, "--ground", "order-12", "--out", text(&out)]);
    }

    fn request_reidentify(&self, place: usize, name: &str) {
        let (printed, out) = (self.printed(place), self.path(name));
        let arguments = ["approval", "reidentify", &printed, "--scope", RESEARCH, "--to", CARE];
        self.run(0, &[&arguments[..], &["--ground", "case-7", "--out", text(&out)]].concat());
    }

    /// Approves a request; returns the path of the approval.
    fn approve(&self, request: &str, name: &str) -> String {
        let out = self.path(&format!("{request}.{name}.approval"));
        let (request, key) = (self.path(request), self.path(name));
        let by = ["--name", name, "--key", text(&key), "--out", text(&out)];
        self.run(0, &[&["approval", "give", text(&request)][..], &by].concat());
        text(&out).into()
    }

    /// Uses a request with approvals.
    fn use_up(
        &self,
        status: i32,
        verb: &str,
        request: &str,
        approvals: &[&str],
    ) -> (Value, String) {
        let request = self.path(request);
        let named: Vec<&str> = approvals.iter().flat_map(|path| ["--approval", path]).collect();
        self.says(status, &[&["id", verb, text(&request)][..], &named].concat())
    }

    fn resolve(&self, status: i32, place: usize) -> (Value, String) {
        self.says(status, &["id", "resolve", &self.printed(place), "--scope", RESEARCH])
    }

    /// Action, outcome and detail of every entry from a number on.
    fn logged(&self, action: &str) -> Vec<(String, Value)> {
        let path = self.path("issuer").join("audit.sqlite");
        let file = rusqlite::Connection::open(path).unwrap();
        let sql = "SELECT outcome, detail FROM entry WHERE action = ?1 ORDER BY seq";
        let mut entries = file.prepare(sql).unwrap();
        let read = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, serde_json::from_str(&row.get::<_, String>(1)?).unwrap()))
        };
        entries.query_map([action], read).unwrap().map(std::result::Result::unwrap).collect()
    }
}

#[test]
fn d60_a_seal_is_taken_back_with_two_approvers_only_and_once() {
    let world = World::new();
    let handle = world.persons[0].0.to_string();
    world.says(0, &["id", "person", "move", &handle, "confirmed"]);
    world.says(0, &["id", "person", "move", &handle, "sealed"]);
    // The plain step leads nowhere.
    world.says(4, &["id", "person", "move", &handle, "confirmed"]);
    world.request_unseal(0, "request");
    let one = world.approve("request", "d.guardian");
    let (_, said) = world.use_up(1, "unseal", "request", &[]);
    assert!(said.contains("it has 0 of 2 approvals"), "{said}");
    let (_, said) = world.use_up(1, "unseal", "request", &[&one]);
    assert!(said.contains("it has 1 of 2 approvals"), "{said}");
    let (_, said) = world.use_up(1, "unseal", "request", &[&one, &one]);
    assert!(said.contains("two approvals are of one approver"), "{said}");
    world.resolve(1, 0);
    // An approval of another request of the same person is none of this one.
    world.request_unseal(0, "other");
    let other = world.approve("other", "e.director");
    let (_, said) = world.use_up(1, "unseal", "request", &[&one, &other]);
    assert!(said.contains("an approval is of another request"), "{said}");
    let two = world.approve("request", "e.director");
    let (done, _) = world.use_up(0, "unseal", "request", &[&one, &two]);
    assert_eq!(done["state"], "confirmed", "as it was before the seal");
    assert_eq!(world.resolve(0, 0).0["state"], "confirmed");
    world.says(0, &["id", "verify"]);
    // Sealed again, the same request opens nothing.
    world.says(0, &["id", "person", "move", &handle, "sealed"]);
    let (_, said) = world.use_up(1, "unseal", "request", &[&one, &two]);
    assert!(said.contains("it was answered before"), "{said}");
    world.resolve(1, 0);
    // Every refusal and what was done is in the log, with who approved; the person is not.
    let logged = world.logged("person unseal");
    let outcomes: Vec<&str> = logged.iter().map(|(outcome, _)| &**outcome).collect();
    let refused = ["refused"; 4];
    assert_eq!(outcomes, [&refused[..], &["allowed", "done", "refused"]].concat());
    for (outcome, detail) in &logged {
        assert_eq!((&detail["role"], &detail["request"]), (&"panel".into(), &done["request"]));
        let names = serde_json::json!(["d.guardian", "e.director"]);
        let expected = if outcome == "refused" { &Value::Null } else { &names };
        assert_eq!(&detail["approvers"], expected);
        assert!(!detail.to_string().contains(&handle));
    }
    world.says(0, &["audit", "verify"]);
}

#[test]
fn d60_who_is_not_sealed_and_who_is_not_there_get_one_answer() {
    let world = World::new();
    world.request_unseal(1, "open");
    let nobody = "00112233445566778899aabbccddeeff";
    let out = world.path("nobody");
    world.run(0, &["approval", "unseal", nobody, "--ground", "order-12", "--out", text(&out)]);
    let answers = ["open", "nobody"].map(|request| {
        let both = ["d.guardian", "e.director"].map(|name| world.approve(request, name));
        world.use_up(4, "unseal", request, &[&both[0], &both[1]]).1
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn e72_reidentifying_needs_a_ground_and_two_approvers_and_gives_one_pseudonym() {
    let world = World::new();
    // Without a ground there is no request, neither typed nor taken out of the file.
    let (printed, out) = (world.printed(0), world.path("request"));
    let arguments = ["approval", "reidentify", &printed, "--scope", RESEARCH, "--to", CARE];
    let (_, said) = world.run(2, &[&arguments[..], &["--out", text(&out)]].concat());
    assert!(said.contains("--ground"), "{said}");
    world.request_reidentify(0, "request");
    let whole = fs::read_to_string(&out).unwrap();
    let both = ["d.guardian", "e.director"].map(|name| world.approve("request", name));
    for changed in [
        whole.replace("ground case-7\n", ""),
        whole.replace("case-7", ""),
        whole.replace("until ", "until 9"),
        whole.replace(&printed, &world.printed(1)),
        whole.replace(CARE, "police/care"),
    ] {
        assert_ne!(changed, whole);
        fs::write(&out, &changed).unwrap();
        let request = Request::parse(&changed);
        let status = if request.is_ok() { 1 } else { 3 };
        world.use_up(status, "reidentify", "request", &[&both[0], &both[1]]);
    }
    fs::write(&out, &whole).unwrap();
    world.use_up(1, "reidentify", "request", &[&both[0]]);
    // A request for one thing is none for another.
    world.use_up(3, "unseal", "request", &[&both[0], &both[1]]);
    let (found, _) = world.use_up(0, "reidentify", "request", &[&both[0], &both[1]]);
    assert_eq!(found["pseudonym"], world.persons[0].2.print(&CARE.parse().unwrap()));
    let said = found.to_string();
    assert!(world.persons.iter().all(|(handle, ..)| !said.contains(&handle.to_string())));
    // No browsing: the same request again, or another person by it, gives nothing.
    let (_, said) = world.use_up(1, "reidentify", "request", &[&both[0], &both[1]]);
    assert!(said.contains("it was answered before"), "{said}");
    let logged = world.logged("reidentify");
    let done: Vec<&Value> =
        logged.iter().filter(|(outcome, _)| outcome == "done").map(|(_, d)| d).collect();
    assert_eq!((done.len(), &done[0]["count"], &done[0]["role"]), (1, &1.into(), &"panel".into()));
    assert!(logged.len() >= 5 && logged.iter().all(|(_, d)| !d.to_string().contains(&printed)));
}

#[test]
fn e72_whom_a_scope_does_not_answer_for_nobody_is_led_to() {
    let world = World::new();
    let handles: Vec<String> = world.persons.iter().map(|(h, ..)| h.to_string()).collect();
    world.says(0, &["id", "person", "object", &handles[0], "--scope", CARE]);
    world.says(0, &["id", "person", "move", &handles[1], "sealed"]);
    let answers = [0, 1].map(|place| {
        let request = format!("request-{place}");
        world.request_reidentify(place, &request);
        let both = ["d.guardian", "e.director"].map(|name| world.approve(&request, name));
        world.use_up(1, "reidentify", &request, &[&both[0], &both[1]]).1
    });
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("nobody is answered for"), "{}", answers[0]);
}

#[test]
fn an_approval_holds_for_its_request_its_key_and_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two]: [Actor; 2] = ["d.guardian", "e.director"].map(|name| name.parse().unwrap());
    let make = |name: &str| -> ApproverKey {
        let (own, copy) = (folder.path().join(name), folder.path().join(format!("{name}.copy")));
        ApproverKey::create_files(name, &own, &copy, &mut OsRandom).unwrap();
        ApproverKey::from_file(&own, name).unwrap()
    };
    let (first, second) = (make("d.guardian"), make("e.director"));
    let handle: Handle = "00112233445566778899aabbccddeeff".parse().unwrap();
    let ground: cci::registry::Ground = "order-12".parse().unwrap();
    let request = Request::new(Asked::Unseal(handle), ground, 1_000, &mut OsRandom).unwrap();
    assert_eq!(Request::parse(&request.to_text()).unwrap(), request);
    let approvals = [
        Approval::give(&request, one.clone(), &first),
        Approval::give(&request, two.clone(), &second),
    ];
    for approval in &approvals {
        assert_eq!(Approval::parse(&approval.to_text()).unwrap(), *approval);
    }
    let key_of = |name: &Actor| -> Result<ApproverKey> {
        ApproverKey::from_file(&folder.path().join(name.as_str()), name.as_str())
    };
    assert_eq!(request.granted(&approvals, key_of, 1_000).unwrap(), [one.clone(), two.clone()]);
    let refused = |approvals: &[Approval], now: u64, words: &str| {
        let error = request.granted(approvals, key_of, now).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::GateNotMet);
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(&approvals, 1_001, "its time is over");
    // Somebody else's key under an approver's name, and a name changed afterwards.
    let forged = Approval::give(&request, two.clone(), &first);
    refused(&[approvals[0].clone(), forged], 999, "not given with its approver's key");
    let renamed = approvals[0].to_text().replace("d.guardian", "e.director");
    let renamed = Approval::parse(&renamed).unwrap();
    refused(&[approvals[0].clone(), renamed], 999, "not given with its approver's key");
    // One secret under two names is one approver.
    let same = |_: &Actor| key_of(&one);
    let twice =
        [Approval::give(&request, one.clone(), &first), Approval::give(&request, two, &first)];
    let error = request.granted(&twice, same, 999).unwrap_err();
    assert!(error.to_string().contains("of one approver"), "{error}");
    // A key of one approver is not read as another's.
    assert!(ApproverKey::from_file(&folder.path().join("d.guardian"), "e.director").is_err());
    assert!(format!("{first:?}").contains("withheld"));
}
