//! What every store of the vault promises, whatever it keeps its rows in.
//!
//! A new store is one line in `STORES`; a new promise is a function and one line in `PROMISES`.

use std::collections::BTreeMap;

use cci::error::{Error, ErrorKind, Result};
use cci::identifier::{Epoch, EpochState, Pseudonym, PseudonymKey};
use cci::record::Agency;
use cci::registry::{Handle, Overlap, PersonState, Registry, Run};
use tempfile::TempDir;

use crate::{digests, found, key, key_at, seeded, write};

/// An empty vault, and the folder that it needs.
pub(crate) type Empty = fn() -> (Option<TempDir>, Registry);

/// Every store there is.
pub(crate) const STORES: [(&str, Empty); 2] = [
    ("SQLite", || {
        let (folder, _, registry) = crate::empty();
        (Some(folder), registry)
    }),
    ("memory", || (None, Registry::in_memory().with_random(Box::new(seeded(1))))),
];

/// What must hold of an empty vault and of what is done to it.
type Holds = fn(&mut Registry);

/// Every promise, each asked of an empty vault.
const PROMISES: [(&str, Holds); 13] = [
    ("an empty vault holds nothing and is sound", empty_is_sound),
    ("a run is kept once, however often it is tried", a_run_is_kept_once),
    ("a run that is dropped leaves nothing of any kind", dropped_leaves_nothing),
    ("a run of which a step failed is kept by nobody", failed_is_not_kept),
    ("a handle is admitted once and keeps its person", a_handle_keeps_its_person),
    ("a pseudonym stands for its person in its scope alone", a_pseudonym_is_of_one_scope),
    ("what is issued again is what is held", issued_again_is_held),
    ("lists come in the order of handles", lists_come_in_order),
    ("an epoch goes forward, and one is active", epochs_go_forward),
    ("a key is of one scope and epoch", a_key_is_of_one_epoch),
    ("a merge leads on, and is undone exactly", merges_are_undone_exactly),
    ("hidden persons are answered for nowhere", hidden_are_answered_for_nowhere),
    ("a crosswalk leads from every old pseudonym to the new one", crosswalks_are_whole),
];

#[test]
fn every_store_keeps_every_promise() {
    for (store, empty) in STORES {
        for (promise, holds) in PROMISES {
            println!("{store}: {promise}");
            let (_folder, mut registry) = empty();
            holds(&mut registry);
            assert_eq!(registry.verify().unwrap().differences, Vec::<String>::new());
        }
    }
}

/// Does some things in a change of their own.
pub(crate) fn change<T>(registry: &mut Registry, work: impl FnOnce(&mut Run) -> Result<T>) -> T {
    let mut run = registry.begin_change("test").unwrap();
    let done = work(&mut run).unwrap();
    run.commit().unwrap();
    done
}

/// Tries what must be refused; returns what is said, and checks that nothing is kept.
fn refused<T>(registry: &mut Registry, work: impl FnOnce(&mut Run) -> Result<T>) -> String {
    let before = (registry.counts().unwrap(), registry.epochs().unwrap());
    let mut run = registry.begin_change("test").unwrap();
    let error = work(&mut run).map(drop).unwrap_err();
    assert!(run.commit().is_err());
    assert_eq!((registry.counts().unwrap(), registry.epochs().unwrap()), before);
    error.to_string()
}

/// Pseudonyms of a key's epoch by handle, as the list of the scope has them.
pub(crate) fn issued(registry: &Registry, key: &PseudonymKey) -> BTreeMap<Handle, Pseudonym> {
    let mut issued = BTreeMap::new();
    let visit = |handle, pseudonym| {
        issued.insert(handle, pseudonym);
        Ok(())
    };
    registry.visit_issued(key.scope(), key.epoch(), visit).unwrap();
    issued
}

fn empty_is_sound(registry: &mut Registry) {
    let counts = registry.counts().unwrap();
    assert_eq!((counts.runs, counts.persons, counts.events), (0, 0, 0));
    assert_eq!((registry.last_event().unwrap(), registry.epochs().unwrap().len()), (0, 0));
    let health = key(Agency::Health);
    assert!(issued(registry, &health).is_empty());
    let skip = |_, _, _| Ok(());
    assert_eq!(registry.crosswalk(health.scope(), [Epoch::FIRST; 2], skip).unwrap(), 0);
}

