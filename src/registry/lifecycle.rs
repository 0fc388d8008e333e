//! What becomes of persons: confirmed, merged, unmerged, split, sealed, erased. Each is an event.

use super::event::{Event, hex};
use super::fault::fault;
use super::vault_store::{EventNumber, Merge, Seen};
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
            run.vault.set_state(person.id, to)?;
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
            run.vault.keep_apart(from.id, into.id)?;
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
        if self.vault.are_apart(a.id, b.id)? {
            return Err(fault(
                self.path,
                "the two were parted before and shall not become one again",
                "review the two with the reason for which they were parted",
            ));
        }
        let rank = |person: &Seen| (person.state != PersonState::Confirmed, person.id);
        let (survivor, loser) = if rank(&a) < rank(&b) { (a, b) } else { (b, a) };
        let number = self.record(&Event::PersonsMerged {
            loser: hex(loser.handle.bytes()),
            survivor: hex(survivor.handle.bytes()),
        })?;
        let loser_state = loser.state;
        let merge = Merge { number, loser: loser.id, survivor: survivor.id, loser_state };
        self.vault.add_merge(&merge)?;
        self.vault.set_state(loser.id, PersonState::Superseded)?;
        Ok(Merged { merge: number.unsigned_abs(), survivor: survivor.handle, loser: loser.handle })
    }

    fn try_unmerge(&mut self, merge: u64) -> Result<Merged> {
        let number = EventNumber::try_from(merge).unwrap_or(EventNumber::MAX);
        let Some(found) = self.vault.merge(number)? else {
            return Err(self.refuse(&format!("it has no merge {merge} in force")));
        };
        let loser = self.vault.person(found.loser)?;
        let survivor = self.vault.person(found.survivor)?;
        let current = self.current_of(survivor)?;
        if let Some(later) = self.vault.later_merge(number, current.id)? {
            return Err(fault(
                self.path,
                &format!("merge {later} was made of the same persons after merge {merge}"),
                &format!("undo merge {later} first, then this one"),
            ));
        }
        if !survivor.state.is_answered() {
            return Err(self.refuse(&format!("the survivor is {}", survivor.state)));
        }
        let undone = self.record(&Event::PersonsUnmerged {
            loser: hex(loser.handle.bytes()),
            merge,
            survivor: hex(survivor.handle.bytes()),
        })?;
        self.vault.undo_merge(&found, undone)?;
        self.vault.set_state(loser.id, found.loser_state)?;
        self.vault.keep_apart(loser.id, survivor.id)?;
        Ok(Merged { merge, survivor: survivor.handle, loser: loser.handle })
    }

    fn try_erase(&mut self, handle: &Handle) -> Result<()> {
        let person = self.find(handle)?;
        if !person.state.may_become(PersonState::Erased) {
            return Err(self.refuse_move(person.state, PersonState::Erased));
        }
        // All are found before the first is gone, through whom others may have been merged.
        let family = [vec![person.id], self.vault.led_to(person.id)?].concat();
        for id in family {
            // A random key in its place: the old one is overwritten, and the next erased person
            // does not have the same.
            let key = PersonKey::generate(self.random)?;
            self.vault.erase(id, &key)?;
        }
        self.record_move(&person, PersonState::Erased)
    }

    fn set_objection(&mut self, handle: &Handle, scope: &Scope, holds: bool) -> Result<()> {
        let person = self.find(handle)?;
        if matches!(person.state, PersonState::Superseded | PersonState::Erased) {
            return Err(self.refuse(&format!("a person that is {} cannot object", person.state)));
        }
        let place = self.vault.scope(scope)?;
        let place = place.ok_or_else(|| self.refuse(&format!("it does not know {scope}")))?;
        if !self.vault.set_objection(person.id, place, holds)? {
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

    pub(super) fn record_move(&mut self, person: &Seen, to: PersonState) -> Result<()> {
        let handle = hex(person.handle.bytes());
        self.record(&Event::PersonMoved { handle, state: to.name() }).map(drop)
    }

    /// Finds a person by its handle.
    pub(super) fn find(&self, handle: &Handle) -> Result<Seen> {
        let found = self.vault.persons(std::slice::from_ref(handle))?.into_iter().flatten().next();
        let person = found.ok_or_else(|| self.unknown_handle())?;
        Ok(Seen { id: person.id, state: person.state, handle: *handle })
    }

    /// Finds the person that a handle leads to: itself, or whom it was merged into.
    fn find_current(&self, handle: &Handle) -> Result<Seen> {
        self.current_of(self.find(handle)?)
    }

    /// Returns the person at the end of the chain of merges.
    pub(super) fn current_of(&self, person: Seen) -> Result<Seen> {
        self.vault.leads_to(person.id)?.map_or(Ok(person), |id| self.vault.person(id))
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

    pub(super) fn refuse(&self, what: &str) -> Error {
        fault(self.path, what, "look at the events of the persons, then choose another step")
    }
}
