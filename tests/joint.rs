//! Attributes that are compared jointly, against brute force over the tuples of their values.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod worlds;

use std::collections::BTreeSet;

use cci::comparison::{Combination, Comparison, ComparisonEngine, Prepared};
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source};
use cci::strategy::{LinkInput, Progress};
use command::{HEADER, TWO_FILES, ok, run, stderr, text, write};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Attributes and levels: found by keys of either, looked through, with what is missing.
const JOINT: [(&[&str], &[&str]); 2] = [
    (
        &["given_name", "family_name"],
        &[
            "exact(given_name) and exact(family_name)",
            "exact(family_name) and jaro_winkler(given_name) >= 0.8",
            "exact(given_name)",
            "exact(family_name)",
            "same_sound(given_name) or damerau(family_name) <= 1",
        ],
    ),
    (
        &["date_of_birth", "number"],
        &[
            "exact(date_of_birth) and exact(number)",
            "exact(date_of_birth) or exact(number)",
            "two_date_parts(date_of_birth) and not damerau(number) <= 3",
        ],
    ),
];

fn comparison(records: &Records, attributes: &[&str], levels: &[&str]) -> Comparison {
    let of: Vec<Attribute> =
        attributes.iter().map(|name| records.column(name).unwrap().attribute().clone()).collect();
    let levels: Vec<Combination> =
        levels.iter().map(|level| Combination::parse_of(level, attributes).unwrap()).collect();
    Comparison::joint(&of, levels, true).unwrap()
}

fn comparisons(records: &Records) -> Vec<Comparison> {
    let joint = JOINT.map(|(attributes, levels)| comparison(records, attributes, levels));
    let postcode = records.column("postcode").unwrap().attribute();
    [joint.to_vec(), vec![Comparison::ready_made(postcode)]].concat()
}

/// Says whether it is reached; `None` if that hangs on a missing value.
fn reached(level: &Combination, numbers: &dyn Fn(&str, &str) -> Option<bool>) -> Option<bool> {
    match level {
        Combination::Level(_) => unreachable!("levels of joint comparisons name attributes"),
        Combination::Of(member, level) => numbers(member.attribute(), &level.label()),
        Combination::Missing(_) => unreachable!("filters alone ask for what is missing"),
        Combination::Not(part) => Some(!reached(part, numbers)?),
        Combination::All(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| reached(part, numbers)).collect();
            match parts.contains(&Some(false)) {
                true => Some(false),
                false => parts.into_iter().collect::<Option<Vec<bool>>>().map(|_| true),
            }
        }
        Combination::Any(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| reached(part, numbers)).collect();
            match parts.contains(&Some(true)) {
                true => Some(true),
                false => parts.into_iter().collect::<Option<Vec<bool>>>().map(|_| false),
            }
        }
    }
}

/// Two attributes' codes, 0 where there is no value.
type Tuple = [u32; 2];

/// Returns every way to take a value of each attribute of a record.
fn tuples(records: &Records, comparison: &Comparison, record: u32) -> Vec<Tuple> {
    let codes = |place: usize| -> Vec<u32> {
        let column = records.column(comparison.attributes()[place].name()).unwrap();
        let held: Vec<u32> = column.codes_of(record).collect();
        if held.is_empty() { vec![0] } else { held }
    };
    let seconds = codes(1);
    codes(0).into_iter().flat_map(|x| seconds.iter().map(move |&y| [x, y])).collect()
}

/// Returns the outcome of two tuples, 0 if they hold no attribute both.
fn outcome_of_tuples(records: &Records, comparison: &Comparison, x: Tuple, y: Tuple) -> u8 {
    if (0..2).all(|place| x[place] == 0 || y[place] == 0) {
        return 0;
    }
    let numbers = |attribute: &str, label: &str| {
        let place = comparison.attributes().iter().position(|a| a.name() == attribute).unwrap();
        let level = cci::comparison::Level::parse(label).unwrap();
        (x[place] != 0 && y[place] != 0).then(|| {
            let values = Prepared::new(records.column(attribute).unwrap().dictionary());
            level.reached_by(level.comparator().compare(&values, x[place], y[place]))
        })
    };
    let level = |level: &Combination| reached(level, &numbers) == Some(true);
    let place = comparison.levels().iter().position(level);
    place.map_or(comparison.outcomes(), |place| place + 1) as u8
}

/// Returns the outcome of two records: the best of any two of their tuples.
fn outcome(records: &Records, comparison: &Comparison, a: u32, b: u32) -> u8 {
    let (mine, others) = (tuples(records, comparison, a), tuples(records, comparison, b));
    let pairs = mine.iter().flat_map(|&x| others.iter().map(move |&y| (x, y)));
    pairs.map(|(x, y)| outcome_of_tuples(records, comparison, x, y)).min().unwrap()
}

