//! What the issuer's vault asks of whatever keeps it: operations of meaning, and no SQL.
//!
//! The rules of persons, epochs and pseudonyms stand in the files beside this one and are the same
//! over every store. A store keeps rows, finds them, and takes back what is not committed; the
//! tests of `tests/registry/conformance.rs` say what else it promises.

use std::collections::BTreeSet;

use super::projection::Projection;
use super::{Handle, KnownEpoch, PersonState, RunDigests, ScopeCount};
use crate::error::Result;
use crate::identifier::{Epoch, EpochState, Fingerprint, PersonKey, Pseudonym, Scope};

/// Place of a person in the store; it never leaves the store.
pub(super) type PersonId = i64;

/// Place of a scope in the store.
pub(super) type ScopeId = i64;

/// Place of a run in the store.
pub(super) type RunId = i64;

/// Number of an event, from 1; also of the merge that it tells of.
pub(super) type EventNumber = i64;

/// Person with its key.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) key: PersonKey,
    pub(super) state: PersonState,
}

/// Place and state of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) id: PersonId,
    pub(super) state: PersonState,
    pub(super) handle: Handle,
}

/// Merge in force.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    pub(super) number: EventNumber,
    pub(super) loser: PersonId,
    pub(super) survivor: PersonId,
    /// State that an unmerge gives back.
    pub(super) loser_state: PersonState,
}

/// Number and time of the last event.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastEvent {
    pub(super) number: EventNumber,
    pub(super) recorded_at: i64,
}

/// Event as it is read and written.
pub(super) struct EventRow<'a> {
    pub(super) name: &'a str,
    pub(super) payload: &'a str,
}

/// Where an event belongs.
pub(super) struct EventPlace {
    pub(super) run: RunId,
    /// Seconds since 1970.
    pub(super) recorded_at: i64,
    /// Text that no other event has.
    pub(super) idempotency_key: String,
}

/// Runs, persons and events there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) runs: u64,
    pub(super) persons: u64,
    pub(super) events: u64,
}

/// Pseudonym found, or the one after it, and all that an answer depends on.
pub(super) struct Nearest {
    /// Whether it is the one that was asked for.
    pub(super) is_it: bool,
    pub(super) epoch_state: EpochState,
    /// Whether the person objects to the scope.
    pub(super) objects: bool,
    /// Person it stands for, and whether that is another than it was issued for.
    pub(super) person: Seen,
    pub(super) redirected: bool,
    /// Pseudonym of that person in the active epoch of the scope.
    pub(super) current: Option<Pseudonym>,
}

/// Issued pseudonym with what decides whether it may be shown.
pub(super) struct Listed {
    pub(super) handle: Handle,
    pub(super) pseudonym: Pseudonym,
    pub(super) state: PersonState,
    pub(super) objects: bool,
}

/// Pseudonym of an earlier epoch and the one that took its place.
pub(super) struct Crossed {
    pub(super) earlier: Pseudonym,
    pub(super) later: Pseudonym,
    pub(super) state: PersonState,
    pub(super) objects: bool,
}

/// What is to be done with a person whose handle is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownHandle {
    /// Nothing: the person there stays.
    Kept,
    /// A fault: handles are random and never meet.
    Refused,
}

/// Pseudonym that a person is to have in a scope and epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) pseudonym: Pseudonym,
    pub(super) counter: u32,
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seating {
    /// The person has it now.
    Seated,
    /// The person had one already, this one.
    Held(Pseudonym),
    /// It is another person's.
    Taken,
}

/// Reading a vault; each call sees what was committed, or the writer's own writes.
pub(super) trait VaultReading {
    /// Returns number and time of the last event.
    fn last_event(&self) -> Result<Option<LastEvent>>;

