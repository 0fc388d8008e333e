//! One file a life event; `life_event.rs` has the trait and the list.

mod adopted;
mod arrived;
mod care_leaver;
mod died;
mod disputed_age;
mod emigrated;
mod preferred_surname;
mod superseded_number;
mod unaccompanied;
mod unborn_sibling;

pub(super) use adopted::Adopted;
pub(super) use arrived::Arrived;
pub(super) use care_leaver::CareLeaver;
pub(super) use died::Died;
pub(super) use disputed_age::DisputedAge;
pub(super) use emigrated::{Departure, Emigrated};
pub(super) use preferred_surname::PreferredSurname;
pub(super) use superseded_number::SupersededNumber;
pub(super) use unaccompanied::Unaccompanied;
pub(super) use unborn_sibling::UnbornSibling;
