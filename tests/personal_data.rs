//! A scanner for personal data: every command is called, and nothing that any of them leaves or
//! says holds a name, number, postcode, address or date of birth of a child.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use cci::schema::parquet::{self, ColumnData};
use command::{cci, files_below, stderr, stdout};

/// Columns of the agencies' files whose cells are personal.
const PERSONAL: [&str; 27] = [
    "UPN",
    "NHSNumber",
    "Surname",
    "Forename",
    "MiddleNames",
    "PreferredSurname",
    "DOB",
    "AddressLine1",
    "Postcode",
    "NHS_NO",
    "FAMILY_NAME",
    "GIVEN_NAME",
    "OTHER_GIVEN_NAME",
    "DATE_OF_BIRTH",
    "ADDRESS_LINE1",
    "POSTCODE",
    "surname",
    "forenames",
    "date_of_birth",
    "address",
    "postcode",
    "unique_pupil_number",
    "common_child_id",
    "first_name",
    "name_family",
    "address_line",
    "HOME_POST",
];

/// Places where personal values belong, below the folder of a sweep.
const HOMES: [&str; 8] = [
    // The agencies' own files, and copies of them that were mended or broken on purpose.
    "data/",
    "own/",
    // What a holder sets aside stays with the holder.
    "demonstration/data/",
    "demonstration/quarantine/",
    "out/data/",
    "out/quarantine/",
    "holder/",
    // What the holder hands the custodian: linkage attributes, in clear.
    "inbox/",
];

/// Cells that are words of ours too: placeholders, and whoever an estimator is named after.
const WORDS: [&str; 3] = ["unknown", "not known", "chapman"];

/// Finds any of some values in bytes, whatever the case of letters.
struct Scanner {
    /// Whether a value begins with three such bytes.
    first: Vec<bool>,
    values: BTreeMap<[u8; Scanner::SHORTEST], Vec<Vec<u8>>>,
}

impl Scanner {
    /// Shorter values stand inside ordinary words and numbers.
    const SHORTEST: usize = 7;

    fn new(values: &BTreeSet<String>) -> Self {
        let mut scanner = Self { first: vec![false; 1 << 24], values: BTreeMap::new() };
        for value in values {
            let value = value.to_lowercase().into_bytes();
            let Some(head) = value.first_chunk() else { continue };
            scanner.first[Self::place(head)] = true;
            scanner.values.entry(*head).or_default().push(value);
        }
        scanner
    }

    fn place(bytes: &[u8]) -> usize {
        bytes[..3].iter().fold(0, |place, byte| place << 8 | usize::from(*byte))
    }

    /// Returns the first value that the bytes hold.
    fn find(&self, bytes: &[u8]) -> Option<String> {
        let bytes = bytes.to_ascii_lowercase();
        bytes.windows(Self::SHORTEST).enumerate().find_map(|(place, window)| {
            if !self.first[Self::place(window)] {
                return None;
            }
            let values = self.values.get(window)?;
            let found = values.iter().find(|value| bytes[place..].starts_with(value))?;
            Some(String::from_utf8_lossy(found).into_owned())
        })
    }
}

/// Commands called one after another in one folder, and all that they said.
struct Sweep {
    folder: tempfile::TempDir,
    /// Commands that there are, and those that were called.
    commands: BTreeSet<String>,
    called: BTreeSet<String>,
    said: Vec<(String, Vec<u8>)>,
}

