//! Address from before a move or a placement.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Address from before a move or a placement.
pub(in crate::synthetic) struct StaleAddress;

impl Corruption for StaleAddress {
    fn name(&self) -> &'static str {
        "stale_address"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::Postcode]
    }

    fn also_changes(&self) -> &'static [Held] {
        &[Held::Address]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        let earlier = subject.child.previous_address.as_ref();
        !values.of(Held::Postcode).is_empty()
            && earlier.is_some_and(|earlier| earlier.postcode != values.of(Held::Postcode))
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        if let Some(earlier) = &subject.child.previous_address {
            values.set(Held::Postcode, earlier.postcode.as_str());
            if !values.of(Held::Address).is_empty() {
                values.set(Held::Address, earlier.line.as_str());
            }
        }
    }
}
