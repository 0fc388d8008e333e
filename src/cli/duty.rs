//! Duties and their folders: a folder that is one duty's is never made another's as well.

use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Duty that keeps a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// Keeps its own records, and the crosswalk to them.
    Holder,
    /// Links, and keeps who belongs together.
    Custodian,
    /// Mints persons, and keeps keys and vault.
    Issuer,
}

impl Duty {
    const ALL: [Self; 3] = [Self::Holder, Self::Custodian, Self::Issuer];

    fn name(self) -> &'static str {
        match self {
            Self::Holder => "a holder's",
            Self::Custodian => "a linkage custodian's",
            Self::Issuer => "an issuer's",
        }
    }

    /// Says whether a folder holds what this duty alone keeps.
    fn keeps(self, folder: &Path) -> bool {
        let has = |names: &[&str]| names.iter().any(|name| folder.join(name).exists());
        match self {
            Self::Custodian => has(&["memberships.sqlite", "custodian.key"]),
            Self::Issuer => has(&["vault.sqlite", "audit.sqlite", "root.key"]),
            Self::Holder => {
                let sources = std::fs::read_dir(folder).into_iter().flatten().flatten();
                sources.into_iter().any(|source| source.path().join("crosswalk.csv").exists())
            }
        }
    }

    /// Refuses a folder that is another duty's, before anything is written there.
    ///
    /// # Errors
    /// `BadValue` that says whose it is.
    pub(super) fn refuse_others(self, folder: &Path) -> Result<()> {
        let other = Self::ALL.into_iter().find(|other| *other != self && other.keeps(folder));
        let Some(other) = other else { return Ok(()) };
        let (folder, other) = (folder.display(), other.name());
        let message = format!("{folder}: it is {other} folder, but not {}", self.name());
        Err(Error::new(ErrorKind::BadValue, message)
            .help("give each duty a folder of its own; whoever has two could put names to persons"))
    }
}
