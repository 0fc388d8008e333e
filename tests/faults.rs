//! Stops and refusals: nothing half written is ever left under a final name.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use command::{files_below, stderr, text};

fn binary() -> std::path::PathBuf {
    assert_cmd::cargo::cargo_bin("cci")
}

#[cfg(unix)]
#[test]
fn ctrl_c_at_any_stage_ends_within_two_seconds_with_130_and_no_output() {
    for stage in ["1/6", "2/6", "3/6"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let mut child = Command::new(binary())
            .args(["run", "--children", "60000", "--out", text(&out)])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with(stage)));
        let start = Instant::now();
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "after stage {stage}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert!(!out.exists(), "left behind: {:?}", files_below(&out));
    }
}

#[cfg(unix)]
#[test]
fn a_stop_ends_a_command_whose_messages_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut child = Command::new(binary())
        .args(["run", "--children", "60000", "--quiet", "--out", text(&out)])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    while !out.exists() {
        std::thread::sleep(Duration::from_millis(20)); // the handler is there before the folder
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("the command goes on");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(130));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_a_clear_error_and_leaves_nothing() {
    // The limit on file size stands for the disk: writes fail part of the way through.
    for blocks in [1, 16, 64, 256] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {} run --children 2000 --quiet --out {}",
            text(&binary()),
            text(&out)
        );
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let errors = stderr(&output);
        assert_eq!(output.status.code(), Some(4), "{blocks} blocks: {errors}");
        assert!(errors.starts_with("error[E04"), "{errors}");
        assert!(!out.exists(), "left behind: {:?}", files_below(&out));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_made_is_a_clear_error() {
    for out in ["/proc/cci-out", "/dev/null/cci-out"] {
        let output = Command::new(binary())
            .args(["run", "--children", "10", "--out", out])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
        assert!(stderr(&output).contains("--out"), "{}", stderr(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_failed_run_leaves_an_earlier_one_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = |limit: &str| {
        let script = format!(
            "trap '' XFSZ; {limit} exec {} run --children 500 --quiet --force --out {}",
            text(&binary()),
            text(&out)
        );
        Command::new("bash").args(["-c", &script]).output().unwrap()
    };
    assert!(run("").status.success());
    let bytes = |name| std::fs::read(out.join(name)).unwrap();
    let names = files_below(&out);
    let before: Vec<Vec<u8>> = names.iter().map(bytes).collect();
    assert_eq!(run("ulimit -f 64;").status.code(), Some(4));
    assert_eq!(files_below(&out), names);
    assert_eq!(names.iter().map(bytes).collect::<Vec<_>>(), before);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let script = format!(
        "set -o pipefail; {} run --children 100 --quiet --out {} | true",
        text(&binary()),
        text(&out)
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}
