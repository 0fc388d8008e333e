//! The run folder: staged inside itself, given its final names only when everything is there.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::manifest::outputs_of;
use super::{digest, interrupt};
use crate::error::{Error, ErrorKind, Result};

/// Name of the staging folder inside the run folder.
const STAGING: &str = ".partial";
/// File that says a run is complete; it gets its final name last.
pub(super) const MANIFEST: &str = "manifest.json";

/// Output folder under construction.
///
/// Dropped before [`RunFolder::finish`], it takes away what it made.
pub(super) struct RunFolder {
    path: PathBuf,
    made: bool,
    finished: bool,
}

impl RunFolder {
    /// Opens an output folder, making it if need be.
    ///
    /// # Errors
    /// `OutputExists` if the folder holds anything and `force` is off; `Unwritable` if it cannot
    /// be made or written.
    pub(super) fn open(path: &Path, force: bool) -> Result<Self> {
        let unwritable = |cause: std::io::Error| Error::unwritable(path, &cause);
        let made = !path.exists();
        if made {
            fs::create_dir_all(path).map_err(unwritable)?;
        } else {
            let mut entries = fs::read_dir(path).map_err(unwritable)?;
            if !force && entries.any(|entry| entry.is_ok_and(|e| e.file_name() != STAGING)) {
                return Err(Error::new(
                    ErrorKind::OutputExists,
                    format!("folder {} is not empty", path.display()),
                )
                .help("add --force to replace the earlier run, or name another with --out"));
            }
        }
        let folder = Self { path: path.to_path_buf(), made, finished: false };
        // What an earlier stop left behind is nobody's.
        let _ = fs::remove_dir_all(folder.staging());
        interrupt::watch(&folder.staging());
        fs::create_dir(folder.staging()).map_err(unwritable)?;
        Ok(folder)
    }

    fn staging(&self) -> PathBuf {
        self.path.join(STAGING)
    }

    /// Returns where the folder will be found, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the place to write a file to until the run is finished.
    pub(super) fn stage(&self, name: &str) -> PathBuf {
        self.staging().join(name)
    }

    /// Makes a folder among the staged files and returns its place.
    ///
    /// # Errors
    /// `Unwritable` if it cannot be made.
    pub(super) fn stage_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.stage(name);
        fs::create_dir_all(&folder).map_err(|cause| Error::unwritable(&folder, &cause))?;
        Ok(folder)
    }

    /// Writes a small text file among the staged files.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full or read-only.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.stage(name), text)
            .map_err(|cause| Error::unwritable(&self.path.join(name), &cause))
    }

    /// Gives every staged file its final name, the manifest last.
    ///
    /// What an earlier run wrote here and this one does not is taken away.
    ///
    /// # Errors
    /// `Unwritable` if a name is taken or the disk refuses.
    pub(super) fn finish(mut self) -> Result<()> {
        let unwritable = |cause: std::io::Error| Error::unwritable(&self.path, &cause);
        let mut names: Vec<_> = fs::read_dir(self.staging())
            .and_then(|entries| entries.map(|e| e.map(|e| e.file_name())).collect())
            .map_err(unwritable)?;
        names.sort_by_key(|name| (name == MANIFEST, name.clone()));
        // From here on a stop has to wait: names are given in a moment.
        let _giving_names = interrupt::forget(&self.staging());
        let _ = self.remove_what_is_not_made_again();
        // The old manifest goes first: until the new one is there, the folder is no complete run.
        let _ = fs::remove_file(self.path.join(MANIFEST));
        for name in names {
            let target = self.path.join(&name);
            if target.is_dir() {
                fs::remove_dir_all(&target).map_err(unwritable)?;
            }
            fs::rename(self.staging().join(&name), target).map_err(unwritable)?;
        }
        let _ = fs::remove_dir(self.staging());
        self.finished = true;
        Ok(())
    }

    /// Takes away files of the earlier run that are still as it wrote them and not made again.
    ///
    /// # Errors
    /// `Unreadable` or `BadStructure` if no earlier run is here.
    fn remove_what_is_not_made_again(&self) -> Result<()> {
        for (name, sha256) in outputs_of(&self.path)? {
            let below =
                Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
            let target = self.path.join(&name);
            let as_written = || digest::of_file(&target).is_ok_and(|found| found == sha256);
            if below && !self.stage(&name).exists() && as_written() {
                // If the disk refuses, giving the names meets the same and says so.
                let _ = fs::remove_file(&target);
            }
        }
        Ok(())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if !self.finished {
            let _taking_away = interrupt::forget(&self.staging());
            let _ = fs::remove_dir_all(self.staging());
            if self.made {
                // Only if it is empty: nothing of the user's is ever taken away.
                let _ = fs::remove_dir(&self.path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_final_only_at_the_end() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("out");
        let folder = RunFolder::open(&path, false).unwrap();
        folder.write("report.html", "whole").unwrap();
        assert!(!path.join("report.html").exists());
        folder.finish().unwrap();
        let names: Vec<_> =
            fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["report.html"]);
    }

    #[test]
    fn an_abandoned_run_leaves_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("out");
        let folder = RunFolder::open(&path, false).unwrap();
        folder.write("report.html", "half").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn an_earlier_run_is_refused_without_force_and_replaced_with_it() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("out");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("report.html"), "old").unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let error = RunFolder::open(&path, false).err().unwrap();
        assert_eq!(error.kind().code(), "E040");
        let folder = RunFolder::open(&path, true).unwrap();
        folder.write("report.html", "new").unwrap();
        folder.finish().unwrap();
        assert_eq!(fs::read_to_string(path.join("report.html")).unwrap(), "new");
        assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
    }
}
