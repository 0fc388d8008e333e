//! Writes a file so that its final name never stands for half of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// File under construction: `NAME.partial` until it is finished, then `NAME`.
///
/// Dropped before that, it takes its partial file away.
pub struct WholeFile {
    path: PathBuf,
    partial: PathBuf,
    /// `None` once finished.
    output: Option<BufWriter<File>>,
}

impl WholeFile {
    /// Creates the partial file.
    ///
    /// # Errors
    /// `Unwritable` if the folder is missing, full or read-only.
    pub fn create(path: &Path) -> Result<Self> {
        Self::make(path, OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// Creates the partial file so that its owner alone can read it.
    ///
    /// # Errors
    /// `Unwritable` if the folder is missing, full or read-only.
    pub fn create_private(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // What a command left that was stopped may be readable by others: it is made anew.
        let _ = fs::remove_file(partial_of(path));
        Self::make(path, &options)
    }

    fn make(path: &Path, options: &OpenOptions) -> Result<Self> {
        let partial = partial_of(path);
        let file = options.open(&partial).map_err(|cause| Error::unwritable(path, &cause))?;
        let output = Some(BufWriter::with_capacity(1 << 16, file));
        Ok(Self { path: path.to_path_buf(), partial, output })
    }

    /// Writes what is left and gives the file its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full or the name is taken by a folder.
    pub fn finish(mut self) -> Result<()> {
        let mut output = self.output.take().expect("a file is finished once");
        let renamed = output.flush().and_then(|()| fs::rename(&self.partial, &self.path));
        if renamed.is_err() {
            // The first failure is the one to tell.
            let _ = fs::remove_file(&self.partial);
        }
        renamed.map_err(|cause| Error::unwritable(&self.path, &cause))
    }

    /// Turns a failed write into the error that names this file.
    pub fn unwritable(&self, cause: &io::Error) -> Error {
        Error::unwritable(&self.path, cause)
    }

    fn output(&mut self) -> &mut BufWriter<File> {
        self.output.as_mut().expect("a finished file is consumed")
    }
}

fn partial_of(path: &Path) -> PathBuf {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    partial.into()
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output().flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(output) = self.output.take() {
            // Do not flush what nobody will read.
            let _ = output.into_parts();
            let _ = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_name_appears_only_when_the_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.csv");
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the partial file is gone");

        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"whole").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_never_readable_by_others() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crosswalk.csv");
        fs::write(folder.path().join("crosswalk.csv.partial"), "left by a stop").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let file = WholeFile::create_private(&path).unwrap();
        assert_eq!(mode(&folder.path().join("crosswalk.csv.partial")), 0o600);
        file.finish().unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap().len()), (0o600, 0));
    }

    #[test]
    fn missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = WholeFile::create(&folder.path().join("none/links.csv")).err().unwrap();
        assert_eq!(error.kind().code(), "E041");
        assert!(error.message().ends_with("none/links.csv: no such file"), "{error}");
    }
}
