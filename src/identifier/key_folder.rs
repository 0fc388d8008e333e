//! The issuer's key folder: root key, audit key, and a secret for each epoch of each scope.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::key_file::{Kept, KeyFile};
use super::passphrase::{Passphrase, PassphraseSource};
use super::private_file::{refusal, sync_folder};
use super::wrapping::WorkFactor;
use super::{
    ApproverKey, AuditKey, Epoch, EpochSecret, PseudonymKey, RandomSource, RootKey, Scope,
};
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
#[derive(Debug)]
pub struct KeyFolder {
    path: PathBuf,
    /// Who is asked for the passphrase of a wrapped root key.
    passphrases: Option<Box<dyn PassphraseSource>>,
    /// Root key, once it was read: opening a wrapped one takes a passphrase and a second.
    root: OnceLock<RootKey>,
    /// Work that a guess costs of what this folder wraps.
    work: WorkFactor,
}

impl KeyFolder {
    /// Names a folder; what is in it is checked when it is read.
    pub fn at(path: &Path) -> Self {
        let work = WorkFactor::STANDARD;
        Self { path: path.into(), passphrases: None, root: OnceLock::new(), work }
    }

    /// Lets the folder ask for the passphrase of a root key that is wrapped.
    #[must_use]
    pub fn asking(mut self, passphrases: Box<dyn PassphraseSource>) -> Self {
        self.passphrases = Some(passphrases);
        self
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
        RootKey::create_file(&self.root_path(), random)?;
        AuditKey::create_file(&self.path.join(AUDIT), random)
    }

    /// Makes a root key that is wrapped under a passphrase from the first, and an audit key.
    ///
    /// # Errors
    /// As [`KeyFolder::create`]; `BadKey` if the passphrase is too easy to guess.
    pub fn create_wrapped(
        &self,
        passphrase: Passphrase,
        random: &mut dyn RandomSource,
    ) -> Result<()> {
        let passphrase = passphrase.for_wrapping()?;
        self.make()?;
        RootKey::create_wrapped_file(&self.root_path(), (&passphrase, self.work), random)?;
        AuditKey::create_file(&self.path.join(AUDIT), random)
    }

    /// Wraps the root key under a passphrase, in place of another if it had one.
    ///
    /// # Errors
    /// `BadKey` if the root key cannot be read or the passphrase is too easy to guess;
    /// `Unwritable` if it cannot be written. The file is as it was then.
    pub fn wrap(&self, passphrase: Passphrase) -> Result<()> {
        let passphrase = passphrase.for_wrapping()?;
        self.root()?.rewrite_file(&self.root_path(), Some((&passphrase, self.work)))
    }

    /// Writes the root key in clear, so that no passphrase is needed.
    ///
    /// # Errors
    /// `BadKey` if the root key cannot be read, or is in clear; `Unwritable` if it cannot be
    /// written. The file is as it was then.
    pub fn unwrap_root(&self) -> Result<()> {
        if self.root_is_kept()? == Kept::InClear {
            return Err(refusal(&self.root_path(), "it is not wrapped")
                .help("nothing is to be done: it opens without a passphrase"));
        }
        self.root()?.rewrite_file(&self.root_path(), None)
    }

    /// Says how the root key is kept, without opening it.
    ///
    /// # Errors
    /// `BadKey` if its file is not its owner's alone.
    pub fn root_is_kept(&self) -> Result<Kept> {
        Kept::of(&self.root_path())
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

    /// Reads the root key, and asks for its passphrase if it is wrapped, once.
    ///
    /// # Errors
    /// As [`RootKey::from_file`]; `BadKey` if the passphrase does not open it.
    pub fn root(&self) -> Result<&RootKey> {
        if let Some(root) = self.root.get() {
            return Ok(root);
        }
        let root = RootKey::from_wrapped_file(&self.root_path(), self.passphrases.as_deref())?;
        Ok(self.root.get_or_init(|| root))
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
        Ok(PseudonymKey::derive(root, scope, epoch, &secret))
    }

    /// Derives the key of a scope's epoch from the files.
    ///
    /// # Errors
    /// `BadKey` if root key or epoch secret is missing or unfit.
    pub fn pseudonym_key(&self, scope: &Scope, epoch: Epoch) -> Result<PseudonymKey> {
        let secret = EpochSecret::from_file(&self.epoch_path(scope, epoch), scope, epoch)?;
        Ok(PseudonymKey::derive(self.root()?, scope, epoch, &secret))
    }

    /// Makes the key of an approver: a file for it, and a copy in this folder.
    ///
    /// # Errors
    /// `OutputExists` if there is one of that name; otherwise as [`RootKey::create_file`].
    pub fn add_approver(
        &self,
        name: &str,
        own: &Path,
        random: &mut dyn RandomSource,
    ) -> Result<()> {
        ApproverKey::create_files(name, own, &self.approver_path(name), random)
    }

    /// Reads the copy of an approver's key.
    ///
    /// # Errors
    /// As [`RootKey::from_file`].
    pub fn approver_key(&self, name: &str) -> Result<ApproverKey> {
        ApproverKey::from_file(&self.approver_path(name), name)
    }

    /// Returns the path of the copy of an approver's key; no name leads out of the folder.
    fn approver_path(&self, name: &str) -> PathBuf {
        self.path.join(format!("approver.{}{ENDING}", name.replace('/', "_")))
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
            let found = KeyFile::examine(&self.path.join(&name), self.passphrases.as_deref());
            (name, found)
        };
        Ok(names.into_iter().map(examine).collect())
    }

