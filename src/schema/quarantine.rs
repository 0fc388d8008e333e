//! Bad rows with their original bytes, for the supplier to mend.

use std::fs;
use std::path::{Path, PathBuf};

use super::csv_writer::TableWriter;
use super::fault::Fault;
use crate::error::{Error, Result};
use crate::sensitive::Sensitive;

/// Row that could not be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// Source, or the file's name without endings if the source is unknown.
    pub source: String,
    /// First thing that is wrong with it.
    pub fault: Fault,
    /// Line on which the row starts.
    pub line: u64,
    /// The row's original bytes, without the line end.
    pub original: Sensitive<Vec<u8>>,
}

/// Writes `quarantine/SOURCE.csv` under a folder for every source with bad rows.
///
/// Returns the files written, in the order of the rows. The files hold personal values: they
/// belong to whoever holds the source.
///
/// # Errors
/// `Unwritable` if the folder is full or read-only.
pub(super) fn write(rows: &[QuarantinedRow], dir: &Path) -> Result<Vec<PathBuf>> {
    let mut sources: Vec<&str> = Vec::new();
    for row in rows {
        if !sources.contains(&row.source.as_str()) {
            sources.push(&row.source);
        }
    }
    let folder = dir.join("quarantine");
    if !sources.is_empty() {
        fs::create_dir_all(&folder).map_err(|cause| Error::unwritable(&folder, &cause))?;
    }
    let mut paths = Vec::with_capacity(sources.len());
    for source in sources {
        let path = folder.join(format!("{source}.csv"));
        let header = ["line", "column", "code", "column_name", "expected", "row"];
        let mut table = TableWriter::create(&path, &header)?;
        for row in rows.iter().filter(|row| row.source == source) {
            let fault = &row.fault;
            let (line, column) = (fault.place.line.to_string(), fault.place.column.to_string());
            let name = fault.column.as_deref().unwrap_or("");
            let cells: [&[u8]; 6] = [
                line.as_bytes(),
                column.as_bytes(),
                fault.code.name().as_bytes(),
                name.as_bytes(),
                fault.expected.as_bytes(),
                row.original.reveal(),
            ];
            table.row(cells)?;
        }
        table.finish()?;
        paths.push(path);
    }
    Ok(paths)
}
