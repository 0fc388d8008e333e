//! Resolving: whom a pseudonym stands for, today or as it was known on an earlier day.

use super::vault_store::{Nearest, Seen};
use super::{Handle, PersonState, Registry};
use crate::error::Result;
use crate::identifier::{Pseudonym, Scope};

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
        Ok(self.store.nearest(scope, pseudonym)?.and_then(Nearest::answer))
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
        let snapshot = self.store.snapshot()?;
        if snapshot.nearest(scope, pseudonym)?.and_then(Nearest::answer).is_none() {
            return Ok(None);
        }
        let Some(mut person) = snapshot.issued_for(scope, pseudonym, moment)? else {
            return Ok(None);
        };
        while let Some(survivor) = snapshot.survivor_at(person, moment)? {
            person = survivor;
        }
        snapshot.person(person).map(|person| Some(person.handle))
    }
}

impl Nearest {
    /// Returns what may be said of it; everything is looked at, whatever comes first.
    pub(super) fn answer(self) -> Option<Resolved> {
        let Seen { handle, state, .. } = self.person;
        let (redirected, current) = (self.redirected, self.current);
        let may = self.is_it & self.epoch_state.resolves() & state.is_answered() & !self.objects;
        may.then_some(Resolved { handle, state, redirected, current })
    }
}
