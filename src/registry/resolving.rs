//! Resolving: whom a pseudonym stands for, today or as it was known on an earlier day.

use rusqlite::{OptionalExtension, params};

use super::fault::{Place, fault};
use super::{Handle, PersonState, Registry};
use crate::error::Result;
use crate::identifier::{Epoch, Pseudonym, Scope};

/// Whom a pseudonym stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The person, or whom the person was merged into.
    pub handle: Handle,
    /// What has become of that person.
    pub state: PersonState,
    /// Whether the pseudonym was issued for a person who was merged into this one.
    pub redirected: bool,
    /// Pseudonym of that person in the scope's active epoch, if it has one: the one to use.
    pub current: Option<Pseudonym>,
}

impl Registry {
    /// Finds the person that a pseudonym of a scope stands for.
    ///
    /// `None` if the pseudonym is unknown, its epoch no longer resolves, or the person is sealed,
    /// erased, invalidated or objects to the scope. All get the same answer from the same work:
    /// where there is no such pseudonym, the one after it is looked up in its place.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn resolve(&self, scope: &Scope, pseudonym: &Pseudonym) -> Result<Option<Resolved>> {
        type Row = ([bool; 4], [u8; 16], String, bool, Option<u8>, Option<[u8; 10]>);
        let found: Option<Row> = self
            .connection
            .prepare_cached(
                // What is asked of a person stands among the columns: a condition would end the
                // work for some sooner than for others.
                "WITH seat AS (
                    SELECT scope_id, epoch, value, person_id
                    FROM scope JOIN pseudonym USING (scope_id)
                    WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3 AND value >= ?4
                    ORDER BY value LIMIT 1)
                 SELECT seat.value = ?4,
                    key_epoch.state IN ('active', 'accept_only'),
                    person.state NOT IN ('sealed', 'invalidated', 'erased'),
                    NOT EXISTS (
                        SELECT 1 FROM objection
                        WHERE objection.person_id = person.person_id
                          AND objection.scope_id = seat.scope_id),
                    person.handle, person.state, alias.person_id IS NOT NULL,
                    latest.epoch, latest.value
                 FROM seat
                 JOIN key_epoch USING (scope_id, epoch)
                 LEFT JOIN alias ON alias.person_id = seat.person_id
                 JOIN person ON person.person_id = coalesce(alias.current_id, seat.person_id)
                 LEFT JOIN key_epoch AS active
                    ON active.scope_id = seat.scope_id AND active.state = 'active'
                 LEFT JOIN pseudonym AS latest
                    ON latest.scope_id = seat.scope_id AND latest.epoch = active.epoch
                    AND latest.person_id = person.person_id",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(place(scope, pseudonym), |row| {
                        let answers = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
                        let person = (row.get(4)?, row.get(5)?, row.get(6)?);
                        let (handle, state, redirected) = person;
                        Ok((answers, handle, state, redirected, row.get(7)?, row.get(8)?))
                    })
                    .optional()
            })
            .at(&self.path)?;
        let Some((answers, handle, state, redirected, epoch, value)) = found else {
            return Ok(None);
        };
        let current = match (epoch, value) {
            (Some(epoch), Some(value)) => Some(Pseudonym::from_parts(Epoch::new(epoch)?, value)),
            _ => None,
        };
        let state = PersonState::find(&state).ok_or_else(|| {
            fault(&self.path, "it holds an unknown state of a person", "update cci")
        })?;
        let resolved = Resolved { handle: Handle::from_bytes(handle), state, redirected, current };
        Ok((answers == [true; 4]).then_some(resolved))
    }

    /// Finds the person that a pseudonym stood for as it was known at an earlier moment.
    ///
    /// The moment is in seconds since 1970. Merges and unmerges count as they were recorded by
    /// then; who may be answered for is judged as of today, since a seal hides the past too.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn resolve_as_at(
        &self,
        scope: &Scope,
        pseudonym: &Pseudonym,
        moment: u64,
    ) -> Result<Option<Handle>> {
        let moment = i64::try_from(moment).unwrap_or(i64::MAX);
        // One snapshot, so that a merge made meanwhile is seen whole or not at all.
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        if self.resolve(scope, pseudonym)?.is_none() {
            return Ok(None);
        }
        let issued_for: Option<i64> = snapshot
            .prepare_cached(
                "SELECT person.person_id FROM pseudonym
                 JOIN scope USING (scope_id)
                 JOIN person USING (person_id)
                 WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3 AND value = ?4
                   AND (SELECT min(recorded_at) FROM event WHERE run_id = minted_in) <= ?5",
            )
            .and_then(|mut statement| {
                let (agency, purpose) = (scope.agency(), scope.purpose());
                let (epoch, value) = (pseudonym.epoch().number(), pseudonym.value());
                statement
                    .query_row(params![agency, purpose, epoch, value, moment], |row| row.get(0))
                    .optional()
            })
            .at(&self.path)?;
        let Some(mut person) = issued_for else { return Ok(None) };
        let mut merged = snapshot
            .prepare_cached(
                "SELECT survivor_id FROM merge
                 JOIN event AS made ON made.seq = merge_id
                 LEFT JOIN event AS undone ON undone.seq = undone_by
                 WHERE loser_id = ?1 AND made.recorded_at <= ?2
                   AND (undone.seq IS NULL OR undone.recorded_at > ?2)
                 ORDER BY merge_id DESC LIMIT 1",
            )
            .at(&self.path)?;
        while let Some(survivor) =
            merged.query_row([person, moment], |row| row.get(0)).optional().at(&self.path)?
        {
            person = survivor;
        }
        snapshot
            .query_row("SELECT handle FROM person WHERE person_id = ?1", [person], |row| {
                row.get(0).map(Handle::from_bytes)
            })
            .optional()
            .at(&self.path)
    }
}

fn place<'a>(scope: &'a Scope, pseudonym: &'a Pseudonym) -> impl rusqlite::Params + 'a {
    (scope.agency(), scope.purpose(), pseudonym.epoch().number(), pseudonym.value())
}