/// Adds two records' tuples that reach each level; a record's tuples that are alike in what a
/// level asks about count as one together.
fn add_tuples(records: &Records, comparison: &Comparison, a: u32, b: u32, counts: &mut [f64]) {
    let (mine, others) = (tuples(records, comparison, a), tuples(records, comparison, b));
    let share = |outcome: u8, all: &[Tuple], one: &Tuple| {
        let levels = comparison.levels()[usize::from(outcome) - 1].levels();
        let alike = |other: &&Tuple| levels.iter().all(|&(place, _)| other[place] == one[place]);
        1.0 / all.iter().filter(alike).count() as f64
    };
    for x in &mine {
        for y in &others {
            let outcome = outcome_of_tuples(records, comparison, *x, *y);
            if outcome != 0 && usize::from(outcome) < comparison.outcomes() {
                counts[usize::from(outcome)] +=
                    share(outcome, &mine, x) * share(outcome, &others, y);
            }
        }
    }
}

#[test]
fn patterns_and_random_agreement_are_those_of_brute_force() {
    let mut met = [BTreeSet::new(), BTreeSet::new()];
    for (seed, lists) in [(1, false), (2, false), (3, false), (5, true), (7, true)] {
        let records =
            if lists { worlds::records_with_lists(seed, 22) } else { worlds::records(seed, 22) };
        let comparisons = comparisons(&records);
        let engine = ComparisonEngine::new(&records, &comparisons).unwrap();
        let few = ComparisonEngine::for_few_pairs(&records, &comparisons).unwrap();
        let allowed = |s: u8, t: u8| seed % 2 == 0 || s != t;
        let random = engine.random_agreement(&records, &allowed);
        for (place, comparison) in comparisons.iter().enumerate().take(2) {
            let mut counts = vec![0.0; comparison.outcomes() + 1];
            let mut of_tuples = vec![0.0; comparison.outcomes()];
            for a in 0..records.len() as u32 {
                for b in a + 1..records.len() as u32 {
                    let slow = outcome(&records, comparison, a, b);
                    for engine in [&engine, &few] {
                        let found = engine.space().outcome(engine.pattern(a, b), place);
                        assert_eq!(found, slow, "seed {seed}, place {place}: {a} and {b}");
                        assert_eq!(engine.pattern(a, b), engine.pattern(b, a));
                    }
                    if allowed(records.source_of(a), records.source_of(b)) {
                        counts[usize::from(slow)] += 1.0;
                        add_tuples(&records, comparison, a, b, &mut of_tuples);
                    }
                }
            }
            met[place].extend((0..counts.len()).filter(|&outcome| counts[outcome] > 0.0));
            let pairs: f64 = counts[1..].iter().sum();
            assert_eq!(random[place].pairs, pairs, "pairs that share no attribute are missing");
            if lists {
                // As elsewhere a pair that agrees in two ways counts twice.
                counts[1..comparison.outcomes()].copy_from_slice(&of_tuples[1..]);
                let near: f64 = of_tuples.iter().sum();
                counts[comparison.outcomes()] = (pairs - near).max(0.0);
            }
            // A level that no pair reached counts half a pair.
            let total: f64 = counts[1..].iter().map(|count| count.max(0.5)).sum();
            for (share, count) in random[place].shares.iter().zip(&counts[1..]) {
                // Parts of records are kept as 32-bit numbers.
                assert!((share - count.max(0.5) / total).abs() < 1e-6, "{seed} {place}");
            }
        }
    }
    for (met, comparison) in met.iter().zip(comparisons(&worlds::records(1, 5))) {
        assert!(met.iter().copied().eq(0..=comparison.outcomes()), "every outcome is met: {met:?}");
    }
}

/// Two files of people of whom some attributes err by themselves: names, dates, sexes.
fn independent(people: usize) -> Records {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let attributes = [
        ("given_name", AttributeKind::Category),
        ("family_name", AttributeKind::Category),
        ("date_of_birth", AttributeKind::Category),
        ("number", AttributeKind::Category),
    ];
    let attributes = attributes.map(|(name, kind)| Attribute::new(name, kind)).to_vec();
    let of = [60, 80, 500, 4_000];
    let truth: Vec<[u32; 4]> =
        (0..people).map(|_| of.map(|many| rng.random_range(0..many))).collect();
    let mut builder = RecordsBuilder::new(attributes);
    for source in ["a", "b"] {
        builder.open_source(Source::new(source));
        for (person, values) in truth.iter().enumerate() {
            let value = |place: usize| match rng.random_range(0..10) {
                0 => format!("{place}-{}", rng.random_range(0..of[place])),
                _ => format!("{place}-{}", values[place]),
            };
            let values: Vec<String> = (0..4).map(value).collect();
            builder.push(&person.to_string(), |place| &values[place]);
        }
    }
    builder.finish()
}

