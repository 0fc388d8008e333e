//! An agency's file: its columns, and how a record fills them.

use super::family::{Child, Family, Identity, Plan};
use super::held::{Held, Values};
use super::random::Stream;
use crate::record::Agency;

/// File that an agency makes, one row a record.
pub(super) trait AgencyFile: Sync {
    /// Returns the agency.
    fn agency(&self) -> Agency;

    /// Returns the first letters of the agency's own identifiers.
    fn prefix(&self) -> &'static str;

    /// Returns the columns; the first is the agency's own identifier.
    fn header(&self) -> &'static [&'static str];

    /// Returns the number of families that share a provider: a practice, a school.
    fn families_per_provider(&self) -> u32;

    /// Draws how many records the agency makes of a child that it knows, duplicates left out.
    fn records(&self, _plan: &Plan, _rng: &mut Stream) -> usize {
        1
    }

    /// Returns what the agency would hold if nothing went wrong; empty where its file has no column.
    fn true_values(&self, child: &Child, family: &Family) -> Values;

    /// Writes a record as cells, the identifier left out.
    ///
    /// What it draws first does not depend on the values, so that a world with its errors taken out
    /// has the same events.
    fn cells(&self, values: &Values, about: &About, rng: &mut Stream) -> Vec<String>;
}

/// Whose record it is and who made it.
pub(super) struct About<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) child: &'a Child,
    pub(super) family: &'a Family<'a>,
    /// Number of the provider among the agency's providers.
    pub(super) provider: u32,
    /// 0 for the record that the agency meant to make, 1 for a duplicate of it.
    pub(super) copy: u32,
}

/// Returns a date `YYYY-MM-DD` as `DD/MM/YYYY`; an empty one stays empty.
pub(super) fn slashed(date: &str) -> String {
    match date.get(..10) {
        Some(_) => format!("{}/{}/{}", &date[8..10], &date[5..7], &date[..4]),
        None => String::new(),
    }
}

/// Returns the true values of the attributes that an agency's file has.
pub(super) fn true_values(agency: Agency, held: &[Held], child: &Child, family: &Family) -> Values {
    let mut values = Values::default();
    for &attribute in held {
        let value = match attribute {
            Held::GivenName => child.given_name,
            Held::OtherGivenName => child.other_given_name,
            Held::FamilyName => &child.family_name,
            Held::DateOfBirth | Held::Sex if child.identity == Identity::Unborn => "",
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
