//! Who the children are, as `synthetic_data/population.toml` and `places.csv` describe it.

use serde::Deserialize;

use super::names::{NameLaws, Names};
use crate::code::{BroadGroup, EthnicityList};
use crate::error::Result;
use crate::record::Agency;
use crate::settings;

const POPULATION: &str = include_str!("../../synthetic_data/population.toml");
const PLACES: &str = include_str!("../../synthetic_data/places.csv");

/// Name lists that a family's names come from, and how common that is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Origin {
    pub(super) given: String,
    pub(super) family: String,
    pub(super) share: f64,
}

/// Ethnic group: its codes in every agency's list, its share, its names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ethnicity {
    pub(super) code: String,
    group: String,
    health: String,
    police: String,
    /// Identity code that an officer would most often choose.
    pub(super) perceived: String,
    share: f64,
    tilt: [f64; 5],
    pub(super) assimilated: f64,
    pub(super) origins: Vec<Origin>,
}

impl Ethnicity {
    /// Returns the broad group.
    pub(super) fn group(&self) -> BroadGroup {
        let found = BroadGroup::ALL.into_iter().find(|group| group.name() == self.group);
        found.expect("groups of the shipped population are broad groups; a test holds it")
    }

    /// Returns the code in an agency's own list.
    pub(super) fn code_in(&self, agency: Agency) -> &str {
        match EthnicityList::of(agency) {
            EthnicityList::Health => &self.health,
            EthnicityList::PoliceSelfDefined => &self.police,
            EthnicityList::Education | EthnicityList::PoliceObserved => &self.code,
        }
    }
}

/// Sizes and spacing of families.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "sources are read by people, required in the file")]
pub(super) struct Families {
    /// Chance of 1, 2, 3 or 4 births in a complete family.
    pub(super) completed_size: [f64; 4],
    completed_size_source: String,
    pub(super) mean_gap_years: f64,
    mean_gap_source: String,
    pub(super) per_postcode: u32,
    per_postcode_source: String,
    pub(super) quintile_share: [f64; 5],
    quintile_share_source: String,
}

/// Which lists of family names go with which customs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "sources are read by people, required in the file")]
pub(super) struct Naming {
    /// Lists of names that are written in another script at home.
    pub(super) transliterated: Vec<String>,
    transliterated_source: String,
    /// Lists of names in whose order the father's name stands where others have a surname.
    pub(super) patronymic: Vec<String>,
    patronymic_source: String,
}

