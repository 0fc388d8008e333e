//! Finding one record: the candidates, weights and steps are those of a linkage with it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
#[path = "../benches/world/mod.rs"]
mod world;
mod worlds;

use std::path::Path;

use cci::comparison::ComparisonEngine;
use cci::model::TermFrequencies;
use cci::record::{RecordId, Records, SourceId};
use cci::strategy::{Finder, LinkInput, Links, Plan, Progress, Query, Scoring, find};
use command::{cci, run, stderr, stdout, text, two_files};
use serde_json::Value;

/// Returns the values that a record holds, as somebody would ask about them.
fn query(records: &Records, record: RecordId, source: Option<SourceId>) -> Query {
    let values = records.columns().iter().map(|column| {
        let values = column.codes_of(record).map(|code| column.dictionary().value(code));
        values.map(str::to_string).collect()
    });
    Query { values: values.collect(), source }
}

fn scored(records: &Records, plan: &Plan) -> (Scoring, Links) {
    let progress = Progress::default();
    let input = LinkInput::new(records, plan, &progress);
    let linkage = find("probabilistic").unwrap().link(&input).unwrap();
    (linkage.scoring.unwrap(), linkage.links)
}

#[test]
fn candidates_and_weights_are_those_of_brute_force() {
    for seed in 0..6 {
        let records = match seed % 2 {
            0 => worlds::records(seed, 80),
            _ => worlds::records_with_lists(seed, 80),
        };
        let mut plan = worlds::plan(&records, seed % 3 == 0);
        if seed > 2 {
            plan.vetoes.push(worlds::twins());
        }
        let (scoring, links) = scored(&records, &plan);
        plan.model = Some(scoring.model.clone());
        let finder = Finder::new(&records, &plan, &links).unwrap();
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let blocking = input.blocking().unwrap();
        let engine = ComparisonEngine::new(&records, &plan.comparisons).unwrap();
        let frequencies = TermFrequencies::new(&records, &engine, &scoring.model);
        for asked in 0..records.len() as RecordId {
            let source = records.source_of(asked);
            let found = finder.find(&query(&records, asked, Some(source)), usize::MAX).unwrap();
            // The record asked for is there itself where its own source may be linked.
            let others: Vec<_> = found.best.iter().filter(|f| f.record != asked).collect();
            let mut records_found: Vec<RecordId> = others.iter().map(|f| f.record).collect();
            records_found.sort_unstable();
            let slow: Vec<RecordId> = blocking.candidates(asked).collect();
            assert_eq!(records_found, slow, "seed {seed}, record {asked}");
            assert_eq!(found.candidates, found.best.len());
            let weights: Vec<f64> =
                found.best.iter().map(|f| f.explanation.weight.bits()).collect();
            assert!(weights.is_sorted_by(|x, y| x >= y), "best first");
            for one in others {
                let (a, b) = (asked.min(one.record), asked.max(one.record));
                assert_eq!(one.rules, blocking.rules_of(a, b));
                let pattern = engine.pattern(a, b);
                let slow = scoring.explain(&records, &frequencies, pattern, (a, b));
                let steps: f64 = one.explanation.steps.iter().map(|step| step.bits).sum();
                let bits = one.explanation.weight.bits();
                assert!((steps - bits).abs() < 1e-9, "the steps add up");
                // How many children two sources share is told by the links, here by all pairs.
                let sources = |e: &cci::model::Explanation| e.steps.last().unwrap().bits;
                let fast = bits - sources(&one.explanation);
                let slow_bits = slow.weight.bits() - sources(&slow);
                assert!((fast - slow_bits).abs() < 1e-9, "seed {seed}: {fast} {slow_bits}");
                let by_sources = [sources(&one.explanation), sources(&slow)];
                assert!((by_sources[0] - by_sources[1]).abs() < 0.5, "seed {seed}: {by_sources:?}");
            }
        }
    }
}

#[test]
fn values_that_no_record_holds_find_what_is_near() {
    let records = worlds::records(4, 200);
    let mut plan = worlds::plan(&records, true);
    let (scoring, links) = scored(&records, &plan);
    plan.model = Some(scoring.model);
    let finder = Finder::new(&records, &plan, &links).unwrap();
    let mut asked = query(&records, 7, None);
    let whole = finder.find(&asked, 3).unwrap();
    assert_eq!(whole.best[0].record, 7, "a record finds itself first");
    asked.values[1] = vec!["smithxq".into()];
    let near = finder.find(&asked, 3).unwrap();
    assert!(near.best.iter().any(|found| found.record == 7));
    // In order even nobody's number has neighbours.
    plan.rules.retain(|rule| !rule.has_window());
    let finder = Finder::new(&records, &plan, &links).unwrap();
    let nobody = Query { values: vec![vec!["qqq".into()]; 5], source: None };
    let none = finder.find(&nobody, 3).unwrap();
    assert_eq!((none.candidates, none.best.len()), (0, 0));
    let nothing = Query { values: vec![Vec::new(); 5], source: None };
    assert_eq!(finder.find(&nothing, 3).unwrap().candidates, 0);
    let error = finder.find(&Query::default(), 3).unwrap_err().to_string();
    assert!(error.contains("expected values of 5 attributes, found 0"), "{error}");
}

