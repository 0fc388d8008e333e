//! Claims about what `cci generate` refuses: what was expected is said, and nothing is left behind.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap too")]

mod command;

use command::{run, stderr, text};

/// Wrong arguments, and what the message says.
const WRONG: &[(&[&str], &[&str])] = &[
    (&["--set", "health.sex.wrong_sex=1.5"], &["health.sex.wrong_sex", "from 0 to 1, found 1.5"]),
    (&["--set", "health.sex.wrong_sex=-0.1"], &["from 0 to 1, found -0.1", "a rate is a share"]),
    (&["--set", "health.sex.wrong_sex=NaN"], &["from 0 to 1, found NaN"]),
    (&["--set", "health.sex.wrong_sex=often"], &["expected a number", "wrong_sex=0.5"]),
    (&["--set", "health.sex.wrong_sax=0.5"], &["nearest: \"health.sex.wrong_sex\""]),
    (&["--set", "health.record.history_kep=0"], &["nearest: \"health.record.history_kept\""]),
    (&["--set", "health.sex"], &["expected key=value"]),
    (&["--set", "gradients=1"], &["expected true or false", "gradients=false"]),
    (&["--set", "effects.household=0.99"], &["exceed 0.95"]),
    (&["--profile", "tipical"], &["no profile is called", "nearest: \"typical\""]),
    (&["--format", "xml"], &["no format is called", "csv, parquet"]),
    (&["--children", "-5"], &["'-5' for '--children <N>'", "whole number from 0 on"]),
    (&["--children", "1.5"], &["'1.5' for '--children <N>'", "whole number from 0 on"]),
    (&["--children", "many"], &["whole number from 0 on"]),
    (&["--children", "45004546"], &["more than there are NHS numbers", "45004545 children"]),
    (&["--seed", "-1"], &["'-1' for '--seed <N>'", "whole number from 0 on"]),
];

#[test]
fn wrong_arguments_are_refused_by_name_and_leave_nothing_behind() {
    for command in ["generate", "run"] {
        for (arguments, expected) in WRONG {
            if command == "run" && arguments[0] == "--format" {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let output = run(&[&[command], *arguments, &["--out", text(&out)]].concat());
            let said = stderr(&output);
            assert!(!output.status.success(), "{command} {arguments:?}");
            assert!(expected.iter().all(|part| said.contains(part)), "{arguments:?}: {said}");
            assert!(!out.exists(), "{command} {arguments:?} leaves a folder");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    for out in [file.clone(), file.join("below"), "/proc/cci".into()] {
        let output = run(&["generate", "--children", "50", "--quiet", "--out", text(&out)]);
        let said = stderr(&output);
        assert!(!output.status.success());
        assert!(said.contains(text(&out)) && said.contains("help:"), "{said}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    // A folder that holds something is left as it is unless --force says otherwise.
    let output = run(&["generate", "--children", "50", "--out", text(folder.path())]);
    assert!(stderr(&output).contains("--force"), "{}", stderr(&output));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
