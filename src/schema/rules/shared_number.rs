//! One official number under several identifiers of the agency.

use crate::record::{AttributeKind, MISSING};
use crate::schema::numbers_of_many::{MOST_HOLDERS, numbers_of_many};
use crate::schema::rule::{Checkup, Finding, Rule, sharing};

/// NHS numbers and UPNs that several records hold.
pub(super) struct SharedNumber;

impl Rule for SharedNumber {
    fn name(&self) -> &'static str {
        "shared_number"
    }

    fn fix(&self) -> &'static str {
        "decide for each group: one child recorded twice, or a sibling's number"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        let official = [AttributeKind::NhsNumber, AttributeKind::Upn];
        let columns = checkup.records.columns().iter().enumerate();
        let of_many = numbers_of_many(checkup.records);
        let mut findings = Vec::new();
        for (ref place, column) in columns.filter(|(_, c)| official.contains(&c.attribute().kind()))
        {
            let codes = column.codes();
            let code = |record| Some(codes[record as usize]).filter(|&code| code != MISSING);
            let groups = sharing(codes.len(), 2, code);
            if groups.is_empty() {
                continue;
            }
            let mut what = format!("numbers that several records hold: {}", groups.len());
            let left_out = of_many.iter().find(|(of, _)| of == place).map_or(0, |(_, n)| n.len());
            if left_out > 0 {
                what += &format!("; left out of linkage as more than {MOST_HOLDERS} persons ");
                what += &format!("hold them: {left_out}");
            }
            let mut records = groups.concat();
            records.sort_unstable();
            findings.push(Finding {
                place: column.attribute().name().to_string(),
                what,
                records,
                of: codes.iter().filter(|&&code| code != MISSING).count() as u64,
            });
        }
        findings
    }
}
