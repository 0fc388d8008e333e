//! Labelled pairs from a file: which two records, and whether they are one child's.

use std::path::Path;

use hashbrown::HashMap;

use super::data::Data;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Label;
use crate::record::RecordId;
use crate::schema::read_table;

/// Reads labelled pairs of the data's records.
///
/// A pair may be labelled twice if the labels agree; it counts once.
///
/// # Errors
/// `ColumnNotFound` without columns a, b and match; `BadTruth` with the row for a record that
/// the data do not have, a pair that may not be linked, a label that is neither yes nor no, or
/// two labels that differ.
pub(super) fn read(path: &Path, data: &Data) -> Result<Vec<(RecordId, RecordId, Label)>> {
    let table = read_table(path)?;
    let (a, b, label) = (table.column("a")?, table.column("b")?, table.column("match")?);
    let records = &data.reading.records;
    let by_name = records.by_name();
    let mut known: HashMap<(RecordId, RecordId), Label> = HashMap::new();
    for row in 0..table.rows() {
        let refuse = |what: &str, help: &str| {
            // The header is line 1.
            let place = format!("{}, row {}", path.display(), row + 2);
            Err(Error::new(ErrorKind::BadTruth, format!("{place}: {what}")).help(help))
        };
        let record = |column| by_name.get(table.cell(row, column)).copied();
        let (Some(first), Some(second)) = (record(a), record(b)) else {
            return refuse(
                "it names a record that the data do not have",
                "write records as source:identifier; rows in quarantine are no records",
            );
        };
        let pair = (first.min(second), first.max(second));
        let may_link = data.plan.mask.allows(records.source_of(pair.0), records.source_of(pair.1));
        if pair.0 == pair.1 || !may_link {
            return refuse(
                "expected two records that the settings allow to be linked",
                "leave out pairs of one source where the settings link between sources",
            );
        }
        let label = match table.cell(row, label).trim().to_lowercase().as_str() {
            "yes" | "true" | "1" => Label::Match,
            "no" | "false" | "0" => Label::NoMatch,
            _ => {
                return refuse(
                    "expected a match of yes or no",
                    "leave out pairs of which nobody is sure",
                );
            }
        };
        if known.insert(pair, label).is_some_and(|before| before != label) {
            return refuse("the pair has both labels", "give every pair one label");
        }
    }
    let mut labels: Vec<(RecordId, RecordId, Label)> =
        known.into_iter().map(|((a, b), label)| (a, b, label)).collect();
    labels.sort_unstable_by_key(|&(a, b, _)| (a, b));
    Ok(labels)
}
