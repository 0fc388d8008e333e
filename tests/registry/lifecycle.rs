//! What becomes of persons: nothing lost, nothing that cannot be taken back but erasure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cci::identifier::{Epoch, Pseudonym, Scope};
use cci::record::Agency;
use cci::registry::{Handle, Merged, PersonState, Registry, Run};
use rusqlite::types::Value;

use crate::{empty, found, key, raw, write};

/// Does one thing in a change of its own.
fn change<T>(registry: &mut Registry, work: impl FnOnce(&mut Run) -> cci::error::Result<T>) -> T {
    let mut run = registry.begin_change("test").unwrap();
    let done = work(&mut run).unwrap();
    run.commit().unwrap();
    done
}

/// Tries one thing that must be refused; returns what is said, and checks that nothing is kept.
fn refused<T>(
    registry: &mut Registry,
    work: impl FnOnce(&mut Run) -> cci::error::Result<T>,
) -> String {
    let before = registry.verify().unwrap();
    let mut run = registry.begin_change("test").unwrap();
    let error = work(&mut run).map(drop).unwrap_err();
    drop(run);
    assert_eq!(registry.verify().unwrap(), before);
    error.to_string()
}

fn merge(registry: &mut Registry, a: Handle, b: Handle) -> Merged {
    change(registry, |run| run.merge(&a, &b))
}

/// Every row of the tables that say how things stand; the history is left out.
fn standing(path: &Path) -> Vec<(&'static str, Vec<Vec<Value>>)> {
    let file = raw(path);
    let tables = ["person", "pseudonym", "alias", "objection", "key_epoch", "scope"];
    let read = |table: &str| -> Vec<Vec<Value>> {
        let mut statement = file.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = statement.column_count();
        statement
            .query_map([], |row| (0..width).map(|place| row.get(place)).collect())
            .unwrap()
            .map(rusqlite::Result::unwrap)
            .collect()
    };
    tables.map(|table| (table, read(table))).into()
}

/// Persons with a pseudonym each in health.
fn persons(count: u32) -> (tempfile::TempDir, std::path::PathBuf, Registry, Vec<Handle>) {
    let (folder, path, mut registry) = empty();
    let handles = write(&mut registry, 1, Agency::Health, count);
    (folder, path, registry, handles)
}

fn pseudonym_of(registry: &Registry, scope: &Scope, handle: Handle) -> Pseudonym {
    let mut seen = None;
    let visit = |of, pseudonym| {
        seen = seen.or((of == handle).then_some(pseudonym));
        Ok(())
    };
    registry.visit_issued(scope, Epoch::FIRST, visit).unwrap();
    seen.unwrap()
}

fn health() -> Scope {
    key(Agency::Health).scope().clone()
}

fn assert_sound(registry: &Registry) {
    assert_eq!(registry.verify().unwrap().differences, Vec::<String>::new());
}

#[test]
fn c43_who_survives_a_merge_does_not_depend_on_who_is_named_first() {
    for confirmed in [None, Some(0), Some(1)] {
        let survivors: BTreeSet<usize> = [(0, 1), (1, 0)]
            .map(|(a, b)| {
                let (_folder, _path, mut registry, handles) = persons(2);
                if let Some(place) = confirmed {
                    change(&mut registry, |run| {
                        run.move_person(&handles[place], PersonState::Confirmed)
                    });
                }
                let merged = merge(&mut registry, handles[a], handles[b]);
                assert_sound(&registry);
                handles.iter().position(|handle| *handle == merged.survivor).unwrap()
            })
            .into();
        assert_eq!(survivors, BTreeSet::from([confirmed.unwrap_or(0)]));
    }
}

#[test]
fn c52_an_old_pseudonym_is_redirected_after_a_merge_and_never_lost() {
    let (_folder, _path, mut registry, handles) = persons(2);
    let scope = health();
    let old = pseudonym_of(&registry, &scope, handles[1]);
    let kept = pseudonym_of(&registry, &scope, handles[0]);
    merge(&mut registry, handles[0], handles[1]);
    let resolved = registry.resolve(&scope, &old).unwrap().unwrap();
    assert_eq!((resolved.handle, resolved.redirected), (handles[0], true));
    assert_eq!(resolved.current, Some(kept));
    let resolved = registry.resolve(&scope, &kept).unwrap().unwrap();
    assert_eq!((resolved.handle, resolved.redirected), (handles[0], false));
    // A scope that holds neither side has learnt nothing, and no scope got a new pseudonym.
    let counts = registry.counts().unwrap();
    assert_eq!(counts.pseudonyms.iter().map(|scope| scope.count).sum::<u64>(), 2);
    // Asked for by its old handle, a person gets the pseudonym that it has.
    let issued = change(&mut registry, |run| run.issue(&key(Agency::Health), &[handles[1]]));
    assert_eq!((issued.pseudonyms, issued.held), (vec![Some(kept)], 1));
}

