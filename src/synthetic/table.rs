//! Table of text cells in one piece of memory: an agency's file before it is written.

use std::fmt;

/// Table with a header; every row has a cell a column.
///
/// Cells lie end to end in one text, so that millions of rows stay cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct Table {
    header: &'static [&'static str],
    text: String,
    ends: Vec<usize>,
}

impl Table {
    /// Starts an empty table; the header has at least one column.
    pub(super) fn new(header: &'static [&'static str]) -> Self {
        Self { header, text: String::new(), ends: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If the row has not one cell a column.
    pub(super) fn push<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        assert_eq!(self.ends.len() % self.header.len(), 0, "one cell a column");
    }

    /// Returns the names of the columns.
    pub fn header(&self) -> &'static [&'static str] {
        self.header
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.ends.len() / self.header.len()
    }

    /// Says whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns a cell by row and column, both from 0.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        assert!(column < self.header.len(), "a column of the table");
        let place = row * self.header.len() + column;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.text[start..self.ends[place]]
    }

    /// Returns the cells of a row, from left to right.
    pub fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.header.len()).map(move |column| self.cell(row, column))
    }

    /// Returns the place of a column, if the table has it.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|&column| column == name)
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} rows withheld)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_by_row_and_column_and_debug_withholds_them() {
        let mut table = Table::new(&["id", "name"]);
        table.push(["1", "Zebedee"]);
        table.push(["2", ""]);
        assert_eq!(
            (table.len(), table.cell(0, 1), table.cell(1, 0), table.cell(1, 1)),
            (2, "Zebedee", "2", "")
        );
        assert_eq!(table.row(1).collect::<Vec<_>>(), ["2", ""]);
        assert_eq!(table.column("name"), Some(1));
        assert_eq!(format!("{table:?}"), "Table(2 rows withheld)");
    }
}
