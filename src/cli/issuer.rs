//! The issuer's duty: keys, person keys for the entities, a pseudonym a scope.
//!
//! The vault gets handles only, nothing about a child. Each agency is its own scope.

use std::path::{Path, PathBuf};

use super::arguments::IssuerArguments;
use super::digest;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, Fingerprint, KeyFolder, OsRandom, RandomSource, Scope};
use crate::record::{Entities, Records, SourceId};
use crate::registry::{KnownEpoch, Registry, Run, RunDigests};

/// Folder of a run that belongs to the issuer.
pub(super) const ISSUER: &str = "issuer";
/// Name of the vault in the issuer's folder.
const VAULT: &str = "vault.sqlite";
/// Purpose for which a run's pseudonyms are issued.
const PURPOSE: &str = "linkage_experiment";

/// Where an issuer keeps vault and keys.
pub(super) struct Issuer {
    folder: PathBuf,
    keys: KeyFolder,
}

impl Issuer {
    /// Names the folders that were asked for.
    pub(super) fn at(arguments: &IssuerArguments) -> Self {
        let folder = arguments.issuer.clone();
        let keys = KeyFolder::at(arguments.keys.as_deref().unwrap_or(&folder));
        Self { folder, keys }
    }

    /// Returns the key folder.
    pub(super) fn keys(&self) -> &KeyFolder {
        &self.keys
    }

    /// Returns the issuer's folder, for messages.
    pub(super) fn shown(&self) -> impl std::fmt::Display {
        self.folder.display()
    }

    fn vault(&self) -> PathBuf {
        self.folder.join(VAULT)
    }

    /// Makes a root key, and a vault unless there is one.
    ///
    /// # Errors
    /// `OutputExists` if there is a root key; `Unwritable`, `BadStore` or `BadKey` if either
    /// cannot be made.
    pub(super) fn create(&self) -> Result<()> {
        self.keys.create_root(&mut OsRandom)?;
        KeyFolder::at(&self.folder).make()?;
        if !self.vault().exists() {
            Registry::create(&self.vault())?;
        }
        Ok(())
    }

    /// Opens the vault.
    ///
    /// # Errors
    /// `BadStore` if it is none.
    pub(super) fn open(&self) -> Result<Registry> {
        Registry::open(&self.vault())
    }

    /// Does one change of the vault, kept whole or not at all.
    ///
    /// # Errors
    /// `BadStore` if the vault cannot be written; whatever the work meets.
    pub(super) fn change<T>(
        &self,
        what: &str,
        work: impl FnOnce(&mut Run<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut registry = self.open()?;
        let mut run = registry.begin_change(what)?;
        let done = work(&mut run)?;
        run.commit()?;
        Ok(done)
    }

    /// Makes the next epoch of a scope, pending; returns its number and its key's public name.
    ///
    /// # Errors
    /// `BadStore` if all epochs are used or the vault is older than the keys; otherwise what
    /// making the key or writing the vault meets.
    pub(super) fn plan(
        &self,
        scope: &Scope,
        random: &mut dyn RandomSource,
    ) -> Result<(Epoch, Fingerprint)> {
        let mut registry = self.open()?;
        self.refuse_stale(&registry, scope)?;
        let epoch = Epoch::new(next_epoch(&registry, scope)?)?;
        let key = self.keys.add_epoch(scope, epoch, random)?;
        let mut run = registry.begin_change("keys new")?;
        run.plan(&key)?;
        run.commit()?;
        Ok((epoch, key.fingerprint()))
    }

    /// Moves an epoch on; the one that issued before an active one is accepted only from then.
    ///
    /// # Errors
    /// `BadStore` if it may not go there, or the vault is older than the keys; `BadKey` if the
    /// key is needed and is not there.
    pub(super) fn move_epoch(&self, scope: &Scope, epoch: Epoch, to: EpochState) -> Result<()> {
        let mut registry = self.open()?;
        self.refuse_stale(&registry, scope)?;
        let mut run = registry.begin_change("keys move")?;
        if to == EpochState::Active {
            run.change_over(&self.keys.pseudonym_key(scope, epoch)?)?;
        } else {
            run.move_epoch(scope, epoch, to)?;
        }
        if to == EpochState::Destroyed {
            // Before the commit: a secret that is gone under a retired epoch harms nobody and the
            // command can be repeated; one that is left under a destroyed epoch is a lie.
            self.keys.delete_epoch(scope, epoch)?;
        }
        run.commit()
    }

    /// Says whether an epoch's secret is where it should be, and is the one it should be.
    pub(super) fn secret_of(&self, known: &KnownEpoch) -> &'static str {
        if !self.keys.has_epoch(&known.scope, known.epoch) {
            return if known.state == EpochState::Destroyed { "deleted" } else { "missing" };
        }
        match self.keys.pseudonym_key(&known.scope, known.epoch) {
            Ok(key) if key.fingerprint() == known.fingerprint => "there",
            Ok(_) => "another key",
            Err(_) => "not used",
        }
    }

