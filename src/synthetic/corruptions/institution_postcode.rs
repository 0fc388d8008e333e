//! Postcode of the school or hospital in the place of the home's.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Postcode of the school or hospital in the place of the home's.
pub(in crate::synthetic) struct InstitutionPostcode;

impl Corruption for InstitutionPostcode {
    fn name(&self) -> &'static str {
        "institution_postcode"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::Postcode]
    }

    fn also_changes(&self) -> &'static [Held] {
        &[Held::Address]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        let postcode = values.of(Held::Postcode);
        !postcode.is_empty() && subject.institution.postcode != postcode
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        values.set(Held::Postcode, subject.institution.postcode.as_str());
        if !values.of(Held::Address).is_empty() {
            values.set(Held::Address, subject.institution.line.as_str());
        }
    }
}
