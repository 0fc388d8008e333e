//! What people decide of records: kept to by every linkage, never contradicted, never changed.

use std::collections::BTreeSet;

use cci::error::ErrorKind;
use cci::registry::{Actor, Added, Ground, Handle, Memberships, RecordTag, Verdict};

use crate::memberships::{Empty, STORES, empty, keep, on_every_store, tags};
use crate::raw;

fn by() -> (Actor, Ground) {
    ("b.clerk".parse().unwrap(), "review-2026/17".parse().unwrap())
}

/// Decides of one pair of the numbered records.
fn decide(
    memberships: &mut Memberships,
    verdict: Verdict,
    (a, b): (u8, u8),
) -> cci::error::Result<u64> {
    let (actor, reason) = by();
    memberships.decide(verdict, &[([a; 16], [b; 16])], (&actor, &reason))
}

fn lift(memberships: &mut Memberships, number: u64) -> cci::error::Result<u64> {
    let (actor, reason) = by();
    memberships.lift(number, (&actor, &reason))
}

#[test]
fn a_linkage_that_does_not_keep_to_a_decision_cannot_be_proposed() {
    on_every_store(|mut memberships| {
        let tags = tags(4);
        keep(&mut memberships, &tags, &[0, 0, 1, 2], 100);
        decide(&mut memberships, Verdict::Apart, (0, 1)).unwrap();
        decide(&mut memberships, Verdict::Together, (2, 3)).unwrap();
        for (entity_of, broken) in [([0, 0, 1, 2], 2), ([0, 1, 2, 3], 1), ([0, 0, 2, 2], 1)] {
            let error = memberships.propose(&tags, &entity_of).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadStore);
            let said = error.to_string();
            assert!(said.contains(&format!("keep to {broken} of the pairs")), "{said}");
            assert!(said.contains("link again with --custodian"), "{said}");
        }
        let proposal = memberships.propose(&tags, &[0, 1, 2, 2]).unwrap();
        let decided: Vec<(usize, u64)> = proposal.decided.into_iter().collect();
        assert_eq!(decided, [(0, 1), (1, 1), (2, 2), (3, 2)]);
        // Of a record that is not there nothing is asked.
        assert!(memberships.propose(&tags[..1], &[0]).is_ok());
        // A lifted decision binds nobody, and can be lifted once.
        assert_eq!(lift(&mut memberships, 1).unwrap(), 3);
        assert!(memberships.propose(&tags, &[0, 0, 1, 1]).is_ok());
        for number in [1, 3, 9] {
            let said = lift(&mut memberships, number).unwrap_err().to_string();
            assert!(said.contains(&format!("no decision {number} is in force")), "{said}");
        }
        let all = memberships.decisions().unwrap();
        let shown: Vec<_> = all.iter().map(|d| (d.number, d.verdict.name(), d.lifted_by)).collect();
        assert_eq!(shown, [(1, "apart", Some(3)), (2, "together", None)]);
        assert!(all.iter().all(|d| d.actor == "b.clerk" && d.reason == "review-2026/17"));
    });
}

#[test]
fn two_decisions_never_contradict_each_other_by_however_many_steps() {
    on_every_store(|mut memberships| {
        keep(&mut memberships, &tags(6), &[0, 1, 2, 3, 4, 5], 100);
        decide(&mut memberships, Verdict::Together, (0, 1)).unwrap();
        decide(&mut memberships, Verdict::Together, (2, 1)).unwrap();
        decide(&mut memberships, Verdict::Apart, (3, 4)).unwrap();
        let refused = |memberships: &mut Memberships, verdict, pair, number| {
            let said = decide(memberships, verdict, pair).unwrap_err().to_string();
            assert!(said.contains(&format!("decision {number}, which is in force")), "{said}");
            assert!(said.contains(&format!("cci custodian lift {number}")), "{said}");
        };
        refused(&mut memberships, Verdict::Apart, (0, 1), 2);
        refused(&mut memberships, Verdict::Apart, (0, 2), 2);
        refused(&mut memberships, Verdict::Together, (4, 3), 3);
        decide(&mut memberships, Verdict::Together, (3, 0)).unwrap();
        refused(&mut memberships, Verdict::Together, (4, 2), 3);
        lift(&mut memberships, 3).unwrap();
        decide(&mut memberships, Verdict::Together, (4, 2)).unwrap();
        assert_eq!(memberships.decided_pairs().unwrap().len(), 4);
        let said = decide(&mut memberships, Verdict::Apart, (0, 77)).unwrap_err().to_string();
        assert!(said.contains("in no linkage that was kept"), "{said}");
        assert!(decide(&mut memberships, Verdict::Apart, (5, 5)).is_err());
    });
}

