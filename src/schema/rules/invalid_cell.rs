//! Cells that cannot be a value of their column and count as missing.

use crate::schema::rule::{Checkup, Finding, Rule};

/// Cells set aside.
pub(super) struct InvalidCell;

impl Rule for InvalidCell {
    fn name(&self) -> &'static str {
        "invalid_cell"
    }

    fn fix(&self) -> &'static str {
        "correct the cells at the source; until then they count as missing"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        let columns = checkup.profile.columns.iter().filter(|column| !column.invalid.is_empty());
        let finding = |column: &crate::schema::ColumnProfile| Finding {
            place: column.name.clone(),
            what: "cells that cannot be a value of the column".into(),
            records: column.invalid.clone(),
            of: checkup.records.len() as u64,
        };
        columns.map(finding).collect()
    }
}
