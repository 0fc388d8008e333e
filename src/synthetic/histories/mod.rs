//! One file a history; `history.rs` has the trait and the list.

mod health_addresses;
mod health_names;
mod health_numbers;
mod social_care_episodes;

pub(super) use health_addresses::HealthAddresses;
pub(super) use health_names::HealthNames;
pub(super) use health_numbers::HealthNumbers;
pub(super) use social_care_episodes::SocialCareEpisodes;
