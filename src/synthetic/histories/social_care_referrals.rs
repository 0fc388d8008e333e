//! Referrals of a child to social care, some from before its birth.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::record::Agency;
use crate::synthetic::family::{Identity, school_entry_year};
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow};
use crate::synthetic::past::{day, days_from};
use crate::synthetic::random::Stream;

/// Referrals of every child whose past social care keeps.
pub(in crate::synthetic) struct SocialCareReferrals;

/// Days that an extract goes back: six years (assumption).
const KEPT_DAYS: u32 = 6 * 365;
/// Days before birth from which social workers may hear of a child (assumption).
const PREGNANCY: u32 = 180;
/// Chance within a year that a case is closed, and that it had been open before (assumptions; about
/// one referral in five follows another within a year, recalled).
const CLOSED_IN_A_YEAR: f64 = 0.6;
const OPENED_BEFORE: f64 = 0.25;

impl History for SocialCareReferrals {
    fn agency(&self) -> Agency {
        Agency::SocialCare
    }

    fn name(&self) -> &'static str {
        "referrals"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "LAchildID",
            "UPN",
            "UPNunknown",
            "PersonBirthDate",
            "ExpectedPersonBirthDate",
            "Sex",
            "Ethnicity",
            "CINreferralDate",
            "CINclosureDate",
        ]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let mut rng = book.pen.rng.branch();
        let referrals = referrals(book, &mut rng);
        // A birth is within a fortnight of the day expected (assumption).
        let days_out = rng.below(29) as i64 - 14;
        let expected = match book.cell("expected_date_of_birth").as_str() {
            "" => book.about.child.birth_date.saturating_add(days_out.days()).to_string(),
            day => format!("{}-{}-{}", &day[6..], &day[3..5], &day[..2]),
        };
        let last = referrals.len() - 1;
        let mut rows = Vec::with_capacity(referrals.len());
        for (place, (referred, closed)) in referrals.into_iter().enumerate() {
            rows.push(row(book, place == last, referred, closed, &expected));
        }
        rows
    }
}

/// Returns the days on which cases were opened and closed, the first one first.
fn referrals(book: &Book, rng: &mut Stream) -> Vec<(Date, Option<Date>)> {
    let (child, past) = (book.about.child, book.past);
    let whole_life = child.identity == Identity::Unborn || child.here_days_ago() == child.days_old;
    let earliest = child.here_days_ago() + if whole_life { PREGNANCY } else { 0 };
    let earliest = match child.identity {
        Identity::Unborn => PREGNANCY.saturating_sub(days_from(child.birth_date)).max(1),
        _ => earliest,
    };
    let taken = past.placements.first().map(|placement| days_from(placement.first));
    // A child in care was referred in the months before.
    let latest = match taken {
        Some(taken) => taken + rng.below((earliest.max(taken + 1) - taken).min(90) as usize) as u32,
        None => 1 + rng.below(earliest.min(KEPT_DAYS) as usize) as u32,
    };
    let open_for = rng.days_until(CLOSED_IN_A_YEAR);
    let still_open = child.looked_after || open_for >= latest;
    let closed = (!still_open && taken.is_none()).then(|| day(latest - open_for));
    let mut referrals = vec![(day(latest), closed)];
    let (before, open_for) = (rng.days_until(CLOSED_IN_A_YEAR), rng.days_until(CLOSED_IN_A_YEAR));
    let first = latest.saturating_add(before).saturating_add(open_for);
    if rng.chance(OPENED_BEFORE) && first < earliest.min(KEPT_DAYS) {
        referrals.insert(0, (day(first), Some(day(first - open_for))));
    }
    referrals
}

fn row(
    book: &mut Book,
    last: bool,
    referred: Date,
    closed: Option<Date>,
    expected: &str,
) -> HistoryRow {
    let child = book.about.child;
    let born = child.birth_date <= referred && child.identity != Identity::Unborn;
    let birth_date = child.birth_date.to_string();
    let at_school = (referred.year(), referred.month()) >= (school_entry_year(child.birth_date), 9);
    let upn = child.upn.as_deref().filter(|_| at_school).unwrap_or_default();
    // The last referral is what the record was made from, unless that is still of before the birth.
    let recorded = !book.values.of(Held::DateOfBirth).is_empty();
    let (values, struck) = match born {
        true if last && recorded => (book.values.clone(), Vec::new()),
        true => book.write(&[(Held::DateOfBirth, &birth_date), (Held::Upn, upn)]),
        false => Default::default(),
    };
    let upn = values.of(Held::Upn);
    let upn = if at_school { upn } else { "" };
    let sex = if born { book.cell("sex") } else { "U".into() };
    HistoryRow {
        cells: vec![
            upn.into(),
            match (at_school, upn) {
                (false, _) => "UN1".into(),
                (true, "") => "UN5".into(),
                _ => String::new(),
            },
            values.of(Held::DateOfBirth).into(),
            if born { String::new() } else { expected.into() },
            sex,
            book.cell("ethnicity"),
            referred.to_string(),
            closed.map_or(String::new(), |day| day.to_string()),
        ],
        struck: struck.into_iter().filter(|(held, _)| *held != Held::Upn || at_school).collect(),
    }
}
