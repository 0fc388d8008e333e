//! What blocking rules somebody happens to write must not decide what the model learns.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod worlds;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use cci::blocking::BlockingRule;
use cci::model::Model;
use cci::record::Records;
use cci::strategy::{LinkInput, Plan, Progress, TrainingChoice, train_model};
use command::{run, stderr, text};

fn rules(rules: &[&[&str]]) -> Vec<BlockingRule> {
    rules.iter().map(|keys| BlockingRule::parse(keys).unwrap()).collect()
}

/// Returns the probabilities that a plan's training ends at, to the last bit.
fn learnt(records: &Records, plan: &Plan) -> Vec<u64> {
    let progress = Progress::default();
    let input = LinkInput::new(records, plan, &progress);
    let model: Model = train_model(&input, TrainingChoice::default()).unwrap();
    let comparisons = model.comparisons.iter().flat_map(|c| c.m.iter().chain(&c.u));
    comparisons.copied().chain([model.prior.get()]).map(f64::to_bits).collect()
}

#[test]
fn blocking_rules_do_not_change_the_model() {
    for seed in 0..4 {
        let records = worlds::records(seed, 200);
        let of = |blocking: &[&[&str]]| {
            learnt(&records, &Plan { rules: rules(blocking), ..worlds::plan(&records, true) })
        };
        let one = of(&[&["number"]]);
        for others in [
            &[&["date_of_birth"] as &[&str]] as &[&[&str]],
            &[&["given_name", "family_name"], &["postcode", "date_of_birth"]],
            &[&["sound(family_name)", "year(date_of_birth)"], &["number"]],
        ] {
            assert_eq!(of(others), one, "seed {seed}, {others:?}");
        }
    }
}

#[test]
fn rules_to_train_on_are_used_where_they_are_given() {
    let records = worlds::records(1, 200);
    let plan = worlds::plan(&records, true);
    let training_rules = rules(&[&["number"], &["date_of_birth", "given_name"]]);
    let own = Plan { training_rules: training_rules.clone(), ..plan.clone() };
    assert_ne!(learnt(&records, &own), learnt(&records, &plan));
    let progress = Progress::default();
    let input = LinkInput::new(&records, &own, &progress);
    let facts = train_model(&input, TrainingChoice::default()).unwrap().training;
    assert_eq!(facts.sessions, ["number", "date_of_birth + given_name"]);
    let blocking: Vec<String> = own.rules.iter().map(BlockingRule::label).collect();
    assert_eq!(facts.blocking, blocking);
}

/// Returns the folder that holds a labelled set, if it is there.
fn folder_of(file: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("tests/data"), root.join("../shared/data/labelled")];
    let found = folders.into_iter().find(|folder| folder.join(file).is_file());
    if found.is_none() {
        eprintln!("skipped: {file} is not part of the repository and is not at hand");
    }
    found
}

/// Links a set and returns F1 of the links; `more` is appended to its settings.
fn link(set: &str, data: &Path, out: &Path, more: &str, options: &[&str]) -> f64 {
    let settings = std::fs::read_to_string(format!("schemas/linkage/{set}.toml")).unwrap();
    let config = out.with_extension("toml");
    std::fs::write(&config, settings + more).unwrap();
    let paths = ["--config", text(&config), "--data", text(data), "--out", text(out), "--force"];
    let output = run(&[&["link"], paths.as_slice(), options].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let output = run(&["evaluate", "--run", text(out), "--data", text(data), "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let evaluation: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    evaluation["links"]["f1"].as_f64().unwrap()
}

/// Asserts that F1 of links is nearly the same under models trained with several sets of rules
/// in the settings, all pairs being scored under the set's own.
fn spread_is_small(set: &str, file: &str, choices: &[&[&str]]) {
    let Some(data) = folder_of(file) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (trained, scored) = (folder.path().join("trained"), folder.path().join("scored"));
    let mut all = vec![link(set, &data, &scored, "", &[])];
    for choice in choices {
        let mut blocks = String::new();
        for rule in *choice {
            let keys: Vec<String> = rule.split(' ').map(|key| format!("\"{key}\"")).collect();
            writeln!(blocks, "\n[[block]]\nkeys = [{}]", keys.join(", ")).unwrap();
        }
        link(set, &data, &trained, &blocks, &[]);
        let model = trained.join("model.toml");
        all.push(link(set, &data, &scored, "", &["--model", text(&model)]));
    }
    let [least, most] = [f64::min as fn(f64, f64) -> f64, f64::max]
        .map(|furthest| all.iter().copied().reduce(furthest).unwrap());
    eprintln!("{set}: F1 of links from {least:.4} to {most:.4} over {} choices", all.len());
    assert!(most - least <= 0.01, "{set}: F1 from {least} to {most}");
}

#[test]
fn blocking_rules_do_not_move_f1_of_fake_1000() {
    let choices: [&[&str]; 3] = [
        &["date_of_birth"],
        &["family_name given_name", "email"],
        &["city family_name", "city date_of_birth"],
    ];
    spread_is_small("fake_1000", "fake_1000.csv", &choices);
}

#[test]
#[ignore = "links four sets five times each: a minute in release, many in debug"]
fn blocking_rules_do_not_move_f1_of_any_set() {
    let names = "family_name given_name";
    for (set, file, other) in [
        ("febrl3", "febrl3.csv.gz", "national_id"),
        ("febrl4", "febrl4.csv.gz", "national_id"),
        ("dupehell_student", "dupehell_student_medium.csv.gz", "email"),
        ("dupehell_patient", "dupehell_patient_medium.csv.gz", "national_id"),
    ] {
        let choices: [&[&str]; 4] =
            [&["date_of_birth"], &[names], &[names, "address"], &["address", other]];
        spread_is_small(set, file, &choices);
    }
}