#[test]
fn many_threads_ask_one_finder_and_get_one_answer() {
    let records = worlds::records_with_lists(9, 300);
    let mut plan = worlds::plan(&records, true);
    let (scoring, links) = scored(&records, &plan);
    plan.model = Some(scoring.model);
    let finder = Finder::new(&records, &plan, &links).unwrap();
    let answer = |asked: RecordId| {
        let found = finder.find(&query(&records, asked, Some(0)), 5).unwrap();
        let best = found.best.iter().map(|f| (f.record, f.explanation.weight.bits().to_bits()));
        best.collect::<Vec<_>>()
    };
    let alone: Vec<_> = (0..40).map(answer).collect();
    std::thread::scope(|scope| {
        let all: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..40).map(answer).collect::<Vec<_>>())).collect();
        all.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), alone));
    });
}

/// Writes invented children, reads their records and makes the plan of the benches for them.
fn invented(children: u32) -> Records {
    let folder = tempfile::tempdir().unwrap();
    let settings = cci::synthetic::Settings { children, ..world::settings() };
    let count = std::sync::atomic::AtomicU64::new(0);
    cci::synthetic::write(&settings, folder.path(), cci::synthetic::FileFormat::Csv, &count)
        .unwrap();
    let source = |agency: cci::record::Agency| {
        let schema = cci::schema::AgencySchema::of(agency).unwrap();
        schema.file(world::file(&folder, agency))
    };
    let sources = cci::record::Agency::ALL.map(source);
    let attributes = cci::schema::linkage_attributes();
    cci::schema::read(&sources, &attributes, &cci::schema::ReadOptions::default()).unwrap().records
}

#[test]
#[ignore = "a minute and more in release; its figures stand in docs/performance.md"]
fn one_record_among_a_million_is_found_in_milliseconds() {
    let few = invented(world::CHILDREN);
    let (scoring, _) = scored(&few, &world::plan(&few));
    let records = invented(500_000);
    let mut plan = world::plan(&records);
    plan.model = Some(scoring.model);
    let start = std::time::Instant::now();
    let finder = Finder::new(&records, &plan, &Links::default()).unwrap();
    println!("{} records indexed in {:.2?}", records.len(), start.elapsed());
    let given = records.attribute("given_name").unwrap();
    let step = records.len() as RecordId / 5_000;
    let (mut times, mut candidates, mut first) = (Vec::new(), 0, 0);
    for asked in (0..5_000).map(|n| n * step) {
        let mut query = query(&records, asked, None);
        // A slip in the given name, so that the record itself is not simply equal.
        query.values[given].iter_mut().for_each(|value| value.push('e'));
        let start = std::time::Instant::now();
        let found = finder.find(&query, 5).unwrap();
        times.push(start.elapsed());
        candidates += found.candidates;
        first += usize::from(found.best.first().is_some_and(|best| best.record == asked));
    }
    times.sort_unstable();
    let [p50, p99, most] = [2_500, 4_950, 4_999].map(|place| times[place]);
    println!(
        "of 5,000 queries half within {p50:.2?}, 99 % within {p99:.2?}, all within {most:.2?}"
    );
    println!("{} candidates a query, {first} first", candidates / 5_000);
    assert!(first > 4_000 && p50 < std::time::Duration::from_millis(20));
}

const GIVEN: [&str; 5] = ["anna", "ben", "chloe", "dan", "ella"];
const FAMILY: [&str; 6] = ["smith", "jones", "khan", "okafor", "nowak", "li"];

fn values(n: usize) -> [String; 3] {
    let born = format!("20{:02}-{:02}-{:02}", 8 + n % 5, 1 + n % 12, n % 28 + 1);
    [GIVEN[n % 5].into(), FAMILY[n / 5 % 6].into(), born]
}

