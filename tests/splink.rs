//! Models that Splink saved: the same pairs get the same weights here; what differs is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicU64;

use cci::blocking::{Blocking, BlockingRule, LinkMask};
use cci::comparison::{Combination, Comparison, ComparisonEngine, attributes_of};
use cci::model::{
    ComparisonParameters, LinkType, ModelFile, TermFrequencies, from_splink, to_splink,
};
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source};
use command::{run, stderr, stdout, text, write};

/// Columns of the invented people, and their kinds.
const KINDS: &[(&str, AttributeKind)] = &[
    ("first_name", AttributeKind::GivenName),
    ("surname", AttributeKind::FamilyName),
    ("dob", AttributeKind::Date),
    ("postcode", AttributeKind::Postcode),
    ("email", AttributeKind::Email),
    ("sex", AttributeKind::Sex),
    ("school", AttributeKind::Number),
];

fn data(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/splink");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Reads the rows of a CSV file that quotes nothing.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines().skip(1).map(|line| line.split(',').collect()).collect()
}

fn people() -> Records {
    let attributes = KINDS.iter().map(|&(name, kind)| Attribute::new(name, kind)).collect();
    let mut builder = RecordsBuilder::new(attributes);
    builder.open_source(Source::new("people"));
    let text = data("people.csv");
    for row in rows(&text) {
        builder.push(row[0], |place| row[place + 1]);
    }
    builder.finish()
}

fn imported(name: &str) -> ModelFile {
    from_splink(&data(name), name, "canon/1").unwrap()
}

fn declared(parameters: &ComparisonParameters) -> Comparison {
    let names = attributes_of(&parameters.attribute);
    let known =
        |name: &&str| KINDS.iter().find(|(known, _)| known == name).expect("a known column");
    let attributes: Vec<Attribute> =
        names.iter().map(known).map(|(name, kind)| Attribute::new(*name, *kind)).collect();
    let levels = parameters.labels[..parameters.labels.len() - 1].iter();
    let rarity = parameters.term_frequency.is_some();
    match attributes.as_slice() {
        [attribute] => {
            let levels = levels.map(|label| Combination::parse(label).unwrap()).collect();
            Comparison::new(attribute, levels, rarity).unwrap()
        }
        several => {
            let levels = levels.map(|label| Combination::parse_of(label, &names).unwrap());
            Comparison::joint(several, levels.collect(), rarity).unwrap()
        }
    }
}

/// Scores the stored pairs with a model; returns the furthest from Splink's weight.
fn furthest(file: &ModelFile, pairs: &str) -> (usize, f64) {
    let records = people();
    let comparisons: Vec<Comparison> = file.model.comparisons.iter().map(declared).collect();
    let engine = ComparisonEngine::new(&records, &comparisons).unwrap();
    let frequencies = TermFrequencies::new(&records, &engine, &file.model);
    let place: HashMap<String, u32> =
        (0..records.len() as u32).map(|record| (records.name(record), record)).collect();
    let text = data(pairs);
    let rows = rows(&text);
    let differences = rows.iter().map(|row| {
        let record = |id: &str| place[&format!("people:{id}")];
        let (a, b) = (record(row[0]), record(row[1]));
        let (a, b) = (a.min(b), a.max(b));
        let pattern = engine.pattern(a, b);
        let rarity = frequencies.rarity(pattern, a, b);
        let weight = file.model.pattern_weight(pattern).weight(rarity).bits();
        (weight - row[2].parse::<f64>().unwrap()).abs()
    });
    (rows.len(), differences.fold(0.0, f64::max))
}

#[test]
fn stored_pairs_have_splinks_weights_to_a_millionth_of_a_bit() {
    for name in ["ready_made", "distances", "adjusted"] {
        let file = imported(&format!("{name}.json"));
        let (pairs, furthest) = furthest(&file, &format!("{name}.csv"));
        assert!(pairs > 1000, "{name} has {pairs} pairs");
        assert!(furthest < 1e-6, "{name}: {furthest} bits from Splink's weight");
    }
}

#[test]
fn an_imported_model_shows_its_levels() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ready_made", "distances", "adjusted"] {
        let out = folder.path().join(format!("{name}.toml"));
        let from = format!("tests/data/splink/{name}.json");
        let output = run(&["model", "import", &from, "--out", text(&out)]);
        assert!(output.status.success(), "{}", stderr(&output));
        common::assert_golden(&format!("splink/{name}.compare.toml"), &stdout(&output));
        let shown = stdout(&run(&["model", "show", text(&out)]));
        common::assert_golden(&format!("splink/{name}.txt"), &shown);
    }
}

/// Settings that link the invented people; the comparisons are put after them.
const SETTINGS: &str = r#"version = 1
link = "within"

[attributes]
first_name = "given_name"
surname = "family_name"
dob = "date"
postcode = "postcode"
email = "email"
sex = "sex"

[[source]]
file = "people.csv"
id = "unique_id"

[source.columns]
first_name = "first_name"
surname = "surname"
dob = "dob"
postcode = "postcode"
email = "email"
sex = "sex"

[[block]]
keys = ["surname"]