#[test]
fn c44_an_unmerge_gives_back_exactly_what_was_there() {
    let (_folder, path, mut registry, handles) = persons(6);
    change(&mut registry, |run| run.move_person(&handles[3], PersonState::Deceased));
    merge(&mut registry, handles[3], handles[4]);
    let before = standing(&path);
    let merged = merge(&mut registry, handles[0], handles[4]);
    assert_ne!(standing(&path), before);
    let undone = change(&mut registry, |run| run.unmerge(merged.merge));
    assert_eq!(undone, merged);
    assert_eq!(standing(&path), before);
    assert_sound(&registry);
    let text = refused(&mut registry, |run| run.unmerge(merged.merge));
    assert!(text.contains("has no merge"), "{text}");
}

#[test]
fn c48_persons_who_were_parted_do_not_become_one_again() {
    let (_folder, _path, mut registry, handles) = persons(4);
    let merged = merge(&mut registry, handles[0], handles[1]);
    change(&mut registry, |run| run.unmerge(merged.merge));
    let new = change(&mut registry, |run| run.split(&handles[2]));
    // Not by a third who was merged into one of them either.
    merge(&mut registry, handles[1], handles[3]);
    for [a, b] in [[handles[0], handles[1]], [handles[3], handles[0]], [new, handles[2]]] {
        for [a, b] in [[a, b], [b, a]] {
            let text = refused(&mut registry, |run| run.merge(&a, &b));
            assert!(text.contains("parted before"), "{text}");
        }
    }
    assert_sound(&registry);
}

#[test]
fn c45_merges_are_undone_in_reverse_order_and_can_be_made_again_in_another() {
    let (_folder, path, mut registry, handles) = persons(3);
    let start = standing(&path);
    let first = merge(&mut registry, handles[1], handles[2]);
    let second = merge(&mut registry, handles[0], handles[1]);
    let text = refused(&mut registry, |run| run.unmerge(first.merge));
    assert!(text.contains(&format!("undo merge {} first", second.merge)), "{text}");
    change(&mut registry, |run| run.unmerge(second.merge));
    change(&mut registry, |run| run.unmerge(first.merge));
    assert_eq!(standing(&path), start);
    // The pairs that were undone stay apart; the third pair is free.
    merge(&mut registry, handles[0], handles[2]);
    assert_sound(&registry);
}

#[test]
fn c47_records_that_come_between_merge_and_unmerge_stay_with_the_handle_they_came_under() {
    let (_folder, _path, mut registry, handles) = persons(2);
    let issue = |registry: &mut Registry, of: &[Handle]| {
        change(registry, |run| run.issue(&key(Agency::Health), of)).pseudonyms
    };
    let [survivor, loser] = [handles[0], handles[1]];
    let before = issue(&mut registry, &handles);
    let merged = merge(&mut registry, survivor, loser);
    // A list of four records: one of each from before, one that the custodian puts to each since.
    let records = [survivor, loser, survivor, loser];
    assert_eq!(issue(&mut registry, &records), [before[0]; 4]);
    change(&mut registry, |run| run.unmerge(merged.merge));
    // Nobody has to be asked where the new ones go: the custodian's handle says so, and none of
    // the four is without a person.
    let after = issue(&mut registry, &records);
    assert_eq!(after, [before[0], before[1], before[0], before[1]]);
    assert!(before[0] != before[1] && after.iter().all(Option::is_some));
    assert_sound(&registry);
}

#[test]
fn c46_no_circle_of_merges_can_be_made_of_one_two_or_five() {
    let (_folder, _path, mut registry, handles) = persons(5);
    for length in [1, 2, 5] {
        for step in 1..length {
            if found_current(&registry, handles[step]) == handles[step] {
                merge(&mut registry, handles[step - 1], handles[step]);
            }
        }
        let text = refused(&mut registry, |run| run.merge(&handles[length - 1], &handles[0]));
        assert!(text.contains("one person already"), "{text}");
    }
}

