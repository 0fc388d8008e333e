//! One file an agency; `agency_file.rs` has the trait.

mod education;
mod health;
mod police;
mod social_care;

use super::agency_file::AgencyFile;
use super::family::{Child, Family};
use super::held::{Held, Values};
use crate::record::Agency;

/// Every agency's file, in the order of [`Agency::ALL`].
pub(super) static AGENCY_FILES: [&dyn AgencyFile; 4] =
    [&health::Health, &education::Education, &social_care::SocialCare, &police::Police];

/// Returns the true values of the attributes that an agency's file has.
fn true_values(agency: Agency, held: &[Held], child: &Child, family: &Family) -> Values {
    let mut values = Values::default();
    for &attribute in held {
        let value = match attribute {
            Held::GivenName => child.given_name,
            Held::OtherGivenName => child.other_given_name,
            Held::FamilyName => &child.family_name,
            Held::DateOfBirth => &child.birth_date.to_string(),
            Held::Sex if child.boy => "M",
            Held::Sex => "F",
            Held::Postcode => &child.address.postcode,
            Held::Address => &child.address.line,
            Held::NhsNumber => &child.nhs_number,
            Held::Upn => child.upn.as_deref().unwrap_or_default(),
            Held::Ethnicity => family.ethnicity.code_in(agency),
        };
        values.set(attribute, value);
    }
    values
}