fn a_run_is_kept_once(registry: &mut Registry) {
    write(registry, 1, Agency::Health, 3);
    let before = registry.counts().unwrap();
    let error = registry.begin_run(&digests(1)).map(drop).unwrap_err();
    assert!(error.to_string().contains("inputs and settings already"), "{error}");
    assert_eq!(registry.counts().unwrap(), before);
    assert_eq!(registry.last_event().unwrap(), before.events);
}

fn dropped_leaves_nothing(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 5);
    let (health, police) = (key(Agency::Health), key(Agency::Police));
    let before = (registry.counts().unwrap(), registry.epochs().unwrap());
    let listed = issued(registry, &health);
    let mut run = registry.begin_run(&digests(2)).unwrap();
    run.activate(&police).unwrap();
    let new = run.mint(4).unwrap();
    run.issue(&health, &new).unwrap();
    run.issue(&police, &handles).unwrap();
    let merged = run.merge(&handles[0], &handles[1]).unwrap();
    run.unmerge(merged.merge).unwrap();
    run.object(&handles[2], health.scope()).unwrap();
    run.erase(&handles[3]).unwrap();
    run.move_epoch(health.scope(), Epoch::FIRST, EpochState::Retired).unwrap();
    drop(run);
    assert_eq!((registry.counts().unwrap(), registry.epochs().unwrap()), before);
    assert_eq!(issued(registry, &health), listed);
    // The two were never parted.
    change(registry, |run| run.merge(&handles[0], &handles[1]));
    // The run was never tried, as far as anybody knows.
    write(registry, 2, Agency::Health, 1);
}

fn failed_is_not_kept(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 2);
    let stranger = Handle::from_bytes([9; Handle::LENGTH]);
    let half = [handles[0], stranger];
    let said = refused(registry, |run| {
        run.mint(3)?;
        run.issue(&key(Agency::Health), &half)
    });
    assert!(said.contains("does not know a handle"), "{said}");
}

fn a_handle_keeps_its_person(registry: &mut Registry) {
    let health = key(Agency::Health);
    let handles: Vec<Handle> =
        (0..10).map(|number| Handle::from_bytes([number; Handle::LENGTH])).collect();
    let first = change(registry, |run| {
        run.activate(&health)?;
        assert_eq!(run.admit(&handles[..6])?, 6);
        run.issue(&health, &handles[..6])
    });
    let again = change(registry, |run| {
        assert_eq!(run.admit(&handles)?, 4);
        // Twice in one list is once.
        assert_eq!(run.admit(&[handles[7], handles[7]])?, 0);
        run.issue(&health, &handles)
    });
    assert_eq!(again.pseudonyms[..6], first.pseudonyms);
    assert_eq!((again.held, registry.counts().unwrap().persons), (6, 10));
}

fn a_pseudonym_is_of_one_scope(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 50);
    let [health, police] = [Agency::Health, Agency::Police].map(key);
    change(registry, |run| {
        run.activate(&police)?;
        run.issue(&police, &handles[..20])
    });
    for (key, other, count) in [(&health, &police, 50), (&police, &health, 20)] {
        let listed = issued(registry, key);
        assert_eq!(listed.len(), count);
        for (handle, pseudonym) in listed {
            let resolved = registry.resolve(key.scope(), &pseudonym).unwrap().unwrap();
            assert_eq!((resolved.handle, resolved.current), (handle, Some(pseudonym)));
            assert_eq!(found(registry, other.scope(), &pseudonym), None);
            let at = |moment| registry.resolve_as_at(key.scope(), &pseudonym, moment).unwrap();
            assert_eq!((at(0), at(u64::MAX)), (None, Some(handle)));
        }
        // What nobody has, and what would come after all that the scope has.
        let later = key_at(key.scope().agency(), key.scope().purpose(), 1);
        let person = cci::identifier::PersonKey::from_bytes([1; 16]);
        assert_eq!(found(registry, key.scope(), &later.pseudonym(&person, 0)), None);
        assert_eq!(found(registry, key.scope(), &key.pseudonym(&person, 0)), None);
    }
}

