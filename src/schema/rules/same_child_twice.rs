//! One child under several identifiers of the agency: same names, same date of birth.

use crate::record::MISSING;
use crate::schema::rule::{Checkup, Finding, Rule, sharing};

/// Records with the same names and date of birth.
pub(super) struct SameChildTwice;

const ATTRIBUTES: [&str; 3] = ["given_name", "family_name", "date_of_birth"];

impl Rule for SameChildTwice {
    fn name(&self) -> &'static str {
        "same_child_twice"
    }

    fn fix(&self) -> &'static str {
        "join the records at the source if they are one child; namesakes born on one day are rare"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        let codes = |name| checkup.records.column(name).map(crate::record::Column::codes);
        let [Some(given), Some(family), Some(born)] = ATTRIBUTES.map(codes) else {
            return Vec::new();
        };
        let key = |record| {
            let key = [given, family, born].map(|codes| codes[record as usize]);
            (!key.contains(&MISSING)).then_some(key)
        };
        let groups = sharing(given.len(), 2, key);
        if groups.is_empty() {
            return Vec::new();
        }
        let what = format!("same names and date of birth, in groups: {}", groups.len());
        let mut records = groups.concat();
        records.sort_unstable();
        vec![Finding { place: ATTRIBUTES.join(" + "), what, records, of: given.len() as u64 }]
    }
}
