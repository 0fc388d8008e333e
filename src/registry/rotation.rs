//! Rotation: the members of a scope get pseudonyms of a new epoch, and a crosswalk to them.

use rusqlite::params;

use super::fault::{Place, fault};
use super::{Handle, Issued, PersonState, Registry, Run};
use crate::error::Result;
use crate::identifier::{Epoch, EpochState, Pseudonym, PseudonymKey, Scope};

/// How soon the pseudonyms of the epoch before are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// They are accepted until the epoch is retired.
    Window,
    /// They are refused at once, because the key leaked.
    None,
}

impl Run<'_> {
    /// Makes a pending key the active one of its scope and issues it to every member.
    ///
    /// Members are who has a pseudonym in the epoch that was active; persons who were merged are
    /// one member. Who is not to be answered for is withheld.
    ///
    /// # Errors
    /// `BadStore` if the scope has no active epoch, or as [`Run::change_over`] and [`Run::issue`].
    pub fn rotate(&mut self, key: &PseudonymKey, overlap: Overlap) -> Result<(Epoch, Issued)> {
        self.step(|run| {
            let scope = key.scope();
            let before = run.active_epoch(scope)?.ok_or_else(|| {
                run.unknown(scope, key.epoch()).note("a scope is rotated from an active epoch")
            })?;
            let next = match overlap {
                Overlap::Window => EpochState::AcceptOnly,
                Overlap::None => EpochState::Retired,
            };
            run.try_move(scope, before, next)?;
            run.try_activate(key)?;
            let members = run.members(key, before)?;
            run.try_issue(key, &members).map(|issued| (before, issued))
        })
    }

    /// Returns the persons who have a pseudonym in an epoch of the key's scope, each once.
    fn members(&self, key: &PseudonymKey, epoch: Epoch) -> Result<Vec<Handle>> {
        let mut statement = self
            .transaction
            .prepare(
                "SELECT DISTINCT person.handle
                 FROM scope JOIN pseudonym USING (scope_id)
                 LEFT JOIN alias ON alias.person_id = pseudonym.person_id
                 JOIN person
                    ON person.person_id = coalesce(alias.current_id, pseudonym.person_id)
                 WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3",
            )
            .at(self.path)?;
        let place = params![key.scope().agency(), key.scope().purpose(), epoch.number()];
        let rows =
            statement.query_map(place, |row| row.get(0).map(Handle::from_bytes)).at(self.path)?;
        rows.collect::<rusqlite::Result<_>>().at(self.path)
    }
}

impl Registry {
    /// Visits every pseudonym of an earlier epoch with the one that took its place and the state of
    /// the person, and returns how many there are.
    ///
    /// They come in the order of the earlier ones, which is random. Persons who were merged have
    /// two earlier ones and one later. The crosswalk is for the scope's agency alone.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read; whatever the visitor fails with.
    pub fn crosswalk(
        &self,
        scope: &Scope,
        [from, to]: [Epoch; 2],
        mut visit: impl FnMut(Pseudonym, Pseudonym, PersonState) -> Result<()>,
    ) -> Result<u64> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT earlier.value, later.value, person.state
                 FROM scope
                 CROSS JOIN pseudonym AS earlier ON earlier.scope_id = scope.scope_id
                 LEFT JOIN alias ON alias.person_id = earlier.person_id
                 CROSS JOIN pseudonym AS later
                    ON later.scope_id = scope.scope_id AND later.epoch = ?4
                    AND later.person_id = coalesce(alias.current_id, earlier.person_id)
                 CROSS JOIN person ON person.person_id = later.person_id
                 WHERE agency = ?1 AND purpose = ?2 AND earlier.epoch = ?3
                   AND person.state NOT IN ('sealed', 'invalidated', 'erased')
                   AND NOT EXISTS (
                        SELECT 1 FROM objection
                        WHERE objection.person_id = person.person_id
                          AND objection.scope_id = scope.scope_id)
                 ORDER BY earlier.value",
            )
            .at(&self.path)?;
        let place = params![scope.agency(), scope.purpose(), from.number(), to.number()];
        let mut rows = statement.query(place).at(&self.path)?;
        let mut count = 0;
        while let Some(row) = rows.next().at(&self.path)? {
            let earlier = Pseudonym::from_parts(from, row.get(0).at(&self.path)?);
            let later = Pseudonym::from_parts(to, row.get(1).at(&self.path)?);
            let state = PersonState::find(&row.get::<_, String>(2).at(&self.path)?);
            let state = state.ok_or_else(|| {
                fault(&self.path, "it holds an unknown state of a person", "update cci")
            })?;
            visit(earlier, later, state)?;
            count += 1;
        }
        Ok(count)
    }
}
