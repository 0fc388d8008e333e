//! What is typed to get past a mandatory box.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// What is typed to get past a mandatory box.
pub(in crate::synthetic) struct JunkValue;

const JUNK_NAMES: [&str; 6] = ["Unknown", "Not Known", "Xxx", "Test", "Refused", "N/A"];
/// Not known or refused, in the list of the Organisation Data Service; and local habits.
const JUNK_POSTCODES: [&str; 6] = ["ZZ99 3WZ", "ZZ99 3CZ", "XX1 1XX", "AA1 1AA", "UNKNOWN", "NONE"];
const JUNK_NUMBERS: [&str; 6] =
    ["9999999999", "0000000000", "1111111111", "1234567890", "9990000000", "0"];

impl Corruption for JunkValue {
    fn name(&self) -> &'static str {
        "junk_value"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName, Held::Postcode, Held::NhsNumber]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        !values.of(struck).is_empty()
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let junk = match struck {
            Held::Postcode => &JUNK_POSTCODES,
            Held::NhsNumber => &JUNK_NUMBERS,
            _ => &JUNK_NAMES,
        };
        values.set(struck, *rng.pick(junk));
    }
}
