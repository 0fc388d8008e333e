//! One date of birth for many records: a default of the system that is no 1 January.

use crate::record::{AttributeKind, MISSING};
use crate::schema::rule::{Checkup, Finding, Rule, sharing};

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
        let columns = checkup.records.columns().iter();
        let mut findings = Vec::new();
        for column in columns.filter(|c| c.attribute().kind() == AttributeKind::Date) {
            let codes = column.codes();
            let of = codes.iter().filter(|&&code| code != MISSING).count();
            let mean = of.div_ceil(column.dictionary().distinct().max(1));
            let code = |record| Some(codes[record as usize]).filter(|&code| code != MISSING);
            for records in sharing(codes.len(), FEWEST.max(TIMES_THE_MEAN * mean), code) {
                findings.push(Finding {
                    place: column.attribute().name().to_string(),
                    what: format!("one date for {} records", records.len()),
                    records,
                    of: of as u64,
                });
            }
        }
        findings
    }
}
