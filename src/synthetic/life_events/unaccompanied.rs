//! Asylum sought alone: looked after, with a date of birth that is itself a default.

use jiff::civil::date;

use crate::synthetic::family::Child;
use crate::synthetic::family::REFERENCE;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Asylum sought alone: looked after, with a date of birth that is itself a default.
pub(in crate::synthetic) struct Unaccompanied;

/// One in seven asylum seekers was given 1 January in 2007 (Home Office figures, as reported).
const ONE_IN_SEVEN: f64 = 1.0 / 7.0;

impl LifeEvent for Unaccompanied {
    fn key(&self) -> &'static str {
        "population.unaccompanied"
    }

    fn can_befall(&self, child: &Child, about: &Circumstances) -> bool {
        about.alone
            && (14..18).contains(&child.age())
            && ["BAFR", "OOTH", "AOTH"].contains(&about.named_as)
    }

    fn befall(&self, child: &mut Child, about: &Circumstances, rng: &mut Stream) {
        child.unaccompanied = true;
        child.arrived = true;
        child.looked_after = true;
        child.previous_address = None;
        child.address = match rng.chance(about.plan.chances.childrens_home) {
            true => about.plan.places.childrens_home(about.unit),
            false => {
                let other = about.plan.places.elsewhere(about.unit, true, rng);
                about.plan.places.unit(other).other_house(rng)
            }
        };
        // The Home Office writes 1 January, social workers the 15th; both become the official date.
        let born = child.birth_date;
        if rng.chance(ONE_IN_SEVEN) {
            child.birth_date = date(born.year(), 1, 1);
        } else if rng.chance(0.3) {
            child.birth_date = date(born.year(), born.month(), 15);
        }
        child.days_old =
            (child.birth_date.until(REFERENCE).map_or(0, |span| span.get_days())).unsigned_abs();
        // Within the last two years: most are older than fifteen when they come (assumption).
        child.arrived_days_ago = Some(1 + rng.below(2 * 365) as u32);
        (child.moved_days_ago, child.renamed_days_ago) = (None, None);
    }
}
