//! What became of every row: read = accepted + quarantined + declared duplicates.

use super::remark::RemarkCount;
use super::row::Place;
use crate::error::{Error, ErrorKind, Result};

/// Account of one source: what was read and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Source; the file's name without endings for rows whose source is unknown.
    pub source: String,
    /// File, as it was named to the toolkit.
    pub file: String,
    /// Rows of data read, blank lines and the header not counted.
    pub read: u64,
    /// Rows that became records.
    pub accepted: u64,
    /// Rows set apart for the supplier to mend.
    pub quarantined: u64,
    /// Rows that repeat an accepted row to the letter, identifier included.
    pub declared_duplicates: u64,
    /// Cells of the accepted rows, column by column.
    pub columns: Vec<ColumnAccount>,
    /// Optional columns that the file does not have.
    pub absent: Vec<String>,
}

/// Account of one column's cells in accepted rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnAccount {
    /// Column's name in the file.
    pub column: String,
    /// Attribute that it feeds.
    pub attribute: Option<String>,
    /// Cells that are empty or a placeholder.
    pub missing: u64,
    /// Of those, cells that are null or absent; CSV has none, an empty text is not one.
    pub nulls: u64,
    /// Cells that cannot be a value and count as missing.
    pub set_aside: u64,
    /// Place of the first cell set aside.
    pub first_set_aside: Option<Place>,
    /// What was recognised about cells of all rows whose structure is whole, the quarantined
    /// ones included, in the order of the remarks.
    pub remarks: Vec<RemarkCount>,
}

impl Account {
    /// Checks that nothing was lost.
    ///
    /// # Errors
    /// `Bug` if read differs from accepted + quarantined + declared duplicates.
    pub fn check(&self) -> Result<()> {
        let Self { read, accepted, quarantined, declared_duplicates, .. } = self;
        if *read == accepted + quarantined + declared_duplicates {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Bug,
            format!(
                "source {}: {read} rows read, but {accepted} accepted, {quarantined} \
                 quarantined and {declared_duplicates} declared duplicates",
                self.source
            ),
        )
        .help("please report it; no result of this run can be trusted"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_row_is_a_bug() {
        let mut account = Account {
            source: "police".into(),
            file: "police.csv".into(),
            read: 10,
            accepted: 7,
            quarantined: 2,
            declared_duplicates: 1,
            columns: Vec::new(),
            absent: Vec::new(),
        };
        assert_eq!(account.check(), Ok(()));
        account.accepted = 6;
        assert_eq!(account.check().unwrap_err().kind(), ErrorKind::Bug);
    }
}
