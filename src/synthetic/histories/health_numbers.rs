//! NHS numbers of records that were joined into a patient's.

use crate::record::Agency;
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow, last_day};

/// NHS numbers that the present one replaces.
///
/// A number from before an adoption is none of them: it was invalidated, and leads to nobody.
pub(in crate::synthetic) struct HealthNumbers;

impl History for HealthNumbers {
    fn agency(&self) -> Agency {
        Agency::Health
    }

    fn name(&self) -> &'static str {
        "numbers"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "LOCAL_PATIENT_ID",
            "replacementOf",
            "replacementOf_reason",
            "replacementOf_period_start",
            "replacementOf_period_end",
        ]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        // Where the record still has the old number nobody has joined the two.
        let past = book.past;
        let Some(number) = past.superseded.as_ref().filter(|_| !book.has("superseded_nhs_number"))
        else {
            return Vec::new();
        };
        let (values, struck) = book.write(&[(Held::NhsNumber, &number.of)]);
        if values.of(Held::NhsNumber).is_empty() {
            return Vec::new();
        }
        let cells = vec![
            values.of(Held::NhsNumber).into(),
            "superseded".into(),
            number.first.to_string(),
            last_day(number),
        ];
        vec![HistoryRow { cells, struck }]
    }
}