#[test]
fn a_joint_comparison_of_independent_attributes_weighs_what_they_weigh_one_by_one() {
    let records = independent(4_000);
    let one = |name: &str| {
        Comparison::ready_made(records.column(name).unwrap().attribute()).with_term_frequency(false)
    };
    let names = ["given_name", "family_name"];
    let levels =
        ["exact(given_name) and exact(family_name)", "exact(given_name)", "exact(family_name)"];
    let joint = comparison(&records, &names, &levels).with_term_frequency(false);
    let plan = |comparisons: Vec<Comparison>| {
        let mut plan = worlds::plan(&records, false);
        plan.rules = [
            ["date_of_birth", "given_name"],
            ["number", "family_name"],
            ["date_of_birth", "number"],
        ]
        .map(|keys| cci::blocking::BlockingRule::parse(&keys).unwrap())
        .to_vec();
        plan.comparisons = comparisons;
        plan
    };
    let model = |comparisons: Vec<Comparison>| {
        let (plan, progress) = (plan(comparisons), Progress::default());
        let input = LinkInput::new(&records, &plan, &progress);
        cci::strategy::find("probabilistic").unwrap().link(&input).unwrap().scoring.unwrap().model
    };
    let apart =
        model(vec![one("given_name"), one("family_name"), one("date_of_birth"), one("number")]);
    let joint = model(vec![joint, one("date_of_birth"), one("number")]);
    let weight = |place: usize, outcome: u8| apart.comparisons[place].weight(outcome);
    let sums = [(1, 1), (1, 2), (2, 1), (2, 2)].map(|(g, f)| weight(0, g) + weight(1, f));
    for (place, sum) in sums.into_iter().enumerate() {
        let found = joint.comparisons[0].weight(place as u8 + 1);
        // 4,000 matches of which a hundredth show the rarest outcome: 40, known to 16 % or 0.23 bits.
        assert!((found - sum).abs() < 0.5, "outcome {place}: {found} for {sum}");
    }
    assert!(
        (joint.comparisons[0].u[0] / (apart.comparisons[0].u[0] * apart.comparisons[1].u[0]) - 1.0)
            .abs()
            < 0.1
    );
}

/// Settings of two files whose names are compared jointly, with levels of one's own.
fn settings(attributes: &str, levels: &str) -> String {
    format!(
        "{TWO_FILES}\n[[compare]]\nattributes = {attributes}\nlevels = {levels}\n\n\
         [[compare]]\nattribute = \"date_of_birth\"\n"
    )
}

const NAMES: &str = "[\"given_name\", \"family_name\"]";
const LEVELS: &str = "[\"exact(given_name) and exact(family_name)\", \
                      \"exact(family_name) and damerau(given_name) <= 1\", \
                      \"exact(family_name)\", \"exact(given_name)\"]";

/// Two files of the same people; the second misspells, drops or changes one name in ten each.
fn two_files(folder: &std::path::Path, settings: &str) {
    let (mut a, mut b) = (HEADER.to_string(), HEADER.to_string());
    for number in 0..300usize {
        let letter = |place: usize| char::from(b'a' + (number / [1, 20, 7][place] % 20) as u8);
        let given: String = (0..3).flat_map(|place| [letter(place), 'a', 'n']).collect();
        let family = format!("{}son", letter(1));
        let born = format!("{}-{:02}-{:02}", 2008 + number % 7, 1 + number % 12, 1 + number % 28);
        let (other, changed) = match number % 10 {
            1 => (given.replacen('n', "x", 1), family.clone()),
            2 => (given.clone(), String::new()),
            3 => (given.clone(), "other".into()),
            4 => (String::new(), String::new()),
            _ => (given.clone(), family.clone()),
        };
        a += &format!("{number},{given},{family},{born},{number}\n");
        b += &format!("{number},{other},{changed},{born},{number}\n");
    }
    write(folder, &[("left.csv", &a), ("right.csv", &b), ("link.toml", settings)]);
}

