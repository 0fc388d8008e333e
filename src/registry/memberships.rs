//! The linkage custodian's memberships: which record belongs to which entity, and since when.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::clock::now;
use super::decisions::in_force;
use super::fault::{Place, fault};
use super::reassignment::{Reassignment, reassign};
use super::store::{self, Duty};
use super::{DecidedPair, Handle, Verdict};
use crate::error::{Error, Result};
use crate::identifier::{OsRandom, RandomSource};

/// Name of a record in the custodian's file: a keyed tag, never a local identifier.
pub type RecordTag = [u8; 16];

/// Memberships of records in entities, in a file of the custodian's own.
pub struct Memberships {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) random: Box<dyn RandomSource + Send>,
}

/// What a linkage would change, or has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Handle of each record, and how they differ from before.
    pub reassignment: Reassignment,
    /// Records known before that the linkage does not have.
    pub absent: u64,
    /// Number of the decision that each record is subject to, by place; the latest of several.
    pub decided: BTreeMap<usize, u64>,
    /// Handle that each record held before, by place.
    pub before: Vec<Option<Handle>>,
    /// Last run that the proposal knows of; it cannot be applied after another.
    based_on: i64,
}

/// The file of this duty.
pub(super) const DUTY: Duty = Duty {
    mark: *b"CCIL",
    name: "a custodian's memberships",
    migrations: &[
        include_str!("../../schemas/registry/custodian_1.sql"),
        include_str!("../../schemas/registry/custodian_2.sql"),
        include_str!("../../schemas/registry/custodian_3.sql"),
    ],
};

/// Membership as it is known.
struct Known {
    handle: Handle,
    valid_from: i64,
    valid_to: Option<i64>,
}

impl Memberships {
    /// Creates the file, which only its owner can read.
    ///
    /// # Errors
    /// `OutputExists` if there is one already; `Unwritable` or `BadStore` if it cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        store::create(path, &DUTY)?;
        Self::open(path)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// `BadStore` if it is missing or no custodian's memberships.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = store::open(path, &DUTY)?;
        Ok(Self { connection, path: path.into(), random: Box::new(OsRandom) })
    }

    /// Takes handles from the given source instead of the operating system, for tests.
    #[must_use]
    pub fn with_random(mut self, random: Box<dyn RandomSource + Send>) -> Self {
        self.random = random;
        self
    }

    /// Says what a linkage would change: who keeps a handle, who moves, who is new. Keeps nothing.
    ///
    /// # Errors
    /// `BadStore` if the linkage does not keep to what was decided of two records, or the file
    /// cannot be read; `BadKey` if no random bytes can be had.
    ///
    /// # Panics
    /// If the two slices differ in length.
    pub fn propose(&mut self, tags: &[RecordTag], entity_of: &[u32]) -> Result<Proposal> {
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let held = tags
            .iter()
            .map(|tag| Ok(known(&snapshot, tag).at(&self.path)?.map(|known| known.handle)))
            .collect::<Result<Vec<Option<Handle>>>>()?;
        let all: i64 = snapshot
            .query_row("SELECT count(DISTINCT record_id) FROM membership", [], |row| row.get(0))
            .at(&self.path)?;
        let based_on = last_run(&snapshot).at(&self.path)?;
        let decided = in_force(&snapshot).at(&self.path)?;
        drop(snapshot);
        let decided = kept_to(&decided, tags, entity_of).map_err(|broken| self.unheeded(broken))?;
        let present = held.iter().flatten().count() as u64;
        let random = &mut self.random;
        let reassignment = reassign(&held, entity_of, || {
            let mut bytes = [0; Handle::LENGTH];
            random.fill(&mut bytes)?;
            Ok(Handle::from_bytes(bytes))
        })?;
        let absent = all.unsigned_abs() - present;
        Ok(Proposal { reassignment, absent, decided, before: held, based_on })
    }

    /// Keeps what a proposal says, whole or not at all; `day` is that of the records, in days
    /// since 1970.
    ///
    /// A record that moves belonged to its new entity all along: what changes is what is known.
    /// Of a record that is absent it is known from now on until when it was there.
    ///
    /// # Errors
    /// `BadStore` if another run was kept since the proposal, or the file cannot be written.
    ///
    /// # Panics
    /// If the tags are not those of the proposal.
    pub fn apply(&mut self, proposal: &Proposal, tags: &[RecordTag], day: i64) -> Result<()> {
        let handles = &proposal.reassignment.handles;
        assert_eq!(tags.len(), handles.len(), "the records of the proposal");
        let path = self.path.as_path();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        if last_run(&transaction).at(path)? != proposal.based_on {
            return Err(fault(
                path,
                "another linkage was kept since this one was proposed",
                "propose it again, and look at what it changes now",
            ));
        }
        write(&transaction, handles, tags, day).at(path)?;
        transaction.commit().at(path)
    }

    /// Builds the error of a linkage that does not keep to so many decisions.
    fn unheeded(&self, broken: usize) -> Error {
        fault(
            &self.path,
            &format!("the linkage does not keep to {broken} of the pairs that were decided upon"),
            "link again with --custodian, so that what was decided is kept to",
        )
    }

    /// Returns the entity of a record on a day, as it was known at a moment in seconds since 1970.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn handle_of(&self, tag: &RecordTag, day: i64, known_by: u64) -> Result<Option<Handle>> {
        let known_by = i64::try_from(known_by).unwrap_or(i64::MAX);
        self.connection
            .prepare_cached(
                "SELECT handle FROM record JOIN membership USING (record_id)
                 JOIN run AS learnt ON learnt.run_id = recorded_from
                 LEFT JOIN run AS replaced ON replaced.run_id = recorded_to
                 WHERE tag = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)
                   AND learnt.recorded_at <= ?3
                   AND (replaced.run_id IS NULL OR replaced.recorded_at > ?3)
                 ORDER BY recorded_from DESC LIMIT 1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![tag, day, known_by], |row| {
                        row.get(0).map(Handle::from_bytes)
                    })
                    .optional()
            })
            .at(&self.path)
    }
}

