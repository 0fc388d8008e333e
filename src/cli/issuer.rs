//! The issuer's duty: keys, person keys for the entities, a pseudonym a scope.
//!
//! The vault gets handles only, nothing about a child. Each agency is its own scope.

use std::path::{Path, PathBuf};

use super::arguments::IssuerArguments;
use super::digest;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, Fingerprint, KeyFolder, OsRandom, RandomSource, Scope};
use crate::record::{Entities, Records, SourceId};
use crate::registry::{
    AuditLog, Checkpoint, Detail, Entry, KnownEpoch, Outcome, Registry, Run, RunDigests,
};

/// Folder of a run that belongs to the issuer.
pub(super) const ISSUER: &str = "issuer";
/// Name of the vault in the issuer's folder.
const VAULT: &str = "vault.sqlite";
/// Name of the audit log in the issuer's folder.
const AUDIT: &str = "audit.sqlite";
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

    fn audit(&self) -> PathBuf {
        self.folder.join(AUDIT)
    }

    /// Makes keys, vault and audit log.
    ///
    /// # Errors
    /// `OutputExists` if any of them is there; `Unwritable`, `BadStore` or `BadKey` if it cannot
    /// be made.
    pub(super) fn create(&self) -> Result<()> {
        self.keys.create(&mut OsRandom)?;
        KeyFolder::at(&self.folder).make()?;
        Registry::create(&self.vault())?;
        let mut log = AuditLog::create(&self.audit(), self.keys.audit_key()?)?;
        log.append(&entry("keys new", Outcome::Done, Detail::default()))?;
        self.keep_checkpoint(&log)
    }

    /// Opens the vault for reading what is nobody's: states, counts, checks.
    ///
    /// # Errors
    /// `BadStore` if it is none.
    pub(super) fn open(&self) -> Result<Registry> {
        Registry::open(&self.vault())
    }

    /// Opens the audit log, unless it is behind its checkpoint.
    ///
    /// # Errors
    /// `BadStore` or `BadKey` if it is none, or older than the checkpoint beside the keys.
    pub(super) fn log(&self) -> Result<AuditLog> {
        let log = self.log_as_it_is()?;
        if let Some(kept) = self.kept_checkpoint()? {
            let found = log.checkpoint()?;
            if found.size < kept.size || (found.size == kept.size && found != kept) {
                return Err(self
                    .stale(format!(
                        "{}: the log has {} entries, its checkpoint stands for {}",
                        self.audit().display(),
                        found.size,
                        kept.size
                    ))
                    .help(
                        "restore the latest vault and log together; nothing is done until then",
                    ));
            }
        }
        Ok(log)
    }

    /// Opens the audit log, whatever the checkpoint says, to find out what is wrong with it.
    ///
    /// # Errors
    /// `BadStore` or `BadKey` if it is none.
    pub(super) fn log_as_it_is(&self) -> Result<AuditLog> {
        AuditLog::open(&self.audit(), self.keys.audit_key()?)
    }

    /// Reads the checkpoint beside the keys, if there is one.
    ///
    /// # Errors
    /// `BadStore` if it is none, `Unreadable` if it cannot be read.
    pub(super) fn kept_checkpoint(&self) -> Result<Option<Checkpoint>> {
        let path = self.keys.checkpoint_path();
        match std::fs::read_to_string(&path) {
            Ok(text) => Checkpoint::parse(&text, &self.keys.audit_key()?).map(Some),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Error::unreadable(&path, &cause)),
        }
    }

    /// Does one change of the vault, kept whole or not at all, and logs it.
    ///
    /// What is refused is logged too. An entry is on the disk before anything is kept, so that a
    /// log that cannot be written lets nothing be done.
    ///
    /// # Errors
    /// `BadStore` if vault or log cannot be written or are older than they were; whatever the
    /// work meets.
    pub(super) fn change<T>(
        &self,
        action: &str,
        scope: Option<&Scope>,
        work: impl FnOnce(&mut Run<'_>, &[KnownEpoch]) -> Result<T>,
    ) -> Result<T> {
        self.logged(action, scope, |log| self.changed(log, (action, scope, None), work))
    }

    /// Answers one question about a person, and logs that it was asked.
    ///
    /// # Errors
    /// `BadStore` if the vault cannot be read or the log cannot be written: there is no answer
    /// then.
    pub(super) fn answer<T>(
        &self,
        action: &str,
        scope: &Scope,
        work: impl FnOnce(&Registry) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        self.logged(action, Some(scope), |log| {
            let registry = self.open()?;
            self.refuse_older(&registry, log)?;
            let found = work(&registry)?;
            let (count, vault) = (Some(found.is_some().into()), Some(registry.last_event()?));
            let detail = Detail { count, vault, ..about(Some(scope)) };
            log.append(&entry(action, Outcome::Done, detail))?;
            Ok(found)
        })
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
        self.change("keys new", Some(scope), |run, known| {
            let epoch = Epoch::new(next_epoch(known, scope))?;
            let key = self.keys.add_epoch(scope, epoch, random)?;
            run.plan(&key)?;
            Ok((epoch, key.fingerprint()))
        })
    }

    /// Moves an epoch on; the one that issued before an active one is accepted only from then.
    ///
    /// # Errors
    /// `BadStore` if it may not go there, or the vault is older than the keys; `BadKey` if the
    /// key is needed and is not there.
    pub(super) fn move_epoch(&self, scope: &Scope, epoch: Epoch, to: EpochState) -> Result<()> {
        self.change("keys move", Some(scope), |run, _| {
            if to == EpochState::Active {
                return run.change_over(&self.keys.pseudonym_key(scope, epoch)?);
            }
            run.move_epoch(scope, epoch, to)?;
            if to == EpochState::Destroyed {
                // Before the commit: a secret that is gone under a retired epoch harms nobody and
                // the command can be repeated; one left under a destroyed epoch is a lie.
                self.keys.delete_epoch(scope, epoch)?;
            }
            Ok(())
        })
    }

    /// Does logged work; a failure is logged as a refusal, and the checkpoint is kept.
    fn logged<T>(
        &self,
        action: &str,
        scope: Option<&Scope>,
        work: impl FnOnce(&mut AuditLog) -> Result<T>,
    ) -> Result<T> {
        let mut log = self.log()?;
        let done = work(&mut log);
        if let Err(error) = &done {
            let code = error.kind().code().to_string();
            let detail = Detail { error: Some(code), ..about(scope) };
            log.append(&entry(action, Outcome::Refused, detail))?;
        }
        self.keep_checkpoint(&log)?;
        done
    }

    fn changed<T>(
        &self,
        log: &mut AuditLog,
        (action, scope, digests): (&str, Option<&Scope>, Option<&RunDigests>),
        work: impl FnOnce(&mut Run<'_>, &[KnownEpoch]) -> Result<T>,
    ) -> Result<T> {
        let mut registry = self.open()?;
        self.refuse_older(&registry, log)?;
        let known = registry.epochs()?;
        if let Some(scope) = scope {
            self.refuse_stale(&known, scope)?;
        }
        let before = registry.last_event()?;
        let mut run = match digests {
            Some(digests) => registry.begin_run(digests)?,
            None => registry.begin_change(action)?,
        };
        let done = work(&mut run, &known)?;
        let at = |vault| Detail { vault: Some(vault), ..about(scope) };
        log.append(&entry(action, Outcome::Allowed, at(before)))?;
        run.commit()?;
        log.append(&entry(action, Outcome::Done, at(registry.last_event()?)))?;
        Ok(done)
    }

    /// Keeps the log's checkpoint beside the keys, whole or as it was.
    fn keep_checkpoint(&self, log: &AuditLog) -> Result<()> {
        let path = self.keys.checkpoint_path();
        let partial = path.with_extension("checkpoint.partial");
        let text = log.checkpoint()?.to_text(&self.keys.audit_key()?);
        std::fs::write(&partial, text)
            .and_then(|()| std::fs::rename(&partial, &path))
            .map_err(|cause| Error::unwritable(&path, &cause))
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

    /// Refuses a vault that lacks events which the log knows of.
    fn refuse_older(&self, registry: &Registry, log: &AuditLog) -> Result<()> {
        let (logged, last) = (log.last_vault_event()?.unwrap_or(0), registry.last_event()?);
        if logged <= last {
            return Ok(());
        }
        Err(self
            .stale(format!(
                "{}: its last event is {last}, the log knows of event {logged}",
                self.vault().display()
            ))
            .help("restore the latest vault and log together; nothing is done until then"))
    }

    /// Refuses a vault that does not know an epoch whose secret is there.
    ///
    /// A vault restored from a backup that is older than a rotation would issue in an epoch that
    /// has ended.
    ///
    /// # Errors
    /// `BadStore` for such a vault.
    fn refuse_stale(&self, known: &[KnownEpoch], scope: &Scope) -> Result<()> {
        let later = (next_epoch(known, scope)..Epoch::COUNT).find(|&number| {
            Epoch::new(number).is_ok_and(|epoch| self.keys.has_epoch(scope, epoch))
        });
        later.map_or(Ok(()), |epoch| {
            Err(self
                .stale(format!(
                    "{}: the keys hold epoch {epoch} of {scope}, which the vault does not know",
                    self.vault().display()
                ))
                .note("the vault is older than its keys, or making that epoch was cut off")
                .help("restore the latest vault; if none is later, delete that secret: it never issued"))
        })
    }

    fn stale(&self, what: String) -> Error {
        Error::new(ErrorKind::BadStore, what)
    }
}

/// Returns the number of the epoch after the latest that the vault knows of a scope.
fn next_epoch(known: &[KnownEpoch], scope: &Scope) -> u8 {
    let latest = known.iter().filter(|known| known.scope == *scope).map(|known| known.epoch).max();
    latest.map_or(0, |latest| latest.number() + 1)
}

fn entry(action: &str, outcome: Outcome, detail: Detail) -> Entry<'_> {
    Entry { action, outcome, detail }
}

fn about(scope: Option<&Scope>) -> Detail {
    Detail { scope: scope.map(Scope::to_string), ..Detail::default() }
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
    let issuer = Issuer { folder: folder.into(), keys: KeyFolder::at(folder) };
    issuer.create()?;
    let all_inputs: String = inputs.iter().map(|(_, digest)| digest.as_str()).collect();
    let digests = RunDigests {
        inputs: digest::bytes_of(&digest::of_bytes(all_inputs.as_bytes())),
        settings: digest::bytes_of(settings_digest),
    };
    let work = |run: &mut Run<'_>, _: &[KnownEpoch]| {
        let handles = run.mint(entities.count())?;
        let mut pseudonyms = 0;
        for (place, source) in records.sources().iter().enumerate() {
            let scope = Scope::new(&source.name, PURPOSE)?;
            let key = issuer.keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom)?;
            run.activate(&key)?;
            let range = records.of_source(place as SourceId);
            let mut known: Vec<u32> =
                entities.entity_of()[range.start as usize..range.end as usize].to_vec();
            known.sort_unstable();
            known.dedup();
            let persons: Vec<_> = known.iter().map(|&entity| handles[entity as usize]).collect();
            pseudonyms += run.issue(&key, &persons)?.pseudonyms.len() as u64;
        }
        Ok(Issue { identifiers: entities.count(), pseudonyms })
    };
    issuer.logged("run", None, |log| issuer.changed(log, ("run", None, Some(&digests)), work))
}
