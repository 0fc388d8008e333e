//! Readers beside a writer, and a writer that is killed.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::time::Duration;

use cci::identifier::Epoch;
use cci::record::Agency;
use cci::registry::{Handle, Registry};

use crate::{empty, key, raw, total, write};

#[test]
fn readers_see_whole_runs_and_no_error_while_one_writes() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 0, Agency::Health, 500);
    let (runs, size) = (30, 500);
    let all_have_looked = Barrier::new(4);
    std::thread::scope(|threads| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                threads.spawn(|| {
                    let reader = Registry::open(&path).unwrap();
                    let mut moments = BTreeSet::from([reader.counts().unwrap().runs]);
                    all_have_looked.wait();
                    loop {
                        let counts = reader.counts().unwrap();
                        assert_eq!(counts.persons, counts.runs * size);
                        assert_eq!(total(&counts), counts.persons);
                        assert_eq!(counts.events, 3 * counts.runs + 1);
                        moments.insert(counts.runs);
                        if counts.runs == runs + 1 {
                            return moments.len();
                        }
                    }
                })
            })
            .collect();
        all_have_looked.wait();
        for run in 1..=runs {
            write(&mut registry, run, Agency::Health, size as u32);
        }
        for reader in readers {
            assert!(reader.join().unwrap() > 1, "the reader saw the registry grow");
        }
    });
}

/// Name of the test that is run as a child, as the test harness knows it.
const CHILD: &str = "interruption::child_that_writes_until_it_is_killed";

/// The part of the next test that is killed: it commits runs and says so, for ever.
#[test]
#[ignore = "runs as the child of the next test only"]
fn child_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("CCI_TEST_VAULT") else { return };
    let mut registry = Registry::open(Path::new(&path)).unwrap();
    for run in registry.counts().unwrap().runs.. {
        let handles = write(&mut registry, run, Agency::Health, 200);
        println!("\nkept {} {}", handles[0], handles[199]);
    }
}

#[test]
fn every_run_acknowledged_before_a_kill_is_there_whole() {
    let (_folder, path, registry) = empty();
    drop(registry);
    let mut kept = Vec::new();
    for round in 0..5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", CHILD])
            .env("CCI_TEST_VAULT", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(io::Result::unwrap);
        let mut lines = lines.filter(|line| line.starts_with("kept "));
        kept.extend(lines.next());
        // Killed at another moment of its work each round.
        std::thread::sleep(Duration::from_millis(3 + 7 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        // A line cut off by the kill lacks its end.
        kept.extend(lines.filter(|line| line.len() == "kept ".len() + 65));

        let registry = Registry::open(&path).unwrap();
        let counts = registry.counts().unwrap();
        assert_eq!((counts.persons, total(&counts)), (200 * counts.runs, 200 * counts.runs));
        let file = raw(&path);
        let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let mut held = BTreeSet::new();
        let visit = |handle: Handle, _| {
            held.insert(handle.to_string());
            Ok(())
        };
        registry.visit_issued(key(Agency::Health).scope(), Epoch::FIRST, visit).unwrap();
        for line in &kept {
            assert!(line.split(' ').skip(1).all(|handle| held.contains(handle)), "round {round}");
        }
    }
    assert!(kept.len() >= 5);
}
