//! A file under way: its header, its plan, and what is wrong with a row of it.

use super::account::ColumnAccount;
use super::fault::{Fault, FaultCode, Found};
use super::plan::Plan;
use super::row::Row;
use super::row_values::ReadRow;
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
    /// Puts what is wrong with a row as a whole before what is wrong with its cells; counts in
    /// `columns` what is recognised about them.
    pub(super) fn add_faults(
        &self,
        read: &mut ReadRow,
        source_known: bool,
        columns: &mut [ColumnAccount],
    ) {
        let row = &read.row;
        if let Some(fault) = row.fault() {
            let column = row.faulty_cell().and_then(|cell| self.header.get(cell));
            read.faults.push(Fault::of_structure(&self.name, fault, column.map(String::as_str)));
            return;
        }
        if let (false, Some(cell)) = (source_known, self.plan.split) {
            let found = Found::Characters(row.cell(cell).chars().count());
            let expected = "the name of a source";
            read.faults.push(self.fault(row, cell, FaultCode::NoSource, expected, found));
            return;
        }
        if row.cell(self.plan.id).trim().is_empty() {
            let (code, found) = (FaultCode::NoIdentifier, Found::Thing("an empty cell"));
            read.faults.insert(0, self.fault(row, self.plan.id, code, "an identifier", found));
        }
        read.count_remarks(&self.plan, columns);
    }

    /// Returns a fault with the place of a cell of a row.
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
