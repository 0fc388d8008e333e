//! The custodian's memberships: stable, one entity a record, and what was known on each day.

use std::collections::BTreeSet;

use cci::error::ErrorKind;
use cci::registry::{Handle, Memberships, RecordTag, Registry};
use tempfile::TempDir;

use crate::{raw, seeded};

pub(crate) fn empty() -> (TempDir, std::path::PathBuf, Memberships) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memberships.sqlite");
    let memberships = Memberships::create(&path).unwrap().with_random(Box::new(seeded(1)));
    (folder, path, memberships)
}

/// Empty memberships, and the folder that they need.
pub(crate) type Empty = fn() -> (Option<TempDir>, Memberships);

/// Every store of memberships there is.
pub(crate) const STORES: [(&str, Empty); 2] = [
    ("SQLite", || {
        let (folder, _, memberships) = empty();
        (Some(folder), memberships)
    }),
    ("memory", || (None, Memberships::in_memory().with_random(Box::new(seeded(1))))),
];

/// Asks a promise of every store, each time of empty memberships.
pub(crate) fn on_every_store(holds: fn(Memberships)) {
    for (store, empty) in STORES {
        println!("{store}");
        let (_folder, memberships) = empty();
        holds(memberships);
    }
}

pub(crate) fn tags(count: u8) -> Vec<RecordTag> {
    (0..count).map(|number| [number; 16]).collect()
}

/// Keeps a linkage; returns the handle of each record.
pub(crate) fn keep(
    memberships: &mut Memberships,
    tags: &[RecordTag],
    entity_of: &[u32],
    day: i64,
) -> Vec<Handle> {
    let proposal = memberships.propose(tags, entity_of).unwrap();
    memberships.apply(&proposal, tags, day).unwrap();
    proposal.reassignment.handles
}

const NOW: u64 = u64::MAX;

