//! One postcode for many records: an office, a hospital, a default of the system.

use crate::record::AttributeKind;
use crate::schema::rule::{Checkup, Finding, Rule, crowded};

/// Postcodes that far more records share than a street has children.
pub(super) struct PostcodeOfMany;

/// Fewest records; a postcode has about 15 addresses (assumed), seldom above 100.
const FEWEST: usize = 50;
/// Times the mean of the file's postcodes.
const TIMES_THE_MEAN: usize = 10;

impl Rule for PostcodeOfMany {
    fn name(&self) -> &'static str {
        "postcode_of_many"
    }

    fn fix(&self) -> &'static str {
        "find out whose address it is; list an office's postcode as a placeholder of the column"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        crowded(checkup, AttributeKind::Postcode, "postcode", FEWEST, TIMES_THE_MEAN)
    }
}
