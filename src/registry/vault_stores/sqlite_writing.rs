//! Writing the vault to its SQLite file.

use rusqlite::{Statement, Transaction, params};

use crate::error::Result;
use crate::identifier::{Epoch, EpochState, Fingerprint, PersonKey, Scope};
use crate::registry::sqlite::{Place, Sqlite};
use crate::registry::vault_store::{
    Candidate, EventNumber, EventPlace, EventRow, KnownHandle, Merge, PersonId, RunId, ScopeId,
    Seating, VaultReading, VaultWriting,
};
use crate::registry::{Handle, PersonState, RunDigests};

impl Sqlite<Transaction<'_>> {
    fn seat(
        &self,
        insert: &mut Statement<'_>,
        (scope, epoch): (ScopeId, Epoch),
        candidate: &Candidate,
    ) -> Result<Seating> {
        let (person, value) = (candidate.person, candidate.pseudonym.value());
        let row = params![scope, epoch.number(), value, person, candidate.counter];
        if insert.execute(row).at(&self.path)? == 1 {
            return Ok(Seating::Seated);
        }
        let held = self.pseudonym_of(scope, epoch, person)?;
        Ok(held.map_or(Seating::Taken, Seating::Held))
    }
}

impl VaultWriting for Sqlite<Transaction<'_>> {
    fn add_run(&mut self, digests: &RunDigests, toolkit: &str) -> Result<Option<RunId>> {
        self.one(
            "INSERT INTO run (inputs, settings, toolkit) VALUES (?1, ?2, ?3)
             ON CONFLICT (inputs, settings) DO NOTHING RETURNING run_id",
            params![digests.inputs, digests.settings, toolkit],
            |row| row.get(0),
        )
    }

    fn append_event(&mut self, place: &EventPlace, event: EventRow<'_>) -> Result<EventNumber> {
        self.change(
            "INSERT INTO event (run_id, recorded_at, type, payload, idempotency_key)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![place.run, place.recorded_at, event.name, event.payload, place.idempotency_key],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    fn add_scope(&mut self, scope: &Scope) -> Result<Option<ScopeId>> {
        let is_there = self.change_if_allowed(
            "INSERT INTO scope (agency, purpose, check_mask) VALUES (?1, ?2, ?3)
             ON CONFLICT (agency, purpose) DO NOTHING",
            params![scope.agency(), scope.purpose(), scope.check_mask().number()],
        )?;
        if is_there { self.scope(scope) } else { Ok(None) }
    }

    fn add_epoch(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        fingerprint: &Fingerprint,
        state: EpochState,
        moved_at: i64,
    ) -> Result<bool> {
        self.change_if_allowed(
            "INSERT INTO key_epoch (scope_id, epoch, fingerprint, state, moved_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![scope, epoch.number(), fingerprint, state.name(), moved_at],
        )
    }

    fn move_epoch(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        to: EpochState,
        moved_at: i64,
    ) -> Result<bool> {
        self.change_if_allowed(
            "UPDATE key_epoch SET state = ?3, moved_at = ?4 WHERE scope_id = ?1 AND epoch = ?2",
            params![scope, epoch.number(), to.name(), moved_at],
        )
    }

    fn add_persons(
        &mut self,
        run: RunId,
        persons: &[(PersonKey, Handle)],
        known: KnownHandle,
    ) -> Result<u32> {
        let sql = match known {
            KnownHandle::Refused => {
                "INSERT INTO person (person_key, handle, state, minted_in)
                 VALUES (?1, ?2, 'provisional', ?3)"
            }
            KnownHandle::Kept => {
                "INSERT INTO person (person_key, handle, state, minted_in)
                 VALUES (?1, ?2, 'provisional', ?3) ON CONFLICT (handle) DO NOTHING"
            }
        };
        let mut insert = self.connection.prepare_cached(sql).at(&self.path)?;
        let mut count = 0;
        for (key, handle) in persons {
            let values = params![key.bytes(), handle.bytes(), run];
            count += insert.execute(values).at(&self.path)? as u32;
        }
        Ok(count)
    }

    fn add_pseudonyms(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        candidates: &[Candidate],
    ) -> Result<Vec<Seating>> {
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO pseudonym (scope_id, epoch, value, person_id, counter)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )
            .at(&self.path)?;
        candidates
            .iter()
            .map(|candidate| self.seat(&mut insert, (scope, epoch), candidate))
            .collect()
    }

    fn set_state(&mut self, id: PersonId, state: PersonState) -> Result<()> {
        let sql = "UPDATE person SET state = ?2 WHERE person_id = ?1";
        self.change(sql, params![id, state.name()]).map(drop)
    }

    fn erase(&mut self, id: PersonId, in_place_of_key: &PersonKey) -> Result<()> {
        self.change(
            "UPDATE person SET state = 'erased', person_key = ?2 WHERE person_id = ?1",
            params![id, in_place_of_key.bytes()],
        )?;
        self.change("DELETE FROM pseudonym WHERE person_id = ?1", [id])?;
        self.change("DELETE FROM alias WHERE person_id = ?1", [id])?;
        self.change("DELETE FROM objection WHERE person_id = ?1", [id]).map(drop)
    }

    fn add_merge(&mut self, merge: &Merge) -> Result<()> {
        self.change(
            "INSERT INTO merge (merge_id, loser_id, survivor_id, loser_state)
             VALUES (?1, ?2, ?3, ?4)",
            params![merge.number, merge.loser, merge.survivor, merge.loser_state.name()],
        )?;
        self.change(
            "UPDATE alias SET current_id = ?2 WHERE current_id = ?1",
            [merge.loser, merge.survivor],
        )?;
        self.change(
            "INSERT INTO alias (person_id, current_id) VALUES (?1, ?2)",
            [merge.loser, merge.survivor],
        )
        .map(drop)
    }

    fn undo_merge(&mut self, merge: &Merge, undone_by: EventNumber) -> Result<()> {
        self.change(
            "UPDATE merge SET undone_by = ?2 WHERE merge_id = ?1",
            [merge.number, undone_by],
        )?;
        self.change("DELETE FROM alias WHERE person_id = ?1", [merge.loser])?;
        // Whoever had been merged into the loser before follows it.
        self.change(
            "WITH RECURSIVE below (id) AS (
                SELECT loser_id FROM merge WHERE survivor_id = ?1 AND undone_by IS NULL
                UNION
                SELECT loser_id FROM merge JOIN below ON survivor_id = id WHERE undone_by IS NULL
             )
             UPDATE alias SET current_id = ?1 WHERE person_id IN below",
            [merge.loser],
        )
        .map(drop)
    }

    fn keep_apart(&mut self, a: PersonId, b: PersonId) -> Result<()> {
        self.change(
            "INSERT INTO do_not_link (a_id, b_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            [a.min(b), a.max(b)],
        )
        .map(drop)
    }

    fn set_objection(&mut self, person: PersonId, scope: ScopeId, holds: bool) -> Result<bool> {
        let sql = if holds {
            "INSERT INTO objection (person_id, scope_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM objection WHERE person_id = ?1 AND scope_id = ?2"
        };
        self.change(sql, [person, scope]).map(|changed| changed > 0)
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.keep()
    }
}
