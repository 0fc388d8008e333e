//! The issuer's key folder: root key, audit key, and a secret for each epoch of each scope.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

use super::key_file::KeyFile;
use super::private_file::{refusal, sync_folder};
use super::{AuditKey, Epoch, EpochSecret, PseudonymKey, RandomSource, RootKey, Scope};
use crate::error::{Error, Result, describe};

/// Name of the root key's file.
const ROOT: &str = "root.key";

/// Name of the audit key's file.
const AUDIT: &str = "audit.key";

/// Name of the file that says how far the audit log has come.
const CHECKPOINT: &str = "audit.checkpoint";

/// End of the name of every key file.
const ENDING: &str = ".key";

/// Folder that holds the key files of an issuer, and is the owner's alone.
///
/// ```
/// use cci::identifier::{Epoch, KeyFolder, OsRandom, Scope};
/// # fn main() -> cci::error::Result<()> {
/// # let parent = tempfile::tempdir().expect("a folder to try things in");
/// let keys = KeyFolder::at(&parent.path().join("keys"));
/// keys.create(&mut OsRandom)?;
/// let scope = Scope::new("education", "attendance")?;
/// let made = keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom)?;
/// let read = keys.pseudonym_key(&scope, Epoch::FIRST)?;
/// assert_eq!(made.fingerprint(), read.fingerprint());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct KeyFolder {
    path: PathBuf,
}

impl KeyFolder {
    /// Names a folder; what is in it is checked when it is read.
    pub fn at(path: &Path) -> Self {
        Self { path: path.into() }
    }

    /// Makes the folder, of mode 0700, unless it is there.
    ///
    /// # Errors
    /// `Unwritable` if it cannot be made.
    pub fn make(&self) -> Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path).map_err(|cause| Error::unwritable(&self.path, &cause))
    }

    /// Makes a root key and an audit key, and the folder if need be.
    ///
    /// # Errors
    /// `OutputExists` if it holds either already; `Unwritable` if it cannot be written;
    /// `BadKey` if no random bytes can be had.
    pub fn create(&self, random: &mut dyn RandomSource) -> Result<()> {
        self.make()?;
        RootKey::create_file(&self.path.join(ROOT), random)?;
        AuditKey::create_file(&self.path.join(AUDIT), random)
    }

    /// Reads the audit key.
    ///
    /// # Errors
    /// As [`RootKey::from_file`].
    pub fn audit_key(&self) -> Result<AuditKey> {
        AuditKey::from_file(&self.path.join(AUDIT))
    }

    /// Returns where the last checkpoint of the audit log is kept: with the keys, which may be
    /// apart from the log.
    pub fn checkpoint_path(&self) -> PathBuf {
        self.path.join(CHECKPOINT)
    }

    /// Reads the root key.
    ///
    /// # Errors
    /// As [`RootKey::from_file`].
    pub fn root(&self) -> Result<RootKey> {
        RootKey::from_file(&self.path.join(ROOT))
    }

    /// Makes the secret of a scope's epoch, and returns the epoch's key.
    ///
    /// # Errors
    /// `OutputExists` if there is one already; otherwise as [`RootKey::create_file`] and
    /// [`RootKey::from_file`].
    pub fn add_epoch(
        &self,
        scope: &Scope,
        epoch: Epoch,
        random: &mut dyn RandomSource,
    ) -> Result<PseudonymKey> {
        let root = self.root()?;
        let secret =
            EpochSecret::create_file(&self.epoch_path(scope, epoch), scope, epoch, random)?;
        Ok(PseudonymKey::derive(&root, scope, epoch, &secret))
    }

    /// Derives the key of a scope's epoch from the files.
    ///
    /// # Errors
    /// `BadKey` if root key or epoch secret is missing or unfit.
    pub fn pseudonym_key(&self, scope: &Scope, epoch: Epoch) -> Result<PseudonymKey> {
        let secret = EpochSecret::from_file(&self.epoch_path(scope, epoch), scope, epoch)?;
        Ok(PseudonymKey::derive(&self.root()?, scope, epoch, &secret))
    }

    /// Says whether the folder holds the secret of a scope's epoch, fit or not.
    pub fn has_epoch(&self, scope: &Scope, epoch: Epoch) -> bool {
        fs::symlink_metadata(self.epoch_path(scope, epoch)).is_ok()
    }

    /// Deletes the secret of a scope's epoch; deleting one that is gone changes nothing.
    ///
    /// The epoch is destroyed when the copies are deleted too: what a disk kept of a file, and
    /// backups, are beyond the toolkit's reach.
    ///
    /// # Errors
    /// `Unwritable` if the file cannot be deleted.
    pub fn delete_epoch(&self, scope: &Scope, epoch: Epoch) -> Result<()> {
        let path = self.epoch_path(scope, epoch);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed
                .and_then(|()| sync_folder(&path))
                .map_err(|cause| Error::unwritable(&path, &cause)),
        }
    }

    /// Examines every key file of the folder, sorted by name.
    ///
    /// # Errors
    /// `BadKey` if the folder cannot be read; what is wrong with a file stands beside its name.
    pub fn examine(&self) -> Result<Vec<(String, Result<KeyFile>)>> {
        let unreadable = |cause: std::io::Error| {
            refusal(&self.path, &describe(&cause)).help("give the folder that holds root.key")
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            names.extend(name.to_str().filter(|name| name.ends_with(ENDING)).map(String::from));
        }
        names.sort_unstable();
        let examine = |name: String| {
            let found = KeyFile::examine(&self.path.join(&name));
            (name, found)
        };
        Ok(names.into_iter().map(examine).collect())
    }

    /// Returns the path of an epoch's secret, which names the scope and epoch.
    fn epoch_path(&self, scope: &Scope, epoch: Epoch) -> PathBuf {
        let (agency, purpose, epoch) = (scope.agency(), scope.purpose(), epoch.number());
        self.path.join(format!("{agency}.{purpose}.epoch-{epoch}{ENDING}"))
    }
}
