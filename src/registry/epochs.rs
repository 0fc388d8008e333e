//! Epochs: which key of a scope issues, which is still accepted, and which is no more.

use rusqlite::{OptionalExtension, params};

use super::event::Event;
use super::fault::{Place, fault};
use super::{Registry, Run};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, Fingerprint, PseudonymKey, Scope};

/// What the registry knows of one key period; never the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEpoch {
    /// Agency and purpose.
    pub scope: Scope,
    /// Number of the key period.
    pub epoch: Epoch,
    /// How far it has come.
    pub state: EpochState,
    /// When it came into the state, in seconds since 1970; 0 if an older version did not say.
    pub moved_at: u64,
    /// Public name of the key.
    pub fingerprint: Fingerprint,
}

impl Registry {
    /// Lists every epoch of every scope, sorted by scope and epoch.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn epochs(&self) -> Result<Vec<KnownEpoch>> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT agency, purpose, epoch, state, moved_at, fingerprint
                 FROM key_epoch JOIN scope USING (scope_id) ORDER BY agency, purpose, epoch",
            )
            .at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        let mut epochs = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            let text = |place| row.get::<_, String>(place).at(&self.path);
            let state = text(3)?;
            epochs.push(KnownEpoch {
                scope: Scope::new(&text(0)?, &text(1)?)?,
                epoch: Epoch::new(row.get(2).at(&self.path)?)?,
                state: EpochState::find(&state).ok_or_else(|| {
                    fault(&self.path, "it holds an unknown state of an epoch", "update cci")
                })?,
                moved_at: row.get::<_, i64>(4).at(&self.path)?.unsigned_abs(),
                fingerprint: row.get(5).at(&self.path)?,
            });
        }
        Ok(epochs)
    }
}

