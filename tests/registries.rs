//! Contracts that every entry of a registry list keeps, and lists against their folders.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod worlds;

use std::collections::BTreeSet;
use std::path::Path;

use cci::blocking::FORMS;
use cci::cluster::CLUSTERERS;
use cci::comparison::{COMPARATORS, Measure, Prepared};
use cci::normalise::ALTERNATES;
use cci::record::{AttributeKind, DictionaryBuilder, Records, RecordsBuilder, SourceId};
use cci::report::SECTIONS;
use cci::schema::{EXPORTERS, RULES};
use cci::strategy::{Evidence, LinkInput, Links, Plan, Progress, STRATEGIES, Strategy};

/// Counts the files of a folder that fills a registry, its front door left out.
fn files_in(folder: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".rs") && name != "mod.rs")
        .count()
}

fn assert_unique(names: impl Iterator<Item = &'static str>) {
    let names: Vec<&str> = names.collect();
    let unique: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), unique.len(), "{names:?}");
    for name in names {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        assert!(!name.is_empty() && name.chars().all(plain), "{name}");
    }
}

#[test]
fn names_are_unique_and_can_be_typed() {
    assert_unique(COMPARATORS.iter().map(|c| c.name()));
    assert_unique(FORMS.iter().map(|f| f.name));
    assert_unique(STRATEGIES.iter().map(|s| s.name()));
    assert_unique(CLUSTERERS.iter().map(|c| c.name()));
    assert_unique(SECTIONS.iter().map(|s| s.id()));
    assert_unique(EXPORTERS.iter().map(|e| e.name()));
    assert_unique(RULES.iter().map(|r| r.name()));
    assert_unique(ALTERNATES.iter().map(|a| a.name()));
    assert_unique(AttributeKind::ALL.iter().map(|k| k.name()));
}

#[test]
fn every_file_of_a_registry_is_in_its_list() {
    assert_eq!(files_in("strategy/strategies"), STRATEGIES.len());
    assert_eq!(files_in("cluster/clusterers"), CLUSTERERS.len());
    assert_eq!(files_in("report/sections"), SECTIONS.len());
    assert_eq!(files_in("normalise/alternates"), ALTERNATES.len());
    // postcode_part.rs holds sector, district and area, which differ in one word.
    assert_eq!(files_in("comparison/comparators") + 2, COMPARATORS.len());
}

/// Texts of every sort that comparators meet, near misses among them.
const TEXTS: &[&str] = &[
    "anna",
    "anne",
    "hannah",
    "a",
    "b",
    "ben",
    "benn",
    "o connor",
    "oconnor",
    "smith",
    "smyth",
    "mississippi",
    "li",
    "zoe",
    "1234567890",
    "1234567809",
    "123456789",
    "2010-03-04",
    "2010-04-03",
    "2010-03-05",
    "2011-03-04",
    "2010-03-14",
    "2010-02-30",
    "2009-12-31",
    "2010-01-01",
    "AB1 2CD",
    "AB1 2CE",
    "AB1 3CD",
    "AB2 2CD",
    "A1 2CD",
    "x@example.org",
    "x@example.com",
    "y@example.org",
    "14 ashgrove road",
    "41 ashgrove road",
    "14 ashgrove lane",
    "a very long text indeed that goes on for much more than sixty four letters in all",
    "a very long text indeed that goes on for much more than sixty four letters in al",
    "straße",
    "strasse",
];

fn prepared() -> (Prepared, u32) {
    let mut builder = DictionaryBuilder::default();
    TEXTS.iter().for_each(|text| {
        builder.code(text);
    });
    (Prepared::new(&builder.finish()), TEXTS.len() as u32)
}

#[test]
fn every_comparator_is_symmetric_and_in_its_range() {
    let (values, count) = prepared();
    for comparator in COMPARATORS {
        for a in 1..=count {
            for b in 1..=count {
                let number = comparator.compare(&values, a, b);
                assert_eq!(number, comparator.compare(&values, b, a), "{}", comparator.name());
                let in_range = match comparator.measure() {
                    Measure::Similarity => (0.0..=1.0).contains(&number),
                    Measure::Distance => number >= 0.0,
                    Measure::Condition => number == 0.0 || number == 1.0,
                };
                assert!(in_range, "{} gives {number}", comparator.name());
            }
        }
    }
}

#[test]
fn no_bound_is_less_favourable_than_the_comparison() {
    let (values, count) = prepared();
    for comparator in COMPARATORS {
        for a in 1..=count {
            for b in 1..=count {
                let (number, bound) =
                    (comparator.compare(&values, a, b), comparator.bound(&values, a, b));
                let optimistic = match comparator.measure() {
                    Measure::Distance => bound <= number,
                    Measure::Similarity | Measure::Condition => bound >= number,
                };
                assert!(optimistic, "{}: {bound} for {number}", comparator.name());
            }
        }
    }
}

