//! Second NHS number given by mistake and later superseded.

use crate::synthetic::family::Child;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Second NHS number given by mistake and later superseded.
pub(in crate::synthetic) struct SupersededNumber;

impl LifeEvent for SupersededNumber {
    fn key(&self) -> &'static str {
        "population.superseded_number"
    }

    fn can_befall(&self, child: &Child, _: &Circumstances) -> bool {
        child.beside.is_empty()
    }

    fn befall(&self, child: &mut Child, about: &Circumstances, _: &mut Stream) {
        child.superseded_nhs_number = Some(about.plan.numbers.second_nhs_number(child.number));
    }
}
