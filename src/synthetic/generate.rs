//! Makes a world: families in parallel, then the agencies' files in an order that carries no truth.

use rayon::prelude::*;

use super::agencies::AGENCY_FILES;
use super::agency_file::{About, AgencyFile};
use super::births::births;
use super::calibration::Measured;
use super::chances::Chances;
use super::corruption::{DUPLICATE_RECORD, Subject};
use super::count::{Batch as Counted, Count};
use super::coverage::Coverage;
use super::errors::{ErrorRates, Habits, Tally};
use super::family::{self, Family, Plan};
use super::measure::{CHILD_MEASURES, PAIR_MEASURES, Seen};
use super::numbers::Numbers;
use super::permutation::Permutation;
use super::place::Places;
use super::population::Population;
use super::profile::Profile;
use super::random::{Purpose, Stream};
use super::table::Table;
use super::what_if::Override;
use super::world::{AgencyTable, SyntheticTruth, World};
use crate::error::Result;
use crate::record::Agency;

/// Families made in one piece. Fixed, so that it has no part in what is made.
const BATCH: u32 = 256;
/// Agencies number their records within a hundred million.
const LOCAL_NUMBERS: u64 = 100_000_000;

const RECORDS_HEADER: &[&str] = &["source", "record_id", "child_id"];
const CORRUPTIONS_HEADER: &[&str] = &["source", "record_id", "attribute", "corruption"];
const CHILDREN_HEADER: &[&str] = &[
    "child_id",
    "household_id",
    "multiple_birth_id",
    "sex",
    "date_of_birth",
    "ethnicity",
    "imd_quintile",
    "looked_after",
    "age_band",
];

/// What world to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of children, 0 included.
    pub children: u32,
    /// Seed of every random choice.
    pub seed: u64,
    /// Rates to make it by.
    pub profile: Profile,
    /// Other values for some of the profile's keys.
    pub overrides: Vec<Override>,
}

/// Whether values go wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Errors {
    Made,
    LeftOut,
}

/// Makes the world of some settings: the same settings make the same world.
///
/// # Errors
/// `UnknownKey` or `BadValue` for an override that the profile does not allow; `TooLarge` for more
/// children than there are NHS numbers for tests.
///
/// ```
/// use cci::synthetic::{Profile, Settings, generate};
/// let profile = Profile::find("typical")?;
/// let world = generate(&Settings { children: 100, seed: 7, profile, overrides: vec![] })?;
/// assert_eq!(world.truth.children.len(), 100);
/// # Ok::<(), cci::error::Error>(())
/// ```
pub fn generate(settings: &Settings) -> Result<World> {
    build(settings, Errors::Made)
}

/// Makes the same world before anything goes wrong: the same rows, with true values in them.
///
/// Nothing is missing, and duplicates are there but agree.
///
/// # Errors
/// As for [`generate`].
pub fn generate_without_errors(settings: &Settings) -> Result<World> {
    build(settings, Errors::LeftOut)
}

/// Families of one piece of work, and the number of the first child in it.
struct Batch {
    first_family: u32,
    families: u32,
    first_child: u32,
}

/// What one piece of work made, agency by agency.
struct Made {
    /// Cells of every record, the agency's own identifier left out.
    rows: [Table; 4],
    child_of: [Vec<u32>; 4],
    /// Row, attribute and corruption, in order of the row.
    struck: [Vec<(u32, &'static str, &'static str)>; 4],
    children: Table,
    tally: Tally,
    /// What every measure of children saw, then every target of pairs.
    measured: Vec<Counted>,
}

fn build(settings: &Settings, errors: Errors) -> Result<World> {
    let profile = settings.profile.clone().with(&settings.overrides)?;
    let population = Population::shipped()?;
    let numbers = Numbers::new(settings.seed, settings.children)?;
    let chances = Chances::of(&profile);
    let coverage = Coverage::new(&profile, &population);
    let (batches, families) = batches(settings, &population, &chances);
    let places = Places::new(&population, settings.seed, families);
    let rates = ErrorRates::new(&profile, coverage.composition(&population));
    let plan = Plan {
        seed: settings.seed,
        profile: &profile,
        chances: &chances,
        coverage: &coverage,
        population: &population,
        places: &places,
        numbers: &numbers,
    };
    let made: Vec<Made> = batches
        .into_par_iter()
        .map(|batch| make(&plan, &rates, &batch, settings.children, errors))
        .collect();
    let measured = measurements(&profile, &rates, &made);
    Ok(assemble(settings.seed, measured, &made))
}

