//! Makes a world: families in parallel, then the agencies' files in an order that carries no truth.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::agencies::AGENCY_FILES;
use super::births::births;
use super::calibration::{self, Counts, Measured};
use super::chances::Chances;
use super::clerk::Clerk;
use super::count::Batch as Counted;
use super::coverage::Coverage;
use super::errors::{ErrorRates, Tally};
use super::family::{self, Plan};
use super::history::{HISTORIES, HistoryRow};
use super::measure::Seen;
use super::numbers::Numbers;
use super::permutation::Permutation;
use super::place::Places;
use super::population::Population;
use super::profile::Profile;
use super::random::{Purpose, Stream};
use super::shuffle::{HistoryWaiting, Shuffle, Wait, Waiting};
use super::table::Table;
use super::truth::{CHILDREN_HEADER, PROHIBITED_HEADER, Whose, child_id, push_child};
use super::what_if::Override;
use super::world::{File, Output, World};
use crate::error::Result;

/// Batches in memory at a time. What is made does not depend on it.
const AT_A_TIME: usize = 64;
/// Families made in one piece. Fixed, so that it has no part in what is made.
const BATCH: u32 = 256;
/// Agencies number their records within a hundred million, or as many as they hold.
const LOCAL_NUMBERS: u64 = 100_000_000;

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

impl Settings {
    /// Returns the steps of writing the world: each child is made once, its records written once.
    pub fn steps(&self) -> u64 {
        2 * u64::from(self.children)
    }
}

/// Whether values go wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    Made,
    LeftOut,
}

/// Makes the world of some settings: the same settings make the same world.
///
/// # Errors
/// `UnknownKey` or `BadValue` for an override that the profile does not allow; `TooLarge` for more
/// children than there are NHS numbers.
///
/// ```
/// use cci::synthetic::{Profile, Settings, generate};
/// let profile = Profile::find("typical")?;
/// let world = generate(&Settings { children: 100, seed: 7, profile, overrides: vec![] })?;
/// assert!(world.truth.children.len() >= 100);
/// # Ok::<(), cci::error::Error>(())
/// ```
pub fn generate(settings: &Settings) -> Result<World> {
    World::build(settings, Errors::Made)
}

/// Makes the same world before anything goes wrong: the same rows, with true values in them.
///
/// Nothing is missing, and duplicates are there but agree.
///
/// # Errors
/// As for [`generate`].
pub fn generate_without_errors(settings: &Settings) -> Result<World> {
    World::build(settings, Errors::LeftOut)
}

/// Families of one piece of work, and the number of the first child in it.
struct Batch {
    first_family: u32,
    families: u32,
    first_child: u32,
}

/// What one piece of work made, agency by agency.
pub(super) struct Made {
    /// Cells of every record, the agency's own identifier left out.
    pub(super) rows: [Table; 4],
    pub(super) whose: [Vec<Whose>; 4],
    /// Row, attribute and corruption, in order of the row.
    pub(super) struck: [Vec<(u32, &'static str, &'static str)>; 4],
    /// Rows of every history.
    pub(super) histories: Vec<HistoryMade>,
    children: Table,
    children_made: u64,
    prohibited: Table,
    pub(super) tally: Tally,
    pub(super) tally_of_histories: Tally,
    /// What every measure of children saw, then every life event, then every target of pairs.
    pub(super) measured: Vec<Counted>,
}

/// Rows of one history that one piece of work made.
pub(super) struct HistoryMade {
    rows: Table,
    /// Row of the agency's file to which each belongs, in order.
    of: Vec<u32>,
    /// Row, attribute and corruption, in order of the row.
    struck: Vec<(u32, &'static str, &'static str)>,
}

impl HistoryMade {
    fn new(header: &'static [&'static str]) -> Self {
        Self { rows: Table::new(&header[1..]), of: Vec::new(), struck: Vec::new() }
    }

    /// Adds a row that belongs to a row of the agency's file.
    pub(super) fn push(&mut self, of: u32, line: &HistoryRow) {
        let row = self.of.len() as u32;
        self.of.push(of);
        self.rows.push(line.cells.iter().map(String::as_str));
        self.struck.extend(line.struck.iter().map(|&(held, name)| (row, held.name(), name)));
    }

    /// Returns the rows that belong to a row of the agency's file.
    fn of_record(&self, history: usize, of: u32) -> impl Iterator<Item = HistoryWaiting<'_>> {
        let first = self.of.partition_point(|&before| before < of);
        let count = self.of[first..].partition_point(|&own| own == of);
        (first..first + count).map(move |row| {
            let cells = self.rows.row(row).collect();
            HistoryWaiting { history, cells, struck: struck_in(&self.struck, row) }
        })
    }
}

/// Returns attribute and corruption of what went wrong in a row, alternately.
fn struck_in(struck: &[(u32, &'static str, &'static str)], row: usize) -> Vec<&'static str> {
    let first = struck.partition_point(|&(of, _, _)| (of as usize) < row);
    let own = struck[first..].iter().take_while(|&&(of, _, _)| of as usize == row);
    own.flat_map(|&(_, attribute, name)| [attribute, name]).collect()
}

