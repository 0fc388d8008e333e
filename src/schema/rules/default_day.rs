//! Dates of birth that systems write when the day is not known: 1 January, the 15th.

use crate::record::{AttributeKind, RecordId};
use crate::schema::rule::{Checkup, Finding, Rule};

/// Dates on a default day, more than chance gives.
pub(super) struct DefaultDay {
    name: &'static str,
    words: &'static str,
    /// End of `YYYY-MM-DD` that such dates have.
    ending: &'static str,
    /// Such days in an average year.
    days: f64,
}

/// 1 January of any year.
pub(super) const FIRST_OF_JANUARY: DefaultDay = DefaultDay {
    name: "first_of_january",
    words: "dates on 1 January",
    ending: "-01-01",
    days: 1.0,
};

/// The 15th of any month.
pub(super) const FIFTEENTH_OF_MONTH: DefaultDay = DefaultDay {
    name: "fifteenth_of_month",
    words: "dates on the 15th of a month",
    ending: "-15",
    days: 12.0,
};

/// Fewest dates that are worth a word.
const FEWEST: usize = 5;
/// Standard deviations above chance from which chance is not believed.
///
/// At 4, a large file without defaults is flagged about once in 30,000, by the normal
/// approximation; a file with few dates somewhat more often.
const DEVIATIONS: f64 = 4.0;

impl Rule for DefaultDay {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fix(&self) -> &'static str {
        "leave unknown dates empty; a default day links strangers and parts a child's records"
    }

    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        let columns = checkup.records.columns().iter();
        let mut findings = Vec::new();
        for column in columns.filter(|c| c.attribute().kind() == AttributeKind::Date) {
            let value = |record: &RecordId| column.value(*record);
            let all = 0..checkup.records.len() as RecordId;
            let of = all.clone().filter(|record| value(record).is_some()).count();
            let is_default =
                |record: &RecordId| value(record).is_some_and(|date| date.ends_with(self.ending));
            let records: Vec<RecordId> = all.filter(is_default).collect();
            let chance = self.days / 365.25;
            let expected = chance * of as f64;
            let deviation = (expected * (1.0 - chance)).sqrt();
            if records.len() < FEWEST || records.len() as f64 - expected <= DEVIATIONS * deviation {
                continue;
            }
            let share = 100.0 * records.len() as f64 / of as f64;
            let (words, chance) = (self.words, 100.0 * chance);
            findings.push(Finding {
                place: column.attribute().name().to_string(),
                what: format!("{words}: {share:.1} %, chance gives {chance:.1} %"),
                records,
                of: of as u64,
            });
        }
        findings
    }
}
