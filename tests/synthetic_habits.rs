//! Claims about how errors come together: in a record, a household, a provider; and by no chance
//! where the profile says that they have nothing in common.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap too")]

use std::collections::{BTreeMap, BTreeSet};

use cci::record::Agency;
use cci::synthetic::{Override, Profile, Settings, World, generate};

/// A world in which one name or date in five goes wrong, with shares of variance in common.
fn world(household: f64, provider: f64) -> World {
    let overrides = [
        "health.given_name.keyboard_typo=0.2".to_string(),
        "health.date_of_birth.date_digit_slip=0.2".into(),
        "education.given_name.keyboard_typo=0.2".into(),
        "gradients=false".into(),
        format!("effects.household={household}"),
        format!("effects.provider={provider}"),
    ];
    let overrides = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    let profile = Profile::find("typical").unwrap();
    generate(&Settings { children: 8_000, seed: 7, profile, overrides }).unwrap()
}

/// Records of an agency that a corruption struck.
fn struck<'a>(world: &'a World, agency: &str, corruption: &str) -> BTreeSet<&'a str> {
    let log = &world.truth.corruptions;
    (0..log.len())
        .filter(|&row| log.cell(row, 0) == agency && log.cell(row, 3) == corruption)
        .filter(|&row| ["given_name", "date_of_birth"].contains(&log.cell(row, 2)))
        .map(|row| log.cell(row, 1))
        .collect()
}

/// Returns how many times as often two things go wrong together as they would by chance.
fn lift(pairs: impl Iterator<Item = (bool, bool)>) -> f64 {
    let (mut all, mut both, mut one, mut other) = (0.0, 0.0, 0.0, 0.0);
    for (a, b) in pairs {
        all += 1.0;
        one += f64::from(u8::from(a));
        other += f64::from(u8::from(b));
        both += f64::from(u8::from(a && b));
    }
    assert!(both > 50.0, "{both} of {all}");
    both * all / (one * other)
}

/// Returns the places of the first record of every child in an agency's table, by child.
fn first_records(world: &World, agency: Agency) -> BTreeMap<&str, usize> {
    let table = &world.agencies[agency as usize].table;
    let places: BTreeMap<&str, usize> =
        (0..table.len()).map(|row| (table.cell(row, 0), row)).collect();
    let records = &world.truth.records;
    let mut first = BTreeMap::new();
    for row in (0..records.len()).filter(|&row| records.cell(row, 0) == agency.name()) {
        first.entry(records.cell(row, 2)).or_insert(places[records.cell(row, 1)]);
    }
    first
}

/// Returns the lifts within a record, between brothers and sisters, between two agencies' records of
/// one child, and between children of one practice.
fn lifts(world: &World) -> [f64; 4] {
    let health = &world.agencies[0].table;
    let (typos, slips) =
        (struck(world, "health", "keyboard_typo"), struck(world, "health", "date_digit_slip"));
    let at_school = struck(world, "education", "keyboard_typo");
    let within = (0..health.len()).map(|row| {
        let id = health.cell(row, 0);
        (typos.contains(id), slips.contains(id))
    });
    let (first, school) =
        (first_records(world, Agency::Health), first_records(world, Agency::Education));
    let typo = |row: usize| typos.contains(health.cell(row, 0));
    let children = &world.truth.children;
    let (place, practice) =
        (children.column("household_id").unwrap(), health.column("GP_PRACTICE_CODE").unwrap());
    let mut households: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut practices: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in 0..children.len() {
        let Some(&record) = first.get(children.cell(row, 0)) else { continue };
        households.entry(children.cell(row, place)).or_default().push(record);
        // One child a household, so that families do not count as practices.
        let own = &households[children.cell(row, place)];
        if own.len() == 1 {
            practices.entry(health.cell(record, practice)).or_default().push(record);
        }
    }
    let pairs = |groups: BTreeMap<&str, Vec<usize>>| {
        let mut pairs = Vec::new();
        for members in groups.values() {
            for (place, &one) in members.iter().enumerate() {
                pairs.extend(members[place + 1..].iter().map(|&other| (typo(one), typo(other))));
            }
        }
        pairs.into_iter()
    };
    let education = &world.agencies[Agency::Education as usize].table;
    let between = first.iter().filter_map(|(child, &record)| {
        let pupil = education.cell(*school.get(child)?, 0);
        Some((typo(record), at_school.contains(pupil)))
    });
    [lift(within), lift(pairs(households)), lift(between), lift(pairs(practices))]
}

/// Of two latent normal numbers of correlation 0.5 both are in the lowest fifth about twice as often as
/// by chance.
#[test]
fn one_wrong_value_predicts_another_in_the_record_the_household_and_the_other_agency() {
    let [record, siblings, agencies, _] = lifts(&world(0.5, 0.0));
    for lift in [record, siblings, agencies] {
        assert!((1.6..2.9).contains(&lift), "{record} {siblings} {agencies}");
    }
}

#[test]
fn a_bad_clerk_is_bad_all_day_and_in_one_place_only() {
    let [record, siblings, agencies, practice] = lifts(&world(0.0, 0.5));
    for lift in [record, siblings, practice] {
        assert!((1.4..2.9).contains(&lift), "{record} {siblings} {practice}");
    }
    // Another agency's clerk is another.
    assert!(agencies < 1.3, "{agencies}");
}

#[test]
fn without_effects_errors_are_independent() {
    let all = lifts(&world(0.0, 0.0));
    // About 200 of 5,000 pairs go wrong together by chance: a standard error of 0.07; four of them.
    assert!(all.iter().all(|lift| (lift - 1.0).abs() < 0.28), "{all:?}");
}
