//! Families: members of one household share surname and address, and must not become one child.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fmt::Write;
use std::path::Path;

use command::{run, stderr, text, write};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde_json::Value;

const HEADER: &str = "id,given,family,born,sex,postcode,address,person\n";

/// Invented person, as nobody has yet miswritten it.
struct Person {
    id: usize,
    given: String,
    family: String,
    born: (u32, u32, u32),
    sex: &'static str,
    postcode: String,
    address: String,
}

/// Makes households of one to five; every twelve of them share a postcode.
fn people(rng: &mut ChaCha12Rng, households: usize) -> Vec<Person> {
    let starts = ["ka", "lo", "mi", "ra", "sha", "te", "vi", "ju", "ben", "ol", "ad", "fre"];
    let middles = ["ri", "la", "no", "de", "mu", "si", "ta", "che"];
    let ends = ["n", "s", "ra", "th", "lly", "mo", "son", "wick", "ford", "dez"];
    let streets = ["Oak Road", "Mill Lane", "Church Street", "Park Close", "Station Road"];
    let name = |rng: &mut ChaCha12Rng, parts: &[&[&str]]| -> String {
        parts.iter().map(|part| part[rng.random_range(0..part.len())]).collect()
    };
    let mut people = Vec::new();
    for household in 0..households {
        let block = household / 12;
        let postcode = format!("LS{} {}{}{}", 1 + block / 60 % 28, block % 9 + 1, "ABDE", "F");
        let postcode = postcode.replace("ABDEF", &format!("{}B", ["A", "D", "E", "F"][block % 4]));
        let address =
            format!("{} {}", rng.random_range(1..80), streets[rng.random_range(0..streets.len())]);
        let family = name(rng, &[&starts, &middles, &ends]);
        for _ in 0..rng.random_range(1..6) {
            let own = rng.random_range(0..10) == 0;
            people.push(Person {
                id: people.len(),
                given: name(rng, &[&starts, &middles]),
                family: if own { name(rng, &[&starts, &middles, &ends]) } else { family.clone() },
                born: (
                    rng.random_range(1950..2015),
                    rng.random_range(1..13),
                    rng.random_range(1..29),
                ),
                sex: ["F", "M"][rng.random_range(0..2)],
                postcode: postcode.clone(),
                address: address.clone(),
            });
        }
    }
    people
}

/// Writes a person down with the slips of a clerk.
fn record(rng: &mut ChaCha12Rng, person: &Person, id: &str, into: &mut String) {
    let slip = |rng: &mut ChaCha12Rng, name: &str, often: f64| -> String {
        if !rng.random_bool(often) {
            return name.to_string();
        }
        match rng.random_range(0..4) {
            0 => String::new(),
            1 => name[..1].to_string(),
            _ => {
                let place = rng.random_range(1..name.len());
                format!("{}{}", &name[..place], &name[(place + 1).min(name.len())..])
            }
        }
    };
    let (given, family) = (slip(rng, &person.given, 0.15), slip(rng, &person.family, 0.12));
    let (mut year, month, mut day) = person.born;
    match rng.random_range(0..40) {
        0 => day = day % 28 + 1,
        1 => year += 1,
        _ => {}
    }
    let postcode = if rng.random_bool(0.03) { "" } else { &person.postcode };
    writeln!(
        into,
        "{id},{given},{family},{year}-{month:02}-{day:02},{},{postcode},{},{}",
        person.sex, person.address, person.id
    )
    .unwrap();
}

/// Writes two rolls that each hold most people once.
fn rolls(folder: &Path) {
    let mut rng = ChaCha12Rng::seed_from_u64(41);
    let people = people(&mut rng, 1000);
    for roll in ["a", "b"] {
        let mut file = HEADER.to_string();
        for person in &people {
            if rng.random_bool(0.9) {
                record(&mut rng, person, &format!("{roll}{}", person.id), &mut file);
            }
        }
        write(folder, &[(&format!("{roll}.csv"), &file)]);
    }
}

/// Writes one file that holds every person several times.
fn one_file(folder: &Path, households: usize, alone: bool, most: usize) {
    let mut rng = ChaCha12Rng::seed_from_u64(42);
    let mut file = HEADER.to_string();
    let mut last = String::new();
    for person in people(&mut rng, households) {
        if alone && person.address == last {
            continue;
        }
        last.clone_from(&person.address);
        for copy in 0..rng.random_range(1..=most) {
            record(&mut rng, &person, &format!("{}.{copy}", person.id), &mut file);
        }
    }
    write(folder, &[("a.csv", &file)]);
}

fn settings(link: &str, sources: &[&str], duplicate_free: bool) -> String {
    let kinds = [
        ("given_name", "given_name", "given"),
        ("family_name", "family_name", "family"),
        ("date_of_birth", "date", "born"),
        ("sex", "sex", "sex"),
        ("postcode", "postcode", "postcode"),
        ("address", "address", "address"),
    ];
    let mut settings = format!("version = 1\nlink = \"{link}\"\n[attributes]\n");
    for (attribute, kind, _) in kinds {
        writeln!(settings, "{attribute} = \"{kind}\"").unwrap();
    }
    for source in sources {
        writeln!(settings, "[[source]]\nname = \"{source}\"\nfile = \"{source}.csv\"").unwrap();
        writeln!(settings, "id = \"id\"\nentity = \"person\"").unwrap();
        writeln!(settings, "duplicate_free = {duplicate_free}\n[source.columns]").unwrap();
        for (attribute, _, column) in kinds {
            writeln!(settings, "{attribute} = \"{column}\"").unwrap();
        }
    }
    settings + "[decide]\nstrategy = \"probabilistic\"\ncluster = \"merged\"\n"
}

