//! Identifiers a second, printed on request.

use std::fs;
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use cci::identifier::{AuditKey, Epoch, PersonKey, Pseudonym};
use cci::record::Agency;
use cci::registry::{AuditLog, Detail, Entry, Outcome, Overlap, PersonState, Registry};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{digests, key, key_at, seeded};

/// Prints identifiers a second; run it with
/// `cargo test --release --test registry -- --ignored --nocapture throughput`.
#[test]
#[ignore = "takes a minute and prints figures"]
fn throughput() {
    let rate = |count: u32, begun: Instant| f64::from(count) / begun.elapsed().as_secs_f64();
    let keys = Agency::ALL.map(key);
    let mut random = seeded(1);
    let persons: Vec<PersonKey> =
        (0..1_000_000).map(|_| PersonKey::generate(&mut random).unwrap()).collect();
    let begun = Instant::now();
    let mut sum = 0u8;
    for person in &persons {
        sum ^= keys[0].pseudonym(person, 0).value()[0];
    }
    println!("derive, one core: {:.0} a second ({sum})", rate(1_000_000, begun));

    for count in [10_000, 100_000, 1_000_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.sqlite");
        let mut registry = Registry::create(&path).unwrap();
        let begun = Instant::now();
        let mut run = registry.begin_run(&digests(1)).unwrap();
        let handles = run.mint(count).unwrap();
        let minted = rate(count, begun);
        let mut pseudonyms = Vec::new();
        for key in &keys {
            run.activate(key).unwrap();
            pseudonyms = run.issue(key, &handles).unwrap().pseudonyms;
        }
        run.commit().unwrap();
        let all = rate(4 * count, begun);
        let begun = Instant::now();
        let mut sum = 0;
        let visit = |_, pseudonym: Pseudonym| {
            sum += pseudonym.print(keys[0].scope()).len();
            Ok(())
        };
        registry.visit_issued(keys[0].scope(), Epoch::FIRST, visit).unwrap();
        let listed = rate(count, begun);
        let mut waits: Vec<Duration> = (0..100_000)
            .map(|lookup| {
                let place = lookup * 7_919 % pseudonyms.len();
                let begun = Instant::now();
                let pseudonym = pseudonyms[place].unwrap();
                let found = registry.resolve(keys[3].scope(), &pseudonym).unwrap();
                assert_eq!(found.unwrap().handle, handles[place]);
                begun.elapsed()
            })
            .collect();
        waits.sort_unstable();
        drop(registry);
        let bytes = fs::metadata(&path).unwrap().len() as f64;
        println!(
            "{count} persons: mint {minted:.0} persons a second; mint and issue in four scopes, \
             committed, {all:.0} identifiers a second; list and print {listed:.0} a second; \
             resolve in {:?} (99 of 100 within {:?}); {:.0} bytes a person with four pseudonyms",
            waits[50_000],
            waits[99_000],
            bytes / f64::from(count)
        );
    }
}

/// Prints how long a scope of a million takes to rotate; run it with
/// `cargo test --release --test registry -- --ignored --nocapture rotation_of_a_million`.
#[test]
#[ignore = "takes a minute and prints figures"]
fn rotation_of_a_million() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sqlite");
    let mut registry = Registry::create(&path).unwrap();
    let mut run = registry.begin_run(&digests(1)).unwrap();
    let first = key_at("health", "direct_care", 0);
    run.activate(&first).unwrap();
    let handles = run.mint(1_000_000).unwrap();
    run.issue(&first, &handles).unwrap();
    run.commit().unwrap();
    let begun = Instant::now();
    let next = key_at("health", "direct_care", 1);
    let mut run = registry.begin_change("rotate").unwrap();
    run.plan(&next).unwrap();
    let (_, issued) = run.rotate(&next, Overlap::Window).unwrap();
    run.commit().unwrap();
    let rotated = begun.elapsed();
    let mut file = BufWriter::new(fs::File::create(folder.path().join("crosswalk.csv")).unwrap());
    let epochs = [Epoch::FIRST, Epoch::new(1).unwrap()];
    let scope = first.scope();
    let visit = |earlier: Pseudonym, later: Pseudonym, _| {
        writeln!(file, "{},{}", earlier.print(scope), later.print(scope)).unwrap();
        Ok(())
    };
    let rows = registry.crosswalk(scope, epochs, visit).unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    assert_eq!((issued.pseudonyms.len(), rows), (1_000_000, 1_000_000));
    println!("1,000,000 rotated in {rotated:?}, with crosswalk {:?}", begun.elapsed());
}

