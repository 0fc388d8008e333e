//! Children's social care: a local authority's cases, in the columns of the national data flow.

use jiff::ToSpan;

use super::{Agency, AgencyFile, Child, Family, Held, Values, true_values};
use crate::synthetic::agency_file::{About, slashed};
use crate::synthetic::random::Stream;

pub(super) struct SocialCare;

impl AgencyFile for SocialCare {
    fn agency(&self) -> Agency {
        Agency::SocialCare
    }

    fn prefix(&self) -> &'static str {
        "SC"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "la_child_id",
            "la_code",
            "unique_pupil_number",
            "unique_pupil_number_unknown_reason",
            "common_child_id",
            "first_name",
            "surname",
            "date_of_birth",
            "expected_date_of_birth",
            "sex",
            "ethnicity",
            "postcode",
            "uasc_flag",
        ]
    }

    fn families_per_provider(&self) -> u32 {
        250
    }

    fn true_values(&self, child: &Child, family: &Family) -> Values {
        let held = [
            Held::GivenName,
            Held::FamilyName,
            Held::DateOfBirth,
            Held::Sex,
            Held::Postcode,
            Held::NhsNumber,
            Held::Upn,
            Held::Ethnicity,
        ];
        true_values(Agency::SocialCare, &held, child, family)
    }

    fn cells(&self, values: &Values, about: &About, rng: &mut Stream) -> Vec<String> {
        let chance = rng.unit();
        let child = about.child;
        // UN1 not of school age, UN2 never in a maintained school, UN4 newly looked after, UN5 sources
        // disagree (Standard Safeguarding Dataset).
        let reason = match values.of(Held::Upn) {
            "" if child.upn.is_none() => "UN1",
            "" if child.unaccompanied => "UN2",
            "" if child.looked_after => "UN4",
            "" => "UN5",
            _ => "",
        };
        let ethnicity = match values.of(Held::Ethnicity) {
            "" if chance < 0.3 => "REFU",
            "" => "NOBT",
            code => code,
        };
        let sex = match values.of(Held::Sex) {
            "" => "U",
            sex => sex,
        };
        // A birth is within a fortnight of the day expected (assumption).
        let days_out = rng.below(29) as i64 - 14;
        let expected = match values.of(Held::DateOfBirth) {
            "" if child.days_old < 270 => {
                let day = child.birth_date.saturating_add(days_out.days());
                slashed(&day.to_string())
            }
            _ => String::new(),
        };
        let text = |held: Held| values.of(held).to_string();
        vec![
            about.family.authority.code.into(),
            text(Held::Upn),
            reason.into(),
            text(Held::NhsNumber),
            text(Held::GivenName),
            text(Held::FamilyName),
            slashed(values.of(Held::DateOfBirth)),
            expected,
            sex.into(),
            ethnicity.into(),
            text(Held::Postcode),
            if child.unaccompanied { "1".into() } else { "0".into() },
        ]
    }
}
