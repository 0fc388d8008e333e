//! A synthetic world: the agencies' files and the truth about them.

use std::fs;
use std::path::{Path, PathBuf};

use super::calibration::Measured;
use super::table::Table;
use crate::error::{Error, Result};
use crate::record::Agency;
use crate::schema::TableWriter;

/// File of one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyTable {
    /// Agency whose file it is.
    pub agency: Agency,
    /// Its columns and rows, in an order that says nothing about who is who.
    pub table: Table,
}

/// What is true of a world: only `evaluate` and the command line may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticTruth {
    /// Child of every record: `source, record_id, child_id`.
    pub records: Table,
    /// Every child, those without a record included.
    pub children: Table,
    /// Every value that is not as it was: `source, record_id, attribute, corruption`.
    pub corruptions: Table,
    /// Every rate that it was to have, and what was found.
    pub measured: Vec<Measured>,
}

/// Invented children as four agencies see them, and the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// Files of the agencies, in the order of [`Agency::ALL`].
    pub agencies: Vec<AgencyTable>,
    /// What is true.
    pub truth: SyntheticTruth,
}

/// Files that were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Path and number of rows of each file, the header left out.
    pub files: Vec<(PathBuf, usize)>,
    /// Every rate that the world was to have, and what was found.
    pub measured: Vec<Measured>,
}

impl World {
    /// Writes `health.csv` and its like, and `truth/records.csv`, `children.csv`, `corruptions.csv`.
    ///
    /// Comma-separated values as in RFC 4180, but with lines that end in a line feed alone. A file
    /// gets its name once it is complete.
    ///
    /// # Errors
    /// `Unwritable` if the folder or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Written> {
        let truth = folder.join("truth");
        fs::create_dir_all(&truth).map_err(|cause| Error::unwritable(&truth, &cause))?;
        let of_agencies = self
            .agencies
            .iter()
            .map(|file| (folder.join(format!("{}.csv", file.agency.name())), &file.table));
        let of_truth = [
            (truth.join("records.csv"), &self.truth.records),
            (truth.join("children.csv"), &self.truth.children),
            (truth.join("corruptions.csv"), &self.truth.corruptions),
        ];
        let mut files = Vec::new();
        for (path, table) in of_agencies.chain(of_truth) {
            write_table(&path, table)?;
            files.push((path, table.len()));
        }
        Ok(Written { files, measured: self.truth.measured.clone() })
    }
}

fn write_table(path: &Path, table: &Table) -> Result<()> {
    let mut writer = TableWriter::create(path, table.header())?;
    for row in 0..table.len() {
        writer.row(table.row(row))?;
    }
    writer.finish()
}
