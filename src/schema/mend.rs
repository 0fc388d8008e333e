//! What a mend of `cci check --fix` is: a change to a cell that is certain, or none.

use super::source_file::ColumnRequest;
use crate::normalise::{CellRules, Normalised, of_kind};

/// Column whose cells are mended.
pub struct MendColumn<'a> {
    /// What the schema asks of the column; `None` for one that it does not know.
    pub request: Option<&'a ColumnRequest>,
    /// Whether the column's own cells say that the day comes before the month, or the month
    /// before the day, as the schema has it.
    pub order_settled: bool,
}

/// What a mend makes of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mended {
    /// Nothing to mend.
    Whole,
    /// The cell as it certainly should be.
    Certain(String),
    /// Something is wrong, and what is right is not certain.
    Left,
}

/// Way of mending a cell.
pub trait Mend: Sync {
    /// Returns the name, for example `letter_case`.
    fn name(&self) -> &'static str;

    /// Returns what is done to the cells, in words.
    fn what(&self) -> &'static str;

    /// Returns why cells are left as they are, in words; empty if none ever is.
    fn left(&self) -> &'static str {
        ""
    }

    /// Mends a cell.
    fn mend(&self, cell: &str, column: &MendColumn) -> Mended;
}

impl MendColumn<'_> {
    /// Reads a cell as the column is read.
    pub(super) fn read(&self, cell: &str) -> (Normalised, String) {
        let mut value = String::new();
        let Some(request) = self.request else {
            value.push_str(cell.trim());
            return (Normalised::Value, value);
        };
        let outcome = match request.kind {
            Some(kind) => of_kind(kind).normalise(cell, &request.rules, &mut value),
            None => {
                value.push_str(&plain_words(cell));
                Normalised::Value
            }
        };
        if outcome == Normalised::Value && !request.takes(cell.trim()) {
            return (Normalised::Invalid, String::new());
        }
        (outcome, value)
    }

    /// Says whether a cell may become another: what could be read stays what it was, and what
    /// could not becomes a value or stays unreadable.
    pub(super) fn allows(&self, before: &str, after: &str) -> bool {
        let (old, new) = (self.read(before), self.read(after));
        old == new || (old.0 == Normalised::Invalid && new.0 == Normalised::Value)
    }

    /// Returns the rules of the column, those of no schema if it has none.
    pub(super) fn rules(&self) -> CellRules {
        self.request.map(|request| request.rules.clone()).unwrap_or_default()
    }
}

/// Returns a text with every white space as one plain space, and none around it.
fn plain_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
