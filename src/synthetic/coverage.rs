//! Who is known to which agency, by need, place and age.

use super::chances::Chances;
use super::family::{Child, Identity};
use super::population::Population;
use super::profile::Profile;
use super::propensity::{balanced, normal_share};
use super::random::Stream;
use crate::record::Agency;

/// Years of age in a band of the truth.
const BAND_YEARS: i16 = 5;
/// Age from which only care leavers and pupils with a plan are known.
const ADULT: i16 = 20;
/// Days before the extract in which the police keep events: three years.
pub(super) const KEPT_DAYS: u32 = 1_095;
/// Chance that a hospital still has the record of a child from before its adoption (assumption).
const OLD_RECORD_KEPT: f64 = 0.1;

/// Chances of being known to each agency.
pub(super) struct Coverage {
    health: f64,
    education: f64,
    /// By deprivation quintile.
    social_care: [f64; 5],
    looked_after: [f64; 5],
    /// By age band and deprivation quintile.
    police: [[f64; 5]; 4],
}

impl Coverage {
    /// Balances the chances of a profile over the population.
    pub(super) fn new(profile: &Profile, population: &Population) -> Self {
        let shares = population.families.quintile_share;
        let by_quintile = |rate: f64| {
            let odds = profile.deprivation_odds(Agency::SocialCare);
            let cells: Vec<_> = shares.into_iter().zip(odds).collect();
            let chances = balanced(rate, &cells);
            std::array::from_fn(|quintile| chances[quintile])
        };
        let social_care = by_quintile(profile.rate("social_care.record.known"));
        // Looked-after children are among those known to social care, whatever the profile says.
        let looked_after: [f64; 5] = by_quintile(Chances::of(profile).looked_after);
        let looked_after = std::array::from_fn(|q| looked_after[q].min(social_care[q]));
        let odds = profile.deprivation_odds(Agency::Police);
        let cells: Vec<_> = (0..20)
            .map(|cell| (shares[cell % 5], population.police.age_odds[cell / 5] * odds[cell % 5]))
            .collect();
        let police = balanced(profile.rate("police.record.known"), &cells);
        Self {
            health: profile.rate("health.record.known"),
            education: profile.rate("education.record.known"),
            social_care,
            looked_after,
            police: std::array::from_fn(|band| std::array::from_fn(|q| police[band * 5 + q])),
        }
    }

    /// Returns the share of each broad group (row) in each quintile (column) of the children that
    /// each agency knows.
    pub(super) fn composition(&self, population: &Population) -> [[[f64; 5]; 5]; 4] {
        let all = population.composition();
        let police: [f64; 5] =
            std::array::from_fn(|q| self.police.iter().map(|band| band[q]).sum());
        let by_quintile = |weights: [f64; 5]| {
            all.map(|row| std::array::from_fn(|quintile| row[quintile] * weights[quintile]))
        };
        Agency::ALL.map(|agency| match agency {
            Agency::Health | Agency::Education => all,
            Agency::SocialCare => by_quintile(self.social_care),
            Agency::Police => by_quintile(police),
        })
    }

    /// Returns the chance of being looked after in a quintile.
    pub(super) fn looked_after(&self, quintile: usize) -> f64 {
        self.looked_after[quintile]
    }

    /// Draws whether an agency knows a child.
    ///
    /// Social care follows need alone, so that it knows every looked-after child and often a child's
    /// brothers and sisters; the police follow need in part.
    pub(super) fn knows(
        &self,
        agency: Agency,
        child: &Child,
        quintile: usize,
        rng: &mut Stream,
    ) -> bool {
        let (chance, own) = (rng.unit(), rng.normal());
        match (agency, child.identity) {
            (Agency::SocialCare, Identity::BeforeAdoption | Identity::Unborn) => true,
            // A practice merges the old record into the new one; hospitals seldom do.
            (Agency::Health, Identity::BeforeAdoption) => chance < OLD_RECORD_KEPT,
            (_, Identity::BeforeAdoption | Identity::Unborn) => false,
            (Agency::Health, _) => chance < self.health,
            (Agency::Education, _) if child.gone_days_ago().is_some() => false,
            (Agency::Education, _) if child.age() >= ADULT => !child.care_leaver,
            (Agency::Education, _) => (4..=18).contains(&child.age()) && chance < self.education,
            (Agency::SocialCare, _) if child.age() >= ADULT => child.care_leaver,
            (Agency::SocialCare, _) => self.knows_need(child, quintile),
            (Agency::Police, _) => {
                let mixed = (child.need + own) * std::f64::consts::FRAC_1_SQRT_2;
                let band = (child.age() / BAND_YEARS).clamp(0, 3) as usize;
                child.gone_days_ago().is_none_or(|days| days < KEPT_DAYS)
                    && normal_share(-mixed) < self.police[band][quintile]
            }
        }
    }

    /// Says whether a child's need is such that social care knows it.
    pub(super) fn knows_need(&self, child: &Child, quintile: usize) -> bool {
        child.unaccompanied || normal_share(-child.need) < self.social_care[quintile]
    }
}
