//! What every store of the audit log promises; what the log promises of it is in `tests/audit.rs`.

use cci::error::ErrorKind;
use cci::identifier::AuditKey;
use cci::registry::{Asked, AuditLog, Detail, Entry, Handle, Outcome, Request};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::seeded;

/// An empty log, and the folder that it needs.
type Empty = fn() -> (TempDir, AuditLog);

/// Every store of the log there is.
const STORES: [(&str, Empty); 2] = [
    ("SQLite", || {
        let (folder, key) = key();
        let log = AuditLog::create(&folder.path().join("audit.sqlite"), key).unwrap();
        (folder, log)
    }),
    ("memory", || {
        let (folder, key) = key();
        (folder, AuditLog::in_memory(key))
    }),
];

const SCOPES: [&str; 2] = ["health/direct_care", "research/attendance"];
const NOW: u64 = u64::MAX / 4;

fn key() -> (TempDir, AuditKey) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.key");
    AuditKey::create_file(&path, &mut seeded(6)).unwrap();
    let key = AuditKey::from_file(&path).unwrap();
    (folder, key)
}

/// Asks a promise of every store, each time of an empty log.
fn on_every_store(holds: fn(AuditLog)) {
    for (store, empty) in STORES {
        println!("{store}");
        let (_folder, log) = empty();
        holds(log);
    }
}

/// Question in a scope that so many were answered for.
fn question(scope: &str, count: u64) -> Entry<'static> {
    let detail = Detail { count: Some(count), scope: Some(scope.into()), ..Detail::default() };
    Entry { action: "resolve", outcome: Outcome::Done, detail }
}

#[test]
fn an_empty_log_is_sound_and_knows_of_nothing() {
    on_every_store(|log| {
        let checkpoint = log.checkpoint().unwrap();
        assert_eq!((checkpoint.size, checkpoint.head), (0, [0; 32]));
        let audited = log.verify(&[checkpoint]).unwrap();
        assert_eq!((audited.entries, audited.first_bad), (0, None));
        assert_eq!(log.last_vault_event().unwrap(), None);
        assert_eq!(log.unanswered("resolve", SCOPES[0], 0).unwrap(), 0);
        for (seq, size) in [(0, 0), (1, 1)] {
            assert_eq!(log.prove(seq, size).unwrap_err().kind(), ErrorKind::BadStore);
        }
    });
}

#[test]
fn every_entry_is_numbered_verified_and_proved_against_each_checkpoint_since() {
    on_every_store(|mut log| {
        let mut checkpoints = Vec::new();
        for number in 1..=20 {
            assert_eq!(log.append(&question(SCOPES[0], number)).unwrap(), number);
            checkpoints.push(log.checkpoint().unwrap());
        }
        assert_eq!(log.append_all(&[]).unwrap(), 20);
        let audited = log.verify(&checkpoints).unwrap();
        assert_eq!((audited.entries, audited.first_bad), (20, None));
        for seq in 1..=20 {
            for checkpoint in &checkpoints[seq as usize - 1..] {
                assert!(log.prove(seq, checkpoint.size).unwrap().proves(checkpoint));
            }
            assert!(!log.prove(seq, 20).unwrap().proves(&checkpoints[3]));
        }
        // A checkpoint of more entries, and one of as many others.
        let mut longer = checkpoints[19].clone();
        longer.size = 21;
        let (bad, said) = log.verify(&[longer]).unwrap().first_bad.unwrap();
        assert!(bad == 21 && said.contains("the end of the log is missing"), "{said}");
        let mut other = checkpoints[11].clone();
        other.root = checkpoints[10].root;
        let (bad, said) = log.verify(&[other]).unwrap().first_bad.unwrap();
        assert!(bad == 12 && said.contains("the log was replaced"), "{said}");
    });
}

