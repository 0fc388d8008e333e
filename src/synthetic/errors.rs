//! Errors in records: which corruption strikes which value, by profile, household and provider.

use super::corruption::{CORRUPTIONS, Subject};
use super::count::Batch;
use super::held::{Held, Values};
use super::profile::Profile;
use super::propensity::{Shared, balanced, normal_value};
use super::random::Stream;
use crate::code::BroadGroup;
use crate::record::Agency;

/// Corruption whose rate is said the other way round, by `present`.
pub(super) const MISSING: &str = "missing_value";
/// Last part of the key that says it.
pub(super) const PRESENT: &str = "present";

/// Corruption that may strike an attribute of an agency's records.
struct Trial {
    corruption: usize,
    attribute: Held,
    /// Latent normal value below which it strikes, by broad group and deprivation quintile.
    thresholds: [[f64; 5]; 5],
}

/// What records of a household at a provider have in common, as standard normal parts.
///
/// What an agency does not hold and what it gets wrong are two habits. Were they one, the values
/// that are there would be the careful ones, and their error rates below the stated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    gaps: f64,
    slips: f64,
}

/// Every corruption that may strike, by agency.
pub(super) struct ErrorRates {
    trials: [Vec<Trial>; 4],
    shared: Shared,
}

/// Opportunities and strikes of every trial in a batch, agency by agency.
pub(super) struct Tally(Vec<Batch>);

impl Tally {
    /// Returns opportunities and strikes of every trial.
    pub(super) fn counts(&self) -> impl Iterator<Item = Batch> {
        self.0.iter().copied()
    }
}

impl ErrorRates {
    /// Balances the rates of a profile over the families that an agency knows.
    ///
    /// `composition` gives the share of each broad group in each quintile for each agency.
    pub(super) fn new(profile: &Profile, composition: [[[f64; 5]; 5]; 4]) -> Self {
        let trials = Agency::ALL.map(|agency| {
            let shares = composition[agency as usize];
            let mut trials = Vec::new();
            for (place, corruption) in CORRUPTIONS.iter().enumerate() {
                for &attribute in corruption.strikes() {
                    let rate = rate(profile, agency, attribute, corruption.name());
                    if rate <= 0.0 {
                        continue;
                    }
                    let odds = profile.odds(agency, attribute);
                    let cells: Vec<_> = shares
                        .as_flattened()
                        .iter()
                        .copied()
                        .zip(odds.as_flattened().iter().copied())
                        .collect();
                    let chances = balanced(rate, &cells);
                    let threshold =
                        |group: usize, quintile: usize| normal_value(chances[group * 5 + quintile]);
                    let thresholds =
                        std::array::from_fn(|g| std::array::from_fn(|q| threshold(g, q)));
                    trials.push(Trial { corruption: place, attribute, thresholds });
                }
            }
            trials
        });
        let shared =
            Shared::new(profile.rate("effects.household"), profile.rate("effects.provider"));
        Self { trials, shared }
    }

    /// Returns a tally with nothing counted.
    pub(super) fn tally(&self) -> Tally {
        Tally(vec![(0, 0); self.trials.iter().map(Vec::len).sum()])
    }

    /// Returns what records of a household at a provider have in common.
    pub(super) fn habits(&self, household: &mut Stream, provider: &mut Stream) -> Habits {
        let mut draw = || self.shared.sloppiness(household.normal(), provider.normal());
        Habits { gaps: draw(), slips: draw() }
    }

    /// Makes a record's values wrong, and returns which attribute each corruption changed.
    ///
    /// Only attributes that end up other than true are returned.
    pub(super) fn corrupt(
        &self,
        values: &mut Values,
        subject: &Subject,
        habits: Habits,
        rng: &mut Stream,
        tally: &mut Tally,
    ) -> Vec<(Held, &'static str)> {
        let agency = subject.agency as usize;
        let first: usize = self.trials[..agency].iter().map(Vec::len).sum();
        let (group, quintile) =
            (subject.family.ethnicity.group() as usize, subject.family.quintile);
        let truth = values.clone();
        let mut struck: Vec<(Held, &'static str)> = Vec::new();
        for (trial, count) in self.trials[agency].iter().zip(&mut tally.0[first..]) {
            let corruption = CORRUPTIONS[trial.corruption];
            if !corruption.applies(trial.attribute, values, subject) {
                continue;
            }
            count.0 += 1;
            let habit = if corruption.name() == MISSING { habits.gaps } else { habits.slips };
            if !rng.chance(self.shared.chance(trial.thresholds[group][quintile], habit)) {
                continue;
            }
            count.1 += 1;
            corruption.corrupt(trial.attribute, values, subject, rng);
            struck.push((trial.attribute, corruption.name()));
            struck.extend(corruption.also_changes().iter().map(|&held| (held, corruption.name())));
        }
        // A corruption need not change all that it may, and two slips may undo each other.
        struck.retain(|&(held, _)| values.of(held) != truth.of(held));
        struck
    }

    /// Returns the key of every trial, in the order of a tally.
    pub(super) fn keys(&self) -> Vec<String> {
        let of_agency = |agency: Agency| {
            self.trials[agency as usize].iter().map(move |trial| {
                let name = CORRUPTIONS[trial.corruption].name();
                let name = if name == MISSING { PRESENT } else { name };
                format!("{}.{}.{name}", agency.name(), trial.attribute.name())
            })
        };
        Agency::ALL.into_iter().flat_map(of_agency).collect()
    }
}

/// Returns the rate of a corruption; values are missing as often as they are not `present`.
fn rate(profile: &Profile, agency: Agency, attribute: Held, corruption: &str) -> f64 {
    let key = |name: &str| format!("{}.{}.{name}", agency.name(), attribute.name());
    match corruption {
        MISSING if profile.has(&key(PRESENT)) => 1.0 - profile.rate(&key(PRESENT)),
        name => profile.rate(&key(name)),
    }
}

const _: () = assert!(BroadGroup::ALL.len() == 5, "tables by group have five rows");
