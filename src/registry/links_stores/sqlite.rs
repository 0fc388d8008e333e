//! Reading the custodian's memberships from their SQLite file.

use std::collections::BTreeSet;
use std::ops::Deref;

use rusqlite::{Connection, Row, params};

use crate::error::Result;
use crate::identifier::SealToken;
use crate::registry::links_store::{
    Known, LastLinkage, LinksReading, LinksStore, LinksWriting, Membership, Recorded,
};
use crate::registry::sqlite::{Place, Sqlite, SqliteStore, number};
use crate::registry::store::Duty;
use crate::registry::{DecidedPair, Decision, Handle, RecordTag, Verdict};

/// The file of this duty.
pub(in crate::registry) const DUTY: Duty = Duty {
    mark: *b"CCIL",
    name: "a custodian's memberships",
    migrations: &[
        include_str!("../../../schemas/registry/custodian_1.sql"),
        include_str!("../../../schemas/registry/custodian_2.sql"),
        include_str!("../../../schemas/registry/custodian_3.sql"),
    ],
};

impl LinksStore for SqliteStore {
    fn snapshot(&self) -> Result<Box<dyn LinksReading + '_>> {
        Ok(Box::new(self.read_snapshot()?))
    }

    fn begin(&mut self) -> Result<Box<dyn LinksWriting + '_>> {
        Ok(Box::new(self.begin_writing()?))
    }
}

impl<C: Deref<Target = Connection>> LinksReading for Sqlite<C> {
    fn last_linkage(&self) -> Result<Option<LastLinkage>> {
        self.one(
            "SELECT run_id, recorded_at, day FROM run ORDER BY run_id DESC LIMIT 1",
            [],
            |row| {
                Ok(LastLinkage { number: row.get(0)?, recorded_at: row.get(1)?, day: row.get(2)? })
            },
        )
    }

    fn records(&self) -> Result<u64> {
        self.one("SELECT count(DISTINCT record_id) FROM membership", [], |row| number(row, 0))
            .map(|count| count.expect("a count is one row"))
    }

    fn is_known(&self, tag: &RecordTag) -> Result<bool> {
        self.one("SELECT 1 FROM record WHERE tag = ?1", [tag], |_| Ok(()))
            .map(|found| found.is_some())
    }

    fn membership(&self, tag: &RecordTag) -> Result<Option<Membership>> {
        self.one(
            "SELECT handle, valid_from, valid_to FROM record JOIN membership USING (record_id)
             WHERE tag = ?1 AND recorded_to IS NULL",
            [tag],
            |row| membership(row, 0),
        )
    }

