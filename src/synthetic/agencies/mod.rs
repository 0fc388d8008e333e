//! One file an agency; `agency_file.rs` has the trait.

mod education;
mod health;
mod police;
mod social_care;

use super::agency_file::{AgencyFile, true_values};
use super::family::{Child, Family};
use super::held::{Held, Values};
use crate::record::Agency;

/// Every agency's file, in the order of [`Agency::ALL`].
pub(super) static AGENCY_FILES: [&dyn AgencyFile; 4] =
    [&health::Health, &education::Education, &social_care::SocialCare, &police::Police];
