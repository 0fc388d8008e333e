//! Runs: kept whole or not at all, and refused when something is wrong.

use std::collections::BTreeMap;

use cci::error::{ErrorKind, Result};
use cci::identifier::{Epoch, EpochSecret, EpochState, PseudonymKey, RandomSource, RootKey, Scope};
use cci::record::Agency;
use cci::registry::{Handle, Registry, Run};

use crate::{SECRET, digests, empty, found, key, key_at, raw, seeded, write};

#[test]
fn same_run_twice_is_refused_and_changes_nothing() {
    let (_folder, _path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 10);
    let before = registry.counts().unwrap();
    let error = registry.begin_run(&digests(1)).map(drop).unwrap_err();
    assert!(error.to_string().contains("inputs and settings already"), "{error}");
    assert_eq!(registry.counts().unwrap(), before);
}

#[test]
fn run_that_is_dropped_leaves_nothing() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 10);
    let before = registry.counts().unwrap();
    let key = key(Agency::Police);
    let mut run = registry.begin_run(&digests(2)).unwrap();
    run.activate(&key).unwrap();
    let handles = run.mint(1_000).unwrap();
    let issued = run.issue(&key, &handles).unwrap();
    drop(run);
    assert_eq!(found(&registry, key.scope(), &issued.pseudonyms[0].unwrap()), None);
    assert_eq!(registry.counts().unwrap(), before);
    drop(registry);
    assert_eq!(Registry::open(&path).unwrap().counts().unwrap(), before);
}

/// Runs `work` in a run that must fail, and checks that nothing of it can be committed.
fn refused(registry: &mut Registry, work: impl FnOnce(&mut Run) -> Result<()>) -> String {
    let before = registry.counts().unwrap();
    let mut run = registry.begin_run(&digests(99)).unwrap();
    run.mint(5).unwrap();
    let error = work(&mut run).unwrap_err();
    let later = run.mint(1).unwrap_err();
    assert!(later.to_string().contains("an earlier step of this run failed"), "{later}");
    assert_eq!(run.commit().unwrap_err().kind(), ErrorKind::BadStore);
    assert_eq!(registry.counts().unwrap(), before);
    format!("{:?} {error}", error.kind())
}

#[test]
fn wrong_key_scope_epoch_or_handle_is_refused_and_ends_the_run() {
    let (_folder, _path, mut registry) = empty();
    let handles = write(&mut registry, 1, Agency::Health, 10);
    let health = key(Agency::Health);
    let stranger = Handle::from_bytes([9; 16]);

    let half_known = [handles[0], stranger];
    let text = refused(&mut registry, |run| run.issue(&health, &half_known).map(drop));
    assert!(text.starts_with("BadStore") && text.contains("does not know a handle"), "{text}");

    let text = refused(&mut registry, |run| run.issue(&key(Agency::Police), &handles).map(drop));
    assert!(text.contains("police/direct_care epoch 0 is unknown here"), "{text}");

    let other_root = RootKey::generate(&mut seeded(3)).unwrap();
    let secret = EpochSecret::from_bytes(&SECRET).unwrap();
    let foreign = PseudonymKey::derive(&other_root, health.scope(), Epoch::FIRST, &secret);
    let text = refused(&mut registry, |run| run.issue(&foreign, &handles).map(drop));
    assert!(text.starts_with("BadKey") && text.contains("has another key"), "{text}");
    let text = refused(&mut registry, |run| run.activate(&foreign));
    assert!(text.starts_with("BadKey"), "{text}");

    let next = key_at("health", "direct_care", 1);
    let text = refused(&mut registry, |run| run.activate(&next));
    assert!(text.contains("has another active epoch"), "{text}");
}

#[test]
fn scope_with_the_check_symbols_of_another_is_refused() {
    let (_folder, _path, mut registry) = empty();
    // Among 1,024 masks two of some dozens of purposes are bound to meet.
    let mut seen = BTreeMap::new();
    let (first, second) = (0..2_000)
        .find_map(|number| {
            let purpose = format!("study_{number}");
            let mask = Scope::new("research", &purpose).unwrap().check_mask().number();
            seen.insert(mask, purpose.clone()).map(|earlier| (earlier, purpose))
        })
        .unwrap();
    let mut run = registry.begin_run(&digests(1)).unwrap();
    run.activate(&key_at("research", &first, 0)).unwrap();
    run.commit().unwrap();
    let text = refused(&mut registry, |run| run.activate(&key_at("research", &second, 0)));
    assert!(text.contains("check symbols") && text.contains("another name"), "{text}");
}

#[test]
fn b40_retired_epoch_no_longer_resolves_or_issues() {
    let (_folder, path, mut registry) = empty();
    let handles = write(&mut registry, 1, Agency::Health, 1);
    let key = key(Agency::Health);
    let mut pseudonym = None;
    let visit = |_, seen| {
        pseudonym = Some(seen);
        Ok(())
    };
    registry.visit_issued(key.scope(), Epoch::FIRST, visit).unwrap();
    for (state, expected) in [("accept_only", Some(handles[0])), ("retired", None)] {
        raw(&path).execute("UPDATE key_epoch SET state = ?1", [state]).unwrap();
        assert_eq!(found(&registry, key.scope(), &pseudonym.unwrap()), expected);
        let text = refused(&mut registry, |run| run.issue(&key, &handles).map(drop));
        assert!(text.contains(&format!("is {state}, expected active")), "{text}");
    }
}

/// Gives the same bytes for ever, as a broken generator does.
struct Stuck;