/// Links a folder and returns the evaluation of links and entities, in that order.
fn linked(folder: &Path, settings: &str) -> (Value, Value) {
    write(folder, &[("cci.toml", settings)]);
    let (config, out) = (folder.join("cci.toml"), folder.join("out"));
    let config = text(&config);
    let output =
        run(&["link", "--config", config, "--data", text(folder), "--out", text(&out), "--force"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = run(&["evaluate", "--run", text(&out), "--data", text(folder), "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    (found["links"].clone(), found["pairs"].clone())
}

fn f1(evaluation: &Value) -> f64 {
    evaluation["f1"].as_f64().unwrap_or_else(|| panic!("{evaluation}"))
}

#[test]
fn rolls_free_of_duplicates_are_linked_one_to_one() {
    let folder = tempfile::tempdir().unwrap();
    rolls(folder.path());
    let (links, entities) = linked(folder.path(), &settings("between", &["a", "b"], true));
    assert!(f1(&links) > 0.998 && f1(&entities) > 0.998, "{links} {entities}");
}

#[test]
fn rolls_of_which_nothing_is_declared_teach_what_a_household_is() {
    let folder = tempfile::tempdir().unwrap();
    rolls(folder.path());
    let (links, _) = linked(folder.path(), &settings("between", &["a", "b"], false));
    assert!(f1(&links) > 0.97, "{links}");
    // Without the household class most of the links join members of one family.
    let nowhere = "[household]\nsources = []\nattributes = [\"address\"]\n";
    let settings = settings("between", &["a", "b"], false) + nowhere;
    let (links, _) = linked(folder.path(), &settings);
    assert!(f1(&links) < 0.8, "{links}");
}

#[test]
fn one_file_of_families_with_duplicates_keeps_members_apart() {
    let folder = tempfile::tempdir().unwrap();
    one_file(folder.path(), 1000, false, 3);
    let (links, entities) = linked(folder.path(), &settings("within", &["a"], false));
    assert!(f1(&links) > 0.95 && f1(&entities) > 0.95, "{links} {entities}");
}

#[test]
fn records_of_one_person_at_an_address_are_not_taken_for_a_household() {
    let folder = tempfile::tempdir().unwrap();
    one_file(folder.path(), 1000, true, 6);
    let (links, _) = linked(folder.path(), &settings("within", &["a"], false));
    assert!(f1(&links) > 0.95, "{links}");
    let model = folder.path().join("out/model.toml");
    let output = run(&["model", "show", text(&model), "--json"]);
    let model: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(model["household_prior"].as_f64().is_none_or(|prior| prior < 1e-6), "{model}");
}

/// Checks that the steps of a record's best pairs add up; says whether one of them has such a step.
fn adds_up(folder: &Path, settings: &str, asked: &str, step: &str) -> bool {
    write(folder, &[("cci.toml", settings)]);
    let config = folder.join("cci.toml");
    let shared = ["--config", text(&config), "--data", text(folder), "--json"];
    let output = run(&[&["explain", "record", asked][..], &shared].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    let candidates = record["candidates"].as_array().unwrap();
    let mut told = false;
    for candidate in candidates.iter().take(3) {
        let other = candidate["record"].as_str().unwrap();
        let output = run(&[&["explain", "pair", asked, other][..], &shared].concat());
        let pair: Value = serde_json::from_slice(&output.stdout).unwrap();
        let steps = pair["steps"].as_array().unwrap();
        let sum: f64 = steps.iter().map(|step| step["bits"].as_f64().unwrap()).sum();
        let weight = pair["match_weight"].as_f64().unwrap();
        told |= steps.iter().any(|other| other["name"] == step);
        assert!((sum - weight).abs() < 1e-9, "{pair}");
        assert_eq!(pair["match_weight"], candidate["match_weight"], "{pair}");
    }
    told
}

#[test]
fn the_steps_of_a_pair_among_rivals_add_up_to_its_weight() {
    let folder = tempfile::tempdir().unwrap();
    rolls(folder.path());
    let (between, both) =
        (settings("between", &["a", "b"], true), settings("both", &["a", "b"], false));
    // Few have a rival worth a word, and one in ten is not in the roll.
    let names = (1..60).map(|n| format!("a:a{n}")).filter(|name| {
        let roll = std::fs::read_to_string(folder.path().join("a.csv")).unwrap();
        roll.lines().any(|line| line.starts_with(&format!("{},", &name[2..])))
    });
    let mut among_rivals = names.map(|name| adds_up(folder.path(), &between, &name, "one to one"));
    assert!(among_rivals.any(|told| told));
    assert!(adds_up(folder.path(), &both, "a:a7", "these two sources"));
}
