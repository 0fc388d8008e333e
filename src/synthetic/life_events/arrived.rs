//! Arrival from abroad, with a name that is written in another script at home.

use crate::synthetic::family::Child;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Arrival from abroad, with a name that is written in another script at home.
pub(in crate::synthetic) struct Arrived;

impl LifeEvent for Arrived {
    fn key(&self) -> &'static str {
        "population.arrived"
    }

    fn can_befall(&self, child: &Child, about: &Circumstances) -> bool {
        about.transliterated && child.age() >= 1
    }

    fn befall(&self, child: &mut Child, _: &Circumstances, rng: &mut Stream) {
        child.arrived = true;
        if child.unaccompanied {
            return;
        }
        // Before the family's moves and changes of name that the child has seen here.
        let latest = child.last_change_days_ago().unwrap_or(0);
        let days = 1 + rng.below((child.days_old - latest).max(1) as usize) as u32;
        child.arrived_days_ago = Some((latest + days).min(child.days_old));
    }
}
