//! Adoption: a new name, a new NHS number and a new home.

use crate::synthetic::family::Child;
use crate::synthetic::family::Identity;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Adoption: a new name, a new NHS number and a new home.
pub(in crate::synthetic) struct Adopted;

/// No child is adopted in the first weeks of life, nor recorded under a new name at once.
const YOUNGEST: u32 = 400;

impl LifeEvent for Adopted {
    fn key(&self) -> &'static str {
        "population.adopted"
    }

    fn can_befall(&self, child: &Child, _: &Circumstances) -> bool {
        child.days_old > YOUNGEST
            && !child.looked_after
            && child.multiple_birth.is_none()
            && child.age() < 20
    }

    fn befall(&self, child: &mut Child, about: &Circumstances, rng: &mut Stream) {
        let mut earlier = child.clone();
        earlier.identity = Identity::BeforeAdoption;
        earlier.looked_after = true;
        // Most are adopted before school; a pupil number would be replaced as well.
        earlier.upn = None;
        // Adopters keep the first given name more often than not (assumption).
        if rng.chance(0.25) {
            let names = &about.given_names[usize::from(child.boy)];
            child.given_name = names.draw(child.birth_date.year(), rng);
        }
        child.family_name = loop {
            let name = about.family_names.draw(rng);
            if name != earlier.family_name {
                break name.to_string();
            }
        };
        child.previous_family_name = None;
        child.previous_address = None;
        child.nhs_number = about.plan.numbers.second_nhs_number(child.number);
        let other = about.plan.places.elsewhere(about.unit, false, rng);
        child.address = about.plan.places.unit(other).other_house(rng);
        // Not under seven months (assumption), and after what the birth family went through with it.
        let latest = child.last_change_days_ago().unwrap_or(u32::MAX).min(child.days_old - 200);
        let days_ago = 1 + rng.below(latest.max(1) as usize) as u32;
        child.adopted_days_ago = Some(days_ago);
        earlier.adopted_days_ago = Some(days_ago);
        (child.moved_days_ago, child.renamed_days_ago) = (None, None);
        child.beside.push(earlier);
    }
}
