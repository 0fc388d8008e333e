//! Education: pupils on the roll of a school, in the columns of the school census.

use super::{Agency, AgencyFile, Child, Family, Held, Values, true_values};
use crate::synthetic::agency_file::About;
use crate::synthetic::family::age_on;
use crate::synthetic::random::Stream;

pub(super) struct Education;

impl AgencyFile for Education {
    fn agency(&self) -> Agency {
        Agency::Education
    }

    fn prefix(&self) -> &'static str {
        "ED"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "LocalPupilID",
            "UPN",
            "NHSNumber",
            "Surname",
            "Forename",
            "MiddleNames",
            "PreferredSurname",
            "Sex",
            "DOB",
            "AddressLine1",
            "Postcode",
            "Ethnicity",
            "URN",
            "NCyearActual",
        ]
    }

    fn families_per_provider(&self) -> u32 {
        150
    }

    fn true_values(&self, child: &Child, family: &Family) -> Values {
        true_values(Agency::Education, &Held::ALL, child, family)
    }

    fn cells(&self, values: &Values, about: &About, rng: &mut Stream) -> Vec<String> {
        let ethnicity = match values.of(Held::Ethnicity) {
            "" if rng.chance(0.5) => "REFU",
            "" => "NOBT",
            code => code,
        };
        let text = |held: Held| values.of(held).to_string();
        vec![
            text(Held::Upn),
            text(Held::NhsNumber),
            text(Held::FamilyName),
            text(Held::GivenName),
            text(Held::OtherGivenName),
            about.child.preferred_family_name.clone().unwrap_or(text(Held::FamilyName)),
            text(Held::Sex),
            text(Held::DateOfBirth),
            text(Held::Address),
            text(Held::Postcode),
            ethnicity.into(),
            // No school's number begins with 9 (recalled). A second record is another school's.
            format!("9{:05}", (about.provider + about.copy) % 100_000),
            national_curriculum_year(about.child),
        ]
    }
}

/// Returns the national curriculum year of a child in the school year 2025/26.
fn national_curriculum_year(child: &Child) -> String {
    match age_on(child.birth_date, jiff::civil::date(2025, 8, 31)) {
        ..4 => "N2".into(),
        4 => "R".into(),
        age => (age - 4).to_string(),
    }
}
