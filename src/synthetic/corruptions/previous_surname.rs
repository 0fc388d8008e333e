//! Surname that the child no longer bears.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Surname that the child no longer bears.
pub(in crate::synthetic) struct PreviousSurname;

impl Corruption for PreviousSurname {
    fn name(&self) -> &'static str {
        "previous_surname"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::FamilyName]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        !values.of(Held::FamilyName).is_empty() && subject.child.previous_family_name.is_some()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        if let Some(earlier) = &subject.child.previous_family_name {
            values.set(Held::FamilyName, earlier.as_str());
        }
    }
}
