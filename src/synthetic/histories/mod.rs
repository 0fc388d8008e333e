//! One file a history; `history.rs` has the trait and the list.

mod education_censuses;
mod health_addresses;
mod health_names;
mod health_numbers;
mod police_aliases;
mod social_care_episodes;
mod social_care_referrals;
mod social_care_uasc;

pub(super) use education_censuses::EducationCensuses;
pub(super) use health_addresses::HealthAddresses;
pub(super) use health_names::HealthNames;
pub(super) use health_numbers::HealthNumbers;
pub(super) use police_aliases::PoliceAliases;
pub(super) use social_care_episodes::SocialCareEpisodes;
pub(super) use social_care_referrals::SocialCareReferrals;
pub(super) use social_care_uasc::SocialCareUasc;