#[test]
fn a_joint_comparison_links_is_told_is_looked_up_and_goes_through_a_model_file() {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), &settings(NAMES, LEVELS));
    let (config, out) = (folder.path().join("link.toml"), folder.path().join("out"));
    ok(&["link", "--config", text(&config), "--out", text(&out)]);
    let at = ["--run", text(&out), "--data", text(folder.path())];
    let explained = |id: usize| {
        let pair = [format!("left:{id}"), format!("right:{id}")];
        ok(&[&["explain", "pair", &pair[0], &pair[1]], &at[..]].concat())
    };
    let told = |id| {
        let steps = explained(id)["steps"].as_array().unwrap().clone();
        let is_it = |step: &&serde_json::Value| step["name"] == "given_name + family_name";
        steps.iter().find(is_it).unwrap()["outcome"].as_str().unwrap().to_string()
    };
    assert_eq!(told(10), "exact(given_name) and exact(family_name)");
    assert_eq!(told(11), "exact(family_name) and damerau(given_name) <= 1");
    assert_eq!(told(12), "exact(given_name)", "the family name is missing");
    assert_eq!(told(13), "exact(given_name)", "the family name differs");
    assert_eq!(told(14), "missing", "both are");

    for id in [10, 12] {
        let left = std::fs::read_to_string(folder.path().join("left.csv")).unwrap();
        let row: Vec<&str> = left.lines().nth(id + 1).unwrap().split(',').collect();
        let set = [
            format!("given_name={}", row[1]),
            format!("family_name={}", row[2]),
            format!("date_of_birth={}", row[3]),
        ];
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set.as_str()]).collect();
        let found = ok(&[&["find"], &set[..], &["--source", "left"], &at[..]].concat());
        let best = &found["answers"][0]["best"][0];
        assert_eq!(best["record"], format!("right:{id}"), "{found}");
        // The record that is looked for does not count among those that hold a value.
        let [found, told] = [&best["match_weight"], &explained(id)["match_weight"]];
        assert!((found.as_f64().unwrap() - told.as_f64().unwrap()).abs() < 1e-9, "{found} {told}");
    }

    let (model, again) = (folder.path().join("model.toml"), folder.path().join("again"));
    ok(&["model", "export", text(&out), "--out", text(&model)]);
    ok(&["link", "--config", text(&config), "--out", text(&again), "--model", text(&model)]);
    let links = |out: &std::path::Path| std::fs::read(out.join("links.parquet")).unwrap();
    assert!(links(&out) == links(&again), "the same links by the exported model");
    let refused = run(&["model", "export", text(&out), "--format", "splink", "--out", "x.json"]);
    let said = stderr(&refused);
    assert!(said.contains("given_name + family_name: no equivalent"), "{said}");

    // A model of the same attributes one by one does not fit.
    two_files(folder.path(), TWO_FILES);
    let output = run(&[
        "link",
        "--config",
        text(&config),
        "--out",
        text(&again),
        "--force",
        "--model",
        text(&model),
    ]);
    assert!(stderr(&output).contains("the model compares given_name + family_name"));
}

#[test]
fn a_joint_comparison_that_cannot_be_is_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("link.toml");
    let both = "exact(given_name) and exact(family_name)";
    for (attributes, levels, reason) in [
        (NAMES, "[\"exact(given_name)\"]".to_string(), "the first level must be"),
        (NAMES, format!("[\"{both}\", \"exact(given_nam)\"]"), "nearest: \"given_name\""),
        (NAMES, format!("[\"{both}\", \"exact\"]"), "expected an attribute in brackets"),
        (NAMES, format!("[\"{both}\", \"{both} and initial(given_name)\"]"), "never be reached"),
        (
            NAMES,
            format!("[\"{both}\", \"days(given_name) <= 3\"]"),
            "does not suit kind given_name",
        ),
        (NAMES, format!("[\"{both}\", \"swapped(family_name)\"]"), "swapped stands by itself"),
        ("[\"given_name\"]", "[\"exact(given_name)\"]".into(), "expected two or three different"),
        ("[\"given_name\", \"date_of_birth\"]", format!("[\"{both}\"]"), "compared twice"),
        ("[\"given_name\", \"nobody\"]", format!("[\"{both}\"]"), "no attribute"),
    ] {
        two_files(folder.path(), &settings(attributes, &levels));
        let out = folder.path().join("out");
        let output = run(&["link", "--config", text(&config), "--out", text(&out)]);
        assert_eq!(output.status.code(), Some(2), "{levels}: {}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains(reason) && said.contains("link.toml"), "{reason}: {said}");
    }
    let mixed = [("postcode", AttributeKind::Postcode), ("sex", AttributeKind::Sex)];
    let mixed = mixed.map(|(name, kind)| Attribute::new(name, kind));
    let level = Combination::parse_of("exact(postcode) and exact(sex)", &["postcode", "sex"]);
    let error = Comparison::joint(&mixed, vec![level.unwrap()], true).unwrap_err().to_string();
    assert!(error.contains("some about the person"), "{error}");
}

