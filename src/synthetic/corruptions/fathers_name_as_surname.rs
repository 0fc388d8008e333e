//! Father's name taken for the surname, as the order of Arabic names invites.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Father's name taken for the surname, as the order of Arabic names invites.
pub(in crate::synthetic) struct FathersNameAsSurname;

impl Corruption for FathersNameAsSurname {
    fn name(&self) -> &'static str {
        "fathers_name_as_surname"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::FamilyName]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        subject.child.arrived
            && subject.family.patronymic
            && !values.of(Held::FamilyName).is_empty()
            && values.of(Held::FamilyName) != subject.family.father_given_name
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        values.set(Held::FamilyName, subject.family.father_given_name);
    }
}
