//! What people decided of single records: kept apart, or kept together, until it is lifted.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::clock::now;
use super::fault::{Place, fault};
use super::{Actor, Ground, Memberships, RecordTag};
use crate::error::Result;
use crate::record::UnionFind;

/// What was decided of two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// They are two children's: never in one entity.
    Apart,
    /// They are one child's: always in one entity.
    Together,
}

impl Verdict {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Apart => "apart",
            Verdict::Together => "together",
        }
    }
}

/// Decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Number, by which it is lifted.
    pub number: u64,
    /// What was decided.
    pub verdict: Verdict,
    /// Pairs of records that it is about.
    pub pairs: u64,
    /// Who decided.
    pub actor: String,
    /// On what ground.
    pub reason: String,
    /// When, in seconds since 1970.
    pub recorded_at: u64,
    /// Decision that lifted it, if one did.
    pub lifted_by: Option<u64>,
}

/// Two records and what was decided of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecidedPair {
    /// Number of the decision.
    pub decision: u64,
    /// What was decided.
    pub verdict: Verdict,
    /// The one record.
    pub a: RecordTag,
    /// The other record.
    pub b: RecordTag,
}

impl Memberships {
    /// Keeps a decision about pairs of records; returns its number.
    ///
    /// # Errors
    /// `BadStore` if a record is in no linkage that was kept, if a decision in force says the
    /// opposite, directly or by way of other records, or if the file cannot be written.
    pub fn decide(
        &mut self,
        verdict: Verdict,
        pairs: &[(RecordTag, RecordTag)],
        by: (&Actor, &Ground),
    ) -> Result<u64> {
        let path = self.path.as_path();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        for tag in pairs.iter().flat_map(|(a, b)| [a, b]) {
            if record_id(&transaction, tag).at(path)?.is_none() {
                return Err(fault(
                    path,
                    "a record that was named is in no linkage that was kept",
                    "name it as source:identifier, after cci id assign --apply has kept its run",
                ));
            }
        }
        if pairs.iter().any(|(a, b)| a == b) {
            return Err(fault(path, "a record is always with itself", "name two records"));
        }
        let in_force = in_force(&transaction).at(path)?;
        let new = |&(a, b)| DecidedPair { decision: 0, verdict, a, b };
        let all: Vec<DecidedPair> = in_force.into_iter().chain(pairs.iter().map(new)).collect();
        if let Some(number) = opposite(&all) {
            return Err(fault(
                path,
                &format!(
                    "decision {number}, which is in force, says the opposite of these records"
                ),
                &format!(
                    "read it with cci custodian decisions; cci custodian lift {number} ends it"
                ),
            ));
        }
        let number = record(&transaction, verdict.name(), None, by).at(path)?;
        add_pairs(&transaction, number, pairs).at(path)?;
        transaction.commit().at(path)?;
        Ok(number.unsigned_abs())
    }

    /// Ends a decision; returns the number of the one that does.
    ///
    /// # Errors
    /// `BadStore` if there is none of that number in force, or the file cannot be written.
    pub fn lift(&mut self, number: u64, by: (&Actor, &Ground)) -> Result<u64> {
        let path = self.path.as_path();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let there: bool = transaction
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM decision WHERE decision_id = ?1 AND what <> 'lifted')
                    AND NOT EXISTS (SELECT 1 FROM decision WHERE lifts = ?1)",
                [number],
                |row| row.get(0),
            )
            .at(path)?;
        if !there {
            return Err(fault(
                path,
                &format!("no decision {number} is in force"),
                "list the decisions with cci custodian decisions",
            ));
        }
        let lifted = record(&transaction, "lifted", Some(number), by).at(path)?;
        transaction.commit().at(path)?;
        Ok(lifted.unsigned_abs())
    }

    /// Returns every decision that keeps records apart or together, in force or lifted.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Decision {
                number: row.get::<_, i64>(0)?.unsigned_abs(),
                verdict: verdict_of(&row.get::<_, String>(1)?),
                pairs: row.get::<_, i64>(2)?.unsigned_abs(),
                actor: row.get(3)?,
                reason: row.get(4)?,
                recorded_at: row.get::<_, i64>(5)?.unsigned_abs(),
                lifted_by: row.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
            })
        };
        self.connection
            .prepare(
                "SELECT decision_id, what,
                    (SELECT count(*) FROM decided_pair AS pair
                     WHERE pair.decision_id = decision.decision_id),
                    actor, reason, recorded_at,
                    (SELECT lifting.decision_id FROM decision AS lifting
                     WHERE lifting.lifts = decision.decision_id)
                 FROM decision WHERE what <> 'lifted' ORDER BY decision_id",
            )
            .and_then(|mut statement| statement.query_map([], read)?.collect())
            .at(&self.path)
    }

    /// Returns the pairs of every decision in force, in the order of the decisions.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn decided_pairs(&self) -> Result<Vec<DecidedPair>> {
        in_force(&self.connection).at(&self.path)
    }
}