/// Makes a world and hands its rows to an output, piece by piece.
///
/// Only some batches are in memory at a time, and as many rows as `wait` says. `done` counts up to
/// [`Settings::steps`].
pub(super) fn build(
    settings: &Settings,
    errors: Errors,
    wait: Wait,
    output: &mut dyn Output,
    done: &AtomicU64,
) -> Result<Vec<Measured>> {
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
    let mut counts = Counts::new(&profile, &rates);
    let shuffle = |place| Shuffle::new(settings.seed, place, wait);
    let mut records = (0..4).map(shuffle).collect::<Result<Vec<Shuffle>>>()?;
    let mut held = [0; 4];
    for some in batches.chunks(AT_A_TIME) {
        let made: Vec<Made> = some
            .par_iter()
            .map(|batch| make(&plan, &rates, batch, settings.children, errors))
            .collect();
        for part in &made {
            counts.add(&part.tally, &part.measured);
            hand_out(part, &mut records, output)?;
            held.iter_mut().zip(&part.whose).for_each(|(held, own)| *held += own.len() as u64);
            done.fetch_add(part.children_made, Ordering::Relaxed);
        }
    }
    let (mut written, all) = (0, held.iter().sum::<u64>());
    for (place, shuffle) in records.into_iter().enumerate() {
        let file = AGENCY_FILES[place];
        let limit = LOCAL_NUMBERS.max(held[place]);
        let local_numbers = Permutation::new(settings.seed, 10 + place as u64, limit);
        let mut position = 0;
        shuffle.each(|record| {
            let id = format!("{}{:08}", file.prefix(), local_numbers.at(position));
            position += 1;
            written += 1;
            let children = u64::from(settings.children);
            done.store(children + children * written / all, Ordering::Relaxed);
            let source = file.agency().name();
            let mut row = vec![id.as_str()];
            row.extend(&record.cells);
            output.row(File::Agency(file.agency()), &row)?;
            output.row(File::Records, &[source, &id, record.child_id])?;
            for struck in record.struck.chunks(2) {
                output.row(File::Corruptions, &[source, &id, struck[0], struck[1]])?;
            }
            hand_out_histories(&record.histories, &id, output)
        })?;
        output.complete(file.agency())?;
    }
    Ok(counts.measured(&profile))
}

/// Hands the truth of a batch to the output, and its records to their shuffles.
fn hand_out(part: &Made, records: &mut [Shuffle], output: &mut dyn Output) -> Result<()> {
    for (file, table) in [(File::Children, &part.children), (File::Prohibited, &part.prohibited)] {
        for row in 0..table.len() {
            output.row(file, &table.row(row).collect::<Vec<_>>())?;
        }
    }
    for (place, shuffle) in records.iter_mut().enumerate() {
        for (row, &whose) in part.whose[place].iter().enumerate() {
            let own = part.histories.iter().enumerate();
            let own = own.filter(|(history, _)| HISTORIES[*history].agency() as usize == place);
            shuffle.push(&Waiting {
                cells: part.rows[place].row(row).collect(),
                child_id: &child_id(whose),
                struck: struck_in(&part.struck[place], row),
                histories: own.flat_map(|(at, made)| made.of_record(at, row as u32)).collect(),
            })?;
        }
    }
    Ok(())
}

/// Hands a record's rows of histories to the output, and what is wrong in them.
fn hand_out_histories(rows: &[HistoryWaiting], id: &str, output: &mut dyn Output) -> Result<()> {
    let mut number = 0;
    for (place, row) in rows.iter().enumerate() {
        // A history's rows of one record are numbered from 1.
        let first = place == 0 || rows[place - 1].history != row.history;
        number = if first { 1 } else { number + 1 };
        let mut cells = vec![id];
        cells.extend(&row.cells);
        output.row(File::History(row.history), &cells)?;
        let name = File::History(row.history).name();
        for struck in row.struck.chunks(2) {
            let number = number.to_string();
            output.row(File::HistoryErrors, &[&name, id, &number, struck[0], struck[1]])?;
        }
    }
    Ok(())
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
        whose: Default::default(),
        struck: Default::default(),
        histories: HISTORIES.iter().map(|history| HistoryMade::new(history.header())).collect(),
        children: Table::new(CHILDREN_HEADER),
        children_made: 0,
        prohibited: Table::new(PROHIBITED_HEADER),
        tally: rates.tally(),
        tally_of_histories: rates.tally(),
        measured: vec![(0, 0); calibration::counts(plan.profile)],
    };
    let mut next_child = batch.first_child;
    for number in batch.first_family..batch.first_family + batch.families {
        let family = family::build(plan, number, next_child, (children - next_child) as usize);
        next_child += family.children.len() as u32;
        let seed = |purpose| Stream::new(plan.seed, u64::from(number), purpose);
        let (mut view, mut slips) = (seed(Purpose::View), seed(Purpose::Errors));
        let mut history = seed(Purpose::History);
        let mut seen: Vec<Seen> =
            family.children.iter().map(|child| Seen::new(plan, child, &family)).collect();
        for (agency, &file) in AGENCY_FILES.iter().enumerate() {
            let provider = number / file.families_per_provider();
            let place = u64::from(provider) * 4 + agency as u64;
            // A household is as careless with one agency as with the next: the stream starts afresh.
            let habits = rates.habits(
                &mut seed(Purpose::Household),
                &mut Stream::new(plan.seed, place, Purpose::Provider),
            );
            let clerk = Clerk { plan, rates, file, errors, habits, provider };
            clerk.record_family(&mut seen, &mut view, &mut slips, &mut history, &mut made);
        }
        for seen in &seen {
            calibration::measure(plan.profile, seen, &mut made.measured);
            push_child(&mut made.children, &mut made.prohibited, &family, seen.child);
        }
    }
    made.children_made = u64::from(next_child - batch.first_child);
    made
}