    fn handle_at(&self, tag: &RecordTag, day: i64, moment: i64) -> Result<Option<Handle>> {
        self.one(
            "SELECT handle FROM record JOIN membership USING (record_id)
             JOIN run AS learnt ON learnt.run_id = recorded_from
             LEFT JOIN run AS replaced ON replaced.run_id = recorded_to
             WHERE tag = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)
               AND learnt.recorded_at <= ?3
               AND (replaced.run_id IS NULL OR replaced.recorded_at > ?3)
             ORDER BY recorded_from DESC LIMIT 1",
            params![tag, day, moment],
            |row| row.get(0).map(Handle::from_bytes),
        )
    }

    fn absent(&self, present: &[RecordTag]) -> Result<Vec<(RecordTag, Membership)>> {
        let mut present = present.to_vec();
        present.sort_unstable();
        let mut absent = Vec::new();
        self.each(
            "SELECT tag, handle, valid_from, valid_to FROM record JOIN membership USING (record_id)
             WHERE recorded_to IS NULL AND valid_to IS NULL ORDER BY record_id",
            [],
            |row| {
                let tag: RecordTag = row.get(0).at(&self.path)?;
                if present.binary_search(&tag).is_err() {
                    absent.push((tag, membership(row, 1).at(&self.path)?));
                }
                Ok(())
            },
        )?;
        Ok(absent)
    }

    fn histories(&self, handle: &Handle) -> Result<Vec<Recorded>> {
        let mut rows = Vec::new();
        self.each(
            "SELECT tag, recorded_from, recorded_to IS NULL AND valid_to IS NULL,
                handle, valid_from, valid_to
             FROM record JOIN membership USING (record_id)
             WHERE record_id IN
                (SELECT record_id FROM membership
                 WHERE handle = ?1 AND recorded_to IS NULL AND valid_to IS NULL)
             ORDER BY record_id, recorded_from",
            [handle.bytes()],
            |row| {
                let read = |row: &Row<'_>| {
                    let (tag, linkage, now) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok(Recorded { tag, linkage, now, membership: membership(row, 3)? })
                };
                rows.push(read(row).at(&self.path)?);
                Ok(())
            },
        )?;
        Ok(rows)
    }

    fn handles(&self, tags: &[RecordTag], known: Known) -> Result<BTreeSet<Handle>> {
        let mut found = BTreeSet::new();
        for tag in tags {
            self.each(
                "SELECT handle FROM record JOIN membership USING (record_id)
                 WHERE tag = ?1 AND (recorded_to IS NULL OR NOT ?2)",
                params![tag, known == Known::Now],
                |row| {
                    found.insert(row.get(0).map(Handle::from_bytes).at(&self.path)?);
                    Ok(())
                },
            )?;
        }
        Ok(found)
    }

    fn decisions(&self) -> Result<Vec<Decision>> {
        let mut decisions = Vec::new();
        self.each(
            "SELECT decision_id, what,
                (SELECT count(*) FROM decided_pair AS pair
                 WHERE pair.decision_id = decision.decision_id),
                actor, reason, recorded_at,
                (SELECT lifting.decision_id FROM decision AS lifting
                 WHERE lifting.lifts = decision.decision_id)
             FROM decision WHERE what <> 'lifted' ORDER BY decision_id",
            [],
            |row| {
                let read = |row: &Row<'_>| {
                    Ok(Decision {
                        number: number(row, 0)?,
                        verdict: verdict(row, 1)?,
                        pairs: number(row, 2)?,
                        actor: row.get(3)?,
                        reason: row.get(4)?,
                        recorded_at: number(row, 5)?,
                        lifted_by: row.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
                    })
                };
                decisions.push(read(row).at(&self.path)?);
                Ok(())
            },
        )?;
        Ok(decisions)
    }

    fn decided_pairs(&self) -> Result<Vec<DecidedPair>> {
        let mut pairs = Vec::new();
        self.each(
            "SELECT decision_id, what, a.tag, b.tag
             FROM decision JOIN decided_pair USING (decision_id)
             JOIN record AS a ON a.record_id = a_id JOIN record AS b ON b.record_id = b_id
             WHERE decision_id NOT IN (SELECT lifts FROM decision WHERE lifts IS NOT NULL)
             ORDER BY decision_id, a_id, b_id",
            [],
            |row| {
                let read = |row: &Row<'_>| {
                    let (decision, verdict) = (number(row, 0)?, verdict(row, 1)?);
                    Ok(DecidedPair { decision, verdict, a: row.get(2)?, b: row.get(3)? })
                };
                pairs.push(read(row).at(&self.path)?);
                Ok(())
            },
        )?;
        Ok(pairs)
    }

    fn decisions_about(&self, tags: &[RecordTag]) -> Result<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        for tag in tags {
            let of: Vec<i64> = self.column(
                "SELECT decision_id FROM decided_pair JOIN record ON record_id IN (a_id, b_id)
                 WHERE tag = ?1",
                [tag],
            )?;
            found.extend(of);
        }
        Ok(found)
    }

    fn is_in_force(&self, number: i64) -> Result<bool> {
        self.one(
            "SELECT 1 FROM decision WHERE decision_id = ?1 AND what <> 'lifted'
                AND NOT EXISTS (SELECT 1 FROM decision WHERE lifts = ?1)",
            [number],
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    fn last_decided_at(&self) -> Result<i64> {
        self.one("SELECT max(recorded_at) FROM decision", [], |row| row.get(0)).map(latest)
    }

    fn last_sealed_at(&self) -> Result<i64> {
        self.one("SELECT max(recorded_at) FROM seal", [], |row| row.get(0)).map(latest)
    }

    fn seal_tokens(&self) -> Result<Vec<SealToken>> {
        self.column("SELECT token FROM seal_token ORDER BY token", [])
    }
}

fn latest(found: Option<Option<i64>>) -> i64 {
    found.flatten().unwrap_or(0)
}

/// Reads handle, first and last day from a place on.
fn membership(row: &Row<'_>, place: usize) -> rusqlite::Result<Membership> {
    let handle = row.get(place).map(Handle::from_bytes)?;
    Ok(Membership { handle, valid_from: row.get(place + 1)?, valid_to: row.get(place + 2)? })
}

/// Reads the verdict of a row; the file's own check allows no third word there.
fn verdict(row: &Row<'_>, place: usize) -> rusqlite::Result<Verdict> {
    let word = row.get_ref(place)?.as_str()?;
    Ok(if word == Verdict::Together.name() { Verdict::Together } else { Verdict::Apart })
}