/// Prints how long ten million persons take to resolve among, and whether a sealed one takes as
/// long as an unknown one; run it with
/// `cargo test --release --test registry -- --ignored --nocapture resolving_among`.
#[test]
#[ignore = "takes minutes and 2 GB of disk, and prints figures"]
fn resolving_among_ten_million() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sqlite");
    let mut registry = Registry::create(&path).unwrap();
    let key = key_at("health", "direct_care", 0);
    let begun = Instant::now();
    let mut sample = Vec::new();
    for number in 0..10 {
        let mut run = registry.begin_run(&digests(number)).unwrap();
        run.activate(&key).unwrap();
        let handles = run.mint(1_000_000).unwrap();
        let issued = run.issue(&key, &handles).unwrap().pseudonyms;
        sample.extend(handles.into_iter().zip(issued.into_iter().flatten()).step_by(500));
        run.commit().unwrap();
    }
    println!("10,000,000 minted and issued in one scope in {:?}", begun.elapsed());
    let mut run = registry.begin_change("seal").unwrap();
    for (handle, _) in sample.iter().step_by(2) {
        run.move_person(handle, PersonState::Sealed).unwrap();
    }
    run.commit().unwrap();
    let mut random = seeded(5);
    let mut unknown = || key.pseudonym(&PersonKey::generate(&mut random).unwrap(), 0);
    let scope = key.scope();
    let mut waits: [Vec<Duration>; 3] = Default::default();
    for place in 0..20_000 {
        // Spread over the file; sealed, known and unknown take turns.
        let place = place * 7_919 % (sample.len() / 2) * 2;
        let asked = [sample[place].1, sample[place + 1].1, unknown()];
        for (wait, pseudonym) in waits.iter_mut().zip(asked) {
            let begun = Instant::now();
            let found = registry.resolve(scope, &pseudonym).unwrap();
            wait.push(begun.elapsed());
            assert_eq!(found.is_some(), pseudonym == sample[place + 1].1);
        }
    }
    for (name, wait) in ["sealed", "known", "unknown"].iter().zip(&mut waits) {
        wait.sort_unstable();
        println!("{name}: half within {:?}, 99 of 100 within {:?}", wait[10_000], wait[19_800]);
    }
    drop(registry);
    let bytes = fs::metadata(&path).unwrap().len() as f64;
    println!("{:.0} bytes a person with one pseudonym", bytes / 1e7);
}

