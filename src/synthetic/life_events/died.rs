//! Death: schools take the child off the roll, other agencies keep what they hold.

use crate::synthetic::family::Child;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Death: schools take the child off the roll, other agencies keep what they hold.
pub(in crate::synthetic) struct Died;

impl LifeEvent for Died {
    fn key(&self) -> &'static str {
        "population.died"
    }

    fn can_befall(&self, child: &Child, _: &Circumstances) -> bool {
        child.days_old > 1 && child.beside.is_empty()
    }

    fn befall(&self, child: &mut Child, _: &Circumstances, rng: &mut Stream) {
        // Six deaths in ten are of infants (recalled).
        let age = match rng.chance(0.6) {
            true => rng.below(child.days_old.min(365) as usize),
            false => rng.below(child.days_old as usize),
        };
        child.died_days_ago = Some(child.days_old - age as u32);
    }
}