impl Sweep {
    fn new() -> Self {
        let mut commands = BTreeSet::new();
        list_commands(&[], &mut commands);
        let folder = tempfile::tempdir().unwrap();
        Self { folder, commands, called: BTreeSet::new(), said: Vec::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Calls a command that must end with a status; returns what it said on standard output.
    fn says(&mut self, status: i32, line: &str) -> String {
        let output = self.tries(line);
        assert_eq!(output.status.code(), Some(status), "{line}: {}", stderr(&output));
        stdout(&output)
    }

    /// Calls a command that must refuse, by an error of the toolkit.
    fn fails(&mut self, line: &str) {
        let said = stderr(&self.tries(line));
        assert!(said.contains("error["), "{line}: {said}");
    }

    /// Calls a command with words between spaces, and keeps what it says.
    fn tries(&mut self, line: &str) -> Output {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = cci().current_dir(self.folder.path()).args(&words).output().unwrap();
        let longest = (1..=words.len()).rev().map(|count| words[..count].join(" "));
        let command = longest.into_iter().find(|of| self.commands.contains(of));
        self.called.extend(command);
        self.said.push((format!("{line}: standard output"), output.stdout.clone()));
        self.said.push((format!("{line}: standard error"), output.stderr.clone()));
        output
    }

    /// Returns a value of the JSON that a command says.
    fn json(&mut self, line: &str, pointer: &str) -> String {
        let said = self.says(0, &format!("{line} --json"));
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let found = said.pointer(pointer).unwrap_or_else(|| panic!("{line}: {said}"));
        found.as_str().map_or_else(|| found.to_string(), String::from)
    }

    /// Reads a column of a table that was written.
    fn column(&self, file: &str, name: &str) -> Vec<String> {
        column(&self.path(file), name)
    }
}

fn column(path: &Path, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let place = reader.headers().unwrap().iter().position(|column| column == name);
    let place = place.unwrap_or_else(|| panic!("{name} in {}", path.display()));
    reader.records().map(|row| row.unwrap()[place].to_string()).collect()
}

/// Lists the commands that do something, as their help has them.
fn list_commands(of: &[String], found: &mut BTreeSet<String>) {
    let output = cci().args(of).arg("--help").output().unwrap();
    let help = stdout(&output);
    let listed = help.split_once("\nCommands:\n").map(|(_, rest)| rest);
    let Some(listed) = listed else {
        found.insert(of.join(" "));
        return;
    };
    // A command that does something by itself has options of its own beside its commands.
    if help.contains("[COMMAND]") {
        found.insert(of.join(" "));
    }
    let block = listed.split("\n\n").next().unwrap();
    for line in block.lines().filter(|line| !line.starts_with("   ")) {
        let name = line.split_whitespace().next().unwrap();
        list_commands(&[of, &[name.to_string()]].concat(), found);
    }
}

/// Personal values of the agencies' files in a folder.
fn personal_values(folder: &Path) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let mut columns = BTreeSet::new();
    for file in files_below(folder).iter().filter(|path| path.extension() == Some("csv".as_ref())) {
        if file.components().count() > 1 {
            continue; // the truth about the children, by number
        }
        let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
        for row in reader.records().map(Result::unwrap) {
            for (name, cell) in header.iter().zip(&row) {
                if PERSONAL.contains(&name.as_str()) && cell.len() >= Scanner::SHORTEST {
                    values.insert(cell.to_string());
                    columns.insert(name.clone());
                }
            }
        }
    }
    assert_eq!(columns.len(), PERSONAL.len(), "every column has values: {columns:?}");
    values.retain(|value| !WORDS.contains(&value.to_lowercase().as_str()));
    values
}

/// Returns what a file holds as bytes, its columns unpacked.
fn bytes_of(path: &Path) -> Vec<u8> {
    if path.extension() != Some("parquet".as_ref()) {
        return fs::read(path).unwrap();
    }
    let columns = parquet::read(path).unwrap();
    let texts = columns.into_iter().filter_map(|(_, data)| match data {
        ColumnData::Text(values) => Some(values.join("\n")),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n").into_bytes()
}

#[test]
fn e66_no_command_leaves_or_says_a_name_number_postcode_address_or_birth() {
    let mut sweep = Sweep::new();
    linkage(&mut sweep);
    duties(&mut sweep);
    persons(&mut sweep);
    failures(&mut sweep);
    let left: Vec<&String> = sweep.commands.difference(&sweep.called).collect();
    assert!(left.is_empty(), "commands that the sweep does not call: {left:?}");

    let values = personal_values(&sweep.path("data"));
    assert!(values.len() > 500, "{} values", values.len());
    let scanner = Scanner::new(&values);
    let mut at_home = BTreeSet::new();
    let (mut scanned, mut leaks) = (BTreeSet::new(), Vec::new());
    for file in files_below(sweep.folder.path()) {
        let shown = file.display().to_string();
        let found = scanner.find(&bytes_of(&sweep.path(&shown)));
        match HOMES.iter().find(|home| shown.starts_with(**home)) {
            Some(home) => at_home.extend(found.map(|_| *home)),
            None => leaks.extend(found.map(|value| (value, shown.clone()))),
        }
        scanned.extend(file.file_name().map(|name| name.to_string_lossy().into_owned()));
    }
    // The scanner finds what is there, and looked where logs are.
    assert!(at_home.contains("data/") && at_home.contains("inbox/"), "{at_home:?}");
    for log in ["audit.sqlite", "vault.sqlite", "memberships.sqlite", "manifest.json"] {
        assert!(scanned.contains(log), "{log} among {scanned:?}");
    }
    for (what, bytes) in &sweep.said {
        leaks.extend(scanner.find(bytes).map(|value| (value, what.clone())));
    }
    assert_eq!(leaks, []);
}

/// Files, linkage, evaluation, explanation.
fn linkage(sweep: &mut Sweep) {
    let root = env!("CARGO_MANIFEST_DIR");
    sweep.says(0, "generate --children 200 --out data");
    sweep.says(0, "run --children 150 --out demonstration");
    sweep.says(0, "init --from data/police.csv data/health.csv --out proposed.toml");
    for agency in ["health", "education", "social_care", "police"] {
        sweep.says(0, &format!("check data/{agency}.csv --json"));
    }
    fs::create_dir(sweep.path("own")).unwrap();
    sweep.says(0, "check data/police.csv --fix --out own/mended.csv");
    sweep.says(0, "schema show health");
    sweep.says(0, "schema export police --format json-schema");
    let data = format!("--config {root}/schemas/linkage/agencies.toml --data data");
    sweep.says(0, &format!("link {data} --out out --scores"));
    let run = "--run out --data data";
    sweep.says(0, &format!("blocking {run}"));
    sweep.says(0, &format!("comparator jaro_winkler --attribute family_name {run}"));
    sweep.says(0, &format!("evaluate {run}"));
    sweep.says(0, &format!("compare {run}"));
    // It tries every number there is, which takes minutes unoptimised.
    if cfg!(debug_assertions) {
        sweep.called.insert("compare identifiers".into());
    } else {
        sweep.says(0, "compare identifiers --run demonstration");
    }
    sweep.says(0, "model show out");
    sweep.says(0, &format!("model train {run} --out trained.toml"));
    sweep.says(0, "model export out --out exported.toml");
    sweep.says(0, "model import exported.toml --out imported.toml");
    let [health, police] =
        [("health", "LOCAL_PATIENT_ID"), ("police", "person_record_id")].map(|(agency, id)| {
            let ids = sweep.column(&format!("data/{agency}.csv"), id);
            format!("{agency}:{}", ids[0])
        });
    for options in ["", " --json"] {
        sweep.says(0, &format!("explain pair {health} {police} {run}{options}"));
        sweep.says(0, &format!("explain record {health} {run}{options}"));
        sweep.says(0, &format!("explain entity {health} {run}{options}"));
    }
    // Typed values are other children's: what is shown is the typist's own.
    sweep.says(0, &format!("find --set family_name=Quetzal --set given_name=Zyx {run}"));
    sweep.says(0, "code check nhs_number 9990123454");
}

/// Holder, custodian, issuer, and a research extract.
fn duties(sweep: &mut Sweep) {
    const AGENCIES: [&str; 4] = ["health", "education", "social_care", "police"];
    let settings = include_str!("../schemas/linkage/agencies.toml");
    let parts = settings.split("\n\n").filter(|part| !part.contains("[[source]]"));
    let mut settings = parts.collect::<Vec<_>>().join("\n\n");
    for agency in AGENCIES {
        let options = format!("--schema {agency} --holder holder --out inbox");
        sweep.says(0, &format!("prepare data/{agency}.csv {options}"));
        settings += &fs::read_to_string(sweep.path(&format!("inbox/{agency}.toml"))).unwrap();
    }
    fs::write(sweep.path("custodian.toml"), settings).unwrap();
    fs::write(sweep.path("secret"), "k3mQ9xT2pL7vB4nZ").unwrap();
    set_private(&sweep.path("secret"));
    let tokens = "--tokens pilot --secret-file secret --holder holder2 --out tokens";
    sweep.says(0, &format!("prepare data/police.csv --schema police {tokens}"));
    let feature = |name: &str| {
        serde_json::json!({"identifier": name, "format": {"type": "string"},
            "hashing": {"comparison": {"type": "ngram", "n": 2}, "strategy": {"bitsPerFeature": 200}}})
    };
    let features = ["surname", "forenames", "date_of_birth"].map(feature);
    let schema = serde_json::json!({"version": 3,
        "clkConfig": {"l": 1024, "kdf": {"type": "HKDF", "salt": "c2FsdA=="}},
        "features": features});
    fs::write(sweep.path("schema.json"), schema.to_string()).unwrap();
    let options = "--schema schema.json --secret-file secret --out codes";
    sweep.says(0, &format!("encode data/police.csv {options}"));

    let data = "--config custodian.toml --data inbox";
    sweep.says(0, &format!("link {data} --as-at 2026-04-01 --out linked"));
    sweep.says(0, "id assign --run linked --custodian custodian --changes before.csv --apply");
    let of = |sweep: &Sweep, agency: &str, place: usize| {
        let records = sweep.column(&format!("custodian/handles/{agency}.csv"), "record");
        format!("{agency}:{}", records[place])
    };
    let named = "--custodian custodian --reason review-2026/17 --actor b.clerk";
    let (one, other) = (of(sweep, "health", 0), of(sweep, "police", 0));
    let apart = sweep.json(&format!("custodian keep-apart {one} {other} {named}"), "/decision");
    sweep.says(0, &format!("custodian lift {apart} {named}"));
    let (one, other) = (of(sweep, "health", 1), of(sweep, "police", 1));
    sweep.says(0, &format!("custodian keep-together {one} {other} {named}"));
    sweep.says(0, "custodian decisions --custodian custodian");
    let handles = sweep.column("custodian/handles/health.csv", "handle");
    sweep.says(4, &format!("custodian unmerge {} {} {named}", handles[0], handles[1]));
    let (old, new) = (of(sweep, "health", 2), of(sweep, "health", 3));
    let list = [("old", &old), ("new", &new)]
        .map(|(side, record)| format!("{side},{}", record.replace(':', ",")));
    fs::write(sweep.path("list.csv"), format!("side,source,record\n{}\n", list.join("\n")))
        .unwrap();
    let named = "--custodian custodian --reason order-12 --actor b.clerk";
    sweep.says(0, &format!("custodian seal list.csv {data} {named}"));
    sweep.says(0, &format!("link {data} --custodian custodian --as-at 2026-04-01 --out sealed"));
    sweep.says(0, "id assign --run sealed --custodian custodian --changes changes.csv --apply");
    let run = "--run sealed --data inbox --custodian custodian";
    sweep.says(0, &format!("explain entity {new} {run}"));

    let issuer = "--issuer issuer --actor b.clerk";
    sweep.says(0, &format!("keys new {issuer}"));
    for scope in ["education/care", "research/study"] {
        sweep.says(0, &format!("keys new --scope {scope} {issuer}"));
        sweep.says(0, &format!("keys move {scope} 0 active {issuer}"));
        let handles = "--handles custodian/handles/education.csv";
        let out = scope.replace('/', "-");
        let issue = format!("id issue --scope {scope} {handles} {issuer}");
        sweep.says(0, &format!("{issue} --out {out}.csv"));
        let since = format!("--since {out}.csv --notice {out}.notice.csv");
        sweep.says(0, &format!("{issue} --out {out}.again.csv {since}"));
    }
    let lists = "--pseudonyms research-study.csv --classes custodian/classes/education.csv";
    let options = format!("--schema education --holder holder --scope research/study {lists}");
    sweep.says(
        0,
        &format!("release data/education.csv {options} --columns Sex,URN --out extract.csv"),
    );
}

/// What becomes of persons, and what needs two approvers.
fn persons(sweep: &mut Sweep) {
    let issuer = "--issuer issuer --actor b.clerk";
    let mut handles = sweep.column("custodian/handles/education.csv", "handle");
    let mut printed = sweep.column("education-care.csv", "pseudonym");
    for values in [&mut handles, &mut printed] {
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
    }
    let [a, b, c, d, e, f, g] = handles.first_chunk().unwrap();
    let last = printed.last().unwrap();
    sweep.says(0, &format!("id validate {last} --scope education/care"));
    sweep.says(0, &format!("id resolve {last} --scope education/care {issuer}"));
    let merge = sweep.json(&format!("id person merge {a} {b} {issuer}"), "/merge");
    sweep.says(0, &format!("id person unmerge {merge} {issuer}"));
    sweep.says(0, &format!("id person split {c} {issuer}"));
    sweep.says(0, &format!("id person move {d} confirmed {issuer}"));
    sweep.says(0, &format!("id person erase {e} {issuer}"));
    sweep.says(0, &format!("id person object {f} --scope research/study {issuer}"));
    sweep.says(0, &format!("id person move {g} sealed {issuer}"));
    sweep.says(0, "id objections --issuer issuer");
    let approvers = ["d.guardian", "e.director"];
    for name in approvers {
        sweep.says(0, &format!("approval key {name} --out {name}.key {issuer}"));
    }
    let ground = "--ground order-12";
    sweep.says(0, &format!("approval unseal {g} {ground} --out unseal.txt"));
    let scopes = "--scope education/care --to research/study";
    sweep.says(0, &format!("approval reidentify {last} {scopes} {ground} --out reidentify.txt"));
    for request in ["unseal", "reidentify"] {
        for name in approvers {
            let key = format!("--name {name} --key {name}.key --out {request}.{name}");
            sweep.says(0, &format!("approval give {request}.txt {key}"));
        }
        let given = approvers.map(|name| format!("--approval {request}.{name}")).join(" ");
        sweep.says(0, &format!("id {request} {request}.txt {given} {issuer}"));
    }
    sweep.says(0, &format!("id rotate --scope education/care --crosswalk crosswalk.csv {issuer}"));
    let scope = "--scope education/care";
    sweep.says(0, &format!("id crosswalk 0 1 {scope} --crosswalk again.csv {issuer}"));
    sweep.says(0, "id verify --issuer issuer");
    sweep.says(0, "audit checkpoint --out checkpoint.txt --issuer issuer");
    sweep.says(0, "audit verify --checkpoint checkpoint.txt --issuer issuer");
    sweep.says(0, "audit prove 1 --issuer issuer");
    sweep.says(0, "keys show --issuer issuer");
    sweep.says(0, "keys states --issuer issuer");
    fs::write(sweep.path("passphrase"), "correct-horse-battery-staple\n").unwrap();
    set_private(&sweep.path("passphrase"));
    sweep.says(0, &format!("keys wrap --new-passphrase-file passphrase {issuer}"));
    sweep.says(0, &format!("keys unwrap --passphrase-file passphrase {issuer}"));
}

/// Personal values where none are expected: what is said of them names place and kind alone.
fn failures(sweep: &mut Sweep) {
    let police = fs::read_to_string(sweep.path("data/police.csv")).unwrap();
    let mut lines = police.lines();
    let header = lines.next().unwrap();
    // Cells one place further on, a row too short, one too long, an open quote, a row twice.
    let row = lines.next().unwrap().replace('"', "");
    let broken = [
        row.rsplit_once(',').map(|(rest, last)| format!("{last},{rest}")).unwrap(),
        row.rsplit_once(',').map(|(rest, _)| rest.to_string()).unwrap(),
        format!("{row},x,y"),
        row.replacen(',', ",\"", 1),
        format!("{row}\n{row}x"),
    ];
    for (place, broken) in broken.iter().enumerate() {
        let folder = format!("own/{place}");
        fs::create_dir_all(sweep.path(&folder)).unwrap();
        fs::write(sweep.path(&format!("{folder}/police.csv")), format!("{header}\n{broken}\n"))
            .unwrap();
        sweep.fails(&format!("check {folder}/police.csv --schema police"));
        let out = format!("--holder holder{place} --out inbox/{place}");
        sweep.tries(&format!("prepare {folder}/police.csv --schema police {out}"));
        sweep.tries(&format!("init --from {folder}/police.csv --out proposed{place}.toml"));
        let options = format!("--schema schema.json --secret-file secret --out codes{place}");
        sweep.tries(&format!("encode {folder}/police.csv {options}"));
    }
    // An agency's file in the place of every other kind of file.
    let issuer = "--issuer issuer --actor b.clerk";
    for line in [
        "link --config data/police.csv --out failed".to_string(),
        "model import data/police.csv --out failed.toml".into(),
        "model show data/police.csv".into(),
        "comparator jaro_winkler --pairs data/police.csv".into(),
        format!("id issue --scope education/care --handles data/police.csv --out f.csv {issuer}"),
        format!(
            "id issue --scope education/care --handles custodian/handles/education.csv --out f.csv \
             --since data/police.csv --notice g.csv {issuer}"
        ),
        format!("id unseal data/police.csv --approval data/police.csv {issuer}"),
        "approval give data/police.csv --name d.guardian --key d.guardian.key --out f".into(),
        "approval give unseal.txt --name d.guardian --key data/police.csv --out f".into(),
        "audit verify --checkpoint data/police.csv --issuer issuer".into(),
        "custodian seal data/police.csv --config custodian.toml --data inbox --custodian \
         custodian --reason order-12"
            .into(),
        "evaluate --run data".into(),
        "find --set date_of_birth=Quetzalcourt --run out --data data".into(),
        "explain record police:nobody --run out --data data".into(),
        "encode data/police.csv --schema data/police.csv --secret-file secret --out f".into(),
        "prepare data/police.csv --schema health --holder holder9 --out inbox/9".into(),
        "release data/police.csv --schema police --holder holder --scope research/study \
         --pseudonyms data/police.csv --classes data/police.csv --columns role --out f.csv"
            .into(),
        "release data/police.csv --schema police --holder holder --scope research/study \
         --pseudonyms data/police.csv --classes data/police.csv --columns surname --out f.csv"
            .into(),
    ] {
        sweep.fails(&line);
    }
    sweep.says(0, "audit verify --issuer issuer");
}

fn set_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}
