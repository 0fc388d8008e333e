//! NHS number that was given by mistake and superseded since.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// NHS number that was given by mistake and superseded since.
pub(in crate::synthetic) struct SupersededNhsNumber;

impl Corruption for SupersededNhsNumber {
    fn name(&self) -> &'static str {
        "superseded_nhs_number"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::NhsNumber]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        !values.of(Held::NhsNumber).is_empty() && subject.child.superseded_nhs_number.is_some()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        if let Some(number) = &subject.child.superseded_nhs_number {
            values.set(Held::NhsNumber, number.as_str());
        }
    }
}