#[test]
fn a_number_is_agreed_by_birth_and_name_that_are_compared_jointly() {
    let attributes = [
        ("nhs_number", AttributeKind::NhsNumber),
        ("given_name", AttributeKind::GivenName),
        ("date_of_birth", AttributeKind::Date),
        ("number", AttributeKind::Number),
    ];
    let attributes = attributes.map(|(name, kind)| Attribute::new(name, kind));
    let mut builder = RecordsBuilder::new(attributes.to_vec());
    for source in ["a", "b"] {
        builder.open_source(Source::new(source));
        for person in 0..400u32 {
            let letter = |place: u32| char::from(b'a' + (person / place % 20) as u8);
            let twin = source == "b" && person % 10 == 3;
            let given = match twin {
                true => "zzzzzz".to_string(),
                false => [letter(1), 'a', letter(20), 'o', letter(7), 'i'].iter().collect(),
            };
            let born =
                format!("{}-{:02}-{:02}", 2008 + person % 7, 1 + person % 12, 1 + person % 28);
            let values = [format!("n{person}"), given, born, format!("{}", person % 90)];
            builder.push(&person.to_string(), |place| &values[place]);
        }
    }
    let records = builder.finish();
    let names = ["given_name", "date_of_birth"];
    let levels = ["exact(given_name) and exact(date_of_birth)", "exact(date_of_birth)"];
    let mut plan = worlds::plan(&records, false);
    let rules = [["date_of_birth", "number"], ["given_name", "number"]];
    plan.rules = rules.map(|keys| cci::blocking::BlockingRule::parse(&keys).unwrap()).to_vec();
    let of = |name: &str| Comparison::ready_made(records.column(name).unwrap().attribute());
    plan.comparisons = vec![comparison(&records, &names, &levels), of("number")];
    let progress = Progress::default();
    let input = LinkInput::new(&records, &plan, &progress);
    let linked = cci::strategy::find("key_then_probabilistic").unwrap().link(&input).unwrap();
    let by_key: Vec<u32> = linked.links.by_key.iter().map(|(_, link)| link.a).collect();
    let agreed: Vec<u32> = (0..400).filter(|person| person % 10 != 3).collect();
    assert_eq!(by_key, agreed, "the number of a twin's decides nothing");
}

#[test]
fn a_place_of_two_attributes_is_no_part_of_what_members_of_a_household_look_like() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    ok(&["generate", "--children", "400", "--seed", "5", "--out", text(&data)]);
    let agencies = std::fs::read_to_string("schemas/linkage/agencies.toml").unwrap();
    let apart = "[[compare]]\nattribute = \"postcode\"\n\n[[compare]]\nattribute = \"address\"\n";
    let joint = "[[compare]]\nattributes = [\"postcode\", \"address\"]\nlevels = [\n\
                 \"exact(postcode) and exact(address)\", \"exact(postcode)\", \
                 \"postcode_district(postcode) or jaro_winkler(address) >= 0.9\"]\n";
    assert!(agencies.contains(apart), "the settings compare postcode and address by themselves");
    write(folder.path(), &[("link.toml", &agencies.replace(apart, joint))]);
    let config = folder.path().join("link.toml");
    let mut links = Vec::new();
    for threads in ["1", "4"] {
        let out = folder.path().join(threads);
        let linked = command::cci()
            .env("RAYON_NUM_THREADS", threads)
            .args(["link", "-q", "--config", text(&config), "--data", text(&data)])
            .args(["--out", text(&out)])
            .output()
            .unwrap();
        assert!(linked.status.success(), "{}", stderr(&linked));
        links.push(std::fs::read(out.join("links.parquet")).unwrap());
        let model = folder.path().join(format!("{threads}.toml"));
        ok(&["model", "export", text(&out), "--out", text(&model)]);
        let model = std::fs::read_to_string(&model).unwrap();
        assert!(
            model.contains(
                "attribute = \"postcode + address\"\nkinds = [\"postcode\", \"address\"]"
            )
        );
        let location = "location = [false, false, false, false, false, false, true]";
        assert!(model.contains(location), "{model}");
    }
    assert!(links[0] == links[1], "the same links at any number of threads");
    let out = folder.path().join("1");
    let shown = String::from_utf8(run(&["model", "show", text(&out)]).stdout).unwrap();
    assert!(
        shown.contains("postcode_district(postcode) or jaro_winkler(address) >= 0.9"),
        "{shown}"
    );
}
