//! Pseudo-postcode of people without a home.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Pseudo-postcode of people without a home.
pub(in crate::synthetic) struct NoFixedAbode;

/// No fixed abode, in the list of the Organisation Data Service.
const PSEUDO_POSTCODE: &str = "ZZ99 3VZ";

impl Corruption for NoFixedAbode {
    fn name(&self) -> &'static str {
        "no_fixed_abode"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::Postcode]
    }

    fn also_changes(&self) -> &'static [Held] {
        &[Held::Address]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        !values.of(Held::Postcode).is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        values.set(Held::Postcode, PSEUDO_POSTCODE);
        if !values.of(Held::Address).is_empty() {
            values.set(Held::Address, "No Fixed Abode");
        }
    }
}
