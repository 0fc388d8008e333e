//! One row as read: its cells, its values, and what is wrong with it by itself.

use jiff::civil::Date;

use super::account::ColumnAccount;
use super::cell_cache::CellReading;
use super::columnar::Entry;
use super::fault::Fault;
use super::plan::Plan;
use super::remark::Remark;
use super::row::Row;
use crate::normalise::Normalised;
use crate::record::Period;

/// Row as read, in buffers that are used again.
pub(super) struct ReadRow {
    pub(super) row: Row,
    /// Whether its cells are read: its structure is whole and its source known.
    pub(super) is_read: bool,
    /// Whether all its cells are ASCII text.
    pub(super) plain: bool,
    pub(super) values: RowValues,
    /// Digest that rows of the file with the same content share; of a row whose cells are read.
    pub(super) digest: u64,
    /// What is wrong with its cells; whoever takes the row adds what else is wrong.
    pub(super) faults: Vec<Fault>,
}

/// Value beside the first of an attribute.
#[derive(Default)]
struct Further {
    attribute: usize,
    /// Planned column that it came from.
    column: usize,
    text: String,
    period: Option<Period>,
}

/// Cells of one row as values.
pub(super) struct RowValues {
    /// Normalised text of each attribute, empty for missing.
    pub(super) of_attribute: Vec<String>,
    /// Entry of a dictionary that each of those came from.
    pub(super) entries: Vec<Option<Entry>>,
    /// When each of those was held, if that is told.
    periods: Vec<Option<Period>>,
    /// Further values: of columns that feed an attribute after another one, and alternates.
    /// Those past `used` are left from earlier rows.
    further: Vec<Further>,
    used: usize,
    /// Days of the planned columns that begin or end periods.
    pub(super) days: Vec<Option<Date>>,
    /// What became of each planned column's cell.
    pub(super) outcomes: Vec<Normalised>,
    /// What is recognised about cells, by planned column.
    pub(super) remarks: Vec<(usize, Remark)>,
}

impl ReadRow {
    pub(super) fn new(plan: &Plan) -> Self {
        let (attributes, columns) = (plan.attributes, plan.columns.len());
        let values = RowValues {
            of_attribute: vec![String::new(); attributes],
            entries: vec![None; attributes],
            periods: vec![None; attributes],
            further: Vec::new(),
            used: 0,
            days: vec![None; columns],
            outcomes: vec![Normalised::Missing; columns],
            remarks: Vec::new(),
        };
        let (row, faults) = (Row::default(), Vec::new());
        Self { row, is_read: false, plain: false, values, digest: 0, faults }
    }

    /// Counts what is recognised about its cells.
    pub(super) fn count_remarks(&self, plan: &Plan, accounts: &mut [ColumnAccount]) {
        for &(place, remark) in &self.values.remarks {
            let first = || Some(self.row.place(plan.columns[place].cell));
            remark.count(1, first, &mut accounts[place].remarks);
        }
    }
}

impl RowValues {
    /// Iterates over every value of the row, with its attribute and period.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        self.firsts().filter(|(_, text, _)| !text.is_empty()).chain(self.further())
    }

    /// Iterates over what is kept beside the first value of each attribute: further values, and
    /// a first value once more if it has a period.
    pub(super) fn beside_first(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        self.firsts().filter(|(_, _, period)| period.is_some()).chain(self.further())
    }

    fn firsts(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        let texts = self.of_attribute.iter().zip(&self.periods).enumerate();
        texts.map(|(attribute, (text, period))| (attribute, text.as_str(), *period))
    }

    fn further(&self) -> impl Iterator<Item = (usize, &str, Option<Period>)> {
        let used = self.further[..self.used].iter();
        used.map(|value| (value.attribute, value.text.as_str(), value.period))
    }

    /// Empties the values for the next row.
    pub(super) fn clear(&mut self) {
        self.of_attribute.iter_mut().for_each(String::clear);
        self.entries.fill(None);
        self.periods.fill(None);
        self.remarks.clear();
        self.used = 0;
    }

    /// Keeps what a cell of a planned column says of an attribute; whether an earlier column feeds
    /// it too, and of which entry of a dictionary the cell is.
    pub(super) fn keep(
        &mut self,
        column: usize,
        attribute: usize,
        (further, entry): (bool, Option<Entry>),
        reading: &CellReading,
    ) {
        let Self { of_attribute, entries, further: list, used, .. } = self;
        let mut push = |text: &str| {
            if list.len() == *used {
                list.push(Further::default());
            }
            let value = &mut list[*used];
            (value.attribute, value.column, value.period) = (attribute, column, None);
            text.clone_into(&mut value.text);
            *used += 1;
        };
        if further {
            push(&reading.value);
        } else {
            of_attribute[attribute].clone_from(&reading.value);
            entries[attribute] = entry;
        }
        reading.alternates.lines().for_each(push);
    }

    /// Gives a planned column's values, alternates too, the period in which they were held.
    pub(super) fn date(&mut self, column: usize, first_of: Option<usize>, period: Option<Period>) {
        if let Some(attribute) = first_of {
            self.periods[attribute] = period;
        }
        let of_column = self.further[..self.used].iter_mut().filter(|v| v.column == column);
        of_column.for_each(|value| value.period = period);
    }
}
