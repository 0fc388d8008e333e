//! Care left behind, with help up to the age of 25; others of that age have an education plan.

use crate::synthetic::family::Child;
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Care left behind, with help up to the age of 25; others of that age have an education plan.
pub(in crate::synthetic) struct CareLeaver;

impl LifeEvent for CareLeaver {
    fn key(&self) -> &'static str {
        "population.care_leaver"
    }

    fn can_befall(&self, child: &Child, _: &Circumstances) -> bool {
        child.age() >= 20
    }

    fn befall(&self, child: &mut Child, _: &Circumstances, _: &mut Stream) {
        child.care_leaver = true;
    }
}