/// Writes a run and every membership that it changes.
fn write(
    transaction: &Transaction<'_>,
    handles: &[Handle],
    tags: &[RecordTag],
    day: i64,
) -> rusqlite::Result<()> {
    let run = begin_run(transaction, Some(day), tags.len())?;
    transaction.execute_batch("CREATE TEMP TABLE present (record_id INTEGER PRIMARY KEY)")?;
    let mut add =
        transaction.prepare("INSERT INTO record (tag) VALUES (?1) ON CONFLICT DO NOTHING")?;
    let mut mark =
        transaction.prepare("INSERT INTO present SELECT record_id FROM record WHERE tag = ?1")?;
    for (tag, handle) in tags.iter().zip(handles) {
        add.execute([tag])?;
        mark.execute([tag])?;
        let before = known(transaction, tag)?;
        let since = match before {
            Some(known) if known.handle == *handle && known.valid_to.is_none() => continue,
            // Gone and back: it is there from today on. Moved: it was the new entity's all along.
            Some(known) if known.valid_to.is_some() => day.max(known.valid_from),
            Some(known) => known.valid_from,
            None => day,
        };
        replace(transaction, run, tag, handle, (since, None))?;
    }
    drop((add, mark));
    let mut absent = transaction.prepare(
        "SELECT tag, handle, valid_from FROM record JOIN membership USING (record_id)
         WHERE recorded_to IS NULL AND valid_to IS NULL
           AND record_id NOT IN (SELECT record_id FROM present) ORDER BY record_id",
    )?;
    let gone: Vec<(RecordTag, [u8; 16], i64)> = absent
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    drop(absent);
    for (tag, handle, since) in gone {
        let until = Some(day.max(since));
        replace(transaction, run, &tag, &Handle::from_bytes(handle), (since, until))?;
    }
    transaction.execute_batch("DROP TABLE present")
}

/// Begins a run of so many records, as at a day or at that of the run before; returns its number.
pub(super) fn begin_run(
    transaction: &Transaction<'_>,
    day: Option<i64>,
    records: usize,
) -> rusqlite::Result<i64> {
    let clock = now();
    transaction.query_row(
        "INSERT INTO run (recorded_at, day, records, toolkit)
         VALUES (max(?1, (SELECT coalesce(max(recorded_at), 0) FROM run)),
            coalesce(?2, (SELECT day FROM run ORDER BY run_id DESC LIMIT 1)), ?3, ?4)
         RETURNING run_id",
        params![clock as i64, day, records as i64, env!("CARGO_PKG_VERSION")],
        |row| row.get(0),
    )
}

/// Checks that a linkage keeps to what was decided; returns the decision of each record concerned.
///
/// Records that the linkage does not have are in no entity. Fails with the number of pairs that
/// are not kept to.
fn kept_to(
    decided: &[DecidedPair],
    tags: &[RecordTag],
    entity_of: &[u32],
) -> std::result::Result<BTreeMap<usize, u64>, usize> {
    let mut places: BTreeMap<RecordTag, Option<usize>> =
        decided.iter().flat_map(|pair| [(pair.a, None), (pair.b, None)]).collect();
    for (place, tag) in tags.iter().enumerate() {
        if let Some(known) = places.get_mut(tag) {
            *known = Some(place);
        }
    }
    let (mut decisions, mut broken) = (BTreeMap::new(), 0);
    for pair in decided {
        let (Some(a), Some(b)) = (places[&pair.a], places[&pair.b]) else { continue };
        let together = entity_of[a] == entity_of[b];
        broken += usize::from(together != (pair.verdict == Verdict::Together));
        decisions.extend([(a, pair.decision), (b, pair.decision)]);
    }
    if broken == 0 { Ok(decisions) } else { Err(broken) }
}

/// Replaces what is known of a record.
pub(super) fn replace(
    transaction: &Transaction<'_>,
    run: i64,
    tag: &RecordTag,
    handle: &Handle,
    (valid_from, valid_to): (i64, Option<i64>),
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE membership SET recorded_to = ?2
             WHERE recorded_to IS NULL
               AND record_id = (SELECT record_id FROM record WHERE tag = ?1)",
        )?
        .execute(params![tag, run])?;
    transaction
        .prepare_cached(
            "INSERT INTO membership (record_id, handle, valid_from, valid_to, recorded_from)
             SELECT record_id, ?2, ?3, ?4, ?5 FROM record WHERE tag = ?1",
        )?
        .execute(params![tag, handle.bytes(), valid_from, valid_to, run])?;
    Ok(())
}

/// Returns what is known of a record now.
fn known(connection: &Connection, tag: &RecordTag) -> rusqlite::Result<Option<Known>> {
    connection
        .prepare_cached(
            "SELECT handle, valid_from, valid_to FROM record JOIN membership USING (record_id)
             WHERE tag = ?1 AND recorded_to IS NULL",
        )?
        .query_row([tag], |row| {
            Ok(Known {
                handle: row.get(0).map(Handle::from_bytes)?,
                valid_from: row.get(1)?,
                valid_to: row.get(2)?,
            })
        })
        .optional()
}

fn last_run(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(run_id), 0) FROM run", [], |row| row.get(0))
}
