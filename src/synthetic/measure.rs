//! What is measured of a world besides how often each corruption struck.

use super::count::Batch;
use super::family::{Child, Family, Plan};
use super::held::{Held, Values};
use super::past::{Past, days_from};
use crate::record::Agency;

/// Child and what the agencies hold about it.
pub(super) struct Seen<'a> {
    pub(super) child: &'a Child,
    pub(super) family: &'a Family<'a>,
    pub(super) past: Past,
    /// Values of the first record of each agency that knows the child.
    pub(super) records: [Option<Values>; 4],
    /// Records that each agency made and duplicates of them.
    pub(super) duplicates: [Batch; 4],
    /// Records of the living at each agency, and those whose history it keeps.
    pub(super) histories: [Batch; 4],
}

impl<'a> Seen<'a> {
    /// Starts with a child of whom no agency holds anything.
    pub(super) fn new(plan: &Plan, child: &'a Child, family: &'a Family<'a>) -> Self {
        Self {
            child,
            family,
            past: Past::of(plan, family, child),
            records: Default::default(),
            duplicates: Default::default(),
            histories: Default::default(),
        }
    }
}

/// Rate of a profile that shows in children or in how often they are recorded.
pub(super) struct ChildMeasure {
    /// Key of the rate.
    pub(super) key: &'static str,
    pub(super) of: fn(&Seen) -> Batch,
}

/// Share of pairs of records of one child, at two agencies, of which something holds.
pub(super) struct PairMeasure {
    /// Name used in profiles.
    pub(super) name: &'static str,
    /// Says whether it holds; `None` where it cannot be said.
    pub(super) of: fn(&Values, &Values) -> Option<bool>,
}

/// Every measure of children.
pub(super) static CHILD_MEASURES: &[ChildMeasure] = &[
    ChildMeasure { key: "population.boys", of: |seen| once(seen.child.boy) },
    ChildMeasure { key: "population.multiple_maternities", of: multiple_maternity },
    ChildMeasure { key: "population.triplets_among_multiples", of: triplets },
    ChildMeasure { key: "population.looked_after", of: looked_after },
    ChildMeasure { key: "population.moved_in_a_year", of: left_an_earlier_home },
    ChildMeasure { key: "population.left_care_in_a_year", of: came_into_care },
    ChildMeasure { key: "population.placement_changed_in_a_year", of: changed_placement },
    ChildMeasure { key: "health.record.known", of: |seen| known(seen, Agency::Health) },
    ChildMeasure { key: "education.record.known", of: known_to_a_school },
    ChildMeasure {
        key: "social_care.record.known",
        of: |seen| known_in_family(seen, Agency::SocialCare),
    },
    ChildMeasure { key: "police.record.known", of: known_to_police },
    ChildMeasure { key: "health.record.duplicate_record", of: |seen| seen.duplicates[0] },
    ChildMeasure { key: "education.record.duplicate_record", of: |seen| seen.duplicates[1] },
    ChildMeasure { key: "social_care.record.duplicate_record", of: |seen| seen.duplicates[2] },
    ChildMeasure { key: "police.record.duplicate_record", of: |seen| seen.duplicates[3] },
    ChildMeasure { key: "health.record.history_kept", of: |seen| seen.histories[0] },
    ChildMeasure { key: "education.record.history_kept", of: |seen| seen.histories[1] },
    ChildMeasure { key: "social_care.record.history_kept", of: |seen| seen.histories[2] },
    ChildMeasure { key: "police.record.history_kept", of: |seen| seen.histories[3] },
];

/// Every measure of pairs of records.
pub(super) static PAIR_MEASURES: &[PairMeasure] = &[
    PairMeasure { name: "given_name_disagrees", of: |a, b| disagrees(a, b, Held::GivenName) },
    PairMeasure { name: "family_name_disagrees", of: |a, b| disagrees(a, b, Held::FamilyName) },
    PairMeasure { name: "date_of_birth_disagrees", of: |a, b| disagrees(a, b, Held::DateOfBirth) },
    PairMeasure { name: "sex_disagrees", of: |a, b| disagrees(a, b, Held::Sex) },
    PairMeasure { name: "postcode_disagrees", of: |a, b| disagrees(a, b, Held::Postcode) },
    PairMeasure {
        name: "postcode_disagrees_or_missing",
        of: |a, b| Some(disagrees(a, b, Held::Postcode).unwrap_or(true)),
    },
    PairMeasure {
        name: "sex_or_date_of_birth_disagrees_or_missing",
        of: |a, b| {
            let [sex, date] = [Held::Sex, Held::DateOfBirth].map(|held| disagrees(a, b, held));
            Some(sex.unwrap_or(true) || date.unwrap_or(true))
        },
    },
];

