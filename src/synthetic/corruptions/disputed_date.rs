//! Date of birth as first given, before an assessment revised it.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Date of birth as first given, before an assessment revised it.
pub(in crate::synthetic) struct DisputedDate;

impl Corruption for DisputedDate {
    fn name(&self) -> &'static str {
        "disputed_date"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::DateOfBirth]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        !values.of(Held::DateOfBirth).is_empty() && subject.child.disputed_birth_date.is_some()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        if let Some(date) = subject.child.disputed_birth_date {
            values.set(Held::DateOfBirth, date.to_string());
        }
    }
}
