//! Value that the agency does not hold.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Value that the agency does not hold.
pub(in crate::synthetic) struct MissingValue;

impl Corruption for MissingValue {
    fn name(&self) -> &'static str {
        "missing_value"
    }

    fn strikes(&self) -> &'static [Held] {
        &Held::ALL
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        !values.of(struck).is_empty()
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        values.set(struck, "");
    }
}
