//! Values of one row, in buffers that are used again for the next.

use super::cell_cache::{CellCache, CellReading};
use super::date_formats::DateFormats;
use super::periods::Days;
use super::plan::Plan;
use super::planned_column::PlannedColumn;
use crate::normalise::Normalised;
use crate::record::Period;

/// Value beside the first of an attribute.
#[derive(Default)]
struct Further {
    attribute: usize,
    /// Planned column that it came from.
    column: usize,
    text: String,
    period: Option<Period>,
}

/// Cells of one row as values, in buffers that are used again.
pub(super) struct RowValues {
    /// Normalised text of each attribute, empty for missing.
    pub(super) of_attribute: Vec<String>,
    /// When each of those was held, if that is told.
    periods: Vec<Option<Period>>,
    /// Further values: of columns that feed an attribute after another one, and alternates.
    /// Those past `used` are left from earlier rows.
    further: Vec<Further>,
    used: usize,
    /// Days that begin or end periods.
    pub(super) days: Days,
    /// What became of each planned column's cell.
    pub(super) outcomes: Vec<Normalised>,
    /// Memory of each planned column, if its cells come again.
    pub(super) caches: Vec<Option<CellCache>>,
    pub(super) reading: CellReading,
    /// Formats of each planned column, if its cells are dates.
    pub(super) dates: Vec<Option<DateFormats>>,
    /// Cell without the characters that do not show.
    pub(super) visible: String,
}

impl RowValues {
    pub(super) fn new(attributes: usize, plan: &Plan) -> Self {
        let cache = |column: &PlannedColumn| column.comes_again().then(CellCache::new);
        Self {
            of_attribute: vec![String::new(); attributes],
            periods: vec![None; attributes],
            further: Vec::new(),
            used: 0,
            days: plan.periods.days(),
            outcomes: Vec::with_capacity(plan.columns.len()),
            caches: plan.columns.iter().map(cache).collect(),
            reading: CellReading::default(),
            dates: plan.columns.iter().map(PlannedColumn::date_formats).collect(),
            visible: String::new(),
        }
    }

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

    /// Hands over the formats of the file's columns of dates, at its end.
    pub(super) fn date_formats(self, file: &str) -> impl Iterator<Item = DateFormats> {
        let dates = self.dates.into_iter().flatten();
        dates.map(move |formats| formats.in_file(file))
    }

    /// Empties the values for the next row.
    pub(super) fn clear(&mut self) {
        self.of_attribute.iter_mut().for_each(String::clear);
        self.periods.fill(None);
        self.outcomes.clear();
        self.used = 0;
    }

    /// Keeps what the cell read last, of a planned column, says of an attribute.
    pub(super) fn keep(&mut self, column: usize, attribute: usize, further: bool) {
        let Self { of_attribute, further: list, used, reading, .. } = self;
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
