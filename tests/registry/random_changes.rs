//! Random changes: the tables follow from the events, and every store says what the others say.

use std::collections::BTreeMap;

use cci::identifier::Pseudonym;
use cci::record::Agency;
use cci::registry::{Handle, PersonState, Registry};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::conformance::{Empty, STORES, issued};
use crate::{found, key, write};

/// A vault that is changed at random.
struct Changed {
    _folder: Option<TempDir>,
    registry: Registry,
    random: ChaCha8Rng,
    handles: Vec<Handle>,
    /// Pseudonyms as they were issued in the beginning.
    pseudonyms: BTreeMap<Handle, Pseudonym>,
    merges: Vec<u64>,
}

impl Changed {
    fn new(empty: Empty, persons: u32) -> Self {
        let (folder, mut registry) = empty();
        let handles = write(&mut registry, 1, Agency::Health, persons);
        let pseudonyms = issued(&registry, &key(Agency::Health));
        let random = ChaCha8Rng::seed_from_u64(1);
        Self { _folder: folder, registry, random, handles, pseudonyms, merges: Vec::new() }
    }

    /// Tries one change; returns what is refused and why, without the name of the file.
    fn step(&mut self, number: u32) -> Result<(), String> {
        let Self { registry, random, handles, merges, .. } = self;
        let mut pick = || handles[random.random_range(0..handles.len())];
        let (a, b) = (pick(), pick());
        let key = key(Agency::Health);
        let mut run = registry.begin_change("test").unwrap();
        let tried = match random.random_range(0..20) {
            0..8 => run.merge(&a, &b).map(|merged| merges.push(merged.merge)),
            8..14 if !merges.is_empty() => {
                let place = merges.len() - 1 - random.random_range(0..merges.len().min(3));
                run.unmerge(merges[place]).map(|undone| merges.retain(|of| *of != undone.merge))
            }
            14 => run.move_person(&a, PersonState::Confirmed),
            15 => run.move_person(&a, PersonState::Deceased),
            16 => run.object(&a, key.scope()),
            17 => run.withdraw_objection(&a, key.scope()),
            18 if number.is_multiple_of(7) => {
                run.split(&a).and_then(|new| run.issue(&key, &[new, a])).map(drop)
            }
            19 if number.is_multiple_of(11) => run.erase(&a),
            _ => run.move_person(&a, PersonState::Invalidated),
        };
        tried.and_then(|()| run.commit()).map_err(|error| {
            let said = error.to_string();
            said.splitn(4, ": ").nth(3).unwrap().into()
        })
    }

    /// Everything that can be asked of the vault.
    fn answers(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        let key = key(Agency::Health);
        let leads_to: Vec<Option<Handle>> = self
            .handles
            .iter()
            .map(|handle| found(&self.registry, key.scope(), &self.pseudonyms[handle]))
            .collect();
        let verified = self.registry.verify().unwrap();
        (leads_to, issued(&self.registry, &key), self.registry.counts().unwrap(), verified)
    }

    fn assert_sound(&self) {
        assert_eq!(self.registry.verify().unwrap().differences, Vec::<String>::new());
    }
}

/// Changes one vault, and verifies it as many times as it is said, evenly.
fn random_changes(count: u32, persons: u32, verifications: u32) {
    let mut vault = Changed::new(STORES[0].1, persons);
    let mut done = 0;
    for number in 0..count {
        done += u32::from(vault.step(number).is_ok());
        if number.is_multiple_of(count / verifications) {
            vault.assert_sound();
        }
    }
    vault.assert_sound();
    assert!(done > count / 4, "{done} of {count} changes were allowed");
}

#[test]
fn c55_tables_follow_from_the_events_after_2_000_random_changes() {
    random_changes(2_000, 200, 20);
}

/// Run it with `cargo test --release --test registry -- --ignored c55`.
#[test]
#[ignore = "takes minutes: each change is on the disk before the next begins"]
fn c55_tables_follow_from_the_events_after_100_000_random_changes() {
    random_changes(100_000, 5_000, 20);
}

/// The store in memory follows every merge each time, and keeps no ends of chains.
#[test]
fn every_store_allows_refuses_and_answers_the_same_through_random_changes() {
    let mut vaults = STORES.map(|(_, empty)| Changed::new(empty, 60));
    let mut allowed = 0;
    for number in 0..600 {
        let [first, rest @ ..] = &mut vaults;
        let expected = first.step(number);
        allowed += u32::from(expected.is_ok());
        for (vault, (store, _)) in rest.iter_mut().zip(&STORES[1..]) {
            assert_eq!(vault.step(number), expected, "{store}, change {number}");
        }
        if number.is_multiple_of(25) {
            let expected = vaults[0].answers();
            for (vault, (store, _)) in vaults[1..].iter().zip(&STORES[1..]) {
                assert!(vault.answers() == expected, "{store} after change {number}");
            }
        }
    }
    assert!((150..550).contains(&allowed), "{allowed} of 600 changes were allowed");
}
