//! Minting, issuing, resolving.

use std::collections::BTreeSet;

use cci::identifier::{Epoch, PersonKey, Pseudonym};
use cci::record::Agency;
use cci::registry::{Handle, Registry};

use crate::{digests, empty, found, key, persons, raw, seeded, total, write};

#[test]
fn every_pseudonym_issued_resolves_to_its_person() {
    let (_folder, path, mut registry) = empty();
    let keys = Agency::ALL.map(key);
    let mut run = registry.begin_run(&digests(1)).unwrap();
    let handles = run.mint(1_000).unwrap();
    assert_eq!(handles.iter().collect::<BTreeSet<_>>().len(), 1_000);
    let mut printed = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        run.activate(key).unwrap();
        // Each agency holds other children: every second, third, ...
        let held: Vec<Handle> = handles.iter().copied().step_by(place + 2).collect();
        let issued = run.issue(key, &held).unwrap();
        assert_eq!((issued.pseudonyms.len(), issued.held, issued.clashes), (held.len(), 0, 0));
        for (pseudonym, handle) in issued.pseudonyms.iter().flatten().zip(held) {
            printed.push((key, pseudonym.print(key.scope()), handle));
        }
    }
    run.commit().unwrap();
    drop(registry);

    let registry = Registry::open(&path).unwrap();
    let texts: BTreeSet<&str> = printed.iter().map(|(_, text, _)| text.as_str()).collect();
    assert_eq!(texts.len(), 500 + 334 + 250 + 200);
    for (key, text, handle) in &printed {
        let pseudonym = Pseudonym::parse(text, key.scope()).unwrap();
        assert_eq!(found(&registry, key.scope(), &pseudonym), Some(*handle));
        for other in keys.iter().filter(|other| other.scope() != key.scope()) {
            assert_eq!(found(&registry, other.scope(), &pseudonym), None);
        }
    }
    let counts = registry.counts().unwrap();
    assert_eq!((counts.runs, counts.persons, total(&counts)), (1, 1_000, 1_284));
    let by_scope: Vec<(String, u64)> =
        counts.pseudonyms.iter().map(|held| (held.scope.to_string(), held.count)).collect();
    assert_eq!(
        by_scope,
        [
            ("education/direct_care".to_string(), 334),
            ("health/direct_care".to_string(), 500),
            ("police/direct_care".to_string(), 200),
            ("social_care/direct_care".to_string(), 250),
        ]
    );
}

#[test]
fn list_of_a_scope_comes_in_random_order_and_holds_that_scope_alone() {
    let (_folder, _path, mut registry) = empty();
    let (health, police) = (key(Agency::Health), key(Agency::Police));
    let mut run = registry.begin_run(&digests(1)).unwrap();
    run.activate(&health).unwrap();
    run.activate(&police).unwrap();
    let handles = run.mint(500).unwrap();
    let issued = run.issue(&health, &handles).unwrap();
    run.issue(&police, &handles[..20]).unwrap();
    run.commit().unwrap();

    let mut list = Vec::new();
    let visit = |handle, pseudonym| {
        list.push((handle, pseudonym));
        Ok(())
    };
    assert_eq!(registry.visit_issued(health.scope(), Epoch::FIRST, visit).unwrap(), 500);
    let mut expected: Vec<_> =
        handles.iter().copied().zip(issued.pseudonyms.into_iter().flatten()).collect();
    assert_ne!(list, expected, "the order of minting must not show");
    expected.sort_unstable();
    assert_eq!(list, expected);
    let skip = |_, _| Ok(());
    assert_eq!(registry.visit_issued(police.scope(), Epoch::FIRST, skip).unwrap(), 20);
    let other = Epoch::new(1).unwrap();
    assert_eq!(registry.visit_issued(police.scope(), other, skip).unwrap(), 0);
}

#[test]
fn issuing_again_changes_nothing() {
    let (_folder, _path, mut registry) = empty();
    let handles = write(&mut registry, 1, Agency::Health, 100);
    let key = key(Agency::Health);
    let before = registry.counts().unwrap();
    let mut run = registry.begin_run(&digests(2)).unwrap();
    run.activate(&key).unwrap();
    let issued = run.issue(&key, &handles).unwrap();
    assert_eq!((issued.held, issued.clashes), (100, 0));
    run.commit().unwrap();
    for (handle, pseudonym) in handles.iter().zip(issued.pseudonyms.iter().flatten()) {
        assert_eq!(found(&registry, key.scope(), pseudonym), Some(*handle));
    }
    assert_eq!(registry.counts().unwrap().pseudonyms, before.pseudonyms);
}

