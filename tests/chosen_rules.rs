//! Blocking rules chosen from the data: within their limit, from every attribute, always the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod worlds;

use std::hash::BuildHasher;

use cci::blocking::{Blocking, BlockingKey, LinkMask, MOST_RULES, choose_rules};
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source};

/// Returns the labels of rules, in order.
fn labels(records: &Records, mask: &LinkMask) -> Vec<String> {
    choose_rules(records, mask).iter().map(|rule| rule.label()).collect()
}

#[test]
fn each_rule_makes_at_most_five_pairs_a_record() {
    for seed in 0..6 {
        let records = worlds::records(seed, 300);
        for mask in [LinkMask::new(3, |_, _| true), LinkMask::new(4, |s, t| s != t)] {
            let rules = choose_rules(&records, &mask);
            assert!(!rules.is_empty() && rules.len() <= MOST_RULES);
            let blocking = Blocking::new(&records, &rules, mask).unwrap();
            for (rule, pairs) in rules.iter().zip(blocking.pairs_by_rule()) {
                assert!(*pairs <= 5 * records.len() as u64, "{}: {pairs} pairs", rule.label());
            }
        }
    }
}

#[test]
fn values_beside_the_first_count() {
    // First values that two records share each, and further ones of which there are three.
    let attributes = ["number", "given"].map(|name| Attribute::new(name, AttributeKind::Text));
    let mut builder = RecordsBuilder::new(attributes.to_vec());
    builder.open_source(Source::new("s"));
    for record in 0..3_000 {
        let values = [format!("n{}", record / 2), format!("g{}", record % 200)];
        builder.push(&record.to_string(), |place| &values[place]);
        builder.push_further(0, &format!("m{}", record % 3));
    }
    let (records, mask) = (builder.finish(), LinkMask::new(1, |_, _| true));
    let rules = choose_rules(&records, &mask);
    let blocking = Blocking::new(&records, &rules, mask).unwrap();
    for (rule, pairs) in rules.iter().zip(blocking.pairs_by_rule()) {
        assert!(*pairs <= 5 * records.len() as u64, "{}: {pairs} pairs", rule.label());
    }
}

/// Builds one source of 4,000 records: a number of each one's own, two names, a date.
fn people() -> Records {
    let attributes = vec![
        Attribute::new("number", AttributeKind::Number),
        Attribute::new("given", AttributeKind::GivenName),
        Attribute::new("family", AttributeKind::FamilyName),
        Attribute::new("born", AttributeKind::Date),
        Attribute::new("sex", AttributeKind::Sex),
    ];
    let mut builder = RecordsBuilder::new(attributes);
    builder.open_source(Source::new("people"));
    for place in 0..4_000u32 {
        let mixed = place.wrapping_mul(2_654_435_761);
        let values = [
            format!("{:08}", mixed / 16),
            format!("{}nna", char::from(b'a' + (mixed >> 8) as u8 % 26)),
            format!("{}mith", char::from(b'a' + (mixed >> 16) as u8 % 26)),
            format!("20{:02}-{:02}-{:02}", mixed % 19, 1 + mixed / 19 % 12, 1 + mixed / 228 % 28),
            ["F", "M"][(mixed >> 5) as usize % 2].to_string(),
        ];
        builder.push(&place.to_string(), |attribute| &values[attribute]);
    }
    builder.finish()
}

#[test]
fn what_is_enough_alone_stands_alone_and_the_rest_stands_in_twos() {
    let records = people();
    let rules = labels(&records, &LinkMask::new(1, |_, _| true));
    // About 26 given names, 19 years and 336 days: the date is enough, a name is not.
    assert!(rules.iter().any(|rule| !rule.contains('+') && rule.contains("number")), "{rules:?}");
    let has = |rule: &str| rules.iter().any(|known| known == rule);
    assert!(has("date_of_birth") || has("born"), "{rules:?}");
    assert!(!has("given") && !has("family") && !has("sex"), "{rules:?}");
    // An error in the year leaves the day, and the other way round.
    for part in ["year(born)", "month_day(born)"] {
        assert!(rules.iter().any(|rule| rule.contains(part)), "{part}: {rules:?}");
    }
    assert!(rules.iter().any(|rule| rule.contains("given") && rule.contains("family")));
    // What a date begins with is its year, which would make the same pairs again.
    for part in ["initial(born)", "first3(born)", "first5(born)"] {
        assert!(!rules.iter().any(|rule| rule.contains(part)), "{part}: {rules:?}");
    }
}

#[test]
fn where_rules_are_too_many_those_are_kept_that_catch_what_others_do_not() {
    // Nine attributes of 300 values and four of 20: 78 twos, of which the 36 of one of each make
    // fewest pairs, and all of these miss a match whose four are wrong.
    let values_of = |place: usize| if place < 9 { 300 } else { 20 };
    let names: Vec<String> = (0..13).map(|place| format!("a{place:02}")).collect();
    let attributes = names.iter().map(|name| Attribute::new(name, AttributeKind::Text)).collect();
    let mut builder = RecordsBuilder::new(attributes);
    builder.open_source(Source::new("s"));
    let hasher = foldhash::quality::FixedState::with_seed(9);
    let luck = |record: usize, place: usize| hasher.hash_one((record, place)) as usize;
    for record in 0..4_000 {
        let values: Vec<String> =
            (0..13).map(|at| format!("{:03}", luck(record, at) % values_of(at))).collect();
        builder.push(&record.to_string(), |place| &values[place]);
    }
    let rules = choose_rules(&builder.finish(), &LinkMask::new(1, |_, _| true));
    assert_eq!(rules.len(), MOST_RULES);
    let asked: Vec<Vec<usize>> = rules
        .iter()
        .map(|rule| {
            let place = |key: &BlockingKey| names.iter().position(|name| *name == key.attribute);
            rule.keys().iter().map(|key| place(key).unwrap()).collect()
        })
        .collect();
    let matches = 10_000;
    let missed = (0..matches)
        .filter(|found| {
            let right = |place: &usize| luck(*found + 4_000, *place) % 2 == 0;
            !asked.iter().any(|places| places.iter().all(right))
        })
        .count();
    // Those of fewest pairs miss 650; twos taken for what is missed still, 130.
    assert!(missed * 100 < matches * 2, "{missed} of {matches} missed: {asked:?}");
}

#[test]
fn the_choice_does_not_depend_on_the_run_and_no_records_have_no_rules() {
    let records = people();
    let mask = LinkMask::new(1, |_, _| true);
    assert_eq!(labels(&records, &mask), labels(&records, &mask));
    let empty = RecordsBuilder::new(vec![Attribute::new("given", AttributeKind::GivenName)]);
    assert!(choose_rules(&empty.finish(), &LinkMask::new(0, |_, _| true)).is_empty());
}