/// Divides a world's families into batches; returns them and the number of families.
fn batches(settings: &Settings, population: &Population, chances: &Chances) -> (Vec<Batch>, u32) {
    let (mut batches, mut family, mut child) = (Vec::new(), 0, 0);
    while child < settings.children {
        let (first_family, first_child) = (family, child);
        while child < settings.children && family - first_family < BATCH {
            child += births(settings.seed, family, &population.families, chances).len() as u32;
            family += 1;
        }
        batches.push(Batch { first_family, families: family - first_family, first_child });
    }
    (batches, family)
}

fn make(plan: &Plan, rates: &ErrorRates, batch: &Batch, children: u32, errors: Errors) -> Made {
    let mut made = Made {
        rows: AGENCY_FILES.map(|file| Table::new(&file.header()[1..])),
        child_of: Default::default(),
        struck: Default::default(),
        children: Table::new(CHILDREN_HEADER),
        tally: rates.tally(),
        measured: vec![(0, 0); CHILD_MEASURES.len() + plan.profile.pair_targets().count()],
    };
    let mut next_child = batch.first_child;
    for number in batch.first_family..batch.first_family + batch.families {
        let family = family::build(plan, number, next_child, (children - next_child) as usize);
        next_child += family.children.len() as u32;
        let seed = |purpose| Stream::new(plan.seed, u64::from(number), purpose);
        let (mut view, mut slips) = (seed(Purpose::View), seed(Purpose::Errors));
        let mut seen: Vec<Seen> =
            family.children.iter().map(|child| Seen::new(child, &family)).collect();
        for (agency, &file) in AGENCY_FILES.iter().enumerate() {
            let provider = number / file.families_per_provider();
            let place = u64::from(provider) * 4 + agency as u64;
            // A household is as careless with one agency as with the next: the stream starts afresh.
            let habits = rates.habits(
                &mut seed(Purpose::Household),
                &mut Stream::new(plan.seed, place, Purpose::Provider),
            );
            let clerk = Clerk { plan, rates, file, errors, habits, provider };
            clerk.record_family(&mut seen, &mut view, &mut slips, &mut made);
        }
        for seen in &seen {
            measure(plan.profile, seen, &mut made.measured);
            push_child(&mut made.children, &family, seen.child);
        }
    }
    made
}

/// One agency's hand at writing one family's records.
struct Clerk<'a> {
    plan: &'a Plan<'a>,
    rates: &'a ErrorRates,
    file: &'a dyn AgencyFile,
    errors: Errors,
    habits: Habits,
    provider: u32,
}

impl Clerk<'_> {
    fn record_family(
        &self,
        family: &mut [Seen],
        view: &mut Stream,
        slips: &mut Stream,
        made: &mut Made,
    ) {
        let (plan, agency) = (self.plan, self.file.agency());
        let place = agency as usize;
        let duplicates = plan.profile.rate(DUPLICATE_KEYS[place]);
        for seen in family {
            let (child, family) = (seen.child, seen.family);
            if !plan.coverage.knows(agency, child, family.quintile, view) {
                continue;
            }
            for _ in 0..self.file.records(plan, view) {
                let copies = 1 + u32::from(view.chance(duplicates));
                let (events, doubled) = &mut seen.duplicates[place];
                (*events, *doubled) = (*events + 1, *doubled + u64::from(copies - 1));
                // Copies of a record are of the same event, so they draw the same numbers.
                let event = view.branch();
                for copy in 0..copies {
                    let mut values = self.file.true_values(child, family);
                    let row = made.child_of[place].len() as u32;
                    if copy > 0 {
                        made.struck[place].push((row, "record", DUPLICATE_RECORD));
                    }
                    if self.errors == Errors::Made {
                        let subject =
                            Subject { agency, child, family, population: plan.population };
                        let struck = self.rates.corrupt(
                            &mut values,
                            &subject,
                            self.habits,
                            slips,
                            &mut made.tally,
                        );
                        let struck =
                            struck.into_iter().map(|(held, name)| (row, held.name(), name));
                        made.struck[place].extend(struck);
                    }
                    let about = About { plan, child, family, provider: self.provider, copy };
                    let cells = self.file.cells(&values, &about, &mut event.clone());
                    made.rows[place].push(cells.iter().map(String::as_str));
                    made.child_of[place].push(child.number);
                    seen.records[place].get_or_insert(values);
                }
            }
        }
    }
}