impl Run<'_> {
    /// Adds a key as pending: known, and not yet used. The scope is added if it is new.
    ///
    /// # Errors
    /// `BadKey` if the scope's epoch has another key; `BadStore` if it is known already, a later
    /// one is, or the scope's check symbols would be those of another scope.
    pub fn plan(&mut self, key: &PseudonymKey) -> Result<()> {
        self.step(|run| {
            if let Some((_, state)) = run.epoch_of(key)? {
                return Err(run.refuse_epoch(key.scope(), key.epoch(), state, "unknown"));
            }
            run.add_epoch(key, EpochState::Pending)
        })
    }

    /// Makes a key the active one of its scope; scope and epoch are added if they are new.
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

    /// Makes a pending key the active one, and the one before it accepted only.
    ///
    /// # Errors
    /// As [`Run::activate`].
    pub fn change_over(&mut self, key: &PseudonymKey) -> Result<()> {
        self.step(|run| {
            let active = run.active_epoch(key.scope())?;
            if let Some(before) = active.filter(|&active| active != key.epoch()) {
                run.try_move(key.scope(), before, EpochState::AcceptOnly)?;
            }
            run.try_activate(key)
        })
    }

    /// Moves an epoch on to a later state in which it needs no key.
    ///
    /// # Errors
    /// `BadStore` if the epoch is unknown or may not go there from its state, or if the registry
    /// cannot be written; `BadValue` for the states pending and active, which need the key.
    pub fn move_epoch(&mut self, scope: &Scope, epoch: Epoch, to: EpochState) -> Result<()> {
        if to <= EpochState::Active {
            return Err(Error::new(
                ErrorKind::BadValue,
                format!("an epoch becomes {to} with its key only"),
            )
            .help("plan a new key, then activate it"));
        }
        self.step(|run| run.try_move(scope, epoch, to))
    }

    pub(super) fn try_activate(&mut self, key: &PseudonymKey) -> Result<()> {
        match self.epoch_of(key)? {
            Some((_, EpochState::Active)) => Ok(()),
            Some((_, EpochState::Pending)) => {
                self.try_move(key.scope(), key.epoch(), EpochState::Active)
            }
            Some((_, state)) => Err(self.refuse_epoch(key.scope(), key.epoch(), state, "pending")),
            None => self.add_epoch(key, EpochState::Active),
        }
    }

    fn add_epoch(&mut self, key: &PseudonymKey, state: EpochState) -> Result<()> {
        let (scope, epoch) = (key.scope(), key.epoch());
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
        let latest: Option<u8> = self
            .transaction
            .query_row(
                "SELECT max(epoch) FROM key_epoch JOIN scope USING (scope_id)
                 WHERE agency = ?1 AND purpose = ?2",
                [scope.agency(), scope.purpose()],
                |row| row.get(0),
            )
            .at(self.path)?;
        if latest.is_some_and(|latest| latest > epoch.number()) {
            return Err(fault(
                self.path,
                &format!("{scope} has had a later epoch than {}", epoch.number()),
                "give the scope its next epoch",
            ));
        }
        let inserted = self.transaction.execute(
            "INSERT INTO key_epoch (scope_id, epoch, fingerprint, state, moved_at)
             SELECT scope_id, ?3, ?4, ?5, ?6 FROM scope WHERE agency = ?1 AND purpose = ?2",
            params![
                scope.agency(),
                scope.purpose(),
                epoch.number(),
                key.fingerprint(),
                state.name(),
                self.now()?
            ],
        );
        self.check_only_active(scope, &inserted)?;
        inserted.at(self.path)?;
        self.record(&Event::epoch_added(key, state)).map(drop)
    }

    pub(super) fn try_move(&mut self, scope: &Scope, epoch: Epoch, to: EpochState) -> Result<()> {
        let from = self.state_of(scope, epoch)?.ok_or_else(|| self.unknown(scope, epoch))?;
        if !from.may_become(to) {
            let next: Vec<&str> = EpochState::ALL
                .iter()
                .filter(|next| from.may_become(**next))
                .map(|next| next.name())
                .collect();
            let next = if next.is_empty() { "no other state".into() } else { next.join(" or ") };
            return Err(fault(
                self.path,
                &format!("{scope} epoch {} is {from}, it cannot become {to}", epoch.number()),
                &format!("from here it may become {next}"),
            ));
        }
        let now = self.now()?;
        let moved = self.transaction.execute(
            "UPDATE key_epoch SET state = ?4, moved_at = ?5
             WHERE epoch = ?3 AND scope_id =
                (SELECT scope_id FROM scope WHERE agency = ?1 AND purpose = ?2)",
            params![scope.agency(), scope.purpose(), epoch.number(), to.name(), now],
        );
        self.check_only_active(scope, &moved)?;
        moved.at(self.path)?;
        self.record(&Event::EpochMoved {
            agency: scope.agency(),
            epoch: epoch.number(),
            purpose: scope.purpose(),
            state: to.name(),
        })
        .map(drop)
    }

    fn check_only_active(&self, scope: &Scope, result: &rusqlite::Result<usize>) -> Result<()> {
        if is_constraint(result) {
            return Err(fault(
                self.path,
                &format!("{scope} has another active epoch, or the key is in use elsewhere"),
                "issue in the active epoch of the scope, with a secret of its own",
            ));
        }
        Ok(())
    }

    /// Returns scope and state of a key's epoch, if the registry has it.
    ///
    /// # Errors
    /// `BadKey` if the epoch is there with another key.
    pub(super) fn epoch_of(&self, key: &PseudonymKey) -> Result<Option<(i64, EpochState)>> {
        let found = self
            .transaction
            .query_row(
                "SELECT scope_id, state, fingerprint FROM key_epoch JOIN scope USING (scope_id)
                 WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3",
                params![key.scope().agency(), key.scope().purpose(), key.epoch().number()],
                |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, [u8; 8]>(2)?)),
            )
            .optional()
            .at(self.path)?;
        let Some((scope_id, state, fingerprint)) = found else { return Ok(None) };
        if fingerprint != key.fingerprint() {
            return Err(Error::new(
                ErrorKind::BadKey,
                format!(
                    "{}: {} epoch {} has another key",
                    self.path.display(),
                    key.scope(),
                    key.epoch().number()
                ),
            )
            .help("give the root key and epoch secret that the registry was begun with"));
        }
        Ok(Some((scope_id, self.state(&state)?)))
    }

    /// Returns the state of a scope's epoch, if the registry has it.
    fn state_of(&self, scope: &Scope, epoch: Epoch) -> Result<Option<EpochState>> {
        self.transaction
            .query_row(
                "SELECT state FROM key_epoch JOIN scope USING (scope_id)
                 WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3",
                params![scope.agency(), scope.purpose(), epoch.number()],
                |row| row.get::<_, String>(0),
            )
            .optional()
            .at(self.path)?
            .map(|state| self.state(&state))
            .transpose()
    }

    /// Returns the active epoch of a scope, if it has one.
    pub(super) fn active_epoch(&self, scope: &Scope) -> Result<Option<Epoch>> {
        self.transaction
            .query_row(
                "SELECT epoch FROM key_epoch JOIN scope USING (scope_id)
                 WHERE agency = ?1 AND purpose = ?2 AND state = 'active'",
                [scope.agency(), scope.purpose()],
                |row| row.get(0),
            )
            .optional()
            .at(self.path)?
            .map(Epoch::new)
            .transpose()
    }

    fn state(&self, name: &str) -> Result<EpochState> {
        EpochState::find(name)
            .ok_or_else(|| fault(self.path, "it holds an unknown state of an epoch", "update cci"))
    }

    /// Builds the error of a key whose epoch is not in the state that the work needs.
    pub(super) fn refuse_epoch(
        &self,
        scope: &Scope,
        epoch: Epoch,
        state: EpochState,
        expected: &str,
    ) -> Error {
        fault(
            self.path,
            &format!("{scope} epoch {} is {state}, expected {expected}", epoch.number()),
            "activate an epoch of the scope before issuing in it",
        )
    }

    /// Builds the error of an epoch that the registry has never had.
    pub(super) fn unknown(&self, scope: &Scope, epoch: Epoch) -> Error {
        fault(
            self.path,
            &format!("{scope} epoch {} is unknown here, expected active", epoch.number()),
            "activate an epoch of the scope before issuing in it",
        )
    }
}

fn is_constraint<T>(result: &rusqlite::Result<T>) -> bool {
    result.as_ref().err().and_then(rusqlite::Error::sqlite_error_code)
        == Some(rusqlite::ErrorCode::ConstraintViolation)
}
