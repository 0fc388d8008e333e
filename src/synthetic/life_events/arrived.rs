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

    fn befall(&self, child: &mut Child, _: &Circumstances, _: &mut Stream) {
        child.arrived = true;
    }
}
