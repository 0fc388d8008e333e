//! Brother or sister not yet born, whom social care has on its books.

use jiff::ToSpan;

use crate::synthetic::family::Child;
use crate::synthetic::family::{Identity, REFERENCE};
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Brother or sister not yet born, whom social care has on its books.
pub(in crate::synthetic) struct UnbornSibling;

impl LifeEvent for UnbornSibling {
    fn key(&self) -> &'static str {
        "population.unborn_sibling"
    }

    fn can_befall(&self, child: &Child, about: &Circumstances) -> bool {
        about.youngest
            && child.identity == Identity::Child
            && child.days_old > 300
            && child.beside.is_empty()
            && !child.unaccompanied
            && child.emigrated_days_ago.is_none()
            && about.plan.coverage.knows_need(child, about.quintile)
    }

    fn befall(&self, child: &mut Child, about: &Circumstances, rng: &mut Stream) {
        let mut unborn = child.clone();
        unborn.identity = Identity::Unborn;
        unborn.given_name = if rng.chance(0.5) { "Unborn" } else { "Unborn Baby" };
        unborn.other_given_name = "";
        unborn.family_name = about.mother_family_name.into();
        unborn.previous_family_name = None;
        unborn.preferred_family_name = None;
        unborn.multiple_birth = None;
        unborn.upn = None;
        unborn.nhs_number = String::new();
        unborn.superseded_nhs_number = None;
        unborn.looked_after = false;
        unborn.days_old = 0;
        // Social workers hear of a pregnancy from its third month on (assumption).
        unborn.birth_date = REFERENCE.saturating_add((1 + rng.below(180) as i64).days());
        child.beside.push(unborn);
    }
}
