//! The vault in memory: the obvious way, for tests and for measuring without a disk.
//!
//! It keeps no ends of chains and no indexes: merges are followed each time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::{Error, Result};
use crate::identifier::{Epoch, EpochState, Fingerprint, PersonKey, Pseudonym, Scope};
use crate::registry::fault::broken_rule;
use crate::registry::memory::{Memory, PLACE, Working};
use crate::registry::vault_store::{
    Candidate, EventNumber, EventPlace, EventRow, KnownHandle, Merge, PersonId, RunId, ScopeId,
    Seating, VaultReading, VaultStore, VaultWriting,
};
use crate::registry::{Handle, PersonState, RunDigests};

/// Everything that is kept. Places are counted from 1.
#[derive(Clone, Default)]
pub(in crate::registry) struct Tables {
    pub(super) runs: Vec<RunDigests>,
    pub(super) scopes: Vec<Scope>,
    pub(super) epochs: BTreeMap<(ScopeId, Epoch), KeyEpoch>,
    pub(super) persons: Vec<PersonRow>,
    pub(super) by_handle: BTreeMap<Handle, PersonId>,
    keys: BTreeSet<[u8; PersonKey::LENGTH]>,
    pub(super) pseudonyms: BTreeMap<(ScopeId, Pseudonym), PersonId>,
    pub(super) seats: BTreeMap<(ScopeId, Epoch, PersonId), Pseudonym>,
    pub(super) events: Vec<Event>,
    idempotency_keys: BTreeSet<String>,
    pub(super) merges: BTreeMap<EventNumber, (Merge, Option<EventNumber>)>,
    pub(super) apart: BTreeSet<[PersonId; 2]>,
    pub(super) objections: BTreeSet<(ScopeId, PersonId)>,
}

/// Key period of a scope.
#[derive(Clone)]
pub(super) struct KeyEpoch {
    pub(super) fingerprint: Fingerprint,
    pub(super) state: EpochState,
    pub(super) moved_at: i64,
}

/// Person as it is kept.
#[derive(Clone)]
pub(super) struct PersonRow {
    pub(super) key: PersonKey,
    pub(super) handle: Handle,
    pub(super) state: PersonState,
    pub(super) minted_in: RunId,
}

/// Event as it is kept.
#[derive(Clone)]
pub(super) struct Event {
    pub(super) run: RunId,
    pub(super) recorded_at: i64,
    pub(super) name: String,
    pub(super) payload: String,
}

/// Vault in memory, between transactions.
pub(in crate::registry) type MemoryStore = Memory<Box<Tables>>;

impl Tables {
    /// Returns a row by its place.
    pub(super) fn row(&self, id: PersonId) -> &PersonRow {
        &self.persons[id as usize - 1]
    }

    fn row_mut(&mut self, id: PersonId) -> &mut PersonRow {
        &mut self.persons[id as usize - 1]
    }

    /// Follows merges in force from a person to the end; erased persons lead nowhere.
    pub(super) fn end(&self, id: PersonId) -> PersonId {
        let next = self
            .merges
            .values()
            .find(|(merge, undone)| undone.is_none() && merge.loser == id)
            .filter(|_| self.row(id).state != PersonState::Erased);
        next.map_or(id, |(merge, _)| self.end(merge.survivor))
    }

    fn other_is_active(&self, scope: ScopeId, epoch: Epoch, state: EpochState) -> bool {
        state == EpochState::Active
            && self.epochs.iter().any(|((of, other), key)| {
                (*of, key.state) == (scope, EpochState::Active) && *other != epoch
            })
    }
}

fn broken() -> Error {
    broken_rule(Path::new(PLACE))
}

impl VaultStore for MemoryStore {
    fn snapshot(&self) -> Result<Box<dyn VaultReading + '_>> {
        Ok(Box::new(Memory(&*self.0)))
    }

    fn begin(&mut self) -> Result<Box<dyn VaultWriting + '_>> {
        Ok(Box::new(self.begin_writing()))
    }
}

