//! People who cannot be in the age range of the schemas, conception to 25.

use crate::record::{AttributeKind, RecordId};
use crate::schema::rule::{Checkup, Finding, Rule};

/// Births too long before the file's latest ones.
pub(super) struct OlderThan25;

/// Years after which a person is no longer 25, and one for births expected but still to come.
const YEARS: u16 = 27;
/// Share of the dates that may be later than those taken for the latest, in case some are wrong.
const LATER: f64 = 0.01;

impl Rule for OlderThan25 {
    fn name(&self) -> &'static str {
        "older_than_25"
    }

    fn fix(&self) -> &'static str {
        "correct the dates, or leave these people out: ages run from conception to 25"
    }

    /// The day of the extract is not known. It is at most forty weeks before the latest births,
    /// expected ones included, so whoever was born 27 years before those has turned 26.
    fn find(&self, checkup: &Checkup) -> Vec<Finding> {
        let columns = checkup.records.columns().iter();
        let mut findings = Vec::new();
        for column in columns.filter(|c| c.attribute().kind() == AttributeKind::Date) {
            let all = 0..checkup.records.len() as RecordId;
            let mut dates: Vec<&str> = all.clone().filter_map(|r| column.value(r)).collect();
            dates.sort_unstable();
            let later = (LATER * dates.len() as f64) as usize;
            let Some(limit) = dates.iter().rev().nth(later).and_then(|latest| before(latest))
            else {
                continue;
            };
            let is_older =
                |record: &RecordId| column.value(*record).is_some_and(|d| d <= limit.as_str());
            let records: Vec<RecordId> = all.filter(is_older).collect();
            if records.is_empty() {
                continue;
            }
            findings.push(Finding {
                place: column.attribute().name().to_string(),
                what: format!("dates {YEARS} years or more before the latest of the file"),
                records,
                of: dates.len() as u64,
            });
        }
        findings
    }
}

/// Returns the date so many years before, as text to compare dates with.
fn before(date: &str) -> Option<String> {
    let (year, rest) = date.split_at_checked(4)?;
    Some(format!("{:04}{rest}", year.parse::<u16>().ok()?.checked_sub(YEARS)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_the_same_day_of_an_earlier_year() {
        assert_eq!(before("2024-02-29").as_deref(), Some("1997-02-29"));
        // No such day, which as text still stands between its neighbours.
        assert!("1997-02-28" < "1997-02-29" && "1997-02-29" < "1997-03-01");
        assert_eq!(before("no"), None);
    }
}
