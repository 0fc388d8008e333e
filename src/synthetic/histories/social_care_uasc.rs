//! Dates of birth of a child who seeks asylum alone, as they were sent in.

use crate::record::Agency;
use crate::synthetic::agency_file::slashed;
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow};

/// Unaccompanied children: the date of birth first given, and the one after an assessment.
pub(in crate::synthetic) struct SocialCareUasc;

impl History for SocialCareUasc {
    fn agency(&self) -> Agency {
        Agency::SocialCare
    }

    fn name(&self) -> &'static str {
        "uasc"
    }

    fn header(&self) -> &'static [&'static str] {
        &["CHILD", "SEX", "DOB"]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let child = book.about.child;
        if !child.unaccompanied {
            return Vec::new();
        }
        let mut rows = Vec::with_capacity(2);
        let sex = book.cell("sex").replace('U', "");
        let mut row = |date: &str, struck| {
            rows.push(HistoryRow { cells: vec![sex.clone(), slashed(date)], struck });
        };
        let now = book.values.of(Held::DateOfBirth);
        // Who still has the first date has heard of no other.
        if let Some(date) = child.disputed_birth_date.filter(|_| !book.has("disputed_date")) {
            let (values, struck) = book.write(&[(Held::DateOfBirth, &date.to_string())]);
            let first = values.of(Held::DateOfBirth);
            if !first.is_empty() && first != now {
                row(first, struck);
            }
        }
        if !now.is_empty() {
            row(now, Vec::new());
        }
        rows
    }
}
