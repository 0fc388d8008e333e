//! Cells filled with a placeholder, as "BABY OF SMITH" or a pseudo-postcode.

use crate::schema::rule::{Checkup, Finding, Rule};

/// Filled cells that stand for "not known".
pub(super) struct Placeholder;

impl Rule for Placeholder {
    fn name(&self) -> &'static str {
        "placeholder"
    }

    fn fix(&self) -> &'static str {
        "leave the cell empty where nothing is known, and ask again for newborns' names"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        let columns = checkup.profile.columns.iter();
        let finding = |column: &crate::schema::ColumnProfile| Finding {
            place: column.name.clone(),
            what: "cells that hold a placeholder".into(),
            records: column.placeholders.clone(),
            of: checkup.records.len() as u64,
        };
        columns.filter(|column| !column.placeholders.is_empty()).map(finding).collect()
    }
}