fn issued_again_is_held(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 30);
    let health = key(Agency::Health);
    let twice = [&handles[..], &handles[..]].concat();
    let again = change(registry, |run| run.issue(&health, &twice));
    assert_eq!((again.held, again.clashes, again.withheld), (60, 0, 0));
    assert_eq!(again.pseudonyms[..30], again.pseudonyms[30..]);
    let listed = issued(registry, &health);
    assert!(handles.iter().zip(again.pseudonyms).all(|(of, one)| Some(listed[of]) == one));
}

fn lists_come_in_order(registry: &mut Registry) {
    let mut handles = write(registry, 1, Agency::Health, 100);
    let mut seen = Vec::new();
    let visit = |handle, _| {
        seen.push(handle);
        Ok(())
    };
    let health = key(Agency::Health);
    assert_eq!(registry.visit_issued(health.scope(), Epoch::FIRST, visit).unwrap(), 100);
    handles.sort_unstable();
    assert_eq!(seen, handles);
    // A visitor that fails ends the list.
    let mut visited = 0;
    let stop = |_, _| {
        visited += 1;
        Err(Error::new(ErrorKind::Unwritable, "the list"))
    };
    assert!(registry.visit_issued(health.scope(), Epoch::FIRST, stop).is_err());
    assert_eq!(visited, 1);
}

fn epochs_go_forward(registry: &mut Registry) {
    write(registry, 1, Agency::Health, 1);
    let keys = [0, 1, 2, 3].map(|epoch| key_at("health", "direct_care", epoch));
    let scope = keys[0].scope();
    let said = refused(registry, |run| run.activate(&keys[1]));
    assert!(said.contains("another active epoch"), "{said}");
    change(registry, |run| {
        run.plan(&keys[1])?;
        run.plan(&keys[3])
    });
    let said = refused(registry, |run| run.plan(&keys[2]));
    assert!(said.contains("has had a later epoch"), "{said}");
    let said = refused(registry, |run| run.activate(&keys[1]));
    assert!(said.contains("another active epoch"), "{said}");
    change(registry, |run| run.change_over(&keys[1]));
    change(registry, |run| run.move_epoch(scope, Epoch::FIRST, EpochState::Retired));
    for to in [EpochState::AcceptOnly, EpochState::Retired] {
        let said = refused(registry, |run| run.move_epoch(scope, Epoch::FIRST, to));
        assert!(said.contains("it cannot become"), "{said}");
    }
    let states: Vec<EpochState> =
        registry.epochs().unwrap().iter().map(|known| known.state).collect();
    assert_eq!(states, [EpochState::Retired, EpochState::Active, EpochState::Pending]);
}

fn a_key_is_of_one_epoch(registry: &mut Registry) {
    write(registry, 1, Agency::Health, 1);
    let secret = cci::identifier::EpochSecret::from_bytes(&crate::SECRET).unwrap();
    let root = cci::identifier::RootKey::generate(&mut seeded(3)).unwrap();
    let scope = key(Agency::Health).scope().clone();
    let foreign = PseudonymKey::derive(&root, &scope, Epoch::FIRST, &secret);
    let said = refused(registry, |run| run.activate(&foreign));
    assert!(said.contains("has another key"), "{said}");
    // A scope whose check symbols are those of another.
    let mut masks = BTreeMap::new();
    let (first, second) = (0..2_000)
        .find_map(|number| {
            let key = key_at("research", &format!("study_{number}"), 0);
            let mask = key.scope().check_mask().number();
            masks.insert(mask, number).map(|earlier| (earlier, number))
        })
        .unwrap();
    let study = |number| key_at("research", &format!("study_{number}"), 0);
    change(registry, |run| run.activate(&study(first)));
    let said = refused(registry, |run| run.activate(&study(second)));
    assert!(said.contains("check symbols"), "{said}");
}

