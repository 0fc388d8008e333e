//! Police: a person in a role at an event, so that one child has a record an event.

use jiff::ToSpan;

use super::{Agency, AgencyFile, Child, Family, Held, Values, true_values};
use crate::synthetic::agency_file::{About, slashed};
use crate::synthetic::coverage::KEPT_DAYS;
use crate::synthetic::family::{Plan, REFERENCE, age_on};
use crate::synthetic::random::Stream;

const PERCEIVED: [&str; 7] = ["IC1", "IC2", "IC3", "IC4", "IC5", "IC6", "IC9"];

pub(super) struct Police;

impl AgencyFile for Police {
    fn agency(&self) -> Agency {
        Agency::Police
    }

    fn prefix(&self) -> &'static str {
        "PO"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "person_record_id",
            "force_code",
            "PNCID",
            "surname",
            "forenames",
            "date_of_birth",
            "sex",
            "self_defined_ethnicity",
            "officer_perceived_ethnicity",
            "address",
            "postcode",
            "role",
            "event_date",
        ]
    }

    fn families_per_provider(&self) -> u32 {
        250
    }

    fn records(&self, plan: &Plan, rng: &mut Stream) -> usize {
        1 + rng.weighted(plan.population.police.events)
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
            Held::Ethnicity,
        ];
        true_values(Agency::Police, &held, child, family)
    }

    fn cells(&self, values: &Values, about: &About, rng: &mut Stream) -> Vec<String> {
        let child = about.child;
        // Nothing happens here to anybody after death or departure.
        let latest = child.gone_days_ago().unwrap_or(0).min(KEPT_DAYS - 1);
        let kept = child.days_old.clamp(latest + 1, KEPT_DAYS) - latest;
        let days_ago = i64::from(latest) + rng.below(kept as usize) as i64;
        let event = REFERENCE.saturating_sub(days_ago.days());
        // Ten is the age of criminal responsibility in England.
        let of_age = age_on(child.birth_date, event) >= 10;
        let role = match rng.weighted([0.45, 0.15, 0.20, if of_age { 0.20 } else { 0.0 }]) {
            0 => "victim",
            1 => "witness",
            2 => "missing",
            _ => "suspect",
        };
        let pnc_id = match rng.chance(0.15) && role == "suspect" {
            // One identifier a person, with the year in which the first record was made (assumption).
            true => {
                let year = (child.birth_date.year() + 11).min(REFERENCE.year());
                about.plan.numbers.pnc_id(child.number, year)
            }
            false => String::new(),
        };
        // What an officer saw is a measurement: one in seven is another group or unknown (assumption).
        let perceived = match rng.chance(0.85) {
            true => about.family.ethnicity.perceived.as_str(),
            false => rng.pick(&PERCEIVED),
        };
        let self_defined = match values.of(Held::Ethnicity) {
            "" => "NS",
            code => code,
        };
        let sex = match values.of(Held::Sex) {
            "" => "U",
            sex => sex,
        };
        let text = |held: Held| values.of(held).to_string();
        let forenames =
            format!("{} {}", values.of(Held::GivenName), values.of(Held::OtherGivenName));
        vec![
            about.family.authority.force.into(),
            pnc_id,
            text(Held::FamilyName),
            forenames.trim().into(),
            slashed(values.of(Held::DateOfBirth)),
            sex.into(),
            self_defined.into(),
            perceived.into(),
            text(Held::Address),
            text(Held::Postcode),
            role.into(),
            event.to_string(),
        ]
    }
}
