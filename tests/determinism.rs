//! The same seed and inputs give the same bytes, whatever the threads.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use command::{files_below, run, stderr, text};

#[test]
fn same_seed_gives_the_same_bytes_at_one_two_and_four_threads() {
    let folder = tempfile::tempdir().unwrap();
    let mut first: Option<Vec<(std::path::PathBuf, Vec<u8>)>> = None;
    for (place, threads) in ["1", "2", "4", "2"].iter().enumerate() {
        // The same path for each, since the folder's name is no part of the result.
        let out = folder.path().join(format!("{place}")).join("cci-out");
        let output = run(&[
            "run",
            "--children",
            "600",
            "--threads",
            threads,
            "--quiet",
            "--out",
            text(&out),
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        let bytes: Vec<_> = files_below(&out)
            .into_iter()
            // Person keys and pseudonyms are random by design and stand only here.
            .filter(|path| !path.starts_with("issuer"))
            .map(|path| (path.clone(), std::fs::read(out.join(path)).unwrap()))
            .collect();
        match &first {
            None => first = Some(bytes),
            Some(first) => {
                for ((path, expected), (other, found)) in first.iter().zip(&bytes) {
                    assert_eq!(path, other);
                    assert!(expected == found, "{} differs at {threads} threads", path.display());
                }
                assert_eq!(first.len(), bytes.len());
            }
        }
    }
}

#[test]
fn another_seed_gives_other_children() {
    let folder = tempfile::tempdir().unwrap();
    let data = |seed: &str| {
        let out = folder.path().join(seed);
        let output = run(&["generate", "--children", "100", "--seed", seed, "--out", text(&out)]);
        assert!(output.status.success(), "{}", stderr(&output));
        std::fs::read(out.join("health.csv")).unwrap()
    };
    assert_ne!(data("1"), data("2"));
}

#[test]
fn no_locale_changes_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    // Under Turkish rules the small form of I is ı, under which no name would fold alike.
    let metrics = ["C", "tr_TR.UTF-8"].map(|locale| {
        let out = folder.path().join(locale);
        let output = assert_cmd::Command::cargo_bin("cci")
            .unwrap()
            .env("LC_ALL", locale)
            .args(["run", "--children", "200", "--json", "--quiet", "--out", text(&out)])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        output.stdout
    });
    assert_eq!(metrics[0], metrics[1]);
}