[[block]]
keys = ["dob"]

[[block]]
keys = ["postcode"]

[[block]]
keys = ["email"]

[decide]
strategy = "probabilistic"
cluster = "components"
accept = 0.0

"#;

#[test]
fn an_imported_model_links_records() {
    let folder = tempfile::tempdir().unwrap();
    let (model, out) = (folder.path().join("model.toml"), folder.path().join("out"));
    let from = "tests/data/splink/ready_made.json";
    let imported = run(&["model", "import", from, "--quiet", "--out", text(&model)]);
    let settings = folder.path().join("settings.toml");
    write(folder.path(), &[("settings.toml", &format!("{SETTINGS}{}", stdout(&imported)))]);
    let output = run(&[
        "link",
        "--config",
        text(&settings),
        "--data",
        "tests/data/splink",
        "--model",
        text(&model),
        "--out",
        text(&out),
        "--json",
    ]);
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    let metrics: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    // Splink made as many pairs of these rules, and so many of them at a weight of 0 or more.
    let text = data("ready_made.csv");
    let above = rows(&text).iter().filter(|row| row[2].parse::<f64>().unwrap() >= 0.0).count();
    assert_eq!(metrics["candidate_pairs"], SPLINK_PAIRS);
    assert_eq!(metrics["links"], above);
}

/// Pairs that Splink predicted on these people under these rules: printed by make.py.
const SPLINK_PAIRS: u64 = 16_704;

fn refusal(text: &str) -> String {
    from_splink(text, "splink.json", "canon/1").unwrap_err().to_string() + "\n"
}

/// Returns what is said of a saved model in which one text is replaced.
fn refusal_with(right: &str, wrong: &str) -> String {
    let saved = data("adjusted.json");
    let changed = saved.replacen(right, wrong, 1);
    assert_ne!(changed, saved, "{right} stands in the model");
    refusal(&changed)
}

#[test]
fn what_cannot_be_mapped_fails_by_name() {
    common::assert_golden("splink/beyond.err.txt", &refusal(&data("beyond.json")));
    for (name, right, wrong) in [
        ("untrained", "\"m_probability\": 0.", "\"m_probability_start\": 0."),
        (
            "not_observed",
            "\"m_probability\": 0.",
            "\"m_probability\": \"level not observed in training dataset\", \"label_for_charts\": 0.",
        ),
        ("case_folded", "\\\"first_name_l\\\" = ", "lower(\\\"first_name_l\\\") = "),
        ("other_column", "\\\"first_name_r\\\") >= 0.92", "\\\"surname_r\\\") >= 0.92"),
        (
            "rarity_elsewhere",
            "\"tf_adjustment_column\": \"first_name\"",
            "\"tf_adjustment_column\": \"name\"",
        ),
        ("missing_weighs", "\"is_null_level\": true", "\"is_null_level\": false"),
        (
            "null_on_a_level",
            "\"m_probability\": 0.",
            "\"is_null_level\": true, \"m_probability\": 0.",
        ),
        ("no_prior", "probability_two_random_records_match", "prior"),
        ("no_json", "{", "{{"),
    ] {
        common::assert_golden(&format!("splink/{name}.err.txt"), &refusal_with(right, wrong));
    }
}

#[test]
fn what_is_exported_reads_back_with_the_same_numbers_and_order() {
    for name in ["ready_made", "distances", "adjusted"] {
        let file = imported(&format!("{name}.json"));
        let json = to_splink(&file, LinkType::DedupeOnly).unwrap().json;
        common::assert_golden(&format!("splink/{name}.json"), &json);
        let again = from_splink(&json, name, "canon/1").unwrap();
        assert_eq!(file.model.training, again.model.training);
        // The JSON reader may be one unit in the last place off.
        let near = |x: f64, y: f64| (x / y - 1.0).abs() < 1e-15;
        assert!(near(file.model.prior.get(), again.model.prior.get()));
        assert_eq!(file.model.comparisons.len(), again.model.comparisons.len());
        for (one, other) in file.model.comparisons.iter().zip(&again.model.comparisons) {
            assert_eq!(one.labels, other.labels);
            assert_eq!(one.term_frequency, other.term_frequency);
            assert!(one.m.iter().zip(&other.m).all(|(&x, &y)| near(x, y)));
            assert!(one.u.iter().zip(&other.u).all(|(&x, &y)| near(x, y)));
        }
    }
}

/// Rules of the settings by which `joint.toml` was trained, and the pairs that Splink made by each
/// as exported, those of earlier ones left out: printed by load.py.
const RULES: [(&str, &str, u64); 4] = [
    ("surname", "(exact(sex) or missing(sex)) and not exact(first_name)", 7_325),
    ("dob", "jaro_winkler(surname) >= 0.7 or levenshtein(postcode) <= 2 or missing(surname)", 190),
    ("postcode", "days(dob) <= 800", 139),
    (
        "first_name",
        "not (exact(dob) and exact(postcode)) \
         and (postcode_area(postcode) or same_local_part(email))",
        5_223,
    ),
];

fn joint() -> ModelFile {
    ModelFile::read(data("joint.toml").as_bytes(), "joint.toml").unwrap()
}

