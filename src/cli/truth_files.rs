//! Truth from files: the generator's tables, or a column of labels.
//!
//! Only commands that evaluate call this; what they read never reaches a strategy.

use std::path::Path;

use super::data::Data;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{ChildFacts, Records, Truth, TruthBuilder};
use crate::schema::{read_labels, read_table};

/// Folder of generated data that holds the truth.
pub(super) const TRUTH: &str = "truth";
/// Columns of the children's table that divide them into groups.
const GROUPINGS: [&str; 5] = ["ethnicity", "imd_quintile", "age_band", "sex", "looked_after"];

/// Returns the truth about the records, if the data come with any.
///
/// # Errors
/// `BadTruth` if the truth is not of these records; whatever is wrong with its files.
pub(super) fn find(data: &Data) -> Result<Option<Truth>> {
    let generated = data.folder.join(TRUTH);
    if generated.is_dir() {
        return from_tables(&generated, &data.reading.records).map(Some);
    }
    let labelled = data.settings.labelled(&data.folder)?;
    if labelled.is_empty() {
        return Ok(None);
    }
    let records = &data.reading.records;
    let by_name = records.by_name();
    let mut labels = Vec::new();
    for (file, column) in labelled {
        for label in read_labels(&file, &column)? {
            // Rows in quarantine have a label and no record.
            if let Some(&record) = by_name.get(&format!("{}:{}", label.source, label.id)) {
                labels.push((record, label.label));
            }
        }
    }
    let labels = labels.iter().map(|(record, label)| (*record, label.as_str()));
    Truth::from_labels(records.len(), labels).map(Some)
}

/// Returns the truth, or says what to do where there is none.
///
/// # Errors
/// `BadTruth` if the data come without truth.
pub(super) fn require(data: &Data) -> Result<Truth> {
    find(data)?.ok_or_else(|| {
        Error::new(ErrorKind::BadTruth, format!("{}: no truth is given", data.settings.name()))
            .help("name the column that tells which rows are one person: entity = \"...\"")
    })
}

fn from_tables(folder: &Path, records: &Records) -> Result<Truth> {
    let children = read_table(&folder.join("children.csv"))?;
    let mut builder = TruthBuilder::new(GROUPINGS);
    let place = |name| children.column(name);
    let (id, household, birth) =
        (place("child_id")?, place("household_id")?, place("multiple_birth_id")?);
    let groups: Result<Vec<usize>> = GROUPINGS.iter().map(|name| place(name)).collect();
    let groups = groups?;
    for row in 0..children.rows() {
        let facts = ChildFacts {
            household: children.cell(row, household),
            multiple_birth: children.cell(row, birth),
            groups: groups.iter().map(|&column| children.cell(row, column)).collect(),
        };
        builder.child(children.cell(row, id), &facts)?;
    }
    let rows = read_table(&folder.join("records.csv"))?;
    let (source, id, child) =
        (rows.column("source")?, rows.column("record_id")?, rows.column("child_id")?);
    let by_name = records.by_name();
    for row in 0..rows.rows() {
        let name = format!("{}:{}", rows.cell(row, source), rows.cell(row, id));
        if let Some(&record) = by_name.get(&name) {
            builder.record(record, rows.cell(row, child))?;
        }
    }
    let log = folder.join("corruptions.csv");
    if log.is_file() {
        let log = read_table(&log)?;
        let (source, id, name) =
            (log.column("source")?, log.column("record_id")?, log.column("corruption")?);
        for row in 0..log.rows() {
            let record = format!("{}:{}", log.cell(row, source), log.cell(row, id));
            // Rows in quarantine may have been wrong too.
            if let Some(&record) = by_name.get(&record) {
                builder.mistake(record, log.cell(row, name));
            }
        }
    }
    builder.finish(records.len())
}
