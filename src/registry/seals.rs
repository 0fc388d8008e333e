//! Seals: an identity that is over, and one that is not to be linked to it, kept as tokens alone.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::clock::now;
use super::fault::{Place, fault};
use super::{Actor, Ground, Handle, Memberships, RecordTag};
use crate::error::Result;
use crate::identifier::SealToken;

/// Tokens come in bundles of so many, so that their number does not tell how many records.
const BUNDLE: usize = 64;

impl Memberships {
    /// Seals the identity of some records off from that of others: only the tokens are kept.
    ///
    /// Returns the handles that the sealed identity has, for the issuer to seal its person.
    ///
    /// # Errors
    /// `BadStore` if what the file holds already says that the two are one child's: records of
    /// both have stood in one entity, or in one decision. `BadKey` if no random bytes can be had.
    pub fn seal(
        &mut self,
        (old, new): (&[RecordTag], &[RecordTag]),
        tokens: &[SealToken],
        (actor, reason): (&Actor, &Ground),
    ) -> Result<Vec<Handle>> {
        let path = self.path.as_path();
        let mut filling = vec![[0; 16]; tokens.len().div_ceil(BUNDLE) * BUNDLE - tokens.len()];
        filling.iter_mut().try_for_each(|token| self.random.fill(token))?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        let held = |tags| handles(&transaction, tags, false).at(path);
        let decided = |tags| decisions(&transaction, tags).at(path);
        if !held(old)?.is_disjoint(&held(new)?) || !decided(old)?.is_disjoint(&decided(new)?) {
            return Err(fault(
                path,
                "what is known already holds records of the two together, and is never deleted",
                "have the new records prepared under new transport identifiers, then seal those",
            ));
        }
        let clock = now();
        transaction
            .execute(
                "INSERT INTO seal (recorded_at, actor, reason)
                 VALUES (max(?1, (SELECT coalesce(max(recorded_at), 0) FROM seal)), ?2, ?3)",
                params![clock as i64, actor.as_str(), reason.as_str()],
            )
            .at(path)?;
        add(&transaction, tokens.iter().chain(&filling)).at(path)?;
        let now = handles(&transaction, old, true).at(path)?;
        transaction.commit().at(path)?;
        Ok(now.into_iter().collect())
    }

    /// Adds tokens of records that were recognised as a sealed identity's.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be written.
    pub fn retire(&mut self, tokens: &[SealToken]) -> Result<()> {
        let path = self.path.as_path();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        add(&transaction, tokens.iter()).at(path)?;
        transaction.commit().at(path)
    }

    /// Returns every token, in the order of its bytes.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn seal_tokens(&self) -> Result<Vec<SealToken>> {
        self.connection
            .prepare("SELECT token FROM seal_token ORDER BY token")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .at(&self.path)
    }
}

fn add<'a>(
    transaction: &Transaction<'_>,
    mut tokens: impl Iterator<Item = &'a SealToken>,
) -> rusqlite::Result<()> {
    let mut add =
        transaction.prepare("INSERT INTO seal_token VALUES (?1) ON CONFLICT DO NOTHING")?;
    tokens.try_for_each(|token| add.execute([token]).map(drop))
}

/// Returns the handles that records have had, or have now.
fn handles(
    connection: &Connection,
    tags: &[RecordTag],
    now: bool,
) -> rusqlite::Result<BTreeSet<Handle>> {
    let mut statement = connection.prepare_cached(
        "SELECT handle FROM record JOIN membership USING (record_id)
         WHERE tag = ?1 AND (recorded_to IS NULL OR NOT ?2)",
    )?;
    let mut found = BTreeSet::new();
    for tag in tags {
        let rows = statement.query_map(params![tag, now], |row| row.get(0))?;
        for handle in rows {
            found.insert(Handle::from_bytes(handle?));
        }
    }
    Ok(found)
}

/// Returns the decisions that name records, in force or lifted.
fn decisions(connection: &Connection, tags: &[RecordTag]) -> rusqlite::Result<BTreeSet<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT decision_id FROM decided_pair JOIN record ON record_id IN (a_id, b_id)
         WHERE tag = ?1",
    )?;
    let mut found = BTreeSet::new();
    for tag in tags {
        let rows = statement.query_map([tag], |row| row.get(0))?;
        for decision in rows {
            found.insert(decision?);
        }
    }
    Ok(found)
}
