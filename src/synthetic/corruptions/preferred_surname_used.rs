//! Surname that the child goes by in the place of the legal one.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Surname that the child goes by in the place of the legal one.
pub(in crate::synthetic) struct PreferredSurnameUsed;

impl Corruption for PreferredSurnameUsed {
    fn name(&self) -> &'static str {
        "preferred_surname_used"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::FamilyName]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        !values.of(Held::FamilyName).is_empty() && subject.child.preferred_family_name.is_some()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        if let Some(name) = &subject.child.preferred_family_name {
            values.set(Held::FamilyName, name.as_str());
        }
    }
}