#[test]
fn decisions_are_appended_and_never_changed() {
    let (_folder, path, mut memberships) = empty();
    keep(&mut memberships, &tags(2), &[0, 0], 100);
    decide(&mut memberships, Verdict::Apart, (0, 1)).unwrap();
    let file = raw(&path);
    for attack in [
        "UPDATE decision SET what = 'together'",
        "UPDATE decision SET actor = 'x'",
        "DELETE FROM decided_pair",
        "UPDATE decided_pair SET a_id = 0",
        "DELETE FROM decision",
    ] {
        let error = file.execute_batch(attack).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{attack}: {error}");
    }
}

/// Two handles of two records each, merged, and a fifth record that came after.
fn merge(memberships: &mut Memberships) -> ([Handle; 2], Vec<RecordTag>) {
    let tags = tags(5);
    let handles = keep(memberships, &tags[..4], &[0, 0, 1, 1], 100);
    let after = keep(memberships, &tags[..4], &[0, 0, 0, 0], 150);
    keep(memberships, &tags, &[0, 0, 0, 0, 0], 160);
    let survivor = after[0];
    let loser = handles.into_iter().find(|handle| *handle != survivor).unwrap();
    ([survivor, loser], tags)
}

#[test]
fn c47_an_unmerge_asks_whose_the_records_are_that_came_after_and_loses_none() {
    for store in STORES {
        for (added, with_loser) in [(Added::Survivor, 2), (Added::Loser, 3), (Added::Open, 2)] {
            unmerge_asks(store, added, with_loser);
        }
    }
}

fn unmerge_asks((store, empty): (&str, Empty), added: Added, with_loser: u64) {
    println!("{store}");
    let (_folder, mut memberships) = empty();
    let ([survivor, loser], tags) = merge(&mut memberships);
    let (actor, reason) = by();
    let by = (&actor, &reason);
    let error = memberships.part(&survivor, &loser, None, by).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::GateNotMet);
    assert!(error.to_string().contains("1 records came after the merge"), "{error}");
    assert!(memberships.decisions().unwrap().is_empty(), "nothing was changed");
    let parted = memberships.part(&survivor, &loser, Some(added), by).unwrap();
    assert_eq!((parted.returned, parted.stayed, parted.added), (with_loser, 5 - with_loser, 1));
    let now = |tag| memberships.handle_of(tag, 200, u64::MAX).unwrap().unwrap();
    let handles: Vec<_> = tags.iter().map(now).collect();
    assert_eq!(handles.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&survivor, &loser]));
    assert_eq!(handles.iter().filter(|h| **h == loser).count() as u64, with_loser);
    assert_eq!(handles[0], handles[1]);
    assert_eq!(handles[2], handles[3]);
    let again = memberships.part(&survivor, &loser, Some(added), by).unwrap_err();
    assert!(again.to_string().contains("no record of the one handle"), "{again}");
}

#[test]
fn c48_what_was_parted_is_not_merged_again_and_each_keeps_its_handle() {
    on_every_store(|mut memberships| {
        let ([survivor, loser], tags) = merge(&mut memberships);
        let (actor, reason) = by();
        memberships.part(&survivor, &loser, Some(Added::Open), (&actor, &reason)).unwrap();
        assert!(memberships.propose(&tags, &[0; 5]).is_err());
        // The record that came after may go to either: only the four are parted.
        for entity_of in [[0, 0, 1, 1, 0], [0, 0, 1, 1, 1]] {
            let proposal = memberships.propose(&tags, &entity_of).unwrap();
            let handles: BTreeSet<_> = proposal.reassignment.handles.into_iter().collect();
            assert_eq!(handles, BTreeSet::from([survivor, loser]), "no handle is new");
            assert!(proposal.reassignment.split.is_empty());
        }
    });
}

#[test]
fn a_file_from_before_decisions_is_copied_and_then_takes_them() {
    let (_folder, path, mut memberships) = empty();
    let handles = keep(&mut memberships, &tags(2), &[0, 1], 100);
    drop(memberships);
    let file = raw(&path);
    file.execute_batch(
        "DROP TABLE decided_pair; DROP TABLE decision; DROP TABLE seal_token; DROP TABLE seal;
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(file);
    let mut memberships = Memberships::open(&path).unwrap();
    assert!(path.with_extension("sqlite.version-1").exists());
    decide(&mut memberships, Verdict::Apart, (0, 1)).unwrap();
    assert_eq!(keep(&mut memberships, &tags(2), &[7, 3], 150), handles);
}
