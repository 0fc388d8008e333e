//! The issuer's folder: vault, audit log and keys; whatever is done there is logged.

use std::io::Write;
use std::path::PathBuf;

use super::arguments::IssuerArguments;
use super::duty::Duty;
use super::passphrases::Passphrases;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, KeyFolder, OsRandom, Passphrase, Scope};
use crate::registry::{
    Actor, AuditLog, Checkpoint, Detail, Entry, KnownEpoch, Outcome, Registry, Role, Run,
    RunDigests, now,
};
use crate::schema::WholeFile;

mod approvals;
mod entities;
mod epochs;

pub(super) use entities::{Issue, issue};

/// Folder of a run that belongs to the issuer.
pub(super) const ISSUER: &str = "issuer";
/// Name of the vault in the issuer's folder.
const VAULT: &str = "vault.sqlite";
/// Name of the audit log in the issuer's folder.
const AUDIT: &str = "audit.sqlite";

/// Where an issuer keeps vault and keys.
pub(super) struct Issuer {
    folder: PathBuf,
    keys: KeyFolder,
    actor: Actor,
    role: Role,
    /// Request that is answered, and who approved it.
    request: Option<String>,
    approvers: Vec<Actor>,
}

impl Issuer {
    /// Names the folders that were asked for, and who acts there.
    ///
    /// # Errors
    /// `BadValue` if who acts is no name.
    pub(super) fn at(arguments: &IssuerArguments) -> Result<Self> {
        let folder = arguments.issuer.clone();
        let passphrases = Passphrases::from(arguments.passphrase_file.as_deref());
        let keys = KeyFolder::at(arguments.keys.as_deref().unwrap_or(&folder))
            .asking(Box::new(passphrases));
        Ok(Self::of(folder, keys, arguments.actor.named()?))
    }

    /// Puts together an issuer's folder, its keys, and who acts.
    fn of(folder: PathBuf, keys: KeyFolder, actor: Actor) -> Self {
        let (role, request, approvers) = (Role::Issuer, None, Vec::new());
        Self { folder, keys, actor, role, request, approvers }
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

    /// Makes keys, vault and audit log; with a passphrase the root key is wrapped under it.
    ///
    /// # Errors
    /// `OutputExists` if any of them is there; `Unwritable`, `BadStore` or `BadKey` if it cannot
    /// be made.
    pub(super) fn create(&self, passphrase: Option<Passphrase>) -> Result<()> {
        Duty::Issuer.refuse_others(&self.folder)?;
        match passphrase {
            Some(passphrase) => self.keys.create_wrapped(passphrase, &mut OsRandom)?,
            None => self.keys.create(&mut OsRandom)?,
        }
        KeyFolder::at(&self.folder).make()?;
        Registry::create(&self.vault())?;
        let mut log = AuditLog::create(&self.audit(), self.keys.audit_key()?)?;
        log.append(&entry("keys new", Outcome::Done, self.about(None)))?;
        self.keep_checkpoint(&log)
    }

    /// Changes a key or how it is kept, and logs it, with the approver whose key it is.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be written: nothing is changed then; whatever the work meets.
    pub(super) fn change_keys(
        &self,
        action: &str,
        approver: Option<&Actor>,
        work: impl FnOnce(&KeyFolder) -> Result<()>,
    ) -> Result<()> {
        self.logged(action, None, |log| {
            let approvers = approver.into_iter().cloned().collect();
            let detail = Detail { approvers, ..self.about(None) };
            log.append(&entry(action, Outcome::Allowed, detail.clone()))?;
            work(&self.keys)?;
            log.append(&entry(action, Outcome::Done, detail)).map(drop)
        })
    }

    /// Reads the root key before a change that needs it; that it cannot be read is logged.
    ///
    /// Done first, so that nobody waits for the vault while a passphrase is typed.
    ///
    /// # Errors
    /// `BadKey` if it cannot be read.
    pub(super) fn open_keys(&self, action: &str, scope: &Scope) -> Result<()> {
        match self.keys.root() {
            Ok(_) => Ok(()),
            Err(error) => self.logged(action, Some(scope), |_| Err(error)),
        }
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
    /// Whoever asks for too many that are not there is guessing: there is an alarm in the log, and
    /// no answer for a while, whomever it is about.
    ///
    /// # Errors
    /// `GateNotMet` while somebody is guessing.
    /// `BadStore` if the vault cannot be read or the log cannot be written: there is no answer
    /// then.
    pub(super) fn answer<T>(
        &self,
        action: &str,
        scope: &Scope,
        work: impl FnOnce(&Registry) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        self.logged(action, Some(scope), |log| {
            let title = scope.to_string();
            log.refuse_guessing(action, &title, now())?;
            let registry = self.open()?;
            self.refuse_older(&registry, log)?;
            let found = work(&registry)?;
            let (count, vault) = (Some(found.is_some().into()), Some(registry.last_event()?));
            let detail = Detail { count, vault, ..self.about(Some(scope)) };
            log.append(&entry(action, Outcome::Done, detail))?;
            let nobody = log.unanswered(action, &title, now())?;
            if AuditLog::is_guessing(nobody) {
                let detail = Detail { count: Some(nobody), ..self.about(Some(scope)) };
                log.append(&entry("alarm: guessing", Outcome::Done, detail))?;
            }
            Ok(found)
        })
    }

    /// Hands out a list of a scope, and logs how many rows it has.
    ///
    /// The entry is on the disk before the first row is read, so that no list leaves unlogged.
    ///
    /// # Errors
    /// `BadStore` if the vault cannot be read or the log cannot be written; whatever the work
    /// meets.
    pub(super) fn release(
        &self,
        action: &str,
        scope: &Scope,
        work: impl FnOnce(&Registry) -> Result<u64>,
    ) -> Result<u64> {
        self.logged(action, Some(scope), |log| {
            let registry = self.open()?;
            self.refuse_older(&registry, log)?;
            log.append(&entry(action, Outcome::Allowed, self.about(Some(scope))))?;
            let rows = work(&registry)?;
            let (count, vault) = (Some(rows), Some(registry.last_event()?));
            log.append(&entry(
                action,
                Outcome::Done,
                Detail { count, vault, ..self.about(Some(scope)) },
            ))?;
            Ok(rows)
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
            let detail = Detail { error: Some(code), ..self.about(scope) };
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
        let at = |vault| Detail { vault: Some(vault), ..self.about(scope) };
        log.append(&entry(action, Outcome::Allowed, at(before)))?;
        run.commit()?;
        log.append(&entry(action, Outcome::Done, at(registry.last_event()?)))?;
        Ok(done)
    }

    /// Keeps the log's checkpoint beside the keys, whole or as it was.
    fn keep_checkpoint(&self, log: &AuditLog) -> Result<()> {
        let path = self.keys.checkpoint_path();
        let text = log.checkpoint()?.to_text(&self.keys.audit_key()?);
        let mut file = WholeFile::create_private(&path)?;
        file.write_all(text.as_bytes()).map_err(|cause| file.unwritable(&cause))?;
        file.finish()
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

    /// Returns what every entry says: who acts, in what role, in which scope.
    fn about(&self, scope: Option<&Scope>) -> Detail {
        Detail {
            actor: Some(self.actor.clone()),
            approvers: self.approvers.clone(),
            request: self.request.clone(),
            role: Some(self.role),
            scope: scope.map(Scope::to_string),
            ..Detail::default()
        }
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
