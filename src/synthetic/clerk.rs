//! A clerk: writes one agency's records of one family, with the errors of that family's habits.

use super::agency_file::{About, AgencyFile};
use super::corruption::{DUPLICATE_RECORD, Subject};
use super::errors::{ErrorRates, Habits};
use super::family::Plan;
use super::generate::{Errors, Made};
use super::history::{Book, HISTORIES, Pen};
use super::measure::Seen;
use super::random::Stream;
use crate::record::Agency;

/// One agency's hand at writing one family's records.
pub(super) struct Clerk<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) rates: &'a ErrorRates,
    pub(super) file: &'a dyn AgencyFile,
    pub(super) errors: Errors,
    pub(super) habits: Habits,
    pub(super) provider: u32,
}

impl Clerk<'_> {
    /// Writes the records of every child of a family that the agency knows, and of the identities
    /// that children have beside their own.
    pub(super) fn record_family(
        &self,
        family: &mut [Seen],
        view: &mut Stream,
        slips: &mut Stream,
        history: &mut Stream,
        made: &mut Made,
    ) {
        for seen in family.iter_mut() {
            self.record_child(seen, view, slips, history, made);
        }
        for seen in family {
            for other in &seen.child.beside {
                let mut seen = Seen::new(self.plan, other, seen.family);
                self.record_child(&mut seen, view, slips, history, made);
            }
        }
    }

    fn record_child(
        &self,
        seen: &mut Seen,
        view: &mut Stream,
        slips: &mut Stream,
        history: &mut Stream,
        made: &mut Made,
    ) {
        let (plan, agency) = (self.plan, self.file.agency());
        let (child, family, place) = (seen.child, seen.family, agency as usize);
        if !plan.coverage.knows(agency, child, family.quintile, view) {
            return;
        }
        let duplicates = plan.profile.rate(DUPLICATE_KEYS[place]);
        let institution = &family.institutions[usize::from(agency == Agency::Health)];
        for _ in 0..self.file.records(plan, view) {
            let copies = 1 + u32::from(view.chance(duplicates));
            let (events, doubled) = &mut seen.duplicates[place];
            (*events, *doubled) = (*events + 1, *doubled + u64::from(copies - 1));
            // Copies of a record are of the same event, so they draw the same numbers.
            let event = view.branch();
            for copy in 0..copies {
                let mut values = self.file.true_values(child, family);
                let row = made.whose[place].len() as u32;
                if copy > 0 {
                    made.struck[place].push((row, "record", DUPLICATE_RECORD));
                }
                let mut struck = Vec::new();
                if self.errors == Errors::Made {
                    let population = plan.population;
                    let subject = Subject { agency, child, family, population, institution };
                    let tally = &mut made.tally;
                    struck = self.rates.corrupt(&mut values, &subject, self.habits, slips, tally);
                    let named = struck.iter().map(|&(held, name)| (row, held.name(), name));
                    made.struck[place].extend(named);
                }
                let about = About { plan, child, family, provider: self.provider, copy };
                let cells = self.file.cells(&values, &about, &mut event.clone());
                made.rows[place].push(cells.iter().map(String::as_str));
                made.whose[place].push((child.number, child.identity));
                // Of the dead nothing is brought up to date.
                let (mut rng, alive) = (history.branch(), child.died_days_ago.is_none());
                let kept = alive && rng.chance(plan.profile.rate(HISTORY_KEYS[place]));
                let (living, keepers) = &mut seen.histories[place];
                (*living, *keepers) = (*living + u64::from(alive), *keepers + u64::from(kept));
                if kept {
                    let Made { tally_of_histories: tally, histories, .. } = made;
                    let (rates, errors, habits) = (self.rates, self.errors, self.habits);
                    let pen = Pen::new(rates, errors, habits, institution, rng, tally);
                    let (past, file, values) = (&seen.past, self.file, &values);
                    let (about, cells, struck) = (&about, &cells, &struck);
                    let mut book = Book { about, past, file, values, cells, struck, pen };
                    for (history, made) in HISTORIES.iter().zip(histories) {
                        if history.agency() == agency {
                            history.rows(&mut book).iter().for_each(|line| made.push(row, line));
                        }
                    }
                }
                seen.records[place].get_or_insert(values);
            }
        }
    }
}

/// Keys of the rate of records whose history is kept, in the order of [`Agency::ALL`].
const HISTORY_KEYS: [&str; 4] = [
    "health.record.history_kept",
    "education.record.history_kept",
    "social_care.record.history_kept",
    "police.record.history_kept",
];

/// Keys of the rate of duplicates, in the order of [`Agency::ALL`].
const DUPLICATE_KEYS: [&str; 4] = [
    "health.record.duplicate_record",
    "education.record.duplicate_record",
    "social_care.record.duplicate_record",
    "police.record.duplicate_record",
];
