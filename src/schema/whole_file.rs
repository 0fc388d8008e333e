//! Writes a file so that its final name never stands for half of it.

use std::fs::{self, File};
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
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial).map_err(|cause| Error::unwritable(path, &cause))?;
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

    #[test]
    fn missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = WholeFile::create(&folder.path().join("none/links.csv")).err().unwrap();
        assert_eq!(error.kind().code(), "E041");
        assert!(error.message().ends_with("none/links.csv: no such file"), "{error}");
    }
}