#[test]
fn joint_comparisons_that_are_exported_have_splinks_weights() {
    let file = joint();
    let (pairs, furthest) = furthest(&file, "joint.csv");
    assert!(pairs > 1000 && furthest < 1e-6, "{furthest} bits from Splink's weight of {pairs}");
    let settings = to_splink(&file, LinkType::DedupeOnly).unwrap();
    common::assert_golden("splink/joint.json", &settings.json);
    // What no condition of two records can ask is said.
    let left_out = [
        "blocking rule first_name + surname (window 3): no equivalent for a window",
        "blocking rule email (blocks up to 4): no equivalent for a largest block",
        "blocking rule sound(surname) + dob: no equivalent for sound(surname)",
    ];
    assert_eq!(settings.left_out, left_out);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("splink.json");
    let export = ["model", "export", "tests/data/splink/joint.toml", "--format", "splink", "--out"];
    let said = run(&[&export[..], &[text(&to)], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&stdout(&said)).unwrap();
    assert_eq!(json["left_out"], serde_json::json!(left_out));
    left_out.iter().for_each(|rule| assert!(stderr(&said).contains(&format!("Left out: {rule}"))));
}

#[test]
fn rules_with_filters_that_are_exported_make_splinks_pairs() {
    let rule = |(key, filter, _): &(&str, &str, u64)| {
        let filter = Combination::parse_naming(filter).unwrap();
        BlockingRule::parse(&[key]).unwrap().with_filters(vec![filter])
    };
    let rules: Vec<BlockingRule> = RULES.iter().map(rule).collect();
    let labels: Vec<String> = rules.iter().map(BlockingRule::label).collect();
    assert_eq!(joint().model.training.blocking[..4], labels, "they are those of the export");
    let (records, mut pairs) = (people(), [0; 4]);
    let blocking = Blocking::new(&records, &rules, LinkMask::new(1, |_, _| true)).unwrap();
    let made = blocking.visit(Vec::new, |made, _, _, rule| made.push(rule), &AtomicU64::new(0));
    made.concat().into_iter().for_each(|rule| pairs[rule] += 1);
    assert_eq!(pairs, RULES.map(|(_, _, pairs)| pairs));
}

#[test]
fn rarity_that_splink_tells_otherwise_is_said_where_sources_are_linked() {
    let mut file = imported("ready_made.json");
    let frequency = |c: &mut ComparisonParameters| {
        if let Some(frequency) = &mut c.term_frequency {
            frequency.share = cci::model::FrequencyShare::OwnSource;
        }
    };
    let changed = |file: &ModelFile, how| to_splink(file, how).unwrap().rarity_of_all;
    assert!(changed(&file, LinkType::LinkOnly).is_empty(), "its own models count as it does");
    file.model.comparisons.iter_mut().for_each(frequency);
    let names = file.model.comparisons.iter().filter(|c| c.term_frequency.is_some());
    let names: Vec<String> = names.map(|c| c.attribute.clone()).collect();
    assert!(!names.is_empty());
    assert_eq!(changed(&file, LinkType::LinkOnly), names);
    assert!(changed(&file, LinkType::DedupeOnly).is_empty(), "one table is all sources");
}

#[test]
fn what_has_no_equivalent_is_not_exported_and_named() {
    let refusal = |change: &dyn Fn(&mut ComparisonParameters)| {
        let mut file = joint();
        file.model.comparisons.iter_mut().for_each(change);
        to_splink(&file, LinkType::DedupeOnly).unwrap_err().to_string()
    };
    let rarity = imported("ready_made.json").model.comparisons[1].term_frequency;
    let told = refusal(&|comparison| {
        if comparison.attribute == "email + sex" {
            comparison.term_frequency = rarity;
        }
    });
    assert!(told.contains("comparison of email + sex: no equivalent for its term_frequency"));
    for level in ["swapped_alike(surname)", "swapped(surname)", "name_part"] {
        let told = refusal(&|comparison| {
            if comparison.attribute == "postcode" {
                comparison.labels[1] = level.to_string();
            }
        });
        let named = format!("comparison of postcode: no equivalent for {level}");
        assert!(told.contains(&named), "{told}");
    }
}

#[test]
fn a_model_that_splink_cannot_express_is_not_exported() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let generated = run(&["generate", "--quiet", "--children", "300", "--out", text(&data)]);
    assert!(generated.status.success(), "{}", stderr(&generated));
    let config = "schemas/linkage/agencies.toml";
    let linked =
        run(&["link", "-q", "--config", config, "--data", text(&data), "--out", text(&out)]);
    assert!(linked.status.success(), "{}", stderr(&linked));
    let to = folder.path().join("splink.json");
    let said = run(&["model", "export", text(&out), "--format", "splink", "--out", text(&to)]);
    common::assert_golden("splink/no_equivalent.err.txt", &stderr(&said));
    assert!(!to.exists());
    let form = run(&["model", "export", text(&out), "--format", "spink", "--out", text(&to)]);
    common::assert_golden("splink/form.err.txt", &stderr(&form));
}