fn once(so: bool) -> Batch {
    (1, u64::from(so))
}

fn known(seen: &Seen, agency: Agency) -> Batch {
    once(seen.records[agency as usize].is_some())
}

/// The rate is of those under 20 who came with their family.
fn looked_after(seen: &Seen) -> Batch {
    match seen.child.age() < 20 && !seen.child.unaccompanied {
        true => once(seen.child.looked_after),
        false => (0, 0),
    }
}

/// The rate is of those under 20 who came with their family.
fn known_in_family(seen: &Seen, agency: Agency) -> Batch {
    match seen.child.age() < 20 && !seen.child.unaccompanied {
        true => known(seen, agency),
        false => (0, 0),
    }
}

/// The rate is of those under 20 who came with their family and are still here.
fn known_to_police(seen: &Seen) -> Batch {
    match seen.child.emigrated_days_ago {
        None => known_in_family(seen, Agency::Police),
        Some(_) => (0, 0),
    }
}

/// The rate is of living children of school age who are still here.
fn known_to_a_school(seen: &Seen) -> Batch {
    match (4..=18).contains(&seen.child.age()) && seen.child.gone_days_ago().is_none() {
        true => known(seen, Agency::Education),
        false => (0, 0),
    }
}

/// The rate is of the home before the last: once a family that moved twice, or could have.
fn left_an_earlier_home(seen: &Seen) -> Batch {
    let eldest = seen.family.children.last().is_some_and(|last| last.number == seen.child.number);
    match seen.family.homes.as_slice() {
        [(last, _), (before, _), ..] if eldest => once(before - last <= 365),
        _ => (0, 0),
    }
}

/// The rate is of those in care who could have been there for a year, their families not having
/// moved in that time; as many come as leave.
fn came_into_care(seen: &Seen) -> Batch {
    let child = seen.child;
    let earliest = child.last_change_days_ago().unwrap_or(u32::MAX).min(child.here_days_ago());
    let taken = seen.past.placements.first().map(|placement| placement.first);
    match taken {
        Some(taken) if child.looked_after && !child.unaccompanied && earliest > 366 => {
            once(days_from(taken) <= 365)
        }
        _ => (0, 0),
    }
}

/// The rate is of those who have been in care for a year.
fn changed_placement(seen: &Seen) -> Batch {
    let placements = &seen.past.placements;
    match placements.first().zip(placements.last()) {
        Some((first, last)) if last.until.is_none() && days_from(first.first) > 365 => {
            once(days_from(last.first) <= 365)
        }
        _ => (0, 0),
    }
}

/// Counts each maternity once, with its first child.
fn multiple_maternity(seen: &Seen) -> Batch {
    let twin_before = |other: &&Child| {
        other.multiple_birth.is_some() && other.multiple_birth == seen.child.multiple_birth
    };
    let first = seen.family.children.iter().find(twin_before);
    match first.is_none_or(|first| first.number == seen.child.number) {
        true => once(seen.child.multiple_birth.is_some()),
        false => (0, 0),
    }
}

/// Counts each multiple maternity once, with its first child.
fn triplets(seen: &Seen) -> Batch {
    let birth = seen.child.multiple_birth;
    let children = || seen.family.children.iter().filter(|other| other.multiple_birth == birth);
    match birth.is_some() && children().next().is_some_and(|c| c.number == seen.child.number) {
        true => once(children().count() > 2),
        false => (0, 0),
    }
}

/// Says whether two values differ, letters with and without marks being the same.
fn disagrees(a: &Values, b: &Values, held: Held) -> Option<bool> {
    let (a, b) = (a.of(held), b.of(held));
    (!a.is_empty() && !b.is_empty()).then(|| a != b && plain(a) != plain(b))
}

/// Returns the letters and digits of a value, in capitals without marks, as CRATE compares them.
fn plain(value: &str) -> String {
    let mut plain = any_ascii::any_ascii(value);
    plain.retain(|c| c.is_ascii_alphanumeric());
    plain.make_ascii_uppercase();
    plain
}
