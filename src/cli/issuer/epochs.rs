//! Key periods of the issuer's scopes: planned, moved on, rotated, and rotated as a drill.

use std::path::Path;

use super::{Issuer, entry, next_epoch};
use crate::error::Result;
use crate::identifier::{
    Epoch, EpochSecret, EpochState, Fingerprint, Kept, OsRandom, PseudonymKey, RandomSource, Scope,
};
use crate::registry::{AuditLog, Detail, Issued, KnownEpoch, Outcome, Overlap, Run};

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Rotation {
    /// Epoch that was active before.
    pub(in crate::cli) from: Epoch,
    /// Epoch that is active now.
    pub(in crate::cli) to: Epoch,
    /// Members who got a pseudonym.
    pub(in crate::cli) issued: u64,
    /// Members who did not, because they are not answered for.
    pub(in crate::cli) withheld: u64,
}

/// Whether the root key is at hand to check secrets with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum RootIs {
    /// It can be read.
    Open,
    /// It is wrapped, and nobody gave its passphrase.
    Closed,
}

impl Rotation {
    fn of(from: Epoch, to: Epoch, issued: &Issued) -> Self {
        let withheld = issued.withheld;
        Self { from, to, issued: issued.pseudonyms.len() as u64 - withheld, withheld }
    }
}

impl Issuer {
    /// Opens the root key if that takes nobody's typing.
    ///
    /// # Errors
    /// `BadKey` if a passphrase was given that does not open it.
    pub(in crate::cli) fn open_root(&self, passphrase_file: Option<&Path>) -> Result<RootIs> {
        if !matches!(self.keys.root_is_kept(), Ok(Kept::Wrapped)) {
            return Ok(RootIs::Open);
        }
        passphrase_file.map_or(Ok(RootIs::Closed), |_| self.keys.root().map(|_| RootIs::Open))
    }

    /// Makes the next epoch of a scope, pending; returns its number and its key's public name.
    ///
    /// # Errors
    /// `BadStore` if all epochs are used or the vault is older than the keys; otherwise what
    /// making the key or writing the vault meets.
    pub(in crate::cli) fn plan(
        &self,
        scope: &Scope,
        random: &mut dyn RandomSource,
    ) -> Result<(Epoch, Fingerprint)> {
        self.open_keys("keys new", scope)?;
        self.with_new_epoch("keys new", scope, random, |run, key| {
            run.plan(key)?;
            Ok((key.epoch(), key.fingerprint()))
        })
    }

    /// Rotates a scope to its next epoch; a drill does all of it and keeps nothing.
    ///
    /// # Errors
    /// As [`Issuer::plan`] and [`Issuer::move_epoch`].
    pub(in crate::cli) fn rotate(
        &self,
        scope: &Scope,
        overlap: Overlap,
        drill: bool,
    ) -> Result<Rotation> {
        self.open_keys("rotate", scope)?;
        if drill {
            return self.logged("rotate drill", Some(scope), |log| self.drill(log, scope, overlap));
        }
        self.with_new_epoch("rotate", scope, &mut OsRandom, |run, key| {
            run.plan(key)?;
            let (from, issued) = run.rotate(key, overlap)?;
            Ok(Rotation::of(from, key.epoch(), &issued))
        })
    }

    /// Does a change with the key of a scope's next epoch, whose secret is made for it.
    ///
    /// If nothing is kept, the secret is taken away again: it has issued nothing, and would make
    /// the vault look older than its keys.
    fn with_new_epoch<T>(
        &self,
        action: &str,
        scope: &Scope,
        random: &mut dyn RandomSource,
        work: impl FnOnce(&mut Run<'_>, &PseudonymKey) -> Result<T>,
    ) -> Result<T> {
        let mut made = None;
        let done = self.change(action, Some(scope), |run, known| {
            let epoch = Epoch::new(next_epoch(known, scope))?;
            let key = self.keys.add_epoch(scope, epoch, random)?;
            made = Some(epoch);
            work(run, &key)
        });
        if let (Err(_), Some(epoch)) = (&done, made) {
            let known = self.open()?.epochs()?;
            if known.iter().all(|known| known.scope != *scope || known.epoch != epoch) {
                self.keys.delete_epoch(scope, epoch)?;
            }
        }
        done
    }

    /// Rotates within a transaction that is not kept, under a secret that is in no file.
    ///
    /// # Errors
    /// As [`Issuer::rotate`].
    fn drill(&self, log: &mut AuditLog, scope: &Scope, overlap: Overlap) -> Result<Rotation> {
        let mut registry = self.open()?;
        self.refuse_older(&registry, log)?;
        let known = registry.epochs()?;
        self.refuse_stale(&known, scope)?;
        let to = Epoch::new(next_epoch(&known, scope))?;
        let secret = EpochSecret::generate(&mut OsRandom)?;
        let key = PseudonymKey::derive(self.keys.root()?, scope, to, &secret);
        let mut run = registry.begin_change("rotate drill")?;
        run.plan(&key)?;
        let (from, issued) = run.rotate(&key, overlap)?;
        drop(run);
        let rotation = Rotation::of(from, to, &issued);
        let detail = Detail { count: Some(rotation.issued), ..self.about(Some(scope)) };
        log.append(&entry("rotate drill", Outcome::Done, detail))?;
        Ok(rotation)
    }

    /// Moves an epoch on; the one that issued before an active one is accepted only from then.
    ///
    /// # Errors
    /// `BadStore` if it may not go there, or the vault is older than the keys; `BadKey` if the
    /// key is needed and is not there.
    pub(in crate::cli) fn move_epoch(
        &self,
        scope: &Scope,
        epoch: Epoch,
        to: EpochState,
    ) -> Result<()> {
        let is_destroyed = |known: &KnownEpoch| {
            known.scope == *scope && known.epoch == epoch && known.state == EpochState::Destroyed
        };
        if to == EpochState::Active {
            self.open_keys("keys move", scope)?;
        }
        self.change("keys move", Some(scope), |run, known| {
            if to == EpochState::Active {
                return run.change_over(&self.keys.pseudonym_key(scope, epoch)?);
            }
            let left_over = known.iter().any(is_destroyed) && self.keys.has_epoch(scope, epoch);
            if to == EpochState::Destroyed && left_over {
                // A stop came before the secret was deleted: that is all there is left to do.
                return Ok(());
            }
            run.move_epoch(scope, epoch, to)
        })?;
        // Last, when it is logged and kept: what is deleted cannot be brought back.
        if to == EpochState::Destroyed { self.keys.delete_epoch(scope, epoch) } else { Ok(()) }
    }

    /// Says whether an epoch's secret is where it should be, and is the one it should be.
    ///
    /// Without the root key it is looked for and not checked.
    pub(in crate::cli) fn secret_of(&self, known: &KnownEpoch, root: RootIs) -> &'static str {
        if !self.keys.has_epoch(&known.scope, known.epoch) {
            return if known.state == EpochState::Destroyed { "deleted" } else { "missing" };
        }
        if root == RootIs::Closed {
            return "not checked";
        }
        match self.keys.pseudonym_key(&known.scope, known.epoch) {
            Ok(key) if key.fingerprint() == known.fingerprint => "there",
            Ok(_) => "another key",
            Err(_) => "not used",
        }
    }
}
