//! Identifiers a second, printed on request.

use std::fs;
use std::time::{Duration, Instant};

use cci::identifier::{Epoch, PersonKey, Pseudonym};
use cci::record::Agency;
use cci::registry::Registry;

use crate::{digests, key, seeded};

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
