//! Names of a patient over time.

use crate::record::Agency;
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow, last_day};

/// Names of patients whose surname changed.
pub(in crate::synthetic) struct HealthNames;

impl History for HealthNames {
    fn agency(&self) -> Agency {
        Agency::Health
    }

    fn name(&self) -> &'static str {
        "names"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "LOCAL_PATIENT_ID",
            "name_use",
            "name_family",
            "name_given",
            "name_period_start",
            "name_period_end",
        ]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let mut rows = Vec::new();
        if book.past.surnames.len() < 2 {
            return rows;
        }
        let surnames = book.surnames();
        if surnames.len() < 2 {
            return rows;
        }
        let given_name = book.about.child.given_name;
        for surname in &surnames {
            let now = surname.until.is_none();
            let (values, struck) = match now {
                true => (book.values.clone(), Vec::new()),
                false => {
                    book.write(&[(Held::GivenName, given_name), (Held::FamilyName, &surname.of)])
                }
            };
            rows.push(HistoryRow {
                cells: vec![
                    if now { "usual" } else { "old" }.into(),
                    values.of(Held::FamilyName).into(),
                    values.of(Held::GivenName).into(),
                    surname.first.to_string(),
                    last_day(surname),
                ],
                struck,
            });
        }
        rows
    }
}