#[test]
fn a_request_is_answered_once_and_may_be_refused_before() {
    on_every_store(|mut log| {
        let asked = || Asked::Unseal(Handle::from_bytes([3; Handle::LENGTH]));
        let ground = || "order-12".parse().unwrap();
        let [request, other] =
            [1, 2].map(|seed| Request::new(asked(), ground(), NOW, &mut seeded(seed)).unwrap());
        let entry = |outcome, of: &Request| {
            let detail = Detail { request: Some(of.reference()), ..Detail::default() };
            Entry { action: "id unseal", outcome, detail }
        };
        log.append(&entry(Outcome::Refused, &request)).unwrap();
        log.append(&entry(Outcome::Allowed, &other)).unwrap();
        assert!(log.refuse_answered(&request).is_ok());
        assert_eq!(log.refuse_answered(&other).unwrap_err().kind(), ErrorKind::GateNotMet);
        log.append(&entry(Outcome::Done, &request)).unwrap();
        assert_eq!(log.refuse_answered(&request).unwrap_err().kind(), ErrorKind::GateNotMet);
    });
}

#[test]
fn questions_are_counted_by_scope_and_hour_and_the_last_two_hundred_alone() {
    on_every_store(|mut log| {
        let [care, research] = SCOPES;
        let nobody: Vec<_> = (0..150).map(|_| question(care, 0)).collect();
        log.append_all(&nobody).unwrap();
        log.append(&question(research, 0)).unwrap();
        let refused = Entry { outcome: Outcome::Refused, ..question(care, 0) };
        log.append(&refused).unwrap();
        log.append(&Entry { action: "issue", ..question(care, 0) }).unwrap();
        assert_eq!(log.unanswered("resolve", care, 0).unwrap(), 150);
        assert_eq!(log.unanswered("resolve", research, 0).unwrap(), 1);
        assert_eq!(log.unanswered("resolve", care, NOW).unwrap(), 0, "hours later");
        assert!(log.refuse_guessing("resolve", care, 0).is_err());
        // A hundred that are answered push the first fifty out of the last two hundred.
        let found: Vec<_> = (0..100).map(|_| question(care, 1)).collect();
        log.append_all(&found).unwrap();
        assert_eq!(log.unanswered("resolve", care, 0).unwrap(), 100);
        log.append(&question(care, 1)).unwrap();
        assert_eq!(log.unanswered("resolve", care, 0).unwrap(), 99);
        assert!(log.refuse_guessing("resolve", care, 0).is_ok());
    });
}

/// Entry of any kind, as the commands write them.
fn any_entry(random: &mut ChaCha8Rng) -> Entry<'static> {
    let mut some = |of: u64| random.random_bool(0.5).then(|| random.random_range(0..of));
    let detail = Detail {
        count: some(2),
        vault: some(1_000),
        scope: some(2).map(|place| SCOPES[place as usize].into()),
        error: some(2).map(|_| "E01".into()),
        ..Detail::default()
    };
    let outcomes = [Outcome::Allowed, Outcome::Done, Outcome::Refused];
    let action = ["resolve", "issue"][random.random_range(0..2)];
    Entry { action, outcome: outcomes[random.random_range(0..3)], detail }
}

#[test]
fn every_store_answers_the_same_after_any_entries() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let (_folders, mut logs): (Vec<_>, Vec<_>) = STORES.iter().map(|(_, empty)| empty()).unzip();
    for batch in 0..60 {
        let entries: Vec<_> = (0..batch % 7).map(|_| any_entry(&mut random)).collect();
        let answers: Vec<_> = logs
            .iter_mut()
            .map(|log| {
                let last = log.append_all(&entries).unwrap();
                let counts: Vec<u64> = SCOPES
                    .iter()
                    .flat_map(|scope| ["resolve", "issue"].map(|action| (action, scope)))
                    .map(|(action, scope)| log.unanswered(action, scope, 0).unwrap())
                    .collect();
                let verified = log.verify(&[log.checkpoint().unwrap()]).unwrap();
                (last, counts, log.last_vault_event().unwrap(), verified)
            })
            .collect();
        let (first, rest) = answers.split_first().unwrap();
        assert!(rest.iter().all(|answer| answer == first), "batch {batch}: {answers:?}");
        assert_eq!(first.3.first_bad, None);
    }
}