/// Appends a decision; returns its number.
pub(super) fn record(
    transaction: &Transaction<'_>,
    what: &str,
    lifts: Option<i64>,
    (actor, reason): (&Actor, &Ground),
) -> rusqlite::Result<i64> {
    let clock = now();
    transaction.query_row(
        "INSERT INTO decision (recorded_at, what, lifts, actor, reason)
         VALUES (max(?1, (SELECT coalesce(max(recorded_at), 0) FROM decision)), ?2, ?3, ?4, ?5)
         RETURNING decision_id",
        params![clock as i64, what, lifts, actor.as_str(), reason.as_str()],
        |row| row.get(0),
    )
}

/// Keeps the pairs of a decision.
pub(super) fn add_pairs(
    transaction: &Transaction<'_>,
    decision: i64,
    pairs: &[(RecordTag, RecordTag)],
) -> rusqlite::Result<()> {
    let mut add = transaction.prepare(
        "INSERT INTO decided_pair
         SELECT ?1, min(a.record_id, b.record_id), max(a.record_id, b.record_id)
         FROM record AS a, record AS b WHERE a.tag = ?2 AND b.tag = ?3
         ON CONFLICT DO NOTHING",
    )?;
    pairs.iter().try_for_each(|(a, b)| add.execute(params![decision, a, b]).map(drop))
}

/// Returns the number of a decision that says the opposite of the new ones, which have none yet.
pub(super) fn opposite(pairs: &[DecidedPair]) -> Option<u64> {
    let mut places: BTreeMap<RecordTag, u32> = BTreeMap::new();
    for tag in pairs.iter().flat_map(|pair| [pair.a, pair.b]) {
        let next = places.len() as u32;
        places.entry(tag).or_insert(next);
    }
    let mut sets = UnionFind::new(places.len());
    for pair in pairs.iter().filter(|pair| pair.verdict == Verdict::Together) {
        sets.join(places[&pair.a], places[&pair.b]);
    }
    let mut root = |tag: &RecordTag| sets.root(places[tag]);
    let broken = pairs
        .iter()
        .find(|pair| pair.verdict == Verdict::Apart && root(&pair.a) == root(&pair.b))?;
    let set = root(&broken.a);
    // Either the pair itself was there before, or what holds its two records together was.
    let holds = |pair: &&DecidedPair| pair.verdict == Verdict::Together && root(&pair.a) == set;
    match broken.decision {
        0 => pairs.iter().filter(holds).map(|pair| pair.decision).max(),
        number => Some(number),
    }
}

/// Returns the pairs of the decisions in force.
pub(super) fn in_force(connection: &Connection) -> rusqlite::Result<Vec<DecidedPair>> {
    connection
        .prepare(
            "SELECT decision_id, what, a.tag, b.tag
             FROM decision JOIN decided_pair USING (decision_id)
             JOIN record AS a ON a.record_id = a_id JOIN record AS b ON b.record_id = b_id
             WHERE decision_id NOT IN (SELECT lifts FROM decision WHERE lifts IS NOT NULL)
             ORDER BY decision_id, a_id, b_id",
        )?
        .query_map([], |row| {
            Ok(DecidedPair {
                decision: row.get::<_, i64>(0)?.unsigned_abs(),
                verdict: verdict_of(&row.get::<_, String>(1)?),
                a: row.get(2)?,
                b: row.get(3)?,
            })
        })?
        .collect()
}

/// Returns the verdict of a row; the file's own check allows no third word there.
fn verdict_of(what: &str) -> Verdict {
    if what == "together" { Verdict::Together } else { Verdict::Apart }
}

fn record_id(connection: &Connection, tag: &RecordTag) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT record_id FROM record WHERE tag = ?1")?
        .query_row([tag], |row| row.get(0))
        .optional()
}