#[test]
fn clash_with_another_person_raises_the_counter() {
    let (_folder, path, mut registry) = empty();
    let key = key(Agency::Health);
    let mut run = registry.begin_run(&digests(1)).unwrap();
    run.activate(&key).unwrap();
    let mut handles = run.mint(3).unwrap();
    run.commit().unwrap();
    handles.sort_unstable();

    // The first two persons are given the values that the third would get at counters 0 and 1.
    let file = raw(&path);
    let persons = persons(&file);
    let third = PersonKey::from_bytes(persons[2].1);
    for (taker, counter) in [(persons[0].0, 0), (persons[1].0, 1)] {
        let value = *key.pseudonym(&third, counter).value();
        let row = rusqlite::params![value, taker];
        file.execute("INSERT INTO pseudonym VALUES (1, 0, ?1, ?2, 9)", row).unwrap();
    }

    let mut run = registry.begin_run(&digests(2)).unwrap();
    let issued = run.issue(&key, &handles).unwrap();
    run.commit().unwrap();
    assert_eq!((issued.held, issued.clashes), (2, 2));
    assert_eq!(issued.pseudonyms[2], Some(key.pseudonym(&third, 2)));
    for (handle, pseudonym) in handles.iter().zip(issued.pseudonyms.iter().flatten()) {
        assert_eq!(found(&registry, key.scope(), pseudonym), Some(*handle));
    }
    let counter: i64 = file
        .query_row("SELECT counter FROM pseudonym WHERE person_id = ?1", [persons[2].0], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(counter, 2);
}

#[test]
fn no_part_of_a_person_key_is_in_a_handle_or_pseudonym() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 2_000);
    // Five bytes are shared by chance once in 10¹² comparisons of windows.
    let windows: BTreeSet<Vec<u8>> = persons(&raw(&path))
        .iter()
        .flat_map(|(_, key)| key.windows(5).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect();
    assert_eq!(windows.len(), 2_000 * 12);
    let visit = |handle: Handle, pseudonym: Pseudonym| {
        let shown = handle.bytes().windows(5).chain(pseudonym.value().windows(5));
        shown.for_each(|window| assert!(!windows.contains(window)));
        Ok(())
    };
    let scope = key(Agency::Health).scope().clone();
    assert_eq!(registry.visit_issued(&scope, Epoch::FIRST, visit).unwrap(), 2_000);
}

#[test]
fn handles_do_not_show_in_debug() {
    assert_eq!(format!("{:?}", Handle::from_bytes([1; 16])), "Handle(<16 bytes withheld>)");
}

/// Rank correlation of two orders of 3,000 persons: by chance within four standard errors,
/// 4/√2,999, of zero.
#[test]
fn b31_pseudonyms_and_handles_do_not_show_in_which_order_persons_were_minted() {
    let (_folder, _path, mut registry) = empty();
    let key = key(Agency::Health);
    let mut run = registry.begin_run(&digests(1)).unwrap();
    run.activate(&key).unwrap();
    let handles = run.mint(3_000).unwrap();
    let issued = run.issue(&key, &handles).unwrap().pseudonyms;
    run.commit().unwrap();
    let correlation = |values: Vec<Vec<u8>>| -> f64 {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].cmp(&values[b]));
        let n = values.len() as f64;
        let squares: f64 = order
            .iter()
            .enumerate()
            .map(|(rank, &minted)| (rank as f64 - minted as f64).powi(2))
            .sum();
        1.0 - 6.0 * squares / (n * (n * n - 1.0))
    };
    let pseudonyms = issued.iter().flatten().map(|pseudonym| pseudonym.value().to_vec()).collect();
    let handles = handles.iter().map(|handle| handle.bytes().to_vec()).collect();
    for found in [correlation(pseudonyms), correlation(handles)] {
        assert!(found.abs() < 4.0 / 2_999_f64.sqrt(), "{found}");
    }
}

/// By chance two of 10,000,000 values of 80 bits are alike once in 24,000 million tries. Run it
/// with `cargo test --release --test registry -- --ignored b29`.
#[test]
#[ignore = "takes half a minute and 320 MB"]
fn b29_ten_million_persons_have_as_many_pseudonyms_in_each_of_three_scopes() {
    const PERSONS: usize = 10_000_000;
    let mut seen_before: Vec<u128> = Vec::new();
    for agency in [Agency::Health, Agency::Education, Agency::Police] {
        let (key, mut random) = (key(agency), seeded(29));
        let mut values: Vec<u128> = (0..PERSONS)
            .map(|_| {
                let person = PersonKey::generate(&mut random).unwrap();
                let value = *key.pseudonym(&person, 0).value();
                value.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
            })
            .collect();
        values.sort_unstable();
        assert!(values.is_sorted_by(|a, b| a < b), "two persons have one pseudonym in {agency:?}");
        let shared = values.iter().filter(|value| seen_before.binary_search(value).is_ok());
        assert_eq!(shared.count(), 0, "a pseudonym of another scope in {agency:?}");
        seen_before = values;
    }
}
