//! NHS number of a brother or sister, a twin's before any other's.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::family::Child;
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// NHS number of a brother or sister, a twin's before any other's.
pub(in crate::synthetic) struct SiblingNhsNumber;

impl Corruption for SiblingNhsNumber {
    fn name(&self) -> &'static str {
        "sibling_nhs_number"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::NhsNumber]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        !values.of(Held::NhsNumber).is_empty()
            && subject.family.children.len() > 1
            && subject.child.beside.is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, rng: &mut Stream) {
        let child = subject.child;
        let others = || subject.family.children.iter().filter(|other| other.number != child.number);
        let is_twin = |other: &&Child| {
            other.multiple_birth.is_some() && other.multiple_birth == child.multiple_birth
        };
        let twins: Vec<&Child> = others().filter(is_twin).collect();
        let others: Vec<&Child> = if twins.is_empty() { others().collect() } else { twins };
        values.set(Held::NhsNumber, rng.pick(&others).nhs_number.as_str());
    }
}