/// Keys of the rate of duplicates, in the order of [`Agency::ALL`].
const DUPLICATE_KEYS: [&str; 4] = [
    "health.record.duplicate_record",
    "education.record.duplicate_record",
    "social_care.record.duplicate_record",
    "police.record.duplicate_record",
];

/// Counts a child for every measure.
fn measure(profile: &Profile, seen: &Seen, measured: &mut [Counted]) {
    let (of_children, of_pairs) = measured.split_at_mut(CHILD_MEASURES.len());
    let add = |sum: &mut Counted, (all, so)| *sum = (sum.0 + all, sum.1 + so);
    for (measure, sum) in CHILD_MEASURES.iter().zip(of_children) {
        add(sum, (measure.of)(seen));
    }
    for ((_, target), sum) in profile.pair_targets().zip(of_pairs) {
        let [one, other] = target.between.map(|agency| seen.records[agency as usize].as_ref());
        let so = one.zip(other).and_then(|(a, b)| (PAIR_MEASURES[target.measure].of)(a, b));
        add(sum, so.map_or((0, 0), |so| (1, u64::from(so))));
    }
}

/// Puts what the batches counted beside what the profile asked for.
fn measurements(profile: &Profile, rates: &ErrorRates, made: &[Made]) -> Vec<Measured> {
    let mut counts = rates.counts(made.iter().map(|part| &part.tally));
    let keys = CHILD_MEASURES.iter().map(|measure| measure.key);
    for (place, key) in keys.chain(profile.pair_targets().map(|(key, _)| key)).enumerate() {
        let mut count = Count::default();
        made.iter().for_each(|part| count.add(part.measured[place]));
        counts.push((key.into(), count));
    }
    counts.sort_by(|a, b| a.0.cmp(&b.0));
    let measured = |(key, count): (String, Count)| {
        let target = profile.target(&key)?.clone();
        Some(Measured::new(key, target, count))
    };
    counts.into_iter().filter_map(measured).collect()
}

fn child_id(number: u32) -> String {
    format!("C{:08}", number + 1)
}

fn push_child(children: &mut Table, family: &Family, child: &family::Child) {
    let household = format!("H{:08}", family.number + 1);
    let multiple_birth = child.multiple_birth.map(|birth| format!("{household}-{}", birth + 1));
    let band = child.age() / 5 * 5;
    children.push([
        child_id(child.number).as_str(),
        &household,
        multiple_birth.as_deref().unwrap_or_default(),
        if child.boy { "M" } else { "F" },
        &child.birth_date.to_string(),
        family.ethnicity.group().label(),
        &(family.quintile + 1).to_string(),
        if child.looked_after { "yes" } else { "no" },
        &format!("{band}-{}", band + 4),
    ]);
}

/// Puts the pieces together: rows shuffled, identifiers that no order can be read from.
fn assemble(seed: u64, measured: Vec<Measured>, made: &[Made]) -> World {
    let mut truth = SyntheticTruth {
        records: Table::new(RECORDS_HEADER),
        children: Table::new(CHILDREN_HEADER),
        corruptions: Table::new(CORRUPTIONS_HEADER),
        measured,
    };
    for part in made {
        for row in 0..part.children.len() {
            truth.children.push(part.children.row(row));
        }
    }
    let mut agencies = Vec::new();
    for (place, file) in AGENCY_FILES.iter().enumerate() {
        let mut order: Vec<(u32, u32)> = Vec::new();
        for (number, part) in made.iter().enumerate() {
            order.extend((0..part.child_of[place].len() as u32).map(|row| (number as u32, row)));
        }
        Stream::new(seed, place as u64, Purpose::Order).shuffle(&mut order);
        let local_numbers = Permutation::new(seed, 10 + place as u64, LOCAL_NUMBERS);
        let mut table = Table::new(file.header());
        for (position, &(part, row)) in order.iter().enumerate() {
            let part = &made[part as usize];
            let id = format!("{}{:08}", file.prefix(), local_numbers.at(position as u64));
            table.push(std::iter::once(id.as_str()).chain(part.rows[place].row(row as usize)));
            let source = Agency::ALL[place].name();
            let child = child_id(part.child_of[place][row as usize]);
            truth.records.push([source, &id, &child]);
            let first = part.struck[place].partition_point(|&(other, _, _)| other < row);
            let struck =
                part.struck[place][first..].iter().take_while(|(other, _, _)| *other == row);
            for (_, attribute, corruption) in struck {
                truth.corruptions.push([source, &id, attribute, corruption]);
            }
        }
        agencies.push(AgencyTable { agency: file.agency(), table });
    }
    World { agencies, truth }
}
