//! Life events: what befalls a few children and makes agencies hold other things about them.
//!
//! A new one is a file in `life_events/` and a line in [`LIFE_EVENTS`]; profiles then give it a rate
//! under `population`, and the report of `cci generate` measures it.

use super::family::{Child, Plan};
use super::life_events::{
    Adopted, Arrived, CareLeaver, Departure, Died, DisputedAge, Emigrated, PreferredSurname,
    SupersededNumber, Unaccompanied, UnbornSibling,
};
use super::names::{GivenNames, NameList};
use super::random::Stream;

/// Every event, in the order in which they befall a child; later ones see what earlier ones did.
pub(super) static LIFE_EVENTS: [&dyn LifeEvent; 10] = [
    &Unaccompanied,
    &Arrived,
    &Adopted,
    &PreferredSurname,
    &SupersededNumber,
    &DisputedAge,
    &CareLeaver,
    &Died,
    &Emigrated,
    &UnbornSibling,
];

/// What is true of a child's family when something befalls the child.
pub(super) struct Circumstances<'a> {
    pub(super) plan: &'a Plan<'a>,
    /// Number of the unit postcode of the family's home.
    pub(super) unit: u32,
    pub(super) quintile: usize,
    /// Code of the group from whose lists the names come.
    pub(super) named_as: &'a str,
    /// Says whether names of the family are written in another script at home.
    pub(super) transliterated: bool,
    pub(super) given_names: &'a [GivenNames; 2],
    pub(super) family_names: &'a NameList,
    pub(super) mother_family_name: &'static str,
    /// Says whether the child is the only one of its family in the world.
    pub(super) alone: bool,
    /// Says whether the child is the youngest of its family.
    pub(super) youngest: bool,
    pub(super) departure: Departure,
}

/// Event that changes what agencies hold about a child.
pub(super) trait LifeEvent: Sync {
    /// Returns the key of its rate, for example `population.adopted`.
    fn key(&self) -> &'static str;

    /// Says whether the rate is of children like this one.
    fn can_befall(&self, child: &Child, about: &Circumstances) -> bool;

    /// Returns the number from 0 to 1 that the rate is held against: the child's own, or one that
    /// brothers and sisters share because the event befalls them together.
    fn draw(&self, own: f64, _: &Circumstances) -> f64 {
        own
    }

    /// Changes the child.
    fn befall(&self, child: &mut Child, about: &Circumstances, rng: &mut Stream);
}

/// Returns the name of an event as the truth has it, for example `adopted`.
pub(super) fn name(event: &dyn LifeEvent) -> &'static str {
    event.key().trim_start_matches("population.")
}

/// Lets the events befall a child, each with its chance.
pub(super) fn live(child: &mut Child, about: &Circumstances, rng: &mut Stream) {
    for (place, event) in LIFE_EVENTS.iter().enumerate() {
        let (chance, mut own) = (rng.unit(), rng.branch());
        if !event.can_befall(child, about) {
            continue;
        }
        child.could_befall |= 1 << place;
        if event.draw(chance, about) < about.plan.profile.rate(event.key()) {
            child.befell |= 1 << place;
            event.befall(child, about, &mut own);
        }
    }
}
