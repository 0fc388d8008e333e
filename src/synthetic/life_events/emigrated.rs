//! Departure from England: nobody records anything new, and what agencies held grows old.

use crate::synthetic::family::{Child, Identity};
use crate::synthetic::life_event::{Circumstances, LifeEvent};
use crate::synthetic::random::Stream;

/// Departure from England: nobody records anything new, and what agencies held grows old.
///
/// Schools take the child off the roll. Practices and local authorities keep the record that they
/// have, which is why more patients are registered than people live here. A family leaves together.
pub(in crate::synthetic) struct Emigrated;

impl LifeEvent for Emigrated {
    fn key(&self) -> &'static str {
        "population.emigrated"
    }

    fn can_befall(&self, child: &Child, about: &Circumstances) -> bool {
        about.departure.latest_days_ago > 0
            && child.identity == Identity::Child
            && child.age() < 20
            && child.beside.is_empty()
            && !child.looked_after
            && child.died_days_ago.is_none()
    }

    fn draw(&self, _: f64, about: &Circumstances) -> f64 {
        about.departure.draw
    }

    fn befall(&self, child: &mut Child, about: &Circumstances, _: &mut Stream) {
        let Departure { latest_days_ago, when, .. } = about.departure;
        let days_ago = (when * f64::from(latest_days_ago)) as u32;
        child.emigrated_days_ago = Some(days_ago);
        // Whoever left had come before.
        child.arrived_days_ago = child.arrived_days_ago.map(|arrived| arrived.max(days_ago + 1));
    }
}

/// Whether and when a family would leave; its children share it.
#[derive(Debug, Clone, Copy)]
pub(in crate::synthetic) struct Departure {
    /// Days since the last birth, move or change of name, all of which come before.
    pub(in crate::synthetic) latest_days_ago: u32,
    /// Number from 0 to 1 that says whether.
    pub(in crate::synthetic) draw: f64,
    /// Number from 0 to 1 that says when.
    pub(in crate::synthetic) when: f64,
}
