//! One postcode for many records: an office, a hospital, a default of the system.

use crate::record::{AttributeKind, MISSING};
use crate::schema::rule::{Checkup, Finding, Rule, sharing};

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
        let columns = checkup.records.columns().iter();
        let mut findings = Vec::new();
        for column in columns.filter(|c| c.attribute().kind() == AttributeKind::Postcode) {
            let codes = column.codes();
            let of = codes.iter().filter(|&&code| code != MISSING).count();
            let mean = of.div_ceil(column.dictionary().distinct().max(1));
            let code = |record| Some(codes[record as usize]).filter(|&code| code != MISSING);
            for records in sharing(codes.len(), FEWEST.max(TIMES_THE_MEAN * mean), code) {
                findings.push(Finding {
                    place: column.attribute().name().to_string(),
                    what: format!("one postcode for {} records", records.len()),
                    records,
                    of: of as u64,
                });
            }
        }
        findings
    }
}
