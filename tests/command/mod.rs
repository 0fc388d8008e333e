//! Calls the `cci` command as a user would, and small data for it.

#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// Returns the command, run from the root of the repository.
pub(crate) fn cci() -> Command {
    let mut command = Command::cargo_bin("cci").expect("the command is built");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs the command with arguments.
pub(crate) fn run(arguments: &[&str]) -> Output {
    cci().args(arguments).output().expect("the command starts")
}

/// Runs a command that must succeed, quietly, and returns its JSON.
pub(crate) fn ok(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--json", "--quiet"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap_or_default()
}

/// Returns what a command wrote to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

/// Returns what a command wrote to standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("results are UTF-8")
}

/// Returns a path as text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// Writes files into a folder.
pub(crate) fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        std::fs::write(folder.join(name), content).expect("a writable folder");
    }
}

/// Settings that link two small files by name and date.
pub(crate) const TWO_FILES: &str = r#"link = "between"
version = 1
[attributes]
given_name = "given_name"
family_name = "family_name"
date_of_birth = "date"

[[source]]
file = "left.csv"
id = "id"
entity = "child"

[source.columns]
given_name = "first"
family_name = "last"
date_of_birth = "dob"

[[source]]
file = "right.csv"
id = "id"
entity = "child"

[source.columns]
given_name = "first"
family_name = "last"
date_of_birth = "dob"

[[block]]
keys = ["family_name"]

[[block]]
keys = ["date_of_birth"]

[decide]
strategy = "probabilistic"
cluster = "components"
exact_key = ["given_name", "family_name", "date_of_birth"]
"#;

/// Header of the two small files.
pub(crate) const HEADER: &str = "id,first,last,dob,child\n";

/// Writes settings and two small files; returns the path of the settings.
pub(crate) fn two_files(folder: &Path, left: &str, right: &str) -> PathBuf {
    let with_header = |rows: &str| format!("{HEADER}{rows}");
    write(
        folder,
        &[
            ("settings.toml", TWO_FILES),
            ("left.csv", &with_header(left)),
            ("right.csv", &with_header(right)),
        ],
    );
    folder.join("settings.toml")
}

/// Returns every file below a folder, sorted, with its path relative to it.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("it is below").to_path_buf());
            }
        }
    }
    found.sort();
    found
}
