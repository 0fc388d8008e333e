//! Age that an assessment revised: agencies hold the date that was first given too.

use jiff::civil::date;

use crate::synthetic::family::Child;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Age that an assessment revised: agencies hold the date that was first given too.
pub(in crate::synthetic) struct DisputedAge;

impl LifeEvent for DisputedAge {
    fn key(&self) -> &'static str {
        "population.disputed_age"
    }

    fn can_befall(&self, child: &Child, _: &Circumstances) -> bool {
        child.unaccompanied
    }

    fn befall(&self, child: &mut Child, _: &Circumstances, rng: &mut Stream) {
        let day = if rng.chance(0.5) { (1, 1) } else { (child.birth_date.month(), 15) };
        let years = [-3, -2, -1, 1, 2][rng.below(5)];
        child.disputed_birth_date = Some(date(child.birth_date.year() + years, day.0, day.1));
    }
}