impl VaultWriting for Memory<Working<'_, Tables>> {
    fn add_run(&mut self, digests: &RunDigests, _toolkit: &str) -> Result<Option<RunId>> {
        if self.0.runs.contains(digests) {
            return Ok(None);
        }
        self.0.runs.push(*digests);
        Ok(Some(self.0.runs.len() as RunId))
    }

    fn append_event(&mut self, place: &EventPlace, event: EventRow<'_>) -> Result<EventNumber> {
        if !self.0.idempotency_keys.insert(place.idempotency_key.clone()) {
            return Err(broken());
        }
        self.0.events.push(Event {
            run: place.run,
            recorded_at: place.recorded_at,
            name: event.name.into(),
            payload: event.payload.into(),
        });
        Ok(self.0.events.len() as EventNumber)
    }

    fn add_scope(&mut self, scope: &Scope) -> Result<Option<ScopeId>> {
        if let Some(place) = self.scope(scope)? {
            return Ok(Some(place));
        }
        if self.0.scopes.iter().any(|other| other.check_mask() == scope.check_mask()) {
            return Ok(None);
        }
        self.0.scopes.push(scope.clone());
        Ok(Some(self.0.scopes.len() as ScopeId))
    }

    fn add_epoch(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        fingerprint: &Fingerprint,
        state: EpochState,
        moved_at: i64,
    ) -> Result<bool> {
        let is_there = self.0.epochs.contains_key(&(scope, epoch))
            || self.0.epochs.values().any(|other| other.fingerprint == *fingerprint);
        if is_there || self.0.other_is_active(scope, epoch, state) {
            return Ok(false);
        }
        let fingerprint = *fingerprint;
        self.0.epochs.insert((scope, epoch), KeyEpoch { fingerprint, state, moved_at });
        Ok(true)
    }

    fn move_epoch(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        to: EpochState,
        moved_at: i64,
    ) -> Result<bool> {
        let other = self.0.other_is_active(scope, epoch, to);
        let Some(key) = self.0.epochs.get_mut(&(scope, epoch)).filter(|_| !other) else {
            return Ok(false);
        };
        let may = key.state.may_become(to);
        if may {
            (key.state, key.moved_at) = (to, moved_at);
        }
        Ok(may)
    }

    fn add_persons(
        &mut self,
        run: RunId,
        persons: &[(PersonKey, Handle)],
        known: KnownHandle,
    ) -> Result<u32> {
        let mut count = 0;
        for (key, handle) in persons {
            if self.0.by_handle.contains_key(handle) && known == KnownHandle::Kept {
                continue;
            }
            let id = self.0.persons.len() as PersonId + 1;
            let is_new =
                self.0.keys.insert(*key.bytes()) && self.0.by_handle.insert(*handle, id).is_none();
            if !is_new {
                return Err(broken());
            }
            let state = PersonState::Provisional;
            let (key, handle) = (key.clone(), *handle);
            self.0.persons.push(PersonRow { key, handle, state, minted_in: run });
            count += 1;
        }
        Ok(count)
    }

    fn add_pseudonyms(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        candidates: &[Candidate],
    ) -> Result<Vec<Seating>> {
        let tables = &mut *self.0;
        let seat = |candidate: &Candidate| {
            let Candidate { person, pseudonym, .. } = *candidate;
            if let Some(held) = tables.seats.get(&(scope, epoch, person)) {
                return Seating::Held(*held);
            }
            if tables.pseudonyms.contains_key(&(scope, pseudonym)) {
                return Seating::Taken;
            }
            tables.pseudonyms.insert((scope, pseudonym), person);
            tables.seats.insert((scope, epoch, person), pseudonym);
            Seating::Seated
        };
        Ok(candidates.iter().map(seat).collect())
    }

    fn set_state(&mut self, id: PersonId, state: PersonState) -> Result<()> {
        self.0.row_mut(id).state = state;
        Ok(())
    }

    fn erase(&mut self, id: PersonId, in_place_of_key: &PersonKey) -> Result<()> {
        let tables = &mut *self.0;
        let row = tables.row_mut(id);
        row.state = PersonState::Erased;
        row.key = in_place_of_key.clone();
        tables.pseudonyms.retain(|_, person| *person != id);
        tables.seats.retain(|(.., person), _| *person != id);
        tables.objections.retain(|(_, person)| *person != id);
        Ok(())
    }

    fn add_merge(&mut self, merge: &Merge) -> Result<()> {
        self.0.merges.insert(merge.number, (*merge, None));
        Ok(())
    }

    fn undo_merge(&mut self, merge: &Merge, undone_by: EventNumber) -> Result<()> {
        let found = self.0.merges.get_mut(&merge.number).ok_or_else(broken)?;
        found.1 = Some(undone_by);
        Ok(())
    }

    fn keep_apart(&mut self, a: PersonId, b: PersonId) -> Result<()> {
        self.0.apart.insert([a.min(b), a.max(b)]);
        Ok(())
    }

    fn set_objection(&mut self, person: PersonId, scope: ScopeId, holds: bool) -> Result<bool> {
        let objections = &mut self.0.objections;
        Ok(match holds {
            true => objections.insert((scope, person)),
            false => objections.remove(&(scope, person)),
        })
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.keep();
        Ok(())
    }
}
