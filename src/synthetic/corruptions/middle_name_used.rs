//! Middle name in the place of the first: the name by which the child is known.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Middle name in the place of the first: the name by which the child is known.
pub(in crate::synthetic) struct MiddleNameUsed;

impl Corruption for MiddleNameUsed {
    fn name(&self) -> &'static str {
        "middle_name_used"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        let other = subject.child.other_given_name;
        !other.is_empty()
            && !values.of(Held::GivenName).is_empty()
            && other != values.of(Held::GivenName)
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, _: &mut Stream) {
        values.set(Held::GivenName, subject.child.other_given_name);
    }
}
