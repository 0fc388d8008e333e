//! Formats in which an agency's file can be written.

use std::path::Path;

use crate::error::{Error, Result};
use crate::schema::parquet::RowWriter;
use crate::schema::{TableWriter, WholeFile};

/// Format of the agencies' files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileFormat {
    /// Comma-separated values as in RFC 4180, but with lines that end in a line feed alone.
    #[default]
    Csv,
    /// Parquet: texts without nulls; an empty cell is an empty text, as it is in CSV.
    Parquet,
}

impl FileFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];

    /// Returns the format's name, which is also the ending of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// Finds a format by its name.
    ///
    /// # Errors
    /// `UnknownName` with the nearest format, if none has that name.
    ///
    /// ```
    /// use cci::synthetic::FileFormat;
    /// assert_eq!(FileFormat::find("parquet")?, FileFormat::Parquet);
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    pub fn find(name: &str) -> Result<Self> {
        let known = || Self::ALL.into_iter();
        known()
            .find(|format| format.name() == name)
            .ok_or_else(|| Error::unknown_name("format", name, known().map(Self::name)))
    }

    /// Starts a file; the final name appears when it is finished.
    ///
    /// # Errors
    /// `Unwritable` if the folder is missing, full or read-only.
    pub(super) fn create(self, path: &Path, header: &[&str]) -> Result<FileWriter> {
        Ok(match self {
            Self::Csv => FileWriter::Csv(Box::new(TableWriter::create(path, header)?)),
            Self::Parquet => FileWriter::Parquet(Box::new(RowWriter::create(path, header)?)),
        })
    }
}

/// File under construction; its rows go out as they come.
pub(super) enum FileWriter {
    Csv(Box<TableWriter>),
    Parquet(Box<RowWriter>),
}

impl FileWriter {
    /// Writes a row.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub(super) fn row(&mut self, cells: &[&str]) -> Result<()> {
        match self {
            Self::Csv(table) => table.row(cells),
            Self::Parquet(table) => table.row(cells.iter().copied()),
        }
    }

    /// Writes what is left; the file that it returns has yet to be given its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub(super) fn close(self) -> Result<WholeFile> {
        match self {
            Self::Csv(table) => table.close(),
            Self::Parquet(table) => table.close(),
        }
    }
}
