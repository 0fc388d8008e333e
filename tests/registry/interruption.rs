//! Readers beside a writer, and a writer that is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::time::Duration;

use cci::identifier::Epoch;
use cci::record::Agency;
use cci::registry::{Handle, Registry};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::{empty, found, key, total, write};

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

/// Persons of a run of the child.
const SIZE: u32 = 40;

/// The part of the next tests that is killed: it commits runs and merges and says so, for ever.
#[test]
#[ignore = "runs as the child of other tests only"]
fn child_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("CCI_TEST_VAULT") else { return };
    let mut registry = Registry::open(Path::new(&path)).unwrap();
    // Each child begins a number of its own, since an undone run may be tried again.
    for number in registry.last_event().unwrap().. {
        let handles = write(&mut registry, number, Agency::Health, SIZE);
        println!("\nkept {} {}", handles[0], handles[SIZE as usize - 1]);
        let mut run = registry.begin_change("test").unwrap();
        let merged = run.merge(&handles[0], &handles[1]).unwrap();
        run.commit().unwrap();
        println!("\nmerged {} {}", merged.survivor, merged.loser);
    }
}

/// Kills a writer at so many random moments; whatever it acknowledged must be there, whole.
fn kill(rounds: u32, seed: u64) {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let (mut folder, mut path, mut kept, mut merged) = fresh();
    let mut acknowledged = 0;
    for round in 0..rounds {
        if round % 50 == 49 {
            (folder, path, kept, merged) = fresh();
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", CHILD])
            .env("CCI_TEST_VAULT", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map(io::Result::unwrap);
        let mut said = said.filter(|line| line.starts_with("kept ") || line.starts_with("merged "));
        // Every second child is killed at any moment, the others after their first word.
        let first = if round % 2 == 0 { said.next() } else { None };
        std::thread::sleep(Duration::from_micros(random.random_range(0..40_000)));
        child.kill().unwrap();
        acknowledged += u32::from(first.is_some());
        for line in first.into_iter().chain(said) {
            // A line cut off by the kill lacks its end.
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["kept", a, b] if b.len() == 32 => kept.push([a.to_string(), b.to_string()]),
                ["merged", a, b] if b.len() == 32 => merged.push([a.to_string(), b.to_string()]),
                _ => {}
            }
        }
        child.wait().unwrap();

        let registry = Registry::open(&path).unwrap();
        assert_eq!(registry.verify().unwrap().differences, Vec::<String>::new(), "round {round}");
        let counts = registry.counts().unwrap();
        assert_eq!(counts.persons % u64::from(SIZE), 0, "half a run, round {round}");
        assert_eq!(counts.persons, total(&counts));
        let (mut held, mut pseudonyms) = (BTreeSet::new(), BTreeMap::new());
        let visit = |handle: Handle, pseudonym| {
            pseudonyms.insert(handle.to_string(), pseudonym);
            held.insert(handle.to_string());
            Ok(())
        };
        let scope = key(Agency::Health).scope().clone();
        registry.visit_issued(&scope, Epoch::FIRST, visit).unwrap();
        assert!(kept.iter().flatten().all(|handle| held.contains(handle)), "round {round}");
        for [survivor, loser] in &merged {
            let leads_to = found(&registry, &scope, &pseudonyms[loser]).unwrap().to_string();
            assert_eq!(leads_to, *survivor, "round {round}");
        }
    }
    drop(folder);
    assert!(acknowledged >= rounds / 2, "{acknowledged} of {rounds} rounds had anything to lose");
}

type Acknowledged = Vec<[String; 2]>;

fn fresh() -> (TempDir, PathBuf, Acknowledged, Acknowledged) {
    let (folder, path, registry) = empty();
    drop(registry);
    (folder, path, Vec::new(), Vec::new())
}

#[test]
fn b39_whatever_was_acknowledged_before_a_kill_is_there_whole_in_25_rounds() {
    kill(25, 1);
}

/// Run it with
/// `cargo test --release --test registry -- --ignored whatever_was_acknowledged --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn b39_whatever_was_acknowledged_before_a_kill_is_there_whole_in_1000_rounds() {
    kill(1_000, 2);
    println!("1,000 kills, nothing lost");
}
