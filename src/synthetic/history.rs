//! Histories: files of what an agency held before, a row a value and period.
//!
//! A value is typed once and copied until it changes. So the rows of today have the errors of the
//! record itself, and those of earlier days errors of their own. What an agency has not heard of, a
//! move or a change of name, is in none of them. A new history is a file in `histories/` and a line in
//! [`HISTORIES`].

use super::agency_file::{About, AgencyFile};
use super::corruption::Subject;
use super::errors::{ErrorRates, Habits, Tally};
use super::family::Child;
use super::generate::Errors;
use super::held::{Held, Values};
use super::histories::{
    EducationCensuses, HealthAddresses, HealthNames, HealthNumbers, PoliceAliases,
    SocialCareEpisodes, SocialCareReferrals, SocialCareUasc,
};
use super::past::{Past, Spell};
use super::place::Address;
use super::random::Stream;
use crate::record::Agency;

/// Every history, agency by agency in the order of [`Agency::ALL`].
pub(super) static HISTORIES: [&dyn History; 8] = [
    &HealthNames,
    &HealthAddresses,
    &HealthNumbers,
    &EducationCensuses,
    &SocialCareReferrals,
    &SocialCareEpisodes,
    &SocialCareUasc,
    &PoliceAliases,
];

/// Attribute and corruption of what is not as it was.
pub(super) type Struck = Vec<(Held, &'static str)>;

/// History beside an agency's file.
pub(super) trait History: Sync {
    /// Returns the agency.
    fn agency(&self) -> Agency;

    /// Returns the name after the agency's, for example `addresses` of `health_addresses.csv`.
    fn name(&self) -> &'static str;

    /// Returns the columns; the first is the record's identifier.
    fn header(&self) -> &'static [&'static str];

    /// Returns the rows of a record, in order of time.
    fn rows(&self, book: &mut Book) -> Vec<HistoryRow>;
}

/// Row of a history, the record's identifier left out.
pub(super) struct HistoryRow {
    pub(super) cells: Vec<String>,
    pub(super) struck: Struck,
}

/// What an agency has written about a child: the record of today and the pages before.
pub(super) struct Book<'a> {
    pub(super) about: &'a About<'a>,
    pub(super) past: &'a Past,
    pub(super) file: &'a dyn AgencyFile,
    /// The record's values and cells as they are now, and what went wrong in them.
    pub(super) values: &'a Values,
    pub(super) cells: &'a [String],
    pub(super) struck: &'a [(Held, &'static str)],
    pub(super) pen: Pen<'a>,
}

/// What an agency writes with: its errors, and the child before the changes that the record shows.
pub(super) struct Pen<'a> {
    pub(super) rates: &'a ErrorRates,
    pub(super) errors: Errors,
    pub(super) habits: Habits,
    pub(super) institution: &'a Address,
    pub(super) rng: Stream,
    /// Not judged: who has a history depends on what went wrong in the record.
    pub(super) tally: &'a mut Tally,
    /// Made with the first stroke: most records of most histories need none.
    then: Option<Child>,
}

impl<'a> Pen<'a> {
    /// Takes up the pen for a child's record.
    pub(super) fn new(
        rates: &'a ErrorRates,
        errors: Errors,
        habits: Habits,
        institution: &'a Address,
        rng: Stream,
        tally: &'a mut Tally,
    ) -> Self {
        Self { rates, errors, habits, institution, rng, tally, then: None }
    }
}

impl Book<'_> {
    /// Returns the record's cell in a column.
    pub(super) fn cell(&self, column: &str) -> String {
        let place = self.file.header()[1..].iter().position(|&name| name == column);
        self.cells[place.expect("histories ask for columns of their agency's file")].clone()
    }

    /// Says whether a corruption struck the record.
    pub(super) fn has(&self, corruption: &str) -> bool {
        self.struck.iter().any(|(_, name)| *name == corruption)
    }

    /// Returns the homes that the agency has heard of; the last goes on, as far as it knows.
    pub(super) fn homes(&self) -> Vec<Spell<Address>> {
        let earlier = self.about.child.previous_address.as_ref();
        let earlier = earlier.filter(|_| self.has("stale_address"));
        heard_of(&self.past.homes, earlier)
    }

    /// Returns the surnames that the agency has heard of; the last goes on, as far as it knows.
    pub(super) fn surnames(&self) -> Vec<Spell<String>> {
        let earlier = self.about.child.previous_family_name.as_ref();
        let earlier = earlier.filter(|_| self.has("previous_surname"));
        heard_of(&self.past.surnames, earlier)
    }

    /// Writes values down with the errors of the agency, and returns what it wrote.
    pub(super) fn write(&mut self, truth: &[(Held, &str)]) -> (Values, Struck) {
        let mut values = Values::default();
        for &(held, value) in truth {
            values.set(held, value);
        }
        let pen = &mut self.pen;
        if pen.errors == Errors::LeftOut {
            return (values, Vec::new());
        }
        let then = pen.then.get_or_insert_with(|| before_changes(self.about.child));
        let subject = Subject {
            agency: self.file.agency(),
            child: then,
            family: self.about.family,
            population: self.about.plan.population,
            institution: pen.institution,
        };
        let struck = pen.rates.corrupt(&mut values, &subject, pen.habits, &mut pen.rng, pen.tally);
        (values, struck)
    }
}

/// Returns a child as it was before what changed, of which its record may be unaware.
fn before_changes(child: &Child) -> Child {
    Child {
        previous_family_name: None,
        preferred_family_name: None,
        previous_address: None,
        superseded_nhs_number: None,
        disputed_birth_date: None,
        ..child.clone()
    }
}

/// Cuts a past off at what an agency takes for the present.
fn heard_of<T: Clone + PartialEq>(past: &[Spell<T>], present: Option<&T>) -> Vec<Spell<T>> {
    let known = present.and_then(|present| past.iter().rposition(|spell| spell.of == *present));
    let mut heard = past[..known.map_or(past.len(), |place| place + 1)].to_vec();
    if let Some(last) = heard.last_mut() {
        last.until = None;
    }
    heard
}

/// Returns the last day of a spell as text, empty if it goes on.
pub(super) fn last_day<T>(spell: &Spell<T>) -> String {
    spell.last().map_or(String::new(), |day| day.to_string())
}