/// How often and at what age the police record children.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "sources are read by people, required in the file")]
pub(super) struct PoliceEvents {
    /// Chance of 1, 2, 3 or 4 events.
    pub(super) events: [f64; 4],
    events_source: String,
    /// Odds of being known at ages 0-4, 5-9, 10-14 and 15-19.
    pub(super) age_odds: [f64; 4],
    age_odds_source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PopulationFile {
    names: NameLaws,
    naming: Naming,
    families: Families,
    police: PoliceEvents,
    ethnicity: Vec<Ethnicity>,
}

/// Local authority with a few of its postcode districts. Codes and districts are real (recalled).
#[derive(Debug)]
pub(super) struct LocalAuthority {
    pub(super) code: &'static str,
    /// Code of the police force.
    pub(super) force: &'static str,
    /// Code of the integrated care board.
    pub(super) icb: &'static str,
    pub(super) districts: Vec<&'static str>,
}

/// Population to draw from: names, ethnic groups, places.
pub(super) struct Population {
    pub(super) names: Names,
    pub(super) naming: Naming,
    pub(super) families: Families,
    pub(super) police: PoliceEvents,
    pub(super) ethnicities: Vec<Ethnicity>,
    pub(super) authorities: Vec<LocalAuthority>,
}

impl Population {
    /// Reads the shipped population.
    ///
    /// # Errors
    /// `BadSettings` or `UnknownKey` if the shipped file was changed and no longer parses.
    pub(super) fn shipped() -> Result<Self> {
        let file: PopulationFile = settings::parse(POPULATION, "synthetic_data/population.toml")?;
        let authorities = PLACES
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let &[code, _, force, icb, districts] = cells.as_slice() else {
                    unreachable!("rows of the shipped places have five cells; a test reads them")
                };
                LocalAuthority { code, force, icb, districts: districts.split(' ').collect() }
            })
            .collect();
        Ok(Self {
            names: Names::shipped(&file.names),
            naming: file.naming,
            families: file.families,
            police: file.police,
            ethnicities: file.ethnicity,
            authorities,
        })
    }

    /// Returns the weight of each ethnicity among families of a deprivation quintile (from 0).
    pub(super) fn ethnicity_weights(&self, quintile: usize) -> impl Iterator<Item = f64> + Clone {
        self.ethnicities.iter().map(move |ethnicity| ethnicity.share * ethnicity.tilt[quintile])
    }

    /// Returns the share of each ethnicity among all families.
    pub(super) fn ethnicity_shares(&self) -> impl Iterator<Item = f64> + Clone {
        self.ethnicities.iter().map(|ethnicity| ethnicity.share)
    }

    /// Returns the share of each broad group (row) in each quintile (column) of all families.
    pub(super) fn composition(&self) -> [[f64; 5]; 5] {
        let mut shares = [[0.0; 5]; 5];
        for (quintile, share) in self.families.quintile_share.into_iter().enumerate() {
            let total: f64 = self.ethnicity_weights(quintile).sum();
            for (ethnicity, weight) in self.ethnicities.iter().zip(self.ethnicity_weights(quintile))
            {
                shares[ethnicity.group() as usize][quintile] += share * weight / total;
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{ETHNIC_CODES, IcbCode, LaCode, PoliceForce};

    #[test]
    fn every_code_is_in_its_list_and_in_the_same_broad_group() {
        let population = Population::shipped().unwrap();
        for ethnicity in &population.ethnicities {
            for agency in Agency::ALL {
                let (list, code) = (EthnicityList::of(agency), ethnicity.code_in(agency));
                let known =
                    ETHNIC_CODES.iter().find(|known| known.list == list && known.code == code);
                let known = known.unwrap_or_else(|| panic!("{code} is not in {list:?}"));
                assert_eq!(known.group, Some(ethnicity.group()), "{code} in {list:?}");
            }
            let seen = |known: &&crate::code::EthnicCode| {
                known.list == EthnicityList::PoliceObserved && known.code == ethnicity.perceived
            };
            assert!(ETHNIC_CODES.iter().any(|known| seen(&known)), "{}", ethnicity.perceived);
        }
    }

    #[test]
    fn shares_add_up_and_every_name_list_exists() {
        let population = Population::shipped().unwrap();
        let total: f64 = population.ethnicities.iter().map(|ethnicity| ethnicity.share).sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
        for ethnicity in &population.ethnicities {
            let total: f64 = ethnicity.origins.iter().map(|origin| origin.share).sum();
            assert!((total - 1.0).abs() < 1e-9, "{}", ethnicity.code);
            for origin in &ethnicity.origins {
                assert!(population.names.given(&origin.given).is_some(), "{}", origin.given);
                assert!(population.names.family(&origin.family).is_some(), "{}", origin.family);
            }
        }
        for list in population.naming.transliterated.iter().chain(&population.naming.patronymic) {
            assert!(population.names.family(list).is_some(), "{list}");
        }
        let total: f64 = population.composition().iter().flatten().sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
    }

    #[test]
    fn every_local_authority_has_codes_of_the_official_lists_and_a_district() {
        for authority in Population::shipped().unwrap().authorities {
            assert!(LaCode::parse(authority.code).is_ok(), "{}", authority.code);
            assert!(PoliceForce::parse(authority.force).is_ok(), "{}", authority.force);
            assert!(IcbCode::parse(authority.icb).is_ok(), "{}", authority.icb);
            assert!(authority.districts.iter().all(|district| !district.is_empty()));
        }
    }
}