    /// Refuses a vault that does not know an epoch whose secret is there.
    ///
    /// A vault restored from a backup that is older than a rotation would issue in an epoch that
    /// has ended.
    ///
    /// # Errors
    /// `BadStore` for such a vault.
    fn refuse_stale(&self, registry: &Registry, scope: &Scope) -> Result<()> {
        let next = next_epoch(registry, scope)?;
        let later = (next..Epoch::COUNT).find(|&number| {
            Epoch::new(number).is_ok_and(|epoch| self.keys.has_epoch(scope, epoch))
        });
        later.map_or(Ok(()), |epoch| {
            Err(Error::new(
                ErrorKind::BadStore,
                format!(
                    "{}: the keys hold epoch {epoch} of {scope}, which the vault does not know",
                    self.vault().display()
                ),
            )
            .note("the vault is older than its keys, or making that epoch was cut off")
            .help(
                "restore the latest vault; if none is later, delete that secret: it never issued",
            ))
        })
    }
}

/// Returns the number of the epoch after the latest that the vault knows of a scope.
fn next_epoch(registry: &Registry, scope: &Scope) -> Result<u8> {
    let known = registry.epochs()?;
    let latest = known.iter().filter(|known| known.scope == *scope).map(|known| known.epoch).max();
    Ok(latest.map_or(0, |latest| latest.number() + 1))
}

/// Number of identifiers minted and pseudonyms issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Issue {
    /// Person keys, one an entity.
    pub(super) identifiers: u32,
    /// Pseudonyms over all scopes.
    pub(super) pseudonyms: u64,
}

/// Mints a person key for every entity and a pseudonym for every scope that knows it.
///
/// # Errors
/// `BadKey`, `BadStore` or `Unwritable` if keys or vault cannot be made.
pub(super) fn issue(
    folder: &Path,
    records: &Records,
    entities: &Entities,
    inputs: &[(String, String)],
    settings_digest: &str,
) -> Result<Issue> {
    let keys = KeyFolder::at(folder);
    keys.create_root(&mut OsRandom)?;
    let mut registry = Registry::create(&folder.join(VAULT))?;
    let all_inputs: String = inputs.iter().map(|(_, digest)| digest.as_str()).collect();
    let mut run = registry.begin_run(&RunDigests {
        inputs: digest::bytes_of(&digest::of_bytes(all_inputs.as_bytes())),
        settings: digest::bytes_of(settings_digest),
    })?;
    let handles = run.mint(entities.count())?;
    let mut pseudonyms = 0;
    for (place, source) in records.sources().iter().enumerate() {
        let scope = Scope::new(&source.name, PURPOSE)?;
        let key = keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom)?;
        run.activate(&key)?;
        let range = records.of_source(place as SourceId);
        let mut known: Vec<u32> =
            entities.entity_of()[range.start as usize..range.end as usize].to_vec();
        known.sort_unstable();
        known.dedup();
        let persons: Vec<_> = known.iter().map(|&entity| handles[entity as usize]).collect();
        pseudonyms += run.issue(&key, &persons)?.pseudonyms.len() as u64;
    }
    run.commit()?;
    Ok(Issue { identifiers: entities.count(), pseudonyms })
}
