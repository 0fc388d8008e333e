//! Sex recorded as the other one.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Sex recorded as the other one.
pub(in crate::synthetic) struct WrongSex;

impl Corruption for WrongSex {
    fn name(&self) -> &'static str {
        "wrong_sex"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::Sex]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        !values.of(Held::Sex).is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        let other = if values.of(Held::Sex) == "M" { "F" } else { "M" };
        values.set(Held::Sex, other);
    }
}