    fn root_path(&self) -> PathBuf {
        self.path.join(ROOT)
    }

    /// Returns the path of an epoch's secret, which names the scope and epoch.
    fn epoch_path(&self, scope: &Scope, epoch: Epoch) -> PathBuf {
        let (agency, purpose, epoch) = (scope.agency(), scope.purpose(), epoch.number());
        self.path.join(format!("{agency}.{purpose}.epoch-{epoch}{ENDING}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::OsRandom;
    use zeroize::Zeroizing;

    const OLD: &str = "amber lantern orbit";
    const NEW: &str = "pebble under nine clouds";

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(Zeroizing::new(text.to_string())).unwrap()
    }

    fn at(path: &Path, text: &str) -> KeyFolder {
        let folder = KeyFolder::at(path).asking(Box::new(passphrase(text)));
        KeyFolder { work: WorkFactor::OF_TESTS, ..folder }
    }

    fn names(path: &Path) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = fs::read_dir(path).unwrap().map(name).collect();
        names.sort_unstable();
        names.into_iter().map(|name| name.into_string().unwrap()).collect()
    }

    /// Fingerprint of an epoch's key, as a new process derives it.
    fn fingerprint(path: &Path, text: &str) -> Result<super::super::Fingerprint> {
        let scope = Scope::new("education", "attendance")?;
        at(path, text).pseudonym_key(&scope, Epoch::FIRST).map(|key| key.fingerprint())
    }

    fn with_epoch(keys: &KeyFolder) {
        let scope = Scope::new("education", "attendance").unwrap();
        keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom).unwrap();
    }

    #[test]
    fn wrapping_changing_and_unwrapping_keep_the_key() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("keys");
        let keys = at(&path, OLD);
        keys.create(&mut OsRandom).unwrap();
        with_epoch(&keys);
        let (before, clear) =
            (fingerprint(&path, OLD).unwrap(), fs::read(path.join(ROOT)).unwrap());
        keys.wrap(passphrase(OLD)).unwrap();
        assert_eq!(at(&path, OLD).root_is_kept().unwrap(), Kept::Wrapped);
        assert_eq!(fingerprint(&path, OLD).unwrap(), before);
        at(&path, OLD).wrap(passphrase(NEW)).unwrap();
        assert_eq!(fingerprint(&path, NEW).unwrap(), before);
        assert!(fingerprint(&path, OLD).is_err());
        assert!(at(&path, OLD).unwrap_root().is_err());
        at(&path, NEW).unwrap_root().unwrap();
        assert_eq!(fs::read(path.join(ROOT)).unwrap(), clear);
        assert!(at(&path, NEW).unwrap_root().unwrap_err().message().contains("not wrapped"));
        let expected = ["audit.key", "education.attendance.epoch-0.key", "root.key"];
        assert_eq!(names(&path), expected);
    }

    #[test]
    fn a_key_wrapped_from_the_first_is_nowhere_in_clear() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("keys");
        let keys = at(&path, OLD);
        keys.create_wrapped(passphrase(OLD), &mut OsRandom).unwrap();
        with_epoch(&keys);
        keys.wrap(passphrase(NEW)).unwrap();
        at(&path, NEW).unwrap_root().unwrap();
        let clear = fs::read_to_string(path.join(ROOT)).unwrap();
        let digits = clear.trim_end().rsplit(' ').next().unwrap().to_string();
        at(&path, NEW).wrap(passphrase(NEW)).unwrap();
        let secret = super::super::key_file::from_hex(&digits).unwrap();
        for name in names(&path) {
            let bytes = fs::read(path.join(&name)).unwrap();
            assert!(!bytes.windows(16).any(|window| window == &digits.as_bytes()[..16]), "{name}");
            assert!(!bytes.windows(8).any(|window| window == &secret[..8]), "{name}");
        }
    }

    #[test]
    fn a_change_that_fails_leaves_the_key_file_as_it_was() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("keys");
        at(&path, OLD).create_wrapped(passphrase(OLD), &mut OsRandom).unwrap();
        let before = fs::read(path.join(ROOT)).unwrap();
        let said = at(&path, OLD).wrap(passphrase("short")).unwrap_err();
        assert!(said.message().contains("too easy to guess"), "{said}");
        assert!(at(&path, NEW).wrap(passphrase(NEW)).is_err());
        // What a stop left is no obstacle; a folder in its place is.
        fs::create_dir(path.join("root.new.key")).unwrap();
        assert!(at(&path, OLD).wrap(passphrase(NEW)).is_err());
        assert_eq!(fs::read(path.join(ROOT)).unwrap(), before);
        fs::remove_dir(path.join("root.new.key")).unwrap();
        fs::write(path.join("root.new.key"), "half a key").unwrap();
        at(&path, OLD).wrap(passphrase(NEW)).unwrap();
        assert_eq!(names(&path), ["audit.key", "root.key"]);
    }

    #[test]
    fn no_other_key_file_may_be_wrapped_and_nobody_is_asked_unasked() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("keys");
        at(&path, OLD).create_wrapped(passphrase(OLD), &mut OsRandom).unwrap();
        let said = KeyFolder::at(&path).root().unwrap_err();
        assert!(said.message().contains("wrapped under a passphrase"), "{said}");
        fs::copy(path.join(ROOT), path.join(AUDIT)).unwrap();
        let said = at(&path, OLD).audit_key().unwrap_err();
        assert!(said.to_string().contains("the root key alone may be wrapped"), "{said}");
    }
}