/// Prints whether the time that an answer takes tells a sealed person from an unknown one; run it
/// with `cargo test --release --test registry -- --ignored --nocapture d58`.
///
/// Each call looks at another row, of as many and as evenly spread for the one as for the other:
/// rows that are looked at twice are sooner at hand, and that would tell the two apart as well.
#[test]
#[ignore = "takes a minute and prints figures"]
fn d58_sealed_beside_unknown_in_100_000_calls() {
    const CALLS: usize = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let mut registry = Registry::create(&folder.path().join("vault.sqlite")).unwrap();
    let key = key_at("health", "direct_care", 0);
    let mut run = registry.begin_run(&digests(0)).unwrap();
    run.activate(&key).unwrap();
    let handles = run.mint(2 * CALLS as u32).unwrap();
    let issued = run.issue(&key, &handles).unwrap().pseudonyms;
    let mut order = ChaCha8Rng::seed_from_u64(5);
    let hidden: Vec<bool> = handles.iter().map(|_| order.random_bool(0.5)).collect();
    for (handle, _) in handles.iter().zip(&hidden).filter(|(_, hidden)| **hidden) {
        run.move_person(handle, PersonState::Sealed).unwrap();
    }
    run.commit().unwrap();
    let mut known: Vec<(Pseudonym, bool)> =
        issued.into_iter().flatten().zip(hidden.iter().copied()).collect();
    let mut sealed: Vec<Pseudonym> =
        known.iter().filter(|(_, hidden)| *hidden).map(|(sealed, _)| *sealed).collect();
    sealed.shuffle(&mut order);
    // Unknown ones, each before another person who is not sealed.
    known.sort_unstable();
    let (mut random, mut before) = (seeded(5), std::collections::BTreeMap::new());
    while before.len() < CALLS / 2 {
        let unknown = key.pseudonym(&PersonKey::generate(&mut random).unwrap(), 0);
        let place = known.partition_point(|(known, _)| *known < unknown);
        if known.get(place).is_some_and(|(_, hidden)| !hidden) {
            before.entry(place).or_insert(unknown);
        }
    }
    let of = |all: Vec<Pseudonym>, is_sealed| {
        all.into_iter().take(CALLS / 2).map(move |asked| (asked, is_sealed))
    };
    let mut calls: Vec<(Pseudonym, bool)> =
        of(sealed, true).chain(of(before.into_values().collect(), false)).collect();
    calls.shuffle(&mut order);
    let mut waits: Vec<(Duration, bool)> = Vec::with_capacity(CALLS);
    for (asked, is_sealed) in &calls {
        let begun = Instant::now();
        let found = registry.resolve(key.scope(), asked).unwrap();
        let wait = begun.elapsed();
        assert!(found.is_none());
        waits.push((wait, *is_sealed));
    }
    // Mann and Whitney's test: how often a sealed one takes longer than an unknown one; where two
    // take as long, each is said to be the longer in half of the cases.
    waits.sort_unstable_by_key(|(wait, _)| *wait);
    let mut sum = 0.0;
    let mut place = 0;
    for alike in waits.chunk_by(|a, b| a.0 == b.0) {
        let rank = place as f64 + (alike.len() as f64 + 1.0) / 2.0;
        sum += rank * alike.iter().filter(|(_, is_sealed)| *is_sealed).count() as f64;
        place += alike.len();
    }
    let half = CALLS as f64 / 2.0;
    let longer = (sum - half * (half + 1.0) / 2.0) / (half * half);
    let deviations = (longer - 0.5) / ((2.0 * half + 1.0) / (12.0 * half * half)).sqrt();
    let median = |of: bool| {
        let of: Vec<Duration> = waits.iter().filter(|w| w.1 == of).map(|w| w.0).collect();
        of[of.len() / 2]
    };
    println!("median sealed {:?}, unknown {:?}", median(true), median(false));
    println!("sealed takes longer in {longer:.4} of pairs: {deviations:.1} standard deviations");
}

/// Prints how long ten million entries take to write and to verify; run it with
/// `cargo test --release --test registry -- --ignored --nocapture audit_of_ten_million`.
#[test]
#[ignore = "takes minutes and 3 GB of disk, and prints figures"]
fn audit_of_ten_million() {
    let folder = tempfile::tempdir().unwrap();
    let key_path = folder.path().join("audit.key");
    AuditKey::create_file(&key_path, &mut seeded(6)).unwrap();
    let key = AuditKey::from_file(&key_path).unwrap();
    let path = folder.path().join("audit.sqlite");
    let mut log = AuditLog::create(&path, key).unwrap();
    let begun = Instant::now();
    for batch in 0..100 {
        let entries: Vec<Entry> = (0..100_000)
            .map(|number| {
                let (count, vault) = (Some(number % 2), Some(100_000 * batch + number));
                let scope = Some("health/direct_care".into());
                let detail = Detail { count, vault, scope, ..Detail::default() };
                Entry { action: "resolve", outcome: Outcome::Done, detail }
            })
            .collect();
        log.append_all(&entries).unwrap();
    }
    println!("10,000,000 entries written in {:?}", begun.elapsed());
    let checkpoint = log.checkpoint().unwrap();
    let begun = Instant::now();
    let audited = log.verify(std::slice::from_ref(&checkpoint)).unwrap();
    assert_eq!((audited.entries, audited.first_bad), (10_000_000, None));
    println!("10,000,000 entries verified in {:?}", begun.elapsed());
    let begun = Instant::now();
    assert!(log.prove(7_654_321, 10_000_000).unwrap().proves(&checkpoint));
    println!("one of them proved in {:?}", begun.elapsed());
    drop(log);
    let bytes = fs::metadata(&path).unwrap().len() as f64;
    println!("{:.0} bytes an entry", bytes / 1e7);
}
