//! Corruptions: the named ways in which a recorded value goes wrong.
//!
//! A new one is a file in `corruptions/` and a line in [`CORRUPTIONS`]; profiles can then give it a
//! rate under every attribute that it strikes.

use super::corruptions::{
    BabyOf, DateDigitSlip, DayMonthSwap, DefaultDate, DiacriticsLost, DiacriticsMangled, DigitSlip,
    DisputedDate, FathersNameAsSurname, HyphenPartDropped, InstitutionPostcode, JunkValue,
    KeyboardTypo, MiddleNameUsed, MissingValue, NamesSwapped, Nickname, NoFixedAbode, OcrLike,
    ParticleDropped, PhoneticSpelling, PreferredSurnameUsed, PreviousSurname, RecodedEthnicity,
    RecordedBeforeBirth, RespeltFromScript, SiblingNhsNumber, StaleAddress, SupersededNhsNumber,
    TruncatedName, WrongSex,
};
use super::family::{Child, Family};
use super::held::{Held, Values};
use super::place::Address;
use super::population::Population;
use super::random::Stream;
use crate::record::Agency;

/// Name under which the truth logs a record that its agency need not have made.
pub(super) const DUPLICATE_RECORD: &str = "duplicate_record";

/// Every corruption, in the order in which they are tried.
///
/// What puts another value in the place of the true one comes before what slips in writing it, so
/// that whatever is logged is still to be seen; a value can go wrong twice.
pub(super) static CORRUPTIONS: [&dyn Corruption; 31] = [
    &MissingValue,
    &RecordedBeforeBirth,
    &BabyOf,
    &MiddleNameUsed,
    &Nickname,
    &PreviousSurname,
    &PreferredSurnameUsed,
    &FathersNameAsSurname,
    &StaleAddress,
    &InstitutionPostcode,
    &NoFixedAbode,
    &SiblingNhsNumber,
    &SupersededNhsNumber,
    &WrongSex,
    &RecodedEthnicity,
    &DisputedDate,
    &DefaultDate,
    &DayMonthSwap,
    &DateDigitSlip,
    &JunkValue,
    &DigitSlip,
    &HyphenPartDropped,
    &ParticleDropped,
    &RespeltFromScript,
    &PhoneticSpelling,
    &KeyboardTypo,
    &OcrLike,
    &TruncatedName,
    &DiacriticsMangled,
    &DiacriticsLost,
    &NamesSwapped,
];

/// Returns the name of every corruption, duplicates of records included.
pub fn corruption_names() -> impl Iterator<Item = &'static str> {
    CORRUPTIONS.iter().map(|corruption| corruption.name()).chain([DUPLICATE_RECORD])
}

/// Record about to be corrupted: whose it is, and who keeps it.
pub(super) struct Subject<'a> {
    pub(super) agency: Agency,
    pub(super) child: &'a Child,
    pub(super) family: &'a Family<'a>,
    pub(super) population: &'a Population,
    /// School or hospital whose own address stands in for homes.
    pub(super) institution: &'a Address,
}

/// Named way in which a recorded value goes wrong.
pub(super) trait Corruption: Sync {
    /// Returns the name used in profiles and in the truth, for example `day_month_swap`.
    fn name(&self) -> &'static str;

    /// Returns the attributes under which a profile may give it a rate.
    fn strikes(&self) -> &'static [Held];

    /// Returns what else it changes when it strikes, besides the attribute struck.
    fn also_changes(&self) -> &'static [Held] {
        &[]
    }

    /// Says whether it could strike: the value is there and is of the kind that goes wrong so.
    fn applies(&self, struck: Held, values: &Values, subject: &Subject) -> bool;

    /// Makes the value wrong. Called only where it applies; then the value does change.
    fn corrupt(&self, struck: Held, values: &mut Values, subject: &Subject, rng: &mut Stream);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::agencies::AGENCY_FILES;
    use crate::synthetic::chances::Chances;
    use crate::synthetic::coverage::Coverage;
    use crate::synthetic::family::{self, Plan};
    use crate::synthetic::numbers::Numbers;
    use crate::synthetic::place::Places;
    use crate::synthetic::profile::Profile;
    use crate::synthetic::random::Purpose;
    use crate::synthetic::what_if::Override;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = corruption_names().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CORRUPTIONS.len() + 1);
    }

    /// Contract of every corruption: where it applies it changes the value it strikes, and nothing
    /// that it does not declare.
    #[test]
    fn a_corruption_that_applies_changes_what_it_declares_and_nothing_else() {
        // What befalls few is made common, so that a small world shows it.
        let common = ["unaccompanied", "disputed_age", "superseded_number", "preferred_surname"];
        let common = common.map(|key| Override::parse(&format!("population.{key}=0.9")).unwrap());
        let profile = Profile::find("typical").unwrap().with(&common).unwrap();
        let population = Population::shipped().unwrap();
        let (chances, coverage) = (Chances::of(&profile), Coverage::new(&profile, &population));
        let (places, numbers) =
            (Places::new(&population, 7, 6_000), Numbers::new(7, 18_000).unwrap());
        let plan = Plan {
            seed: 7,
            profile: &profile,
            chances: &chances,
            coverage: &coverage,
            population: &population,
            places: &places,
            numbers: &numbers,
        };
        let mut applied = [0; CORRUPTIONS.len()];
        let mut rng = Stream::new(7, 0, Purpose::Errors);
        for number in 0..6_000 {
            let family = family::build(&plan, number, number * 3, 3);
            let (child, file) = (&family.children[0], AGENCY_FILES[number as usize % 4]);
            let agency = file.agency();
            let (family, population, institution) = (&family, &population, &family.institutions[0]);
            let subject = Subject { agency, child, family, population, institution };
            let truth = file.true_values(child, family);
            for (place, corruption) in CORRUPTIONS.iter().enumerate() {
                for &struck in corruption.strikes() {
                    if !corruption.applies(struck, &truth, &subject) {
                        continue;
                    }
                    applied[place] += 1;
                    let mut values = truth.clone();
                    corruption.corrupt(struck, &mut values, &subject, &mut rng);
                    assert!(values.of(struck) != truth.of(struck), "{}", corruption.name());
                    let also = corruption.also_changes();
                    let others = |held: &Held| *held != struck && !also.contains(held);
                    for held in Held::ALL.into_iter().filter(others) {
                        assert!(values.of(held) == truth.of(held), "{}", corruption.name());
                    }
                }
            }
        }
        for (corruption, applied) in CORRUPTIONS.iter().zip(applied) {
            assert!(applied > 10, "{} applied {applied} times only", corruption.name());
        }
    }
}
