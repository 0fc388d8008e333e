//! When the values of a row were held: columns found once, days read for every row.

use jiff::civil::Date;

use super::plan::bad_request;
use super::source_file::ColumnRequest;
use crate::error::Result;
use crate::record::{AttributeKind, Period};

/// Column whose values have a period, and the columns of its days, by place among the planned.
pub(super) struct PlannedPeriod {
    pub(super) column: usize,
    from: Option<usize>,
    to: Option<usize>,
}

impl PlannedPeriod {
    /// Finds the columns of days among those that the file has; leaves out what it cannot tell.
    ///
    /// # Errors
    /// `BadValue` if a period is in a column that is not asked for, or holds no dates.
    pub(super) fn all(present: &[&ColumnRequest], asked: &[ColumnRequest]) -> Result<Vec<Self>> {
        let mut periods = Vec::new();
        for (column, request) in present.iter().enumerate() {
            let Some(period) = &request.period else { continue };
            let end = |name: &Option<String>| {
                let Some(name) = name else { return Ok(None) };
                let known = asked.iter().find(|other| other.column.name == *name);
                if known.and_then(|other| other.kind) != Some(AttributeKind::Date) {
                    return Err(bad_request(request, "has a period in a column that is no date"));
                }
                Ok(present.iter().position(|other| other.column.name == *name))
            };
            let (from, to) = (end(&period.from)?, end(&period.to)?);
            if from.is_some() || to.is_some() {
                periods.push(Self { column, from, to });
            }
        }
        Ok(periods)
    }

    /// Says whether a planned column begins or ends the period.
    pub(super) fn ends_in(&self, column: usize) -> bool {
        [self.from, self.to].contains(&Some(column))
    }

    /// Returns a row's period by the days of its planned columns; `None` if no day is known.
    ///
    /// A period that ends before it begins gives the place of its last day's column instead.
    pub(super) fn of(&self, days: &[Option<Date>]) -> std::result::Result<Option<Period>, usize> {
        let day = |place: Option<usize>| place.and_then(|place| days[place]);
        let (from, to) = (day(self.from), day(self.to));
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        match (Period::new(from, to), self.to) {
            (None, Some(last)) => Err(last),
            (period, _) => Ok(period),
        }
    }
}
