//! What becomes of persons: confirmed, merged, unmerged, split, sealed, erased. Each is an event.

use rusqlite::{OptionalExtension, params};
use zeroize::Zeroizing;

use super::event::{Event, hex};
use super::fault::{Place, fault};
use super::{Handle, PersonState, Run};
use crate::error::{Error, Result};
use crate::identifier::{PersonKey, Scope};

/// A merge that was made: who is left, who leads there now, and the number to undo it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Number of the merge.
    pub merge: u64,
    /// Person who is left.
    pub survivor: Handle,
    /// Person whose pseudonyms lead to the survivor from now on.
    pub loser: Handle,
}

/// Place and state of a person in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) id: i64,
    pub(super) state: PersonState,
    pub(super) handle: Handle,
}

impl Run<'_> {
    /// Moves a person on to another state.
    ///
    /// # Errors
    /// `BadStore` if the handle is unknown, the state cannot follow the present one, or the
    /// registry cannot be written. Erasing is [`Run::erase`].
    pub fn move_person(&mut self, handle: &Handle, to: PersonState) -> Result<()> {
        self.step(|run| {
            let person = run.find(handle)?;
            if to == PersonState::Erased || !person.state.may_become(to) {
                return Err(run.refuse_move(person.state, to));
            }
            run.set_state(person.id, to)?;
            run.record_move(&person, to)
        })
    }

    /// Makes two persons one: the confirmed one survives, of two alike the one minted earlier.
    ///
    /// Which of the two is named first makes no difference. The loser keeps its pseudonyms, and
    /// they lead to the survivor from now on.
    ///
    /// # Errors
    /// `BadStore` if a handle is unknown, sealed or erased, if the two are one already, or if
    /// they shall not become one again.
    pub fn merge(&mut self, a: &Handle, b: &Handle) -> Result<Merged> {
        self.step(|run| run.try_merge(a, b))
    }

    /// Takes a merge back: both persons are again what they were, and shall not become one again.
    ///
    /// # Errors
    /// `BadStore` if there is no such merge in force, a later merge of the same persons has to be
    /// undone first, or the survivor is sealed or erased.
    pub fn unmerge(&mut self, merge: u64) -> Result<Merged> {
        self.step(|run| run.try_unmerge(merge))
    }

    /// Mints a person for records that were taken from another by mistake; returns its handle.
    ///
    /// The two shall not become one again.
    ///
    /// # Errors
    /// `BadStore` if the handle is unknown, merged, sealed or erased.
    pub fn split(&mut self, from: &Handle) -> Result<Handle> {
        self.step(|run| {
            let from = run.find(from)?;
            if !from.state.is_answered() || from.state == PersonState::Superseded {
                return Err(run.refuse(&format!("a person that is {} cannot be split", from.state)));
            }
            let new = run.try_mint(1)?[0];
            let into = run.find(&new)?;
            run.forbid(from.id, into.id)?;
            run.record(&Event::PersonSplit {
                from: hex(from.handle.bytes()),
                into: hex(new.bytes()),
            })
            .map(|_| new)
        })
    }

    /// Destroys a person's key and deletes its pseudonyms, and those of who was merged into it.
    ///
    /// The handles stay, as tombstones without a way back.
    ///
    /// # Errors
    /// `BadStore` if the handle is unknown, erased already, or merged into another person.
    pub fn erase(&mut self, handle: &Handle) -> Result<()> {
        self.step(|run| run.try_erase(handle))
    }

    /// Withholds a person's pseudonyms in one scope; other scopes are not concerned.
    ///
    /// Does nothing if they are withheld already.
    ///
    /// # Errors
    /// `BadStore` if handle or scope is unknown, or the person is merged into another.
    pub fn object(&mut self, handle: &Handle, scope: &Scope) -> Result<()> {
        self.step(|run| run.set_objection(handle, scope, true))
    }

    /// Takes an objection back; does nothing if there is none.
    ///
    /// # Errors
    /// As [`Run::object`].
    pub fn withdraw_objection(&mut self, handle: &Handle, scope: &Scope) -> Result<()> {
        self.step(|run| run.set_objection(handle, scope, false))
    }

    fn try_merge(&mut self, a: &Handle, b: &Handle) -> Result<Merged> {
        let (a, b) = (self.find_current(a)?, self.find_current(b)?);
        if a.id == b.id {
            return Err(self.refuse("the two are one person already"));
        }
        for person in [&a, &b] {
            if !person.state.is_answered() {
                // A sealed person is told from an unknown one by nobody.
                return Err(self.unknown_handle());
            }
        }
        let pair = [a.id.min(b.id), a.id.max(b.id)];
        let forbidden: bool = self
            .transaction
            .query_row(
                "SELECT EXISTS (
                    SELECT 1 FROM do_not_link
                    WHERE coalesce((SELECT current_id FROM alias WHERE person_id = a_id), a_id) IN (?1, ?2)
                      AND coalesce((SELECT current_id FROM alias WHERE person_id = b_id), b_id) IN (?1, ?2))",
                pair,
                |row| row.get(0),
            )
            .at(self.path)?;
        if forbidden {
            return Err(fault(
                self.path,
                "the two were parted before and shall not become one again",
                "review the two with the reason for which they were parted",
            ));
        }
        let rank = |person: &Seen| (person.state != PersonState::Confirmed, person.id);
        let (survivor, loser) = if rank(&a) < rank(&b) { (a, b) } else { (b, a) };
        let merge = self.record(&Event::PersonsMerged {
            loser: hex(loser.handle.bytes()),
            survivor: hex(survivor.handle.bytes()),
        })?;
        self.change(
            "INSERT INTO merge (merge_id, loser_id, survivor_id, loser_state)
             VALUES (?1, ?2, ?3, ?4)",
            params![merge, loser.id, survivor.id, loser.state.name()],
        )?;
        self.set_state(loser.id, PersonState::Superseded)?;
        self.change(
            "UPDATE alias SET current_id = ?2 WHERE current_id = ?1",
            [loser.id, survivor.id],
        )?;
        self.change(
            "INSERT INTO alias (person_id, current_id) VALUES (?1, ?2)",
            [loser.id, survivor.id],
        )?;
        Ok(Merged { merge: merge.unsigned_abs(), survivor: survivor.handle, loser: loser.handle })
    }

    fn try_unmerge(&mut self, merge: u64) -> Result<Merged> {
        let found: Option<(i64, i64, String)> = self
            .transaction
            .query_row(
                "SELECT loser_id, survivor_id, loser_state FROM merge
                 WHERE merge_id = ?1 AND undone_by IS NULL",
                [merge as i64],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .at(self.path)?;
        let Some((loser_id, survivor_id, state)) = found else {
            return Err(self.refuse(&format!("it has no merge {merge} in force")));
        };
        let (loser, survivor) = (self.seen(loser_id)?, self.seen(survivor_id)?);
        let current = self.current_of(survivor)?;
        let later: Option<i64> = self
            .transaction
            .query_row(
                "SELECT max(merge_id) FROM merge
                 WHERE undone_by IS NULL AND merge_id > ?1 AND loser_id IN
                    (SELECT person_id FROM alias WHERE current_id = ?2)",
                [merge as i64, current.id],
                |row| row.get(0),
            )
            .at(self.path)?;
        if let Some(later) = later {
            return Err(fault(
                self.path,
                &format!("merge {later} was made of the same persons after merge {merge}"),
                &format!("undo merge {later} first, then this one"),
            ));
        }
        if !survivor.state.is_answered() {
            return Err(self.refuse(&format!("the survivor is {}", survivor.state)));
        }
        let state = self.person_state(&state)?;
        let undone = self.record(&Event::PersonsUnmerged {
            loser: hex(loser.handle.bytes()),
            merge,
            survivor: hex(survivor.handle.bytes()),
        })?;
        self.change("UPDATE merge SET undone_by = ?2 WHERE merge_id = ?1", [merge as i64, undone])?;
        self.set_state(loser_id, state)?;
        self.change("DELETE FROM alias WHERE person_id = ?1", [loser_id])?;
        // Whoever had been merged into the loser before follows it.
        self.change(
            "WITH RECURSIVE below (id) AS (
                SELECT loser_id FROM merge WHERE survivor_id = ?1 AND undone_by IS NULL
                UNION
                SELECT loser_id FROM merge JOIN below ON survivor_id = id WHERE undone_by IS NULL
             )
             UPDATE alias SET current_id = ?1 WHERE person_id IN below",
            [loser_id],
        )?;
        self.forbid(loser_id, survivor_id)?;
        Ok(Merged { merge, survivor: survivor.handle, loser: loser.handle })
    }

    fn try_erase(&mut self, handle: &Handle) -> Result<()> {
        let person = self.find(handle)?;
        if !person.state.may_become(PersonState::Erased) {
            return Err(self.refuse_move(person.state, PersonState::Erased));
        }
        let mut family = vec![person.id];
        {
            let mut statement = self
                .transaction
                .prepare_cached("SELECT person_id FROM alias WHERE current_id = ?1 ORDER BY 1")
                .at(self.path)?;
            let rows = statement.query_map([person.id], |row| row.get(0)).at(self.path)?;
            family.extend(rows.collect::<rusqlite::Result<Vec<i64>>>().at(self.path)?);
        }
        for id in family {
            // Random bytes in its place: the old ones are overwritten, and the next erased person
            // does not have the same.
            let mut key = Zeroizing::new([0; PersonKey::LENGTH]);
            self.random.fill(&mut *key)?;
            self.change(
                "UPDATE person SET state = 'erased', person_key = ?2 WHERE person_id = ?1",
                params![id, *key],
            )?;
            self.change("DELETE FROM pseudonym WHERE person_id = ?1", [id])?;
            self.change("DELETE FROM alias WHERE person_id = ?1", [id])?;
            self.change("DELETE FROM objection WHERE person_id = ?1", [id])?;
        }
        self.record_move(&person, PersonState::Erased)
    }

    fn set_objection(&mut self, handle: &Handle, scope: &Scope, holds: bool) -> Result<()> {
        let person = self.find(handle)?;
        if matches!(person.state, PersonState::Superseded | PersonState::Erased) {
            return Err(self.refuse(&format!("a person that is {} cannot object", person.state)));
        }
        let scope_id: Option<i64> = self
            .transaction
            .query_row(
                "SELECT scope_id FROM scope WHERE agency = ?1 AND purpose = ?2",
                [scope.agency(), scope.purpose()],
                |row| row.get(0),
            )
            .optional()
            .at(self.path)?;
        let scope_id = scope_id.ok_or_else(|| self.refuse(&format!("it does not know {scope}")))?;
        let sql = if holds {
            "INSERT INTO objection (person_id, scope_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM objection WHERE person_id = ?1 AND scope_id = ?2"
        };
        if self.change(sql, [person.id, scope_id])? == 0 {
            return Ok(());
        }
        let (agency, purpose) = (scope.agency(), scope.purpose());
        let handle = hex(handle.bytes());
        self.record(&match holds {
            true => Event::Objected { agency, handle, purpose },
            false => Event::ObjectionWithdrawn { agency, handle, purpose },
        })
        .map(drop)
    }

    fn record_move(&mut self, person: &Seen, to: PersonState) -> Result<()> {
        let handle = hex(person.handle.bytes());
        self.record(&Event::PersonMoved { handle, state: to.name() }).map(drop)
    }

    fn forbid(&self, a: i64, b: i64) -> Result<()> {
        self.change(
            "INSERT INTO do_not_link (a_id, b_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            [a.min(b), a.max(b)],
        )
        .map(drop)
    }

    fn set_state(&self, id: i64, state: PersonState) -> Result<()> {
        self.change("UPDATE person SET state = ?2 WHERE person_id = ?1", params![id, state.name()])
            .map(drop)
    }

    fn change(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .at(self.path)
    }

    /// Finds a person by its handle.
    fn find(&self, handle: &Handle) -> Result<Seen> {
        let id = self
            .transaction
            .prepare_cached("SELECT person_id FROM person WHERE handle = ?1")
            .and_then(|mut statement| {
                statement.query_row([handle.bytes()], |row| row.get::<_, i64>(0)).optional()
            })
            .at(self.path)?;
        self.seen(id.ok_or_else(|| self.unknown_handle())?)
    }

    /// Finds the person that a handle leads to: itself, or whom it was merged into.
    fn find_current(&self, handle: &Handle) -> Result<Seen> {
        self.current_of(self.find(handle)?)
    }

    /// Returns the person at the end of the chain of merges.
    pub(super) fn current_of(&self, person: Seen) -> Result<Seen> {
        let current: Option<i64> = self
            .transaction
            .prepare_cached("SELECT current_id FROM alias WHERE person_id = ?1")
            .and_then(|mut statement| statement.query_row([person.id], |row| row.get(0)).optional())
            .at(self.path)?;
        current.map_or(Ok(person), |id| self.seen(id))
    }

    fn seen(&self, id: i64) -> Result<Seen> {
        let (state, handle) = self
            .transaction
            .prepare_cached("SELECT state, handle FROM person WHERE person_id = ?1")
            .and_then(|mut statement| {
                statement.query_row([id], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
            })
            .at(self.path)?;
        Ok(Seen { id, state: self.person_state(&state)?, handle: Handle::from_bytes(handle) })
    }

    pub(super) fn person_state(&self, name: &str) -> Result<PersonState> {
        PersonState::find(name)
            .ok_or_else(|| fault(self.path, "it holds an unknown state of a person", "update cci"))
    }

    /// Builds the error of a handle that the registry does not know, or does not admit to know.
    pub(super) fn unknown_handle(&self) -> Error {
        fault(
            self.path,
            "it does not know a handle that was given",
            "give the handles that this registry returned when it minted",
        )
    }

    fn refuse_move(&self, from: PersonState, to: PersonState) -> Error {
        let next: Vec<&str> = PersonState::ALL
            .iter()
            .filter(|next| from.may_become(**next))
            .map(|next| next.name())
            .collect();
        let next = if next.is_empty() { "no other state".into() } else { next.join(", ") };
        fault(
            self.path,
            &format!("a person that is {from} cannot become {to}"),
            &format!("from here it may become: {next}"),
        )
    }

    fn refuse(&self, what: &str) -> Error {
        fault(self.path, what, "look at the events of the persons, then choose another step")
    }
}
