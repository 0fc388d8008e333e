//! Several writers at the same files, at the same time.

use std::sync::Barrier;

use cci::registry::{Memberships, RecordTag};

use crate::raw;

const WRITERS: u32 = 4;
const ROUNDS: u32 = 12;

/// Four custodians put the same 60 records into entities of four sizes, again and again, from
/// four threads. What another kept meanwhile makes a proposal void; of those who propose at the
/// same moment one at most is kept.
#[test]
fn c51_no_record_belongs_to_two_entities_whoever_writes_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memberships.sqlite");
    drop(Memberships::create(&path).unwrap());
    let tags: Vec<RecordTag> = (0..60).map(|number| [number; 16]).collect();
    let together = Barrier::new(WRITERS as usize);
    let (kept, refused) = std::thread::scope(|threads| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (path, tags, together) = (&path, &tags, &together);
                threads.spawn(move || {
                    let mut memberships = Memberships::open(path).unwrap();
                    let (mut kept, mut refused) = (0, 0);
                    for round in 0..ROUNDS {
                        let size = 2 + (writer + round) % WRITERS;
                        let entity_of: Vec<u32> = (0..60).map(|record| record / size).collect();
                        let proposal = memberships.propose(tags, &entity_of).unwrap();
                        // All four have proposed on the same ground before the first applies.
                        together.wait();
                        match memberships.apply(&proposal, tags, 100) {
                            Ok(()) => kept += 1,
                            Err(error) => {
                                let said = error.to_string();
                                assert!(said.contains("another linkage was kept"), "{said}");
                                refused += 1;
                            }
                        }
                        together.wait();
                    }
                    (kept, refused)
                })
            })
            .collect();
        let counts = writers.into_iter().map(|writer| writer.join().unwrap());
        counts.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    });
    assert_eq!((kept, refused), (ROUNDS, ROUNDS * (WRITERS - 1)));
    let count = |sql: &str| -> i64 { raw(&path).query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM membership WHERE recorded_to IS NULL"), 60);
    assert_eq!(count("SELECT count(DISTINCT record_id) FROM membership"), 60);
    assert_eq!(count("SELECT count(*) FROM run"), i64::from(ROUNDS));
    assert_eq!(
        count(
            "SELECT count(*) FROM membership AS a JOIN membership AS b USING (record_id)
             WHERE a.rowid < b.rowid
               AND a.recorded_from < coalesce(b.recorded_to, 1e9)
               AND b.recorded_from < coalesce(a.recorded_to, 1e9)"
        ),
        0,
        "at no moment was a record known in two entities"
    );
    // Whoever goes round the toolkit is stopped by the file itself.
    let error = raw(&path)
        .execute(
            "INSERT INTO membership SELECT record_id, randomblob(16), 0, NULL, 1, NULL FROM record",
            [],
        )
        .unwrap_err();
    assert!(error.to_string().contains("UNIQUE"), "{error}");
}
