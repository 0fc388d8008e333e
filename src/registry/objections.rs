//! How many persons of each scope object to it.

use std::collections::{BTreeMap, BTreeSet};

use super::Registry;
use super::vault_store::Person;
use crate::error::Result;
use crate::identifier::{Epoch, Scope};

/// Persons of a scope: who is answered for there, and who objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeObjections {
    /// Agency and purpose.
    pub scope: Scope,
    /// Persons to whom pseudonyms of the scope lead and who do not object.
    pub answered: u64,
    /// Persons who object to the scope.
    pub objecting: u64,
}

impl Registry {
    /// Counts, scope by scope, who is answered for and who objects; sorted by scope.
    ///
    /// The counts are exact: whoever publishes them suppresses the small ones.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn objections(&self) -> Result<Vec<ScopeObjections>> {
        // One snapshot, so that the counts of all scopes are of one moment.
        let snapshot = self.store.snapshot()?;
        let mut epochs: BTreeMap<Scope, Vec<Epoch>> = BTreeMap::new();
        for known in snapshot.epochs(None)? {
            epochs.entry(known.scope).or_default().push(known.epoch);
        }
        let mut counts = Vec::with_capacity(epochs.len());
        for (scope, epochs) in epochs {
            let objecting = match snapshot.scope(&scope)? {
                Some(place) => snapshot.objectors(place)?,
                None => BTreeSet::new(),
            };
            let mut answered = BTreeSet::new();
            for epoch in epochs {
                let members = snapshot.members(&scope, epoch)?.into_iter();
                let answers =
                    |person: &Person| person.state.is_answered() && !objecting.contains(&person.id);
                answered.extend(members.filter(answers).map(|person| person.id));
            }
            let (answered, objecting) = (answered.len() as u64, objecting.len() as u64);
            counts.push(ScopeObjections { scope, answered, objecting });
        }
        Ok(counts)
    }
}
