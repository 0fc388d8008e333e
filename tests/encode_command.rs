//! `cci encode` as a user meets it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cci::encode::CodesFile;
use command::{run, stderr, stdout, text};
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRET: &str = "k3mQ9xT2pL7vB4nZ";

/// A folder with records, a schema of their names and dates, and a secret.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let names = ["Asha", "Zoë", "Łukasz", "Siân", "Omar", "Grace"];
    let families = ["Begum", "Nowak", "O'Brien", "Khan", "Hopper"];
    let rows = (0..60).map(|row| {
        let (name, family) = (names[row % 6], families[row % 5]);
        format!("{row},{name},{family},{:02}/{:02}/2014\n", 1 + row % 28, 1 + row % 12)
    });
    let rows: String = rows.collect();
    fs::write(folder.path().join("records.csv"), format!("id,given,family,born\n{rows}")).unwrap();
    let string = json!({"type": "string"});
    let feature = |name: &str, format: &Value, comparison: Value, bits: u32| {
        json!({"identifier": name, "format": format,
            "hashing": {"comparison": comparison, "strategy": {"bitsPerFeature": bits}}})
    };
    let bigrams = json!({"type": "ngram", "n": 2});
    let schema = json!({
        "version": 3,
        "clkConfig": {"l": 1024, "kdf": {"type": "HKDF", "salt": "c2FsdA=="}},
        "features": [
            feature("given", &string, bigrams.clone(), 230),
            feature("family", &string, bigrams, 230),
            feature("born", &json!({"type": "date", "format": "%d/%m/%Y"}),
                json!({"type": "ngram", "n": 1, "positional": true}), 180),
        ]
    });
    fs::write(folder.path().join("schema.json"), schema.to_string()).unwrap();
    fs::write(folder.path().join("secret"), SECRET).unwrap();
    fs::set_permissions(folder.path().join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
    folder
}

fn encode(folder: &Path, out: &str, options: &[&str]) -> std::process::Output {
    let path = |name: &str| folder.join(name);
    let (records, schema, secret) = (path("records.csv"), path("schema.json"), path("secret"));
    let out = path(out);
    let fixed = [
        "encode",
        text(&records),
        "--schema",
        text(&schema),
        "--secret-file",
        text(&secret),
        "--out",
        text(&out),
    ];
    run(&[&fixed, options].concat())
}

fn change(folder: &Path, name: &str, right: &str, wrong: &str) {
    let path = folder.join(name);
    let before = fs::read_to_string(&path).unwrap();
    let after = before.replacen(right, wrong, 1);
    assert_ne!(before, after);
    fs::write(&path, after).unwrap();
}

/// Returns the message of a failure, the folder's path as DIR.
fn refusal(folder: &Path, out: &str, options: &[&str], status: i32) -> String {
    let output = encode(folder, out, &[options, &["--quiet"]].concat());
    assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
    assert!(stdout(&output).is_empty());
    stderr(&output).replace(text(folder), "DIR")
}

#[test]
fn every_record_has_a_code_and_the_file_says_what_it_is_of() {
    let folder = folder();
    let output = encode(folder.path(), "codes.json", &["--profile", "compact", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&told["records"], &told["code_bits"]), (&json!(60), &json!(2048)));
    let written = fs::read_to_string(folder.path().join("codes.json")).unwrap();
    let read = CodesFile::parse(&written, "codes.json").unwrap();
    let about = read.about.unwrap();
    assert_eq!((read.codes.len(), about.profile.as_str()), (60, "compact"));
    assert_eq!(told["schema_fingerprint"], json!(about.schema_fingerprint));
    // Records 0 and 30 of a period of 6, 5, 28 and 12 differ in their dates alone.
    assert_ne!(read.codes[0], read.codes[30]);
}

#[test]
fn codes_are_the_same_bytes_at_any_number_of_threads() {
    let folder = folder();
    let rows = fs::read_to_string(folder.path().join("records.csv")).unwrap();
    let (header, rows) = rows.split_once('\n').unwrap();
    // More records than one thread takes in one run.
    let many = format!("{header}\n{}", rows.repeat(150));
    fs::write(folder.path().join("records.csv"), many).unwrap();
    let bytes = |threads: &str| {
        let out = format!("codes{threads}.json");
        let options = ["--threads", threads, "--profile", "compat-clkhash", "--quiet"];
        let output = encode(folder.path(), &out, &options);
        assert!(output.status.success(), "{}", stderr(&output));
        fs::read(folder.path().join(out)).unwrap()
    };
    assert_eq!(bytes("1"), bytes("4"));
}

#[test]
fn neither_values_nor_the_secret_are_told() {
    let folder = folder();
    let options = ["--profile", "compat-clkhash"];
    let output = encode(folder.path(), "codes.json", &options);
    let codes = fs::read_to_string(folder.path().join("codes.json")).unwrap();
    change(folder.path(), "records.csv", "12/12/2014", "12/13/2014");
    let refused = refusal(folder.path(), "other.json", &options, 3);
    for told in [stdout(&output), stderr(&output), codes, refused] {
        for value in ["Asha", "Nowak", "Zoë", "13/2014", SECRET] {
            assert!(!told.contains(value), "{value} in {told}");
        }
    }
}

