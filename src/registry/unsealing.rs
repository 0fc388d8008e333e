//! What two approvers may allow: a seal taken back, and one pseudonym found in another scope.

use rusqlite::{OptionalExtension, params};

use super::event::{Event, hex};
use super::fault::{Place, fault};
use super::{Handle, PersonState, Registry, Run};
use crate::error::Result;
use crate::identifier::{Epoch, Pseudonym, Scope};

impl Run<'_> {
    /// Takes the seal of a person back, to the state that it had before; returns that.
    ///
    /// Whoever calls this has seen two approvals.
    ///
    /// # Errors
    /// `BadStore` if no sealed person has the handle, or the registry cannot be written.
    pub fn unseal(&mut self, handle: &Handle) -> Result<PersonState> {
        self.step(|run| {
            let sealed: Option<i64> = run
                .transaction
                .query_row(
                    "SELECT person_id FROM person WHERE handle = ?1 AND state = 'sealed'",
                    [handle.bytes()],
                    |row| row.get(0),
                )
                .optional()
                .at(run.path)?;
            // Not sealed and not there is one answer, as everywhere.
            let id = sealed.ok_or_else(|| run.unknown_handle())?;
            let before: Option<String> = run
                .transaction
                .query_row(
                    "SELECT payload ->> 'state' FROM event
                     WHERE type = 'person_moved' AND payload ->> 'handle' = ?1
                       AND payload ->> 'state' <> 'sealed' ORDER BY seq DESC LIMIT 1",
                    [hex(handle.bytes())],
                    |row| row.get(0),
                )
                .optional()
                .at(run.path)?;
            let state = match before {
                Some(name) => run.person_state(&name)?,
                None => PersonState::Provisional,
            };
            run.transaction
                .execute(
                    "UPDATE person SET state = ?2 WHERE person_id = ?1",
                    params![id, state.name()],
                )
                .at(run.path)?;
            run.record(&Event::PersonMoved { handle: hex(handle.bytes()), state: state.name() })?;
            Ok(state)
        })
    }
}

impl Registry {
    /// Returns the pseudonym of a scope's active epoch that stands for the same person as one of
    /// another scope.
    ///
    /// `None` if either scope does not answer for the person, for whatever reason.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn same_person_in(
        &self,
        to: &Scope,
        scope: &Scope,
        pseudonym: &Pseudonym,
    ) -> Result<Option<Pseudonym>> {
        // One snapshot, so that a change made meanwhile is seen whole or not at all.
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let Some(person) = self.resolve(scope, pseudonym)? else { return Ok(None) };
        let found: Option<(u8, [u8; 10])> = snapshot
            .query_row(
                "SELECT epoch, value FROM pseudonym
                 JOIN scope USING (scope_id)
                 JOIN key_epoch USING (scope_id, epoch)
                 LEFT JOIN alias USING (person_id)
                 JOIN person ON person.person_id = coalesce(current_id, pseudonym.person_id)
                 WHERE agency = ?1 AND purpose = ?2 AND handle = ?3
                   AND key_epoch.state = 'active'
                   AND NOT EXISTS (SELECT 1 FROM objection
                        WHERE objection.person_id = person.person_id
                          AND objection.scope_id = pseudonym.scope_id)
                 ORDER BY pseudonym.person_id <> person.person_id, value LIMIT 1",
                params![to.agency(), to.purpose(), person.handle.bytes()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .at(&self.path)?;
        let Some((epoch, value)) = found else { return Ok(None) };
        let epoch = Epoch::new(epoch)
            .map_err(|_| fault(&self.path, "it holds an unknown epoch", "update cci"))?;
        Ok(Some(Pseudonym::from_parts(epoch, value)))
    }
}
