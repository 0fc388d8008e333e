//! Crosswalks from the SQLite file: two walks along the pseudonyms, and no search among them.

use std::collections::BTreeMap;
use std::ops::Deref;

use rusqlite::{Connection, params};

use crate::error::Result;
use crate::identifier::{Epoch, Pseudonym, Scope};
use crate::registry::PersonState;
use crate::registry::sqlite::{Place, Sqlite};
use crate::registry::vault_store::{Crossed, PersonId, ScopeId, VaultReading};

/// Person with a pseudonym of the later epoch.
struct Later {
    person: PersonId,
    pseudonym: Pseudonym,
    state: PersonState,
}

impl<C: Deref<Target = Connection>> Sqlite<C> {
    /// Visits the pseudonyms of an epoch that have one of another in their place.
    ///
    /// Joined in SQL, each row is three pages somewhere else: the file knows pseudonyms by their
    /// random values. The later ones, 40 bytes each, are kept in memory in the order of persons
    /// instead, and the earlier ones are walked as they lie.
    pub(super) fn read_crossed(
        &self,
        scope: &Scope,
        [from, to]: [Epoch; 2],
        visit: &mut dyn FnMut(Crossed) -> Result<()>,
    ) -> Result<()> {
        let Some(place) = self.scope(scope)? else { return Ok(()) };
        let objectors = self.objectors(place)?;
        let later = self.later(place, to)?;
        let aliases = self.aliases()?;
        self.each_issued(place, from, |earlier, issued_for| {
            let person = aliases.get(&issued_for).copied().unwrap_or(issued_for);
            let Ok(found) = later.binary_search_by_key(&person, |later| later.person) else {
                return Ok(());
            };
            let Later { pseudonym, state, .. } = later[found];
            let objects = objectors.contains(&person);
            visit(Crossed { earlier, later: pseudonym, state, objects })
        })
    }

    /// Visits the pseudonyms of a scope's epoch in their order, with whom they were issued for.
    fn each_issued(
        &self,
        scope: ScopeId,
        epoch: Epoch,
        mut visit: impl FnMut(Pseudonym, PersonId) -> Result<()>,
    ) -> Result<()> {
        self.each(
            "SELECT value, person_id FROM pseudonym
             WHERE scope_id = ?1 AND epoch = ?2 ORDER BY value",
            params![scope, epoch.number()],
            |row| {
                let value = row.get(0).at(&self.path)?;
                visit(Pseudonym::from_parts(epoch, value), row.get(1).at(&self.path)?)
            },
        )
    }

    /// Returns who has a pseudonym in an epoch, in the order of persons.
    fn later(&self, scope: ScopeId, epoch: Epoch) -> Result<Vec<Later>> {
        let mut later = Vec::new();
        self.each_issued(scope, epoch, |pseudonym, person| {
            later.push(Later { person, pseudonym, state: PersonState::Provisional });
            Ok(())
        })?;
        later.sort_unstable_by_key(|later| later.person);
        for one in &mut later {
            one.state = self.person(one.person)?.state;
        }
        Ok(later)
    }

    /// Returns whom everybody leads to who was merged into another.
    fn aliases(&self) -> Result<BTreeMap<PersonId, PersonId>> {
        let mut aliases = BTreeMap::new();
        self.each("SELECT person_id, current_id FROM alias", [], |row| {
            aliases.insert(row.get(0).at(&self.path)?, row.get(1).at(&self.path)?);
            Ok(())
        })?;
        Ok(aliases)
    }
}