impl RandomSource for Stuck {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(0x5a);
        Ok(())
    }
}

#[test]
fn random_bytes_that_repeat_never_make_two_persons_one() {
    let (_folder, _path, registry) = empty();
    let mut registry = registry.with_random(Box::new(Stuck));
    let mut run = registry.begin_run(&digests(1)).unwrap();
    assert_eq!(run.mint(2).unwrap_err().kind(), ErrorKind::BadStore);
    assert!(run.commit().is_err());
    assert_eq!(registry.counts().unwrap().persons, 0);
}

#[test]
fn events_cannot_be_changed_deleted_or_replaced() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 10);
    let file = raw(&path);
    let dump = || -> Vec<(i64, String, String)> {
        let mut statement = file.prepare("SELECT seq, type, payload FROM event").unwrap();
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    };
    let before = dump();
    let fingerprint: String =
        key(Agency::Health).fingerprint().iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = [
        ("run_begun", format!("{{\"toolkit\":\"{}\"}}", env!("CARGO_PKG_VERSION"))),
        (
            "epoch_activated",
            format!(
                "{{\"agency\":\"health\",\"epoch\":0,\"fingerprint\":\"{fingerprint}\",\
                 \"purpose\":\"direct_care\"}}"
            ),
        ),
        ("persons_minted", "{\"count\":10}".into()),
        (
            "pseudonyms_issued",
            "{\"agency\":\"health\",\"clashes\":0,\"epoch\":0,\"held\":0,\"issued\":10,\
             \"purpose\":\"direct_care\",\"withheld\":0}"
                .into(),
        ),
    ];
    let found: Vec<(&str, String)> =
        before.iter().map(|(_, name, payload)| (name.as_str(), payload.clone())).collect();
    assert_eq!(found, expected);
    for attack in [
        "UPDATE event SET payload = '{}'",
        "UPDATE event SET seq = seq + 100",
        "DELETE FROM event",
        "DELETE FROM event WHERE seq = 4",
        "INSERT OR REPLACE INTO event VALUES (1, 1, 0, 'run_begun', '{}', 'run/9/9')",
        "REPLACE INTO event SELECT 50, run_id, 0, type, '{}', idempotency_key FROM event",
        "INSERT INTO event SELECT NULL, run_id, 0, type, '{}', idempotency_key FROM event",
    ] {
        let error = file.execute_batch(attack).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{attack}: {error}");
        assert_eq!(dump(), before, "{attack}");
    }
}

#[test]
fn a_clock_that_is_set_back_never_makes_a_record_older_than_the_one_before() {
    let (_folder, path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 1);
    // As if the clock had stood in the year 2100 when the last event was recorded.
    let future = 4_102_444_800_i64;
    raw(&path)
        .execute(
            "INSERT INTO event SELECT NULL, run_id, ?1, type, payload, 'run/1/99' FROM event
             WHERE seq = 1",
            [future],
        )
        .unwrap();
    write(&mut registry, 2, Agency::Health, 1);
    let file = raw(&path);
    let mut statement = file.prepare("SELECT recorded_at FROM event ORDER BY seq").unwrap();
    let times: Vec<i64> =
        statement.query_map([], |row| row.get(0)).unwrap().map(rusqlite::Result::unwrap).collect();
    assert!(times.is_sorted() && *times.last().unwrap() == future, "{times:?}");
}

#[test]
fn changing_over_keeps_one_epoch_active_and_the_one_before_accepted() {
    let (_folder, _path, mut registry) = empty();
    write(&mut registry, 1, Agency::Health, 5);
    let next = key_at("health", "direct_care", 1);
    let mut run = registry.begin_change("test").unwrap();
    run.plan(&next).unwrap();
    run.change_over(&next).unwrap();
    run.commit().unwrap();
    let states: Vec<EpochState> =
        registry.epochs().unwrap().iter().map(|known| known.state).collect();
    assert_eq!(states, [EpochState::AcceptOnly, EpochState::Active]);
    let text = refused(&mut registry, |run| run.plan(&next));
    assert!(text.contains("is active, expected unknown"), "{text}");
    // An epoch that never issued may not come after one that did.
    let third = key_at("health", "direct_care", 3);
    let mut run = registry.begin_change("test").unwrap();
    run.plan(&third).unwrap();
    run.commit().unwrap();
    let text = refused(&mut registry, |run| run.plan(&key_at("health", "direct_care", 2)));
    assert!(text.contains("has had a later epoch than 2"), "{text}");
}

/// Eight writers try the same run, all at once and again and again.
#[test]
fn b38_the_same_run_submitted_a_thousand_times_at_once_is_kept_once() {
    let (_folder, path, registry) = empty();
    drop(registry);
    let kept: usize = std::thread::scope(|threads| {
        let writers: Vec<_> = (0..8)
            .map(|_| {
                threads.spawn(|| {
                    let mut registry = Registry::open(&path).unwrap();
                    let mut kept = 0;
                    for _ in 0..125 {
                        let Ok(mut run) = registry.begin_run(&digests(1)) else { continue };
                        run.activate(&key(Agency::Health)).unwrap();
                        let handles = run.mint(1).unwrap();
                        run.issue(&key(Agency::Health), &handles).unwrap();
                        run.commit().unwrap();
                        kept += 1;
                    }
                    kept
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    let registry = Registry::open(&path).unwrap();
    let counts = registry.counts().unwrap();
    assert_eq!((kept, counts.runs, counts.persons, counts.events), (1, 1, 1, 4));
    assert_eq!(registry.verify().unwrap().differences, Vec::<String>::new());
}
