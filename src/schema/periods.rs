//! When the values of a row were held: columns found once, days read for every row.

use jiff::civil::Date;

use super::plan::bad_request;
use super::source_file::ColumnRequest;
use crate::error::Result;
use crate::normalise::Normalised;
use crate::record::{AttributeKind, Period};

/// Periods of a file's columns, by place among the planned columns.
pub(super) struct PlannedPeriods {
    periods: Vec<PlannedPeriod>,
    /// Whether each planned column begins or ends a period.
    is_end: Vec<bool>,
}

/// Column whose values have a period, and the columns of its days.
pub(super) struct PlannedPeriod {
    pub(super) column: usize,
    from: Option<usize>,
    to: Option<usize>,
}

/// Days of one row that begin or end periods, by planned column.
pub(super) struct Days {
    is_end: Vec<bool>,
    days: Vec<Option<Date>>,
}

impl PlannedPeriods {
    /// Finds the columns of days among those that the file has.
    ///
    /// # Errors
    /// `BadValue` if a period is in a column that is not asked for, or holds no dates.
    pub(super) fn new(present: &[&ColumnRequest], asked: &[ColumnRequest]) -> Result<Self> {
        let mut is_end = vec![false; present.len()];
        let mut periods = Vec::new();
        for (column, request) in present.iter().enumerate() {
            let Some(period) = &request.period else { continue };
            let mut end = |name: &Option<String>| {
                let Some(name) = name else { return Ok(None) };
                let known = asked.iter().find(|other| other.column.name == *name);
                if known.and_then(|other| other.kind) != Some(AttributeKind::Date) {
                    return Err(bad_request(request, "has a period in a column that is no date"));
                }
                let place = present.iter().position(|other| other.column.name == *name);
                place.into_iter().for_each(|place| is_end[place] = true);
                Ok(place)
            };
            let (from, to) = (end(&period.from)?, end(&period.to)?);
            if from.is_some() || to.is_some() {
                periods.push(PlannedPeriod { column, from, to });
            }
        }
        Ok(Self { periods, is_end })
    }

    /// Iterates over the periods that the file's columns can tell.
    pub(super) fn iter(&self) -> impl Iterator<Item = &PlannedPeriod> {
        self.periods.iter()
    }

    /// Returns room for the days of one row.
    pub(super) fn days(&self) -> Days {
        Days { is_end: self.is_end.clone(), days: vec![None; self.is_end.len()] }
    }
}

impl Days {
    /// Notes what a planned column's cell was read as, if it begins or ends a period.
    pub(super) fn note(&mut self, column: usize, outcome: Normalised, value: &str) {
        if self.is_end[column] {
            self.days[column] =
                if outcome == Normalised::Value { Period::day(value) } else { None };
        }
    }

    /// Returns a column's period; `None` if no day of it is known.
    ///
    /// A period that ends before it begins gives the place of its last day's column instead.
    pub(super) fn period(
        &self,
        planned: &PlannedPeriod,
    ) -> std::result::Result<Option<Period>, usize> {
        let day = |place: Option<usize>| place.and_then(|place| self.days[place]);
        let (from, to) = (day(planned.from), day(planned.to));
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        match (Period::new(from, to), planned.to) {
            (None, Some(last)) => Err(last),
            (period, _) => Ok(period),
        }
    }
}
