//! How many persons of each scope object to it.

use super::Registry;
use super::fault::Place;
use crate::error::Result;
use crate::identifier::Scope;

/// Persons of a scope: who is answered for there, and who objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeObjections {
    /// Agency and purpose.
    pub scope: Scope,
    /// Persons with a pseudonym of the scope who do not object.
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
        let rows: Vec<(String, String, i64, i64)> = self
            .connection
            .prepare(
                "SELECT agency, purpose,
                    (SELECT count(DISTINCT pseudonym.person_id) FROM pseudonym
                     JOIN person USING (person_id)
                     WHERE pseudonym.scope_id = scope.scope_id
                       AND person.state NOT IN ('superseded', 'sealed', 'invalidated', 'erased')
                       AND pseudonym.person_id NOT IN
                        (SELECT person_id FROM objection
                         WHERE objection.scope_id = scope.scope_id)),
                    (SELECT count(*) FROM objection WHERE objection.scope_id = scope.scope_id)
                 FROM scope ORDER BY agency, purpose",
            )
            .and_then(|mut statement| {
                let read = |row: &rusqlite::Row<'_>| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                };
                statement.query_map([], read)?.collect()
            })
            .at(&self.path)?;
        rows.into_iter()
            .map(|(agency, purpose, answered, objecting)| {
                let scope = Scope::new(&agency, &purpose)?;
                let (answered, objecting) = (answered.unsigned_abs(), objecting.unsigned_abs());
                Ok(ScopeObjections { scope, answered, objecting })
            })
            .collect()
    }
}
