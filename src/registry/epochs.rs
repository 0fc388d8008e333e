//! Epochs: which key of a scope issues, which is still accepted, and which is no more.

use super::event::Event;
use super::fault::fault;
use super::vault_store::ScopeId;
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
        self.store.epochs(None)
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
        let place = self.vault.add_scope(scope)?.ok_or_else(|| {
            fault(
                self.path,
                &format!("the check symbols of {scope} would be those of another scope"),
                "give the purpose another name",
            )
        })?;
        let known = self.vault.epochs(Some(scope))?;
        if known.last().is_some_and(|latest| latest.epoch > epoch) {
            return Err(fault(
                self.path,
                &format!("{scope} has had a later epoch than {}", epoch.number()),
                "give the scope its next epoch",
            ));
        }
        let now = self.now()?;
        if !self.vault.add_epoch(place, epoch, &key.fingerprint(), state, now)? {
            return Err(self.not_the_only_one(scope));
        }
        self.record(&Event::epoch_added(key, state)).map(drop)
    }

    pub(super) fn try_move(&mut self, scope: &Scope, epoch: Epoch, to: EpochState) -> Result<()> {
        let known = self.known(scope, epoch)?;
        let from = known.ok_or_else(|| self.unknown(scope, epoch))?.state;
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
        let place = self.vault.scope(scope)?.ok_or_else(|| self.unknown(scope, epoch))?;
        if !self.vault.move_epoch(place, epoch, to, now)? {
            return Err(self.not_the_only_one(scope));
        }
        self.record(&Event::EpochMoved {
            agency: scope.agency(),
            epoch: epoch.number(),
            purpose: scope.purpose(),
            state: to.name(),
        })
        .map(drop)
    }

    fn not_the_only_one(&self, scope: &Scope) -> Error {
        fault(
            self.path,
            &format!("{scope} has another active epoch, or the key is in use elsewhere"),
            "issue in the active epoch of the scope, with a secret of its own",
        )
    }

    /// Returns scope and state of a key's epoch, if the registry has it.
    ///
    /// # Errors
    /// `BadKey` if the epoch is there with another key.
    pub(super) fn epoch_of(&self, key: &PseudonymKey) -> Result<Option<(ScopeId, EpochState)>> {
        let scope = key.scope();
        let Some(known) = self.known(scope, key.epoch())? else { return Ok(None) };
        if known.fingerprint != key.fingerprint() {
            return Err(Error::new(
                ErrorKind::BadKey,
                format!(
                    "{}: {scope} epoch {} has another key",
                    self.path.display(),
                    key.epoch().number()
                ),
            )
            .help("give the root key and epoch secret that the registry was begun with"));
        }
        Ok(self.vault.scope(scope)?.map(|place| (place, known.state)))
    }

    /// Returns a scope's epoch, if the registry has it.
    fn known(&self, scope: &Scope, epoch: Epoch) -> Result<Option<KnownEpoch>> {
        let mut epochs = self.vault.epochs(Some(scope))?.into_iter();
        Ok(epochs.find(|known| known.epoch == epoch))
    }

    /// Returns the active epoch of a scope, if it has one.
    pub(super) fn active_epoch(&self, scope: &Scope) -> Result<Option<Epoch>> {
        let mut epochs = self.vault.epochs(Some(scope))?.into_iter();
        Ok(epochs.find(|known| known.state == EpochState::Active).map(|known| known.epoch))
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
