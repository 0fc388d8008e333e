//! Draws of the entities: as many as asked for, the same for a seed, as likely as they are said.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::HashMap;
use std::path::Path;

use cci::schema::parquet::{self, ColumnData};
use command::{ok, run, stderr, text};

const COUNT: usize = 40;

/// Links 300 invented children with draws; returns the bytes of the table.
fn drawn(data: &Path, out: &Path, seed: &str, threads: &str) -> Vec<u8> {
    let arguments = ["link", "--config", "schemas/linkage/agencies.toml", "--data", text(data)];
    let count = COUNT.to_string();
    let draws = ["--draws", &count, "--seed", seed, "--threads", threads, "--scores"];
    let told = ok(&[&arguments[..], &["--out", text(out), "--force"], &draws].concat());
    assert_eq!(told["draws"]["seed"].to_string(), seed);
    std::fs::read(out.join("draws.parquet")).unwrap()
}

fn column<'a>(table: &'a [(String, ColumnData)], name: &str) -> &'a ColumnData {
    &table.iter().find(|(known, _)| known == name).unwrap().1
}

fn texts<'a>(table: &'a [(String, ColumnData)], name: &str) -> &'a [String] {
    let ColumnData::Text(texts) = column(table, name) else { panic!("{name} is no text") };
    texts
}

fn names(table: &[(String, ColumnData)], source: &str, record: &str) -> Vec<String> {
    let both = texts(table, source).iter().zip(texts(table, record));
    both.map(|(source, record)| format!("{source}:{record}")).collect()
}

#[test]
fn a_seed_gives_its_draws_at_any_number_of_threads_and_pairs_come_as_often_as_is_likely() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    ok(&["generate", "--children", "600", "--profile", "poor", "--out", text(&data)]);
    let bytes = drawn(&data, &out, "7", "1");
    assert!(bytes == drawn(&data, &out, "7", "3"), "threads change the draws");
    assert!(bytes != drawn(&data, &folder.path().join("other"), "8", "2"), "seeds do not");

    let table = parquet::read(&out.join("draws.parquet")).unwrap();
    assert_eq!(table.len(), 2 + COUNT);
    let place: HashMap<String, usize> =
        names(&table, "source", "record_id").into_iter().zip(0..).collect();
    let entities: Vec<&Vec<u32>> = (1..=COUNT)
        .map(|draw| match column(&table, &format!("entity_{draw}")) {
            ColumnData::Count(numbers) => numbers,
            _ => panic!("entities are numbers"),
        })
        .collect();

    // Of two records that no third may belong to, the share of draws that have them together is
    // their match probability.
    let scores = parquet::read(&out.join("scores.parquet")).unwrap();
    let ColumnData::Probability(stated) = column(&scores, "match_probability") else { panic!() };
    let pairs = names(&scores, "source_a", "record_a");
    let pairs = pairs.into_iter().zip(names(&scores, "source_b", "record_b"));
    let likely: Vec<((usize, usize), f64)> = pairs
        .zip(stated)
        .filter(|(_, probability)| **probability >= 0.01)
        .map(|((a, b), probability)| ((place[&a], place[&b]), *probability))
        .collect();
    let links = parquet::read(&out.join("links.parquet")).unwrap();
    let mut met: HashMap<usize, u32> = HashMap::new();
    for ((a, b), _) in &likely {
        *met.entry(*a).or_default() += 1;
        *met.entry(*b).or_default() += 1;
    }
    let mut certain = 0;
    let linked = names(&links, "source_a", "record_a");
    let linked = linked.into_iter().zip(names(&links, "source_b", "record_b"));
    for ((a, b), method) in linked.zip(texts(&links, "method")) {
        if method != "probability" {
            let (a, b) = (place[&a], place[&b]);
            certain += 1;
            assert!(entities.iter().all(|of| of[a] == of[b]), "{method} is parted");
            *met.entry(a).or_default() += 2;
            *met.entry(b).or_default() += 2;
        }
    }
    assert!(certain > 50, "{certain} links by key");
    let (mut together, mut expected, mut variance, mut doubtful) = (0.0, 0.0, 0.0, 0);
    for ((a, b), probability) in likely.iter().filter(|((a, b), _)| met[a] == 1 && met[b] == 1) {
        together += entities.iter().filter(|of| of[*a] == of[*b]).count() as f64;
        expected += COUNT as f64 * probability;
        variance += COUNT as f64 * probability * (1.0 - probability);
        doubtful += u32::from((0.05..0.95).contains(probability));
    }
    assert!(doubtful >= 10, "{doubtful} pairs are in doubt");
    // Four standard deviations of the draws.
    let off = (together - expected).abs();
    assert!(off < 4.0 * variance.sqrt(), "{together} for {expected}, {variance}");
}

#[test]
fn draws_without_scores_or_beside_an_earlier_run_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    ok(&["generate", "--children", "50", "--out", text(&data)]);
    let link = |more: &[&str]| {
        let config = ["link", "--config", "schemas/linkage/agencies.toml", "--data", text(&data)];
        run(&[&config[..], &["--out", text(&out)], more].concat())
    };
    for (arguments, reason) in [
        (&["--draws", "3", "--strategy", "exact_key"][..], "strategy exact_key scores no pairs"),
        (&["--draws", "0"], "expected a whole number from 1 to 1000"),
        (&["--draws", "2", "--against", "earlier"], "cannot be used with"),
        (&["--seed", "2"], "--draws"),
    ] {
        let output = link(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(reason), "{}", stderr(&output));
        assert!(!out.join("manifest.json").exists());
    }
}
