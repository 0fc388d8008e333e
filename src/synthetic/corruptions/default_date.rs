//! Date of birth with the day that stands for unknown: 1 January or the 15th.

use crate::record::Agency;
use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::family::is_past;
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Date of birth with the day that stands for unknown: 1 January or the 15th.
pub(in crate::synthetic) struct DefaultDate;

impl Corruption for DefaultDate {
    fn name(&self) -> &'static str {
        "default_date"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::DateOfBirth]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        let date = values.of(Held::DateOfBirth);
        !date.is_empty() && !date.ends_with("-01-01") && !date.ends_with("-15")
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, rng: &mut Stream) {
        let date = values.of(Held::DateOfBirth);
        // Social care is told to write the 15th; elsewhere 1 January is the commoner habit. The 15th
        // of the extract's own month may be yet to come.
        let fifteenth = rng.chance(if subject.agency == Agency::SocialCare { 0.7 } else { 0.2 });
        let middle = format!("{}15", &date[..8]);
        let date = match fifteenth && is_past(&middle) {
            true => middle,
            false => format!("{}01-01", &date[..5]),
        };
        values.set(Held::DateOfBirth, date);
    }
}
