//! Health: registrations with a general practice, in the columns of a national trace request.

use super::{Agency, AgencyFile, Child, Family, Held, Values, true_values};
use crate::synthetic::agency_file::About;
use crate::synthetic::random::Stream;

pub(super) struct Health;

impl AgencyFile for Health {
    fn agency(&self) -> Agency {
        Agency::Health
    }

    fn prefix(&self) -> &'static str {
        "HE"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "LOCAL_PATIENT_ID",
            "NHS_NO",
            "NHS_NO_STATUS",
            "FAMILY_NAME",
            "GIVEN_NAME",
            "OTHER_GIVEN_NAME",
            "GENDER",
            "DATE_OF_BIRTH",
            "ADDRESS_LINE1",
            "POSTCODE",
            "GP_PRACTICE_CODE",
            "ETHNIC_CATEGORY",
        ]
    }

    fn families_per_provider(&self) -> u32 {
        200
    }

    fn true_values(&self, child: &Child, family: &Family) -> Values {
        let held = [
            Held::GivenName,
            Held::OtherGivenName,
            Held::FamilyName,
            Held::DateOfBirth,
            Held::Sex,
            Held::Postcode,
            Held::Address,
            Held::NhsNumber,
            Held::Ethnicity,
        ];
        true_values(Agency::Health, &held, child, family)
    }

    fn cells(&self, values: &Values, about: &About, rng: &mut Stream) -> Vec<String> {
        let chance = rng.unit();
        // 01 verified, 02 not traced; 08 postponed under six weeks of age, 03 trace required,
        // 04 no or more than one match (NHS number status indicator; 08 recalled).
        let status = match values.of(Held::NhsNumber) {
            "" if about.child.days_old < 42 => "08",
            "" if chance < 0.5 => "03",
            "" => "04",
            number if number != about.child.nhs_number => "02",
            _ if chance < 0.97 => "01",
            _ => "02",
        };
        let gender = match values.of(Held::Sex) {
            "M" => "1",
            "F" => "2",
            _ => "X",
        };
        let ethnicity = match values.of(Held::Ethnicity) {
            "" if chance < 0.5 => "Z",
            "" => "99",
            code => code,
        };
        let text = |held: Held| values.of(held).to_string();
        vec![
            text(Held::NhsNumber),
            status.into(),
            text(Held::FamilyName),
            text(Held::GivenName),
            text(Held::OtherGivenName),
            gender.into(),
            values.of(Held::DateOfBirth).replace('-', ""),
            text(Held::Address),
            text(Held::Postcode),
            // Letter Z begins no real practice code (recalled).
            format!("Z{:05}", 10_000 + about.provider % 90_000),
            ethnicity.into(),
        ]
    }
}
