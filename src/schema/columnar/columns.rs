//! Columns with types, and whether they hold what is asked of them.

use std::path::Path;

use super::holds::Holds;
use crate::error::{Error, Result};
use crate::schema::opening::bad_structure;
use crate::schema::source_file::{ColumnName, SourceFile, Split};

/// Columns of a file: those that are read, and others.
#[derive(Default)]
pub(super) struct Columns {
    /// Columns that are read, in the order of the file.
    pub(super) read: Vec<Column>,
    /// Other columns, with what they hold.
    others: Vec<(String, &'static str)>,
}

/// Column that is read.
pub(in crate::schema) struct Column {
    /// Name in the file.
    pub(super) name: String,
    /// Place among all columns of the file.
    pub(super) place: usize,
    /// What it holds.
    pub(super) holds: Holds,
    /// Format in which its days are written as text.
    pub(super) date_format: String,
}

impl Columns {
    /// Sorts columns into those that are read and others; each as its place, name and holding.
    pub(super) fn new(all: impl IntoIterator<Item = (usize, String, Holds)>) -> Self {
        let mut columns = Self::default();
        for (place, name, holds) in all {
            match holds {
                Holds::Other(what) => columns.others.push((name, what)),
                holds => {
                    columns.read.push(Column { name, place, holds, date_format: String::new() });
                }
            }
        }
        columns
    }

    /// Returns the names of the columns that are read.
    pub(super) fn names(&self) -> Vec<String> {
        self.read.iter().map(|column| column.name.clone()).collect()
    }

    /// Checks that the columns hold what is asked of them, and takes the formats of days.
    ///
    /// # Errors
    /// `BadStructure` for a column of another type, with the place of the request.
    pub(super) fn ask(&mut self, path: &Path, file: &SourceFile) -> Result<()> {
        let split = match &file.split {
            Split::ByColumn { column, .. } => Some(column),
            Split::One(_) => None,
        };
        for name in split.into_iter().chain([&file.id_column]) {
            if let Some(what) = self.other(name) {
                return Err(wrong_type(path, name, (what, "text")));
            }
        }
        for request in &file.columns {
            let name = &request.column;
            if let Some(what) = self.other(name) {
                let refusal = Holds::Other(what).refusal(request).unwrap_or((what, "text"));
                return Err(wrong_type(path, name, refusal));
            }
            let column = self.read.iter_mut().find(|column| column.name == name.name);
            let Some(column) = column else { continue };
            column.date_format.clone_from(&request.rules.date_format);
            if let Some(refusal) = column.holds.refusal(request) {
                return Err(wrong_type(path, name, refusal));
            }
        }
        Ok(())
    }

    fn other(&self, name: &ColumnName) -> Option<&'static str> {
        self.others.iter().find(|(other, _)| *other == name.name).map(|(_, what)| *what)
    }
}

fn wrong_type(path: &Path, name: &ColumnName, (found, expected): (&str, &str)) -> Error {
    let what = format!("column \"{}\" holds {found}, expected {expected}", name.name);
    bad_structure(path, &what)
        .note(format!("asked for at {}", name.asked_at))
        .help(format!("write the column as {expected}"))
}
