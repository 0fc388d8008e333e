//! Writes tables as CSV: agencies' files, truth, quarantine.

use std::path::Path;

use super::whole_file::WholeFile;
use crate::error::Result;

/// Table under construction as a CSV file with a header, UTF-8, comma and LF.
///
/// ```
/// use cci::schema::TableWriter;
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("children.csv");
/// let mut table = TableWriter::create(&path, &["child_id", "name"])?;
/// table.row(["7", "Ng, Asha"])?;
/// table.finish()?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "child_id,name\n7,\"Ng, Asha\"\n");
/// # Ok::<(), cci::error::Error>(())
/// ```
pub struct TableWriter {
    csv: csv::Writer<WholeFile>,
    path: std::path::PathBuf,
    width: usize,
}

impl TableWriter {
    /// Creates the file and writes the header; the final name appears with [`Self::finish`].
    ///
    /// # Errors
    /// `Unwritable` if the folder is missing, full or read-only.
    pub fn create(path: &Path, header: &[&str]) -> Result<Self> {
        Self::begin(WholeFile::create(path)?, path, header)
    }

    /// Creates the file so that its owner alone can read it, and writes the header.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_private(path: &Path, header: &[&str]) -> Result<Self> {
        Self::begin(WholeFile::create_private(path)?, path, header)
    }

    fn begin(file: WholeFile, path: &Path, header: &[&str]) -> Result<Self> {
        let csv = csv::Writer::from_writer(file);
        let mut table = Self { csv, path: path.to_path_buf(), width: header.len() };
        table.row(header)?;
        Ok(table)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    ///
    /// # Panics
    /// If the row has not as many cells as the header.
    pub fn row<I>(&mut self, cells: I) -> Result<()>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut width = 0;
        let counted = cells.into_iter().inspect(|_| width += 1);
        let written = self.csv.write_record(counted);
        match written.map_err(csv::Error::into_kind) {
            Ok(()) => {}
            // A full disk may stop a row half way: the width is judged only of whole rows.
            Err(csv::ErrorKind::Io(cause)) => {
                return Err(crate::error::Error::unwritable(&self.path, &cause));
            }
            Err(_) => width = usize::MAX,
        }
        assert_eq!(width, self.width, "a row has as many cells as the header");
        Ok(())
    }

    /// Writes what is left and gives the file its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub fn finish(self) -> Result<()> {
        self.close()?.finish()
    }

    /// Writes what is left; the file that it returns has yet to be given its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub fn close(self) -> Result<WholeFile> {
        let path = self.path;
        self.csv.into_inner().map_err(|error| crate::error::Error::unwritable(&path, error.error()))
    }
}
