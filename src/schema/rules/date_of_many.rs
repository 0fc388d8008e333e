//! One date of birth for many records: a default of the system that is no 1 January.

use crate::record::AttributeKind;
use crate::schema::rule::{Checkup, Finding, Rule, crowded};

/// Dates that far more records share than children are born on a day.
pub(super) struct DateOfMany;

/// Fewest records that are worth a word.
const FEWEST: usize = 20;
/// Times the mean of the file's dates; births of a day differ by far less.
const TIMES_THE_MEAN: usize = 5;

impl Rule for DateOfMany {
    fn name(&self) -> &'static str {
        "date_of_many"
    }

    fn fix(&self) -> &'static str {
        "find out what writes this date; list it as a placeholder of the column if it is a default"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        crowded(checkup, AttributeKind::Date, "date", FEWEST, TIMES_THE_MEAN)
    }
}