#[test]
fn plain_filters_are_warned_of_loudly() {
    let folder = folder();
    let output = encode(folder.path(), "codes.json", &["--profile", "compat-clkhash", "--quiet"]);
    let told = stdout(&output);
    assert!(told.contains("note: WARNING: plain filters hide little"), "{told}");
    assert!(told.contains("98 to 100 % of the people"), "{told}");
}

#[test]
fn values_that_cannot_be_encoded_are_counted_by_column_and_nothing_is_written() {
    let folder = folder();
    change(folder.path(), "records.csv", "03/03/2014", "30/02/2014");
    change(folder.path(), "records.csv", "05/05/2014", "");
    assert_eq!(
        refusal(folder.path(), "codes.json", &[], 3),
        "error[E024]: too many bad rows: DIR/records.csv: 2 of 60 records hold values that cannot \
         be encoded\n  \
         column \"born\": expected a date in the format %d/%m/%Y; 2 records, the first: 3, 5\n  \
         help: mend them, or say under missingValue what stands for a missing one; codes stand in \
         the order of the records, so none is left out\n"
    );
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn column_that_is_not_in_the_file_gets_the_nearest() {
    let folder = folder();
    change(folder.path(), "records.csv", "family", "familly");
    assert_eq!(
        refusal(folder.path(), "codes.json", &[], 3),
        "error[E021]: column not found: DIR/records.csv has no column \"family\"\n  \
         nearest: \"familly\"\n  help: rename the column in the file\n"
    );
}

#[test]
fn e3_53_codes_that_could_not_be_compared_are_not_made() {
    let folder = folder();
    let profile = ["--profile", "compact"];
    assert!(encode(folder.path(), "theirs.json", &profile).status.success());
    let theirs = folder.path().join("theirs.json");
    let same_as = [&profile[..], &["--same-as", text(&theirs)]].concat();
    assert!(encode(folder.path(), "ours.json", &same_as).status.success());
    change(folder.path(), "schema.json", "230", "240");
    let told = refusal(folder.path(), "new.json", &same_as, 2);
    assert!(
        told.contains(
            "DIR/new.json and DIR/theirs.json cannot be compared: their schemas differ\n  at \
                       features[0].hashing.strategy.bitsPerFeature"
        ),
        "{told}"
    );
    change(folder.path(), "schema.json", "240", "230");
    change(folder.path(), "secret", "k3", "k4");
    let told = refusal(folder.path(), "new.json", &same_as, 2);
    assert!(told.contains("their secrets differ"), "{told}");
    fs::write(&theirs, "{\"clks\": []}").unwrap();
    let told = refusal(folder.path(), "new.json", &same_as, 2);
    assert!(told.contains("DIR/theirs.json: it does not say what its codes are of"), "{told}");
}

#[test]
fn e3_54_risks_are_refused_until_they_are_named() {
    let folder = folder();
    let weak = ["--profile", "compact", "--population", "30000"];
    let told = refusal(folder.path(), "codes.json", &weak, 2);
    assert!(told.contains("profile compact is too weak for 30000 records"), "{told}");
    let taken =
        encode(folder.path(), "codes.json", &[&weak[..], &["--unsafe", "graph-matching"]].concat());
    assert!(taken.status.success(), "{}", stderr(&taken));
    assert!(stdout(&taken).contains("note: WARNING: profile compact is too weak"));
    let told = refusal(folder.path(), "linear.json", &["--profile", "linear"], 2);
    assert!(told.contains("add --unsafe linear-span"), "{told}");
    let told = refusal(folder.path(), "x.json", &["--unsafe", "linear-spam"], 2);
    assert!(told.contains("nearest: \"linear-span\""), "{told}");
}

#[test]
fn e3_50_folds_are_chosen_on_the_command_line() {
    let folder = folder();
    change(folder.path(), "schema.json", "\"l\":1024", "\"l\":1024,\"xorFolds\":1");
    let told = refusal(folder.path(), "a.json", &[], 2);
    assert!(
        told.contains("help: choose --clkhash-folds as-documented or as-implemented"),
        "{told}"
    );
    let plain = ["--profile", "compat-clkhash", "--clkhash-folds"];
    for reading in ["as-documented", "as-implemented"] {
        let output = encode(folder.path(), reading, &[&plain[..], &[reading]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_ne!(read("as-documented"), read("as-implemented"));
    let told = refusal(folder.path(), "b.json", &[&plain[..], &["documented"]].concat(), 2);
    assert!(told.contains("nearest: \"as-documented\""), "{told}");
}

#[test]
fn file_that_exists_is_not_replaced() {
    let folder = folder();
    fs::write(folder.path().join("codes.json"), "mine").unwrap();
    let told = refusal(folder.path(), "codes.json", &[], 4);
    assert!(told.starts_with("error[E040]: output exists: DIR/codes.json"), "{told}");
    assert_eq!(fs::read_to_string(folder.path().join("codes.json")).unwrap(), "mine");
}