/// Links two small files into a folder; returns the options that name the run and its data.
fn linked(folder: &Path, strategy: &str) -> Vec<String> {
    let rows = |file: &str| -> String {
        let row = |n: usize| format!("{file}{n},{},c{n}\n", values(n).join(","));
        (0..60).map(row).collect()
    };
    let settings = two_files(folder, &rows("l"), &rows("r"));
    let out = folder.join("out");
    let arguments = ["link", "--config", text(&settings), "--out", text(&out), "--quiet"];
    let output = run(&[&arguments[..], &["--strategy", strategy]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    ["--run", text(&out), "--data", text(folder)].map(str::to_string).into()
}

fn found(of: &[String], more: &[&str], input: &str) -> std::process::Output {
    cci().arg("find").args(of).args(more).write_stdin(input).output().unwrap()
}

fn answers(of: &[String], more: &[&str], input: &str) -> Value {
    let output = found(of, &[more, &["--json", "--quiet"]].concat(), input);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_record_is_found_with_the_weight_that_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let of = linked(folder.path(), "probabilistic");
    let [given, family, born] = values(17);
    let named = [("given_name", &given), ("family_name", &family), ("date_of_birth", &born)];
    let named = named.map(|(name, value)| format!("{name}={value}"));
    let set = named.each_ref().map(|set| ["--set", set.as_str()]).concat();
    let all = answers(&of, &[&set[..], &["--source", "left"]].concat(), "");
    let best = &all["answers"][0]["best"][0];
    assert_eq!((&best["record"], &best["above_threshold"]), (&"right:r17".into(), &true.into()));
    let config = folder.path().join("settings.toml");
    let pair = ["explain", "pair", "left:l17", "right:r17", "--config", text(&config), "--json"];
    let output = run(&[&pair[..], &["--quiet", "--model", &of[1]]].concat());
    let pair: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(best["match_weight"], pair["match_weight"]);
    let bits = |of: &Value| -> Vec<f64> {
        of["steps"].as_array().unwrap().iter().map(|s| s["bits"].as_f64().unwrap()).collect()
    };
    assert_eq!(bits(best), bits(&pair));
    // In words, with the same numbers, and none of the values.
    let output = found(&of, &[&set[..], &["--quiet"]].concat(), "");
    let said = stdout(&output);
    assert!(said.contains("right:r17") && said.contains("match weight"), "{said}");
    assert!(![&given, &family, &born].iter().any(|value| said.contains(value.as_str())), "{said}");
}

#[test]
fn lines_of_standard_input_are_answered_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let of = linked(folder.path(), "probabilistic");
    let line = |n: usize, family: &str| {
        let [given, _, born] = values(n);
        format!(
            "{{\"given_name\": \"{given}\", \"family_name\": {family}, \"date_of_birth\": \"{born}\"}}\n"
        )
    };
    let several = line(3, &format!("[\"Zzyzx\", \"{}\", null]", values(3)[1].to_uppercase()));
    let input = several + "\n" + &line(4, "null") + "{\"family_name\": \"zzyzx\"}\n";
    let all = answers(&of, &["--most", "2"], &input);
    let answers = all["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 3, "a blank line asks nothing");
    for (place, n) in [(0, 3), (1, 4)] {
        let best = answers[place]["best"].as_array().unwrap();
        assert_eq!(best.len(), 2);
        // Without a source both files are looked through.
        let names: Vec<&str> = best.iter().map(|b| b["record"].as_str().unwrap()).collect();
        assert!(names.contains(&format!("left:l{n}").as_str()), "{names:?}");
        assert!(names.contains(&format!("right:r{n}").as_str()), "{names:?}");
        assert_eq!(best[0]["entity"], best[1]["entity"]);
    }
    assert_eq!(answers[2]["candidates"], 0);
    let output = found(&of, &[], &input);
    assert!(output.status.success());
    let said = stdout(&output) + &stderr(&output);
    assert!(!said.to_lowercase().contains("zzyzx") && said.contains("No record shares"), "{said}");
}

#[test]
fn what_cannot_be_looked_for_is_refused_without_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let of = linked(folder.path(), "probabilistic");
    let refused = |more: &[&str], input: &str, words: &str| {
        let output = found(&of, more, input);
        let said = stderr(&output);
        assert!(output.status.code() == Some(2) && said.contains(words), "{words}: {said}");
        assert!(!said.contains("zzyzx") && !said.contains("31/31"), "{said}");
        assert!(output.stdout.is_empty());
    };
    refused(&["--set", "surname=zzyzx"], "", "no attribute is called \"surname\"");
    refused(&["--set", "zzyzx"], "", "expected an attribute, = and a value");
    refused(&["--set", "date_of_birth=31/31/2015"], "", "date_of_birth: expected");
    refused(&["--set", "given_name="], "", "no value is given");
    refused(&["--set", "given_name=anna", "--source", "lefd"], "", "nearest: \"left\"");
    refused(&[], "{\"given_name\": \"anna\"}\nzzyzx\n", "line 2: expected one JSON object");
    refused(&[], "{\"given_name\": 7}\n", "a text, or a list of texts");
    refused(&[], "", "standard input holds no value");
    let other = tempfile::tempdir().unwrap();
    let of = linked(other.path(), "exact_key");
    let output = found(&of, &["--set", "given_name=anna"], "");
    assert!(stderr(&output).contains("there is no model"), "{}", stderr(&output));
}
