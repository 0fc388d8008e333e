//! Placeholder that a record made at birth keeps as given name.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Placeholder that a record made at birth keeps as given name.
pub(in crate::synthetic) struct BabyOf;

impl Corruption for BabyOf {
    fn name(&self) -> &'static str {
        "baby_of"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        subject.child.days_old < 365 && !values.of(Held::GivenName).is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, rng: &mut Stream) {
        let twins = subject.family.children.iter().filter(|child| {
            child.multiple_birth.is_some() && child.multiple_birth == subject.child.multiple_birth
        });
        let earlier = twins.take_while(|child| child.number != subject.child.number).count();
        let placeholder = match rng.below(4) {
            _ if subject.child.multiple_birth.is_some() => format!("Twin {}", earlier + 1),
            0 => "Baby".to_string(),
            1 => format!("Baby Of {}", subject.family.mother_given_name),
            2 if subject.child.boy => "Baby Boy".to_string(),
            2 => "Baby Girl".to_string(),
            _ => "Infant".to_string(),
        };
        values.set(Held::GivenName, placeholder);
    }
}
