//! Addresses of a patient over time.

use crate::record::Agency;
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow, last_day};

/// Addresses of patients who had more than one.
pub(in crate::synthetic) struct HealthAddresses;

impl History for HealthAddresses {
    fn agency(&self) -> Agency {
        Agency::Health
    }

    fn name(&self) -> &'static str {
        "addresses"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "LOCAL_PATIENT_ID",
            "address_use",
            "address_line",
            "address_postalCode",
            "address_period_start",
            "address_period_end",
        ]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let mut rows = Vec::new();
        if book.past.homes.len() < 2 {
            return rows;
        }
        let homes = book.homes();
        if homes.len() < 2 {
            return rows;
        }
        for home in &homes {
            let now = home.until.is_none();
            let (values, struck) = match now {
                true => (book.values.clone(), Vec::new()),
                false => book
                    .write(&[(Held::Postcode, &home.of.postcode), (Held::Address, &home.of.line)]),
            };
            rows.push(HistoryRow {
                cells: vec![
                    if now { "home" } else { "old" }.into(),
                    values.of(Held::Address).into(),
                    values.of(Held::Postcode).into(),
                    home.first.to_string(),
                    last_day(home),
                ],
                struck,
            });
        }
        rows
    }
}