    /// Visits every event in its order.
    fn visit_events(
        &self,
        visit: &mut dyn FnMut(EventNumber, EventRow<'_>) -> Result<()>,
    ) -> Result<()>;

    /// Counts runs, persons and events.
    fn totals(&self) -> Result<Totals>;

    /// Counts pseudonyms by scope and epoch, sorted.
    fn pseudonym_counts(&self) -> Result<Vec<ScopeCount>>;

    /// Lists the epochs of one scope or of all, sorted by scope and epoch.
    fn epochs(&self, of: Option<&Scope>) -> Result<Vec<KnownEpoch>>;

    /// Returns the place of a scope.
    fn scope(&self, scope: &Scope) -> Result<Option<ScopeId>>;

    /// Finds persons by their handles, one answer for each handle.
    fn persons(&self, handles: &[Handle]) -> Result<Vec<Option<Person>>>;

    /// Returns a person that is there.
    fn person(&self, id: PersonId) -> Result<Seen>;

    /// Returns whom a person leads to, if it was merged into another.
    fn leads_to(&self, id: PersonId) -> Result<Option<PersonId>>;

    /// Lists the persons that lead to one, in the order in which they were minted.
    fn led_to(&self, id: PersonId) -> Result<Vec<PersonId>>;

    /// Returns who objects to a scope: few.
    fn objectors(&self, scope: ScopeId) -> Result<BTreeSet<PersonId>>;

    /// Returns a merge that is in force.
    fn merge(&self, number: EventNumber) -> Result<Option<Merge>>;

    /// Returns the last merge in force after a number among the persons that lead to one.
    fn later_merge(&self, after: EventNumber, to: PersonId) -> Result<Option<EventNumber>>;

    /// Says whether two persons are kept apart, or any two that lead to them.
    fn are_apart(&self, a: PersonId, b: PersonId) -> Result<bool>;

    /// Returns how things stand, as the events can tell it too.
    fn standing(&self) -> Result<Projection>;

    /// Finds a pseudonym of a scope and epoch, or the next after it.
    ///
    /// The work is the same whatever is found: nothing about a person ends it early.
    fn nearest(&self, scope: &Scope, pseudonym: &Pseudonym) -> Result<Option<Nearest>>;

    /// Returns for whom a pseudonym was issued, if that person was there at a moment.
    fn issued_for(
        &self,
        scope: &Scope,
        pseudonym: &Pseudonym,
        moment: i64,
    ) -> Result<Option<PersonId>>;

    /// Returns into whom a person had been merged at a moment.
    fn survivor_at(&self, person: PersonId, moment: i64) -> Result<Option<PersonId>>;

    /// Returns the pseudonym that was issued for a person in a scope's epoch.
    fn pseudonym_of(
        &self,
        scope: ScopeId,
        epoch: Epoch,
        person: PersonId,
    ) -> Result<Option<Pseudonym>>;

    /// Lists whom the pseudonyms of a scope's epoch lead to, each once, in the order of their places.
    fn members(&self, scope: &Scope, epoch: Epoch) -> Result<Vec<Person>>;

    /// Visits the pseudonyms of a scope's epoch in the order of the handles.
    fn visit_issued(
        &self,
        scope: &Scope,
        epoch: Epoch,
        visit: &mut dyn FnMut(Listed) -> Result<()>,
    ) -> Result<()>;

    /// Visits the pseudonyms of an epoch, in their order, that have one of another in their place.
    fn visit_crossed(
        &self,
        scope: &Scope,
        epochs: [Epoch; 2],
        visit: &mut dyn FnMut(Crossed) -> Result<()>,
    ) -> Result<()>;

    /// Says what is wrong with the store itself, whatever is kept in it.
    fn damage(&self) -> Result<Vec<String>>;
}

/// Writing to a vault; what is dropped without [`VaultWriting::commit`] never was.
pub(super) trait VaultWriting: VaultReading {
    /// Adds a run; `None` if there is one of the same digests.
    fn add_run(&mut self, digests: &RunDigests, toolkit: &str) -> Result<Option<RunId>>;

    /// Appends an event; returns its number.
    fn append_event(&mut self, place: &EventPlace, event: EventRow<'_>) -> Result<EventNumber>;

    /// Adds a scope unless it is there; `None` if its check symbols are those of another.
    fn add_scope(&mut self, scope: &Scope) -> Result<Option<ScopeId>>;

    /// Adds an epoch; false if the scope has an active one, or another epoch has the key.
    fn add_epoch(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        fingerprint: &Fingerprint,
        state: EpochState,
        moved_at: i64,
    ) -> Result<bool>;

    /// Moves an epoch to a state that may follow; false if another epoch is active.
    fn move_epoch(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        to: EpochState,
        moved_at: i64,
    ) -> Result<bool>;

    /// Adds provisional persons in their order; returns how many were not there.
    fn add_persons(
        &mut self,
        run: RunId,
        persons: &[(PersonKey, Handle)],
        known: KnownHandle,
    ) -> Result<u32>;

    /// Gives persons their pseudonyms of a scope's epoch, one after another.
    fn add_pseudonyms(
        &mut self,
        scope: ScopeId,
        epoch: Epoch,
        candidates: &[Candidate],
    ) -> Result<Vec<Seating>>;

    /// Sets the state of a person.
    fn set_state(&mut self, id: PersonId, state: PersonState) -> Result<()>;

    /// Puts a random key in the place of a person's, and deletes whatever hangs on the person.
    ///
    /// The person is erased from then on; its handle and what it was merged into stay as history.
    fn erase(&mut self, id: PersonId, in_place_of_key: &PersonKey) -> Result<()>;

    /// Adds a merge: the loser, and whoever led to it, leads to the survivor from now on.
    fn add_merge(&mut self, merge: &Merge) -> Result<()>;

    /// Takes a merge back: the loser, with whoever was merged into it, no longer leads on.
    fn undo_merge(&mut self, merge: &Merge, undone_by: EventNumber) -> Result<()>;

    /// Keeps two persons apart.
    fn keep_apart(&mut self, a: PersonId, b: PersonId) -> Result<()>;

    /// Sets whether a person objects to a scope; false if it is so already.
    fn set_objection(&mut self, person: PersonId, scope: ScopeId, holds: bool) -> Result<bool>;

    /// Keeps everything; when it returns, nothing that happens later takes it away.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// A vault that is kept somewhere: many may read while one writes.
pub(super) trait VaultStore: VaultReading + Send {
    /// Reads everything as it is at one moment.
    fn snapshot(&self) -> Result<Box<dyn VaultReading + '_>>;

    /// Begins to write, alone.
    fn begin(&mut self) -> Result<Box<dyn VaultWriting + '_>>;
}