fn merges_are_undone_exactly(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 5);
    let health = key(Agency::Health);
    let before = issued(registry, &health);
    let leads_to = |registry: &Registry| -> Vec<Handle> {
        let of = |handle| found(registry, health.scope(), &before[handle]).unwrap();
        handles.iter().map(of).collect()
    };
    // 2 and 3 into 1, then 1 into 0: everybody is one step from the end.
    let [_, second, third] = [(1, 2), (1, 3), (0, 1)]
        .map(|(a, b)| change(registry, |run| run.merge(&handles[a], &handles[b])));
    let zero = handles[0];
    assert_eq!(leads_to(registry), [zero, zero, zero, zero, handles[4]]);
    let said = refused(registry, |run| run.unmerge(second.merge));
    assert!(said.contains(&format!("undo merge {} first", third.merge)), "{said}");
    change(registry, |run| run.unmerge(third.merge));
    let one = handles[1];
    assert_eq!(leads_to(registry), [zero, one, one, one, handles[4]]);
    change(registry, |run| run.unmerge(second.merge));
    assert_eq!(leads_to(registry), [zero, one, one, handles[3], handles[4]]);
    // Who was parted stays apart, by way of others too.
    change(registry, |run| run.merge(&handles[4], &handles[3]));
    for [a, b] in [[0, 1], [0, 2], [3, 1], [4, 2]] {
        let said = refused(registry, |run| run.merge(&handles[a], &handles[b]));
        assert!(said.contains("parted before"), "{said}");
    }
    let said = refused(registry, |run| run.unmerge(second.merge));
    assert!(said.contains("has no merge"), "{said}");
    assert_eq!(issued(registry, &health), before);
}

fn hidden_are_answered_for_nowhere(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 7);
    let health = key(Agency::Health);
    let scope = health.scope();
    let before = issued(registry, &health);
    let standing = |registry: &Registry| -> Vec<usize> {
        let answered = |place: &usize| found(registry, scope, &before[&handles[*place]]).is_some();
        (0..handles.len()).filter(answered).collect()
    };
    change(registry, |run| {
        run.move_person(&handles[0], PersonState::Sealed)?;
        run.move_person(&handles[1], PersonState::Invalidated)?;
        run.object(&handles[2], scope)?;
        // An erased person takes those along who were merged into it.
        run.merge(&handles[3], &handles[4])?;
        run.erase(&handles[3])?;
        run.move_person(&handles[5], PersonState::Deceased)
    });
    assert_eq!(standing(registry), [5, 6]);
    assert_eq!(issued(registry, &health).len(), 2);
    let again = change(registry, |run| run.issue(&health, &handles));
    assert_eq!((again.withheld, again.held), (5, 2));
    change(registry, |run| {
        run.move_person(&handles[1], PersonState::Confirmed)?;
        run.withdraw_objection(&handles[2], scope)
    });
    assert_eq!(standing(registry), [1, 2, 5, 6]);
    // Erased ones are gone, not hidden: their places in the count are free.
    assert_eq!(registry.counts().unwrap().pseudonyms[0].count, 5);
}

fn crosswalks_are_whole(registry: &mut Registry) {
    let handles = write(registry, 1, Agency::Health, 40);
    let [health, next] = [0, 1].map(|epoch| key_at("health", "direct_care", epoch));
    let before = issued(registry, &health);
    change(registry, |run| {
        run.merge(&handles[0], &handles[1])?;
        run.object(&handles[2], health.scope())?;
        run.plan(&next)
    });
    let (from, rotated) = change(registry, |run| run.rotate(&next, Overlap::Window));
    assert_eq!((from, rotated.pseudonyms.len(), rotated.withheld), (Epoch::FIRST, 39, 1));
    let after = issued(registry, &next);
    let mut rows = Vec::new();
    let visit = |earlier, later, state| {
        assert_eq!(state, PersonState::Provisional);
        rows.push((earlier, later));
        Ok(())
    };
    let epochs = [Epoch::FIRST, next.epoch()];
    assert_eq!(registry.crosswalk(health.scope(), epochs, visit).unwrap(), 39);
    assert!(rows.is_sorted());
    let rows: BTreeMap<_, _> = rows.into_iter().collect();
    for (place, handle) in handles.iter().enumerate() {
        let survivor = handles[if place == 1 { 0 } else { place }];
        assert_eq!(rows.get(&before[handle]), after.get(&survivor));
        assert_eq!(rows.contains_key(&before[handle]), place != 2);
    }
}
