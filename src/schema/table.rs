//! Small tables read whole: truth, labels, whatever the toolkit itself has written.

use std::path::Path;

use hashbrown::HashSet;

use super::delimiter::Delimiter;
use super::encoding::TextEncoding;
use super::extract::Extract;
use super::fault::Fault;
use super::row::Row;
use super::source_file::{ColumnName, SourceFile, Split, source_named_in};
use crate::error::{Error, ErrorKind, Result, nearest};

/// Table in memory: a header and rows of texts.
#[derive(Clone, PartialEq, Eq)]
pub struct Table {
    file: String,
    header: Vec<String>,
    text: String,
    /// End of each cell in `text`, row after row.
    ends: Vec<usize>,
}

impl Table {
    /// Returns the names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Returns the number of rows, the header not counted.
    pub fn rows(&self) -> usize {
        self.ends.len() / self.header.len()
    }

    /// Returns a cell.
    ///
    /// # Panics
    /// If the table has no such row or column.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        assert!(column < self.header.len(), "the table has no column {column}");
        let place = row * self.header.len() + column;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[place]]
    }

    /// Returns the place of a column.
    ///
    /// # Errors
    /// `ColumnNotFound` with the nearest column.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.header.iter().position(|known| known == name).ok_or_else(|| {
            let message = format!("{} has no column \"{name}\"", self.file);
            let error = Error::new(ErrorKind::ColumnNotFound, message);
            match nearest(name, self.header.iter().map(String::as_str)) {
                Some(near) => error.note(format!("nearest: \"{near}\"")),
                None => error,
            }
            .help("rename the column in the file")
        })
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({}, {} rows withheld)", self.file, self.rows())
    }
}

/// Reads a CSV table whole; nothing in it may be broken.
///
/// # Errors
/// As [`super::read`] for the file; `BadStructure` with the place for a broken row.
pub fn read_table(path: &Path) -> Result<Table> {
    let mut extract = Extract::open(path, TextEncoding::default(), Delimiter::default())?;
    let file = path.display().to_string();
    let header = extract.header().to_vec();
    let mut table = Table { file, header, text: String::new(), ends: Vec::new() };
    while let Some(row) = extract.next_row()? {
        if let Some(fault) = row.fault() {
            let fault = Fault::of_structure(&table.file, fault, None);
            return Err(Error::new(ErrorKind::BadStructure, fault.to_string())
                .help("mend the row, or make the file again"));
        }
        for cell in 0..row.cells() {
            table.text.push_str(row.cell(cell));
            table.ends.push(table.text.len());
        }
    }
    Ok(table)
}

/// Label of a record: two records truly match if their labels are equal.
#[derive(Clone, PartialEq, Eq)]
pub struct Label {
    /// Source of the record.
    pub source: String,
    /// Identifier of the record within its source.
    pub id: String,
    /// Label, for example the number of a cluster.
    pub label: String,
}

impl std::fmt::Debug for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Label({}, withheld)", self.source)
    }
}

/// Reads the labels of a labelled file, for evaluation only.
///
/// Rows that [`super::read`] would quarantine for their structure, source or identifier have
/// none, nor has an empty cell; of rows with one identifier the first counts.
///
/// # Errors
/// As [`super::read`] for the file; `ColumnNotFound` for the column of labels.
pub fn read_labels(file: &SourceFile, column: &ColumnName) -> Result<Vec<Label>> {
    let mut extract = Extract::open_for(file)?;
    let mut wanted = vec![&file.id_column, column];
    if let Split::ByColumn { column, .. } = &file.split {
        wanted.push(column);
    }
    let places = extract.positions(&wanted)?;
    let mut labels = Vec::new();
    let mut seen: HashSet<(String, String)> = HashSet::new();
    while let Some(row) = extract.next_row()? {
        if row.fault().is_some() {
            continue;
        }
        let source = match (&file.split, places.get(2)) {
            (Split::One(source), _) => Some(source.name.as_str()),
            (_, place) => place.and_then(|&place| source_named_in(row, place)),
        };
        let cell = |place: usize| trimmed(row, places[place]);
        let (Some(source), Some(id), Some(label)) = (source, cell(0), cell(1)) else { continue };
        if seen.insert((source.to_string(), id.to_string())) {
            let (source, id) = (source.to_string(), id.to_string());
            labels.push(Label { source, id, label: label.to_string() });
        }
    }
    Ok(labels)
}

fn trimmed(row: &Row, place: usize) -> Option<&str> {
    Some(row.cell(place).trim()).filter(|cell| !cell.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::csv_writer::TableWriter;
    use super::*;

    #[test]
    fn table_gives_cells_by_row_and_column() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.csv");
        let mut writer = TableWriter::create(&path, &["source", "record_id", "child_id"]).unwrap();
        writer.row(["health", "HE1", "7"]).unwrap();
        writer.row(["police", "", "\"8\",\n"]).unwrap();
        writer.finish().unwrap();
        let table = read_table(&path).unwrap();
        assert_eq!((table.rows(), table.column("child_id").unwrap()), (2, 2));
        assert_eq!(
            (table.cell(0, 0), table.cell(1, 1), table.cell(1, 2)),
            ("health", "", "\"8\",\n")
        );
        let error = table.column("childid").unwrap_err();
        assert!(error.to_string().contains("nearest: \"child_id\""), "{error}");
        let path = folder.path().join("broken.csv");
        std::fs::write(&path, "a,b\n1\n").unwrap();
        assert_eq!(read_table(&path).unwrap_err().kind(), ErrorKind::BadStructure);
    }
}
