//! Record opened before the birth and never brought up to date.

use crate::record::Agency;
use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::family::Identity;
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Record opened before the birth and never brought up to date.
pub(in crate::synthetic) struct RecordedBeforeBirth;

impl Corruption for RecordedBeforeBirth {
    fn name(&self) -> &'static str {
        "recorded_before_birth"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName]
    }

    fn also_changes(&self) -> &'static [Held] {
        &[Held::FamilyName, Held::DateOfBirth, Held::Sex, Held::NhsNumber]
    }

    fn applies(&self, _: Held, _: &Values, subject: &Subject) -> bool {
        subject.agency == Agency::SocialCare
            && subject.child.days_old < 270
            && subject.child.identity == Identity::Child
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, rng: &mut Stream) {
        values.set(Held::GivenName, if rng.chance(0.5) { "Unborn" } else { "Unborn Baby" });
        values.set(Held::FamilyName, subject.family.mother_family_name);
        for held in [Held::DateOfBirth, Held::Sex, Held::NhsNumber] {
            values.set(held, "");
        }
    }
}