#[test]
fn a_linkage_made_again_keeps_every_handle_and_adds_no_row() {
    let (_folder, path, mut memberships) = empty();
    let tags = tags(6);
    let first = keep(&mut memberships, &tags, &[0, 0, 1, 2, 2, 2], 100);
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 3);
    let rows = || -> i64 {
        raw(&path).query_row("SELECT count(*) FROM membership", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(rows(), 6);
    // Other numbers for the same entities, and the records in another order.
    let backwards: Vec<RecordTag> = tags.iter().rev().copied().collect();
    let again = keep(&mut memberships, &backwards, &[5, 5, 5, 9, 0, 0], 200);
    assert_eq!(again.into_iter().rev().collect::<Vec<_>>(), first);
    assert_eq!(rows(), 6);
}

#[test]
fn a_proposal_keeps_nothing_and_is_void_after_another_linkage() {
    on_every_store(|mut memberships| {
        let tags = tags(3);
        let proposal = memberships.propose(&tags, &[0, 0, 1]).unwrap();
        assert_eq!((proposal.reassignment.new, proposal.absent), (3, 0));
        assert_eq!(memberships.handle_of(&tags[0], 500, NOW).unwrap(), None);
        keep(&mut memberships, &tags, &[0, 1, 2], 100);
        let error = memberships.apply(&proposal, &tags, 100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStore);
        assert!(error.to_string().contains("another linkage was kept"), "{error}");
    });
}

#[test]
fn what_was_known_before_a_correction_can_still_be_asked() {
    let (_folder, path, mut memberships) = empty();
    let tags = tags(2);
    let apart = keep(&mut memberships, &tags, &[0, 1], 100);
    let joined = keep(&mut memberships, &tags, &[0, 0], 150);
    // Of two handles with as many records the smaller is kept, whatever the order of records.
    assert_eq!(joined, [apart[0].min(apart[1]); 2]);
    let parted = keep(&mut memberships, &tags, &[0, 1], 200);
    assert!(parted[0] == joined[0] && !apart.contains(&parted[1]), "no handle is used again");
    // Three runs, recorded at seconds 10, 20 and 30.
    raw(&path).execute_batch("UPDATE run SET recorded_at = 10 * run_id").unwrap();
    let known = |day, moment| memberships.handle_of(&tags[1], day, moment).unwrap();
    assert_eq!(known(300, 9), None);
    assert_eq!(known(300, 10), Some(apart[1]));
    assert_eq!(known(300, 19), Some(apart[1]));
    assert_eq!(known(300, 20), Some(joined[1]));
    assert_eq!(known(300, NOW), Some(parted[1]));
    // A correction is about the past too: it belonged there since it was first seen.
    assert_eq!(known(100, NOW), Some(parted[1]));
    assert_eq!(known(99, NOW), None);
}

#[test]
fn a_record_that_is_gone_belonged_to_its_entity_until_then() {
    on_every_store(|mut memberships| {
        let tags = tags(2);
        let handles = keep(&mut memberships, &tags, &[0, 1], 100);
        let proposal = memberships.propose(&tags[..1], &[0]).unwrap();
        assert_eq!((proposal.absent, proposal.reassignment.unchanged), (1, 1));
        keep(&mut memberships, &tags[..1], &[0], 150);
        assert_eq!(memberships.handle_of(&tags[1], 149, NOW).unwrap(), Some(handles[1]));
        assert_eq!(memberships.handle_of(&tags[1], 150, NOW).unwrap(), None);
        // It comes back to the same entity, from that day on.
        assert_eq!(keep(&mut memberships, &tags, &[0, 1], 180), handles);
        assert_eq!(memberships.handle_of(&tags[1], 170, NOW).unwrap(), None);
        assert_eq!(memberships.handle_of(&tags[1], 180, NOW).unwrap(), Some(handles[1]));
    });
}

#[test]
fn c50_an_entity_whose_last_record_is_gone_keeps_its_history_and_takes_in_no_stranger() {
    on_every_store(|mut memberships| {
        let all = tags(4);
        let handles = keep(&mut memberships, &all[..3], &[0, 0, 1], 100);
        // Both records of the first entity are gone; a stranger comes under its old number.
        let [_, _, kept, stranger] = all[..] else { panic!("four tags") };
        let after = keep(&mut memberships, &[kept, stranger], &[1, 0], 150);
        assert_eq!(after[0], handles[2]);
        assert!(!handles.contains(&after[1]), "a handle without records is nobody else's");
        for tag in &all[..2] {
            assert_eq!(memberships.handle_of(tag, 149, NOW).unwrap(), Some(handles[0]));
            assert_eq!(memberships.handle_of(tag, 150, NOW).unwrap(), None);
        }
        // The handle waits for its own records, not for those that resemble them.
        let back = keep(&mut memberships, &[kept, stranger, all[0]], &[0, 1, 2], 180);
        assert_eq!(back, [handles[2], after[1], handles[0]]);
    });
}

#[test]
fn no_record_belongs_to_two_entities_and_nothing_known_is_changed() {
    let (_folder, path, mut memberships) = empty();
    keep(&mut memberships, &tags(2), &[0, 1], 100);
    let file = raw(&path);
    for (attack, words) in [
        (
            "INSERT INTO membership SELECT record_id, zeroblob(16), 0, NULL, 1, NULL
             FROM membership LIMIT 1",
            "UNIQUE",
        ),
        ("UPDATE membership SET handle = zeroblob(16)", "never changed"),
        ("UPDATE membership SET valid_from = 0", "never changed"),
        ("DELETE FROM membership", "never changed"),
    ] {
        let error = file.execute_batch(attack).unwrap_err().to_string();
        assert!(error.contains(words), "{attack}: {error}");
    }
}

#[test]
fn custodian_and_issuer_refuse_the_file_of_the_other() {
    let (_folder, path, _memberships) = empty();
    let error = Registry::open(&path).map(drop).unwrap_err().to_string();
    assert!(
        error.contains("it is a custodian's memberships, but not an issuer's vault"),
        "{error}"
    );
    let (_other, vault, _registry) = crate::empty();
    let error = Memberships::open(&vault).map(drop).unwrap_err().to_string();
    assert!(error.contains("it is an issuer's vault, but not a custodian's"), "{error}");
}

#[test]
fn handles_that_the_custodian_made_are_admitted_once() {
    on_every_store(|mut memberships| {
        let handles = keep(&mut memberships, &tags(4), &[0, 0, 1, 2], 100);
        let (_other, _vault, mut registry) = crate::empty();
        for minted in [3, 0] {
            let mut run = registry.begin_change("test").unwrap();
            assert_eq!(run.admit(&handles).unwrap(), minted);
            run.commit().unwrap();
        }
        assert_eq!(registry.verify().unwrap().differences, Vec::<String>::new());
        assert_eq!(registry.counts().unwrap().persons, 3);
    });
}
