//! Activation: which key of a scope issues pseudonyms.

use rusqlite::{OptionalExtension, params};

use super::Run;
use super::event::Event;
use super::fault::{Place, fault};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::PseudonymKey;

impl Run<'_> {
    /// Makes a key the active one of its scope; the scope is added if it is new.
    ///
    /// Does nothing if the same key is active already. Only metadata are kept, never the key.
    ///
    /// # Errors
    /// `BadKey` if the scope's epoch had another key; `BadStore` if another epoch of the scope is
    /// active, the epoch has ended, the scope's check symbols would be those of another scope,
    /// or the registry cannot be written.
    pub fn activate(&mut self, key: &PseudonymKey) -> Result<()> {
        self.step(|run| run.try_activate(key))
    }

    fn try_activate(&mut self, key: &PseudonymKey) -> Result<()> {
        match self.epoch_of(key)? {
            Some((_, state)) if state == "active" => return Ok(()),
            Some((_, state)) => return Err(self.inactive(key, &state)),
            None => {}
        }
        let (scope, epoch) = (key.scope(), key.epoch().number());
        let added = self.transaction.execute(
            "INSERT INTO scope (agency, purpose, check_mask) VALUES (?1, ?2, ?3)
             ON CONFLICT (agency, purpose) DO NOTHING",
            params![scope.agency(), scope.purpose(), scope.check_mask().number()],
        );
        if is_constraint(&added) {
            return Err(fault(
                self.path,
                &format!("the check symbols of {scope} would be those of another scope"),
                "give the purpose another name",
            ));
        }
        added.at(self.path)?;
        let activated = self.transaction.execute(
            "INSERT INTO key_epoch (scope_id, epoch, fingerprint, state)
             SELECT scope_id, ?3, ?4, 'active' FROM scope WHERE agency = ?1 AND purpose = ?2",
            params![scope.agency(), scope.purpose(), epoch, key.fingerprint()],
        );
        if is_constraint(&activated) {
            return Err(fault(
                self.path,
                &format!("{scope} has another active epoch, or the key is in use elsewhere"),
                "issue in the active epoch of the scope, with a secret of its own",
            ));
        }
        activated.at(self.path)?;
        self.record(&Event::epoch_activated(key))
    }

    /// Returns scope and state of a key's epoch, if the registry has it.
    ///
    /// # Errors
    /// `BadKey` if the epoch is there with another key.
    pub(super) fn epoch_of(&self, key: &PseudonymKey) -> Result<Option<(i64, String)>> {
        let found = self
            .transaction
            .query_row(
                "SELECT scope_id, state, fingerprint FROM key_epoch JOIN scope USING (scope_id)
                 WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3",
                params![key.scope().agency(), key.scope().purpose(), key.epoch().number()],
                |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, [u8; 8]>(2)?)),
            )
            .optional()
            .at(self.path)?;
        match found {
            Some((.., fingerprint)) if fingerprint != key.fingerprint() => Err(Error::new(
                ErrorKind::BadKey,
                format!(
                    "{}: {} epoch {} has another key",
                    self.path.display(),
                    key.scope(),
                    key.epoch().number()
                ),
            )
            .help("give the root key and epoch secret that the registry was begun with")),
            found => Ok(found.map(|(scope_id, state, _)| (scope_id, state))),
        }
    }

    /// Builds the error of a key whose epoch does not issue.
    pub(super) fn inactive(&self, key: &PseudonymKey, state: &str) -> Error {
        fault(
            self.path,
            &format!("{} epoch {} is {state}, expected active", key.scope(), key.epoch().number()),
            "activate an epoch of the scope before issuing in it",
        )
    }
}

fn is_constraint<T>(result: &rusqlite::Result<T>) -> bool {
    result.as_ref().err().and_then(rusqlite::Error::sqlite_error_code)
        == Some(rusqlite::ErrorCode::ConstraintViolation)
}
