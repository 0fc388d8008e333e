//! Sorted neighbourhood: windows over distinct values, by hand and beside windows over records.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

#[path = "../benches/world/mod.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::atomic::AtomicU64;

use cci::blocking::{Blocking, BlockingRule, LinkMask};
use cci::record::{
    Agency, Attribute, AttributeKind, RecordId, Records, RecordsBuilder, Source, SourceId,
};
use cci::schema::{AgencySchema, ReadOptions, linkage_attributes, read};

type Pairs = BTreeSet<(RecordId, RecordId)>;

/// Builds records of one source from rows of given name, family name, date of birth, postcode.
fn records<S: AsRef<str>>(rows: &[[S; 4]]) -> Records {
    let attributes = [
        ("given_name", AttributeKind::GivenName),
        ("family_name", AttributeKind::FamilyName),
        ("date_of_birth", AttributeKind::Date),
        ("postcode", AttributeKind::Text),
    ];
    let attributes = attributes.map(|(name, kind)| Attribute::new(name, kind));
    let mut builder = RecordsBuilder::new(attributes.to_vec());
    builder.open_source(Source::new("a"));
    for (number, row) in rows.iter().enumerate() {
        builder.push(&number.to_string(), |place| row[place].as_ref());
    }
    builder.finish()
}

fn rule(keys: &[&str], window: u32) -> BlockingRule {
    let rule = BlockingRule::parse(keys).unwrap();
    if window > 1 { rule.with_window(window).unwrap() } else { rule }
}

/// Returns the pairs of a rule; its count from block sizes must be just that, where it can be.
fn pairs(records: &Records, rule: BlockingRule) -> Pairs {
    let sources = records.sources().len();
    let blocking = Blocking::new(records, &[rule], LinkMask::new(sources, |_, _| true)).unwrap();
    let visited =
        blocking.visit(Vec::new, |pairs, a, b, _| pairs.push((a, b)), &AtomicU64::new(0)).concat();
    let (sizes, made) = (blocking.pairs_by_rule()[0], visited.len() as u64);
    assert!(sizes == made || (sizes > made && !blocking.sizes_are_exact(0)), "{sizes} {made}");
    let unique: Pairs = visited.iter().copied().collect();
    assert_eq!(unique.len(), visited.len(), "each pair once");
    unique
}

#[test]
fn a_window_over_distinct_values_makes_as_many_pairs_as_the_formula_says() {
    let names: Vec<[String; 4]> =
        (0..100).map(|n| ["".into(), format!("n{n:03}"), "".into(), "".into()]).collect();
    let records = records(&names);
    for window in [2u64, 3, 10, 100, 1_000] {
        let w = window.min(100);
        // (10 − 1)(200 − 10) / 2 = 855, worked by hand.
        let expected = (w - 1) * (200 - w) / 2;
        let found = pairs(&records, rule(&["family_name"], window as u32));
        assert_eq!(found.len() as u64, expected, "window {window}");
        assert!(found.iter().all(|(a, b)| u64::from(b - a) < window));
    }
}

#[test]
fn neighbours_are_sought_among_records_that_agree_on_the_other_keys() {
    let rows = [
        ["anna", "ash", "2010-01-01", ""],
        ["ben", "bell", "2011-01-01", ""],
        ["chloe", "cole", "2010-05-05", ""],
        ["dan", "cole", "2010-06-06", ""],
        ["ella", "dunn", "2010-07-07", ""],
        ["finn", "", "2010-08-08", ""],
        ["gwen", "ash", "", ""],
    ];
    // Of 2010 the family names are ash, cole and dunn; bell is of 2011 and takes no place.
    let expected = Pairs::from([(0, 2), (0, 3), (2, 3), (2, 4), (3, 4)]);
    assert_eq!(pairs(&records(&rows), rule(&["year(date_of_birth)", "family_name"], 2)), expected);
    let alone = Pairs::from([(0, 6), (0, 1), (1, 6), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4)]);
    assert_eq!(pairs(&records(&rows), rule(&["family_name"], 2)), alone);
}

#[test]
fn a_run_of_equal_values_longer_than_the_window_loses_no_pair() {
    let mut rows = vec![["", "smith", "", ""]; 50];
    rows.push(["", "smyth", "", ""]);
    let found = pairs(&records(&rows), rule(&["family_name"], 2));
    assert_eq!(found.len(), 50 * 49 / 2 + 50, "all of one value, and each with the next");
}

#[test]
fn one_large_window_is_shared_out_and_gives_the_same_at_any_number_of_threads() {
    let rows: Vec<[String; 4]> =
        (0..1_500).map(|n| ["".into(), format!("n{}", n % 3), "".into(), "".into()]).collect();
    let records = records(&rows);
    let mask = LinkMask::new(1, |_, _| true);
    let blocking = Blocking::new(&records, &[rule(&["family_name"], 2)], mask).unwrap();
    let visit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let count = AtomicU64::new(0);
        pool.install(|| blocking.visit(Vec::new, |all, a, b, _| all.push((a, b)), &count))
    };
    let one = visit(1);
    assert!(one.len() > 3, "{} pieces", one.len());
    assert_eq!(one.concat().len(), 3 * 500 * 499 / 2 + 2 * 500 * 500);
    for threads in [2, 4] {
        assert_eq!(visit(threads), one);
    }
}

