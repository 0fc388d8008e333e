//! Surname that the child goes by, a step-parent's or the other parent's.

use crate::synthetic::family::Child;
use crate::synthetic::family::Identity;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Surname that the child goes by, a step-parent's or the other parent's.
pub(in crate::synthetic) struct PreferredSurname;

impl LifeEvent for PreferredSurname {
    fn key(&self) -> &'static str {
        "population.preferred_surname"
    }

    fn can_befall(&self, child: &Child, _: &Circumstances) -> bool {
        child.age() >= 2 && child.identity == Identity::Child
    }

    fn befall(&self, child: &mut Child, about: &Circumstances, rng: &mut Stream) {
        let name = match rng.chance(0.5) && about.mother_family_name != child.family_name {
            true => about.mother_family_name,
            false => about.family_names.draw(rng),
        };
        child.preferred_family_name = (name != child.family_name).then(|| name.to_string());
    }
}
