//! A file under way: its header, its plan, and what is wrong with a row of it.

use super::account::ColumnAccount;
use super::fault::{Fault, FaultCode, Found};
use super::plan::Plan;
use super::row::Row;
use super::row_values::RowValues;
use super::source_file::SourceFile;

/// File under way.
pub(super) struct OpenFile<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) name: String,
    pub(super) header: Vec<String>,
    pub(super) plan: Plan<'a>,
    /// Place of its first source.
    pub(super) first: usize,
}

impl OpenFile<'_> {
    /// Adds everything wrong with a row by itself; reads its cells if its structure is whole.
    /// What is recognised about them is counted in `columns`.
    pub(super) fn add_faults(
        &self,
        row: &Row,
        source_known: bool,
        columns: &mut [ColumnAccount],
        values: &mut RowValues,
        faults: &mut Vec<Fault>,
    ) {
        if let Some(fault) = row.fault() {
            let column = row.faulty_cell().and_then(|cell| self.header.get(cell));
            faults.push(Fault::of_structure(&self.name, fault, column.map(String::as_str)));
            return;
        }
        if let (false, Some(cell)) = (source_known, self.plan.split) {
            let found = Found::Characters(row.cell(cell).chars().count());
            faults.push(self.fault(row, cell, FaultCode::NoSource, "the name of a source", found));
            return;
        }
        if row.cell(self.plan.id).trim().is_empty() {
            let code = FaultCode::NoIdentifier;
            let found = Found::Thing("an empty cell");
            faults.push(self.fault(row, self.plan.id, code, "an identifier", found));
        }
        self.plan.values(row, &self.name, values, columns, faults);
    }

    pub(super) fn fault(
        &self,
        row: &Row,
        cell: usize,
        code: FaultCode,
        expected: &'static str,
        found: Found,
    ) -> Fault {
        Fault {
            file: self.name.clone(),
            place: row.place(cell),
            code,
            column: Some(self.header[cell].clone()),
            expected: expected.into(),
            found,
        }
    }
}