/// Returns the pairs within a window over records: sorted by the keys and then by given name.
fn pairs_over_records(records: &Records, keys: &[&str], window: usize) -> Pairs {
    let rule = BlockingRule::parse(keys).unwrap();
    let of_record = |record: RecordId| -> Option<Vec<String>> {
        let form = |key: &cci::blocking::BlockingKey| {
            let value = records.column(&key.attribute).unwrap().value(record)?;
            (key.form.derive)(value).map(Into::into)
        };
        let mut forms = rule.keys().iter().map(form).collect::<Option<Vec<String>>>()?;
        let tie = records.column("given_name").unwrap().value(record);
        forms.push(tie.unwrap_or_default().to_string());
        Some(forms)
    };
    let all = 0..records.len() as RecordId;
    let mut sorted: Vec<(Vec<String>, RecordId)> =
        all.filter_map(|record| Some((of_record(record)?, record))).collect();
    sorted.sort();
    let equal = keys.len() - 1;
    let mut pairs = Pairs::new();
    for (place, (forms, a)) in sorted.iter().enumerate() {
        let near = sorted[place + 1..].iter().take(window - 1);
        for (_, b) in near.take_while(|(others, _)| others[..equal] == forms[..equal]) {
            pairs.insert((*a.min(b), *a.max(b)));
        }
    }
    pairs
}

/// Returns the records of a labelled set that comes with the repository, and its true pairs.
fn labelled(file: &str) -> (Records, Pairs) {
    let mut text = String::new();
    let bytes = std::fs::read(format!("tests/data/{file}")).unwrap();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|row| row.split(',').collect()).collect();
    let values: Vec<[&str; 4]> = rows.iter().map(|row| [row[3], row[4], row[5], row[6]]).collect();
    let labels: Vec<&str> = rows.iter().map(|row| row[2]).collect();
    (records(&values), true_pairs(&labels))
}

/// Returns the records of invented children, and their true pairs.
fn invented() -> (Records, Pairs) {
    let folder = world::files();
    let source = |agency| AgencySchema::of(agency).unwrap().file(world::file(&folder, agency));
    let sources = Agency::ALL.map(source);
    let records = read(&sources, &linkage_attributes(), &ReadOptions::default()).unwrap().records;
    let text = std::fs::read_to_string(folder.path().join("truth/records.csv")).unwrap();
    let rows = text.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    let children: BTreeMap<(&str, &str), &str> =
        rows.map(|row| ((row[0], row[1]), row[2])).collect();
    let source = |record| {
        let source: SourceId = records.source_of(record);
        records.sources()[source as usize].name.as_str()
    };
    let all = 0..records.len() as RecordId;
    let labels: Vec<&str> =
        all.map(|record| children[&(source(record), records.local_id(record))]).collect();
    let truth = true_pairs(&labels);
    (records, truth)
}

fn true_pairs(labels: &[&str]) -> Pairs {
    let mut of_label: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
    for (record, label) in (0..).zip(labels) {
        of_label.entry(label).or_default().push(record);
    }
    let pairs = |records: &Vec<RecordId>| -> Vec<(RecordId, RecordId)> {
        let pair = |(place, &a): (usize, &RecordId)| {
            records[place + 1..].iter().map(move |&b| (a, b)).collect::<Vec<_>>()
        };
        records.iter().enumerate().flat_map(pair).collect()
    };
    of_label.values().flat_map(pairs).collect()
}

#[test]
#[ignore = "a measurement, not a claim; its table stands in docs/results.md"]
fn windows_of_values_and_of_records_are_measured() {
    let sets = [
        ("febrl3", labelled("febrl3.csv.gz")),
        ("febrl4", labelled("febrl4.csv.gz")),
        ("invented children", invented()),
    ];
    println!("| set | keys | window of values | pairs | recall | of records | pairs | recall |");
    println!("|---|---|---|---|---|---|---|---|");
    for (set, (records, truth)) in &sets {
        let recall = |pairs: &Pairs| {
            let found = truth.intersection(pairs).count();
            format!("{found} of {} ({:.4})", truth.len(), found as f64 / truth.len() as f64)
        };
        for keys in [
            &["family_name"][..],
            &["year(date_of_birth)", "family_name"],
            &["given_name", "date_of_birth"],
            &["postcode", "date_of_birth"],
        ] {
            for window in [1, 2, 3, 5, 10] {
                let ours = pairs(records, rule(keys, window));
                // The window over records that makes as many pairs, or just more.
                let (mut least, mut most) = (2, 2);
                while most < records.len()
                    && pairs_over_records(records, keys, most).len() < ours.len()
                {
                    (least, most) = (most, 2 * most);
                }
                while least < most {
                    let middle = least.midpoint(most);
                    match pairs_over_records(records, keys, middle).len() < ours.len() {
                        true => least = middle + 1,
                        false => most = middle,
                    }
                }
                let theirs = pairs_over_records(records, keys, least);
                println!(
                    "| {set} | {} | {window} | {} | {} | {least} | {} | {} |",
                    keys.join(" + "),
                    ours.len(),
                    recall(&ours),
                    theirs.len(),
                    recall(&theirs)
                );
            }
        }
    }
}
