//! Small random worlds for oracle tests: few values, many missing, several sources.

use cci::blocking::{BlockingRule, LinkMask};
use cci::comparison::{Combination, Comparison};
use cci::model::ThresholdPolicy;
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source, SourceId};
use cci::strategy::{Plan, Veto};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Builds records of invented people in three sources, from a seed; each holds one value.
pub(crate) fn records(seed: u64, people: usize) -> Records {
    build(seed, people, 0)
}

/// Builds the same sort of records; some hold several surnames, given names or postcodes.
#[allow(dead_code, reason = "not every test that shares this module needs lists")]
pub(crate) fn records_with_lists(seed: u64, people: usize) -> Records {
    build(seed, people, 3)
}

fn build(seed: u64, people: usize, most_further: u32) -> Records {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let attributes = vec![
        Attribute::new("given_name", AttributeKind::GivenName),
        Attribute::new("family_name", AttributeKind::FamilyName),
        Attribute::new("date_of_birth", AttributeKind::Date),
        Attribute::new("postcode", AttributeKind::Postcode),
        Attribute::new("number", AttributeKind::Number),
    ];
    let given =
        ["anna", "anne", "hannah", "ben", "benn", "zoe", "z", "mohammed", "muhammad", "khan"];
    let family = ["smith", "smyth", "jones", "johnson", "khan", "kahn", "o connor", "li", "ben"];
    let pick = |rng: &mut ChaCha12Rng, values: &[&str]| {
        values[rng.random_range(0..values.len())].to_string()
    };
    let truth: Vec<[String; 5]> = (0..people)
        .map(|_| {
            let (y, m, d): (u32, u32, u32) =
                (rng.random_range(2008..2012), rng.random_range(1..13), rng.random_range(1..29));
            [
                pick(&mut rng, &given),
                pick(&mut rng, &family),
                format!("{y:04}-{m:02}-{d:02}"),
                format!("AB{} {}CD", rng.random_range(1..4), rng.random_range(1..3)),
                format!("{:05}", rng.random_range(0..100_000)),
            ]
        })
        .collect();
    let mut builder = RecordsBuilder::new(attributes);
    for source in ["a", "b", "c"] {
        builder.open_source(Source::new(source));
        for (person, values) in truth.iter().enumerate() {
            if rng.random_range(0..3) == 0 {
                continue;
            }
            let mut values = values.clone();
            for value in &mut values {
                if rng.random_range(0..8) == 0 {
                    value.clear();
                }
            }
            if rng.random_range(0..5) == 0 {
                values[0] = pick(&mut rng, &given);
            }
            builder.push(&format!("{person}"), |place| &values[place]);
            for _ in 0..most_further {
                match rng.random_range(0..6) {
                    0 => builder.push_further(0, &pick(&mut rng, &given)),
                    1 => builder.push_further(1, &pick(&mut rng, &family)),
                    2 => builder.push_further(3, &format!("AB{} 1CD", rng.random_range(1..4))),
                    _ => {}
                }
            }
        }
    }
    builder.finish()
}

/// Returns a plan with rules of every shape over these records.
#[allow(dead_code, reason = "not every test that shares this module links")]
pub(crate) fn plan(records: &Records, within: bool) -> Plan {
    let rules: [&[&str]; 5] = [
        &["number"],
        &["given_name", "family_name"],
        &["sound(family_name)", "year(date_of_birth)", "district(postcode)"],
        &["initial(given_name)", "date_of_birth"],
        &["postcode", "family_name"],
    ];
    let filtered: [(&[&str], &[&str]); 3] = [
        (&["year(date_of_birth)"], &["damerau(family_name) <= 1", "not exact(given_name)"]),
        (&["district(postcode)"], &["days(date_of_birth) <= 31"]),
        (
            &["initial(family_name)"],
            &[
                "exact(given_name) or missing(given_name) and same_sound(family_name)",
                "not (exact(postcode) and exact(number) or missing(date_of_birth))",
            ],
        ),
    ];
    let of = |keys: &[&str], filters: &[&str]| {
        let filters = filters.iter().map(|text| Combination::parse_naming(text).unwrap()).collect();
        BlockingRule::parse(keys).unwrap().with_filters(filters)
    };
    let mut rules: Vec<BlockingRule> = rules.iter().map(|keys| of(keys, &[])).collect();
    // One stands first, so that a later rule makes what it leaves out.
    rules.insert(0, of(filtered[0].0, filtered[0].1));
    rules.push(of(filtered[1].0, filtered[1].1));
    rules.push(of(filtered[2].0, filtered[2].1));
    rules.insert(2, of(&["postcode", "initial(given_name)"], &[]).with_window(3).unwrap());
    let near = of(&["number"], &["not exact(date_of_birth)"]).with_window(4).unwrap();
    rules.push(near.with_largest_block(2).unwrap());
    rules.insert(1, of(&["sound(given_name)"], &[]).with_largest_block(9).unwrap());
    Plan {
        mask: LinkMask::new(records.sources().len(), |s, t| within || s != t),
        rules,
        training_rules: Vec::new(),
        comparisons: records
            .columns()
            .iter()
            .map(|column| Comparison::ready_made(column.attribute()))
            .collect(),
        exact_key: vec!["given_name".into(), "family_name".into(), "date_of_birth".into()],
        vetoes: Vec::new(),
        household: None,
        threshold: ThresholdPolicy::ExpectedF1,
        most_pairs: 1_000_000,
        model: None,
    }
}

/// Returns a veto: born on one day under one family name, and not of one given name.
#[allow(dead_code, reason = "not every test that shares this module forbids")]
pub(crate) fn twins() -> Veto {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let (same, differ) = (names(&["date_of_birth", "family_name"]), names(&["given_name"]));
    Veto { name: "twins".into(), same, differ }
}

/// Returns the same records with two sources declared free of duplicates.
#[allow(dead_code, reason = "not every test that shares this module declares")]
pub(crate) fn declared(records: &Records) -> Records {
    let attributes = records.columns().iter().map(|c| c.attribute().clone()).collect();
    let mut builder = RecordsBuilder::new(attributes);
    for source in 0..records.sources().len() as SourceId {
        let mut declared = records.sources()[source as usize].clone();
        declared.duplicate_free = source < 2;
        builder.open_source(declared);
        for record in records.of_source(source) {
            let value = |place: usize| records.columns()[place].value(record).unwrap_or("");
            builder.push(records.local_id(record), value);
        }
    }
    builder.finish()
}
