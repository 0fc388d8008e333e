//! Earlier censuses of a pupil who lived elsewhere or bore another name.

use jiff::civil::{Date, date};

use crate::record::Agency;
use crate::synthetic::family::school_entry_year;
use crate::synthetic::held::{Held, Values};
use crate::synthetic::history::{Book, History, HistoryRow, Struck};
use crate::synthetic::past::{self, Spell};

/// Earlier censuses, where they say something else than the record does now.
pub(in crate::synthetic) struct EducationCensuses;

/// Days of the spring census, the third Thursday of January, of the years that schools keep.
const CENSUS_DAYS: [Date; 3] = [date(2023, 1, 19), date(2024, 1, 18), date(2025, 1, 16)];

impl History for EducationCensuses {
    fn agency(&self) -> Agency {
        Agency::Education
    }

    fn name(&self) -> &'static str {
        "censuses"
    }

    fn header(&self) -> &'static [&'static str] {
        &["LocalPupilID", "ReferenceDate", "UPN", "Surname", "Forename", "AddressLine1", "Postcode"]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let child = book.about.child;
        let begun = past::day(child.here_days_ago());
        let on_roll =
            |day: &Date| day.year() > school_entry_year(child.birth_date) && begun <= *day;
        // A second record is of a school that the pupil has only just come to.
        if book.about.copy > 0 || !CENSUS_DAYS.iter().any(on_roll) {
            return Vec::new();
        }
        let (homes, surnames) = (book.homes(), book.surnames());
        let (mut at_home, mut named) = (Typed::default(), Typed::default());
        let mut rows = Vec::new();
        for day in CENSUS_DAYS.iter().filter(|day| on_roll(day)) {
            let (Some(home), Some(surname)) = (held_on(&homes, *day), held_on(&surnames, *day))
            else {
                continue;
            };
            if home + 1 == homes.len() && surname + 1 == surnames.len() {
                continue;
            }
            let address = &homes[home].of;
            let address =
                [(Held::Postcode, address.postcode.as_str()), (Held::Address, &address.line)];
            let name = [(Held::FamilyName, surnames[surname].of.as_str())];
            let (home, mut struck) = at_home.at(book, home, homes.len(), &address);
            let (surname, struck_name) = named.at(book, surname, surnames.len(), &name);
            struck.extend(struck_name);
            // The same wrong value may be typed twice, the school's own postcode for one.
            let own = |held: Held, values: &Values| values.of(held) == book.values.of(held);
            let same_home = own(Held::Address, &home) && own(Held::Postcode, &home);
            if same_home && own(Held::FamilyName, &surname) {
                continue;
            }
            rows.push(HistoryRow {
                cells: vec![
                    day.to_string(),
                    book.values.of(Held::Upn).into(),
                    surname.of(Held::FamilyName).into(),
                    book.values.of(Held::GivenName).into(),
                    home.of(Held::Address).into(),
                    home.of(Held::Postcode).into(),
                ],
                struck,
            });
        }
        rows
    }
}

/// Returns the place of the spell that held on a day.
fn held_on<T>(spells: &[Spell<T>], day: Date) -> Option<usize> {
    spells.iter().position(|spell| spell.holds_on(day))
}

/// What was typed in for the spell before: a census copies it until it changes.
#[derive(Default)]
struct Typed(Option<(usize, Values, Struck)>);

impl Typed {
    /// Returns what the school holds of a spell; of the last that is what the record says.
    fn at(
        &mut self,
        book: &mut Book,
        place: usize,
        spells: usize,
        truth: &[(Held, &str)],
    ) -> (Values, Struck) {
        if place + 1 == spells {
            return (book.values.clone(), Vec::new());
        }
        match &self.0 {
            Some((typed, values, struck)) if *typed == place => (values.clone(), struck.clone()),
            _ => {
                let (values, struck) = book.write(truth);
                self.0 = Some((place, values.clone(), struck.clone()));
                (values, struck)
            }
        }
    }
}