#[test]
fn values_that_reach_a_threshold_share_a_key_or_are_found_by_looking_through() {
    let (values, count) = prepared();
    for comparator in COMPARATORS {
        for threshold in [0.8, 0.92, 1.0, 2.0, 31.0] {
            for a in 1..=count {
                let mut found = Vec::new();
                let mut keys = Vec::new();
                let keyed = comparator.join_keys(&values, a, threshold, &mut |key| keys.push(key));
                if !keyed {
                    comparator.scan(&values, a, threshold, &mut found);
                }
                for b in a + 1..=count {
                    let number = comparator.compare(&values, a, b);
                    let reached = match comparator.measure() {
                        Measure::Distance => number <= threshold,
                        Measure::Similarity | Measure::Condition => number >= threshold,
                    };
                    if !reached {
                        continue;
                    }
                    let mut others = Vec::new();
                    comparator.join_keys(&values, b, threshold, &mut |key| others.push(key));
                    let shared = keys.iter().any(|key| others.contains(key));
                    // One of two values may have no keys; then the whole level is looked through.
                    let missed = keyed && !shared && !others.is_empty();
                    assert!(!missed && (keyed || found.contains(&b)), "{}", comparator.name());
                }
            }
        }
    }
}

fn links(strategy: &dyn Strategy, records: &Records, plan: &Plan) -> Links {
    let progress = Progress::default();
    strategy.link(&LinkInput::new(records, plan, &progress)).unwrap().links
}

/// Returns the same records with sources and rows in another order.
fn reordered(records: &Records) -> Records {
    let attributes = records.columns().iter().map(|c| c.attribute().clone()).collect();
    let mut builder = RecordsBuilder::new(attributes);
    for source in (0..records.sources().len() as SourceId).rev() {
        builder.open_source(records.sources()[source as usize].clone());
        for record in records.of_source(source).rev() {
            let value = |place: usize| records.columns()[place].value(record).unwrap_or("");
            builder.push(records.local_id(record), value);
        }
    }
    builder.finish()
}

/// Returns links by the names of their records, in an order of their own.
fn named(records: &Records, links: &Links) -> BTreeSet<(String, String)> {
    links
        .iter()
        .map(|(_, link)| {
            let (a, b) = (records.name(link.a), records.name(link.b));
            if a < b { (a, b) } else { (b, a) }
        })
        .collect()
}

#[test]
fn no_strategy_depends_on_the_order_of_records_or_sources() {
    for seed in 0..4 {
        let records = worlds::records(seed, 150);
        let other = reordered(&records);
        for strategy in STRATEGIES {
            let one = links(*strategy, &records, &worlds::plan(&records, true));
            let two = links(*strategy, &other, &worlds::plan(&other, true));
            assert_eq!(named(&records, &one), named(&other, &two), "{}", strategy.name());
        }
    }
}

#[test]
fn no_clusterer_joins_records_that_no_links_reach_and_only_those_that_weigh_pairs_part_them() {
    let records = worlds::records(5, 150);
    let plan = worlds::plan(&records, true);
    let progress = Progress::default();
    let input = LinkInput::new(&records, &plan, &progress);
    let linkage = cci::strategy::find("probabilistic").unwrap().link(&input).unwrap();
    let evidence = linkage.evidence(&input).unwrap();
    let components = cci::cluster::find("components").unwrap();
    let reached = components.cluster(&records, &linkage.links, &evidence);
    for clusterer in CLUSTERERS {
        let entities = clusterer.cluster(&records, &linkage.links, &evidence);
        assert_eq!(entities.entity_of().len(), records.len());
        for members in entities.members() {
            let component = |record: u32| reached.entity_of()[record as usize];
            assert!(members.iter().all(|&m| component(m) == component(members[0])));
        }
        // No source of these worlds is declared free of duplicates.
        let weighs_pairs = ["merged", "correlation"].contains(&clusterer.name());
        assert!(weighs_pairs || entities == reached, "{}", clusterer.name());
        assert!(clusterer.describe().ends_with('.'));
    }
}

#[test]
fn every_clusterer_is_the_components_where_nothing_was_weighed() {
    let records = worlds::records(5, 150);
    let links =
        links(cci::strategy::find("exact_key").unwrap(), &records, &worlds::plan(&records, true));
    let reached = cci::cluster::find("components").unwrap();
    let reached = reached.cluster(&records, &links, &Evidence::none());
    for clusterer in CLUSTERERS {
        let entities = clusterer.cluster(&records, &links, &Evidence::none());
        assert_eq!(entities, reached, "{}", clusterer.name());
    }
}

#[test]
fn a_duplicate_free_source_never_has_two_records_in_an_entity() {
    let records = worlds::records(5, 150);
    let declared = worlds::declared(&records);
    // Many records share a given name, so that this key joins records within a source.
    let plan = Plan { exact_key: vec!["given_name".into()], ..worlds::plan(&declared, true) };
    let links = links(cci::strategy::find("exact_key").unwrap(), &declared, &plan);
    let within = links.iter().filter(|(_, l)| declared.source_of(l.a) == declared.source_of(l.b));
    assert!(within.count() > 0, "the test has something to refuse");
    for clusterer in CLUSTERERS.iter().filter(|clusterer| clusterer.name() != "components") {
        let entities = clusterer.cluster(&declared, &links, &Evidence::none());
        for members in entities.members() {
            for source in 0..2 {
                let of_source = members.iter().filter(|&&m| declared.source_of(m) == source);
                assert!(of_source.count() <= 1, "{}", clusterer.name());
            }
        }
    }
}

#[test]
fn every_strategy_says_what_it_does_and_what_it_lacks() {
    let records = worlds::records(1, 20);
    let empty = Plan {
        rules: Vec::new(),
        comparisons: Vec::new(),
        exact_key: Vec::new(),
        ..worlds::plan(&records, true)
    };
    for strategy in STRATEGIES {
        assert!(strategy.describe().ends_with('.'), "{}", strategy.name());
        assert!(strategy.lacks(&records, &empty).is_some(), "{}", strategy.name());
    }
}