fn found_current(registry: &Registry, handle: Handle) -> Handle {
    // Whom the person's own pseudonym leads to; read before any merge hides it.
    let pseudonym = pseudonym_of(registry, &health(), handle);
    found(registry, &health(), &pseudonym).unwrap()
}

#[test]
fn c46_a_chain_of_a_thousand_merges_is_one_step() {
    let (_folder, path, mut registry, handles) = persons(1_001);
    let scope = health();
    let last = pseudonym_of(&registry, &scope, handles[1_000]);
    // Later ones first, so that each survivor is merged on.
    change(&mut registry, |run| {
        (1..=1_000).rev().try_for_each(|n| run.merge(&handles[n - 1], &handles[n]).map(drop))
    });
    assert_eq!(found(&registry, &scope, &last), Some(handles[0]));
    let steps: i64 = raw(&path)
        .query_row(
            "SELECT count(*) FROM alias WHERE current_id <> (SELECT min(person_id) FROM person)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(steps, 0);
    assert_sound(&registry);
}

#[test]
fn c56_a_death_recorded_by_mistake_is_taken_back_and_the_pseudonym_stays() {
    let (_folder, _path, mut registry, handles) = persons(1);
    let scope = health();
    let pseudonym = pseudonym_of(&registry, &scope, handles[0]);
    for state in [PersonState::Deceased, PersonState::Confirmed, PersonState::Deceased] {
        change(&mut registry, |run| run.move_person(&handles[0], state));
        let resolved = registry.resolve(&scope, &pseudonym).unwrap().unwrap();
        assert_eq!((resolved.handle, resolved.state), (handles[0], state));
        assert_eq!(resolved.current, Some(pseudonym));
    }
    for state in [PersonState::Provisional, PersonState::Superseded, PersonState::Erased] {
        let text = refused(&mut registry, |run| run.move_person(&handles[0], state));
        assert!(text.contains("from here it may become"), "{text}");
    }
}

#[test]
fn a_sealed_person_is_answered_as_an_unknown_one_is() {
    let (_folder, _path, mut registry, handles) = persons(3);
    let scope = health();
    let pseudonym = pseudonym_of(&registry, &scope, handles[0]);
    change(&mut registry, |run| run.move_person(&handles[0], PersonState::Sealed));
    assert_eq!(registry.resolve(&scope, &pseudonym).unwrap(), None);
    assert_eq!(registry.resolve_as_at(&scope, &pseudonym, u64::MAX).unwrap(), None);
    let mut listed = 0;
    registry
        .visit_issued(&scope, Epoch::FIRST, |_, _| {
            listed += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(listed, 2);
    // To merge it is refused in the words for a handle that nobody knows.
    let sealed = refused(&mut registry, |run| run.merge(&handles[0], &handles[1]));
    let stranger = Handle::from_bytes([9; 16]);
    let unknown = refused(&mut registry, |run| run.merge(&stranger, &handles[1]));
    assert_eq!(sealed, unknown);
    let issued = change(&mut registry, |run| run.issue(&key(Agency::Health), &handles));
    assert_eq!((issued.withheld, issued.held, issued.pseudonyms[0]), (1, 2, None));
    let text = refused(&mut registry, |run| run.move_person(&handles[0], PersonState::Confirmed));
    assert!(text.contains("from here it may become: erased"), "{text}");
}

#[test]
fn an_objection_holds_in_its_scope_alone_until_it_is_withdrawn() {
    let (_folder, _path, mut registry, handles) = persons(2);
    let (scope, police) = (health(), key(Agency::Police));
    change(&mut registry, |run| {
        run.activate(&police)?;
        run.issue(&police, &handles)
    });
    let here = pseudonym_of(&registry, &scope, handles[0]);
    let there = pseudonym_of(&registry, police.scope(), handles[0]);
    for _ in 0..2 {
        change(&mut registry, |run| run.object(&handles[0], &scope));
    }
    assert_eq!(found(&registry, &scope, &here), None);
    assert_eq!(found(&registry, police.scope(), &there), Some(handles[0]));
    let issued = change(&mut registry, |run| run.issue(&key(Agency::Health), &handles));
    assert_eq!((issued.withheld, issued.pseudonyms[0]), (1, None));
    assert_sound(&registry);
    change(&mut registry, |run| run.withdraw_objection(&handles[0], &scope));
    assert_eq!(found(&registry, &scope, &here), Some(handles[0]));
    assert_sound(&registry);
    let nowhere = Scope::new("library", "loans").unwrap();
    let text = refused(&mut registry, |run| run.object(&handles[0], &nowhere));
    assert!(text.contains("does not know library/loans"), "{text}");
}

#[test]
fn erasure_destroys_the_key_and_leaves_other_persons_whole() {
    let (_folder, path, mut registry, handles) = persons(4);
    let scope = health();
    let pseudonyms: Vec<_> =
        handles.iter().map(|handle| pseudonym_of(&registry, &scope, *handle)).collect();
    let keys: BTreeMap<i64, [u8; 16]> = crate::persons(&raw(&path)).into_iter().collect();
    // The erased person and one merged into it are one child; both go.
    merge(&mut registry, handles[0], handles[1]);
    change(&mut registry, |run| run.object(&handles[0], &scope));
    let text = refused(&mut registry, |run| run.erase(&handles[1]));
    assert!(text.contains("superseded cannot become erased"), "{text}");
    change(&mut registry, |run| run.erase(&handles[0]));
    for (place, pseudonym) in pseudonyms.iter().enumerate() {
        let expected = (place > 1).then(|| handles[place]);
        assert_eq!(found(&registry, &scope, pseudonym), expected);
        assert_eq!(registry.resolve_as_at(&scope, pseudonym, u64::MAX).unwrap(), expected);
    }
    let after: BTreeMap<i64, [u8; 16]> = crate::persons(&raw(&path)).into_iter().collect();
    let changed = keys.iter().filter(|(id, key)| after[id] != **key).count();
    assert_eq!(changed, 2);
    drop(registry);
    // The old keys are in no page of the file, and with secure_delete in no free one.
    let registry = Registry::open(&path).unwrap();
    raw(&path).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let is_there = |key: &[u8; 16]| bytes.windows(16).any(|window| window == key);
    assert_eq!(keys.values().filter(|key| is_there(key)).count(), 2);
    assert_sound(&registry);
    let mut registry = registry;
    let text = refused(&mut registry, |run| run.erase(&handles[0]));
    assert!(text.contains("no other state"), "{text}");
    let issued = change(&mut registry, |run| run.issue(&key(Agency::Health), &handles));
    assert_eq!(issued.withheld, 2);
}

#[test]
fn c54_who_a_pseudonym_stood_for_is_answered_as_it_was_known_on_the_day() {
    let (_folder, path, mut registry, handles) = persons(2);
    let scope = health();
    let old = pseudonym_of(&registry, &scope, handles[1]);
    let merged = merge(&mut registry, handles[0], handles[1]);
    change(&mut registry, |run| run.unmerge(merged.merge));
    // Events are dated by hand, through a copy of the table that has no triggers.
    let file = raw(&path);
    let dates = [("run_begun", 100), ("persons_merged", 200), ("persons_unmerged", 300)];
    file.execute_batch("DROP TRIGGER event_is_never_changed").unwrap();
    for (name, date) in dates {
        file.execute("UPDATE event SET recorded_at = ?2 WHERE type = ?1", (name, date)).unwrap();
    }
    file.execute("UPDATE event SET recorded_at = 100 WHERE run_id = 1", []).unwrap();
    for (moment, expected) in [
        (99, None),
        (100, Some(handles[1])),
        (199, Some(handles[1])),
        (200, Some(handles[0])),
        (299, Some(handles[0])),
        (300, Some(handles[1])),
    ] {
        assert_eq!(registry.resolve_as_at(&scope, &old, moment).unwrap(), expected, "{moment}");
    }
}

#[test]
fn tables_that_do_not_follow_from_the_events_are_found() {
    for (attack, words) in [
        ("UPDATE person SET state = 'confirmed' WHERE person_id = 4", "states of persons"),
        ("DELETE FROM alias", "merges of persons"),
        ("DELETE FROM do_not_link", "kept apart"),
        ("INSERT INTO objection VALUES (4, 1)", "objections"),
        ("UPDATE key_epoch SET state = 'accept_only'", "states of epochs"),
        ("PRAGMA foreign_keys = OFF; INSERT INTO objection VALUES (99, 1)", "refer to rows"),
    ] {
        let (_folder, path, mut registry, handles) = persons(5);
        let merged = merge(&mut registry, handles[2], handles[3]);
        change(&mut registry, |run| run.unmerge(merged.merge));
        merge(&mut registry, handles[0], handles[1]);
        assert_sound(&registry);
        raw(&path).execute_batch(attack).unwrap();
        let differences = registry.verify().unwrap().differences;
        assert!(differences.iter().any(|found| found.contains(words)), "{attack}: {differences:?}");
    }
}
