//! Levels joined by `and`, `or` and `not` against brute force, in settings and in model files.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod worlds;

use cci::comparison::{Combination, Comparison, ComparisonEngine, Prepared};
use cci::record::{Column, Records};
use command::{HEADER, TWO_FILES, ok, run, stderr, text, write};

/// Levels of each shape: found by keys, looked through, and a mixture.
const LEVELS: [(&str, &[&str]); 4] = [
    (
        "given_name",
        &[
            "exact",
            "same_sound and damerau <= 1",
            "initial or jaro_winkler >= 0.9",
            "same_sound and not damerau <= 1",
            "jaro >= 0.7 and jaro_winkler >= 0.75",
        ],
    ),
    (
        "family_name",
        &["exact", "damerau <= 4 and not (same_sound or jaro >= 0.8)", "not jaro >= 0.4"],
    ),
    (
        "date_of_birth",
        &["exact", "two_date_parts and not days <= 31", "days <= 31 or date_one_digit"],
    ),
    (
        "postcode",
        &["exact", "postcode_district and not postcode_sector", "postcode_sector or damerau <= 1"],
    ),
];

fn comparisons(records: &Records) -> Vec<Comparison> {
    let declared = |(attribute, levels): (&str, &[&str])| {
        let levels: Vec<Combination> =
            levels.iter().map(|level| Combination::parse(level).unwrap()).collect();
        Comparison::new(records.column(attribute).unwrap().attribute(), levels, true).unwrap()
    };
    LEVELS.map(declared).to_vec()
}

/// Says whether two values reach a combination, by the numbers of its levels alone.
fn reached(combination: &Combination, values: &Prepared, x: u32, y: u32) -> bool {
    match combination {
        Combination::Level(level) | Combination::Of(_, level) => {
            level.reached_by(level.comparator().compare(values, x, y))
        }
        Combination::All(parts) => parts.iter().all(|part| reached(part, values, x, y)),
        Combination::Any(parts) => parts.iter().any(|part| reached(part, values, x, y)),
        Combination::Not(part) => !reached(part, values, x, y),
        Combination::Missing(_) => unreachable!("filters alone ask for what is missing"),
    }
}

fn outcome(column: &Column, comparison: &Comparison, a: u32, b: u32) -> u8 {
    let values = Prepared::new(column.dictionary());
    let pairs = column.codes_of(a).flat_map(|x| column.codes_of(b).map(move |y| (x, y)));
    let of_pair = |(x, y)| {
        let level = |level: &Combination| reached(level, &values, x, y);
        let place = comparison.levels().iter().position(level);
        place.map_or(comparison.outcomes(), |place| place + 1) as u8
    };
    pairs.map(of_pair).min().unwrap_or(0)
}

#[test]
fn patterns_and_random_agreement_are_those_of_brute_force() {
    let mut met = vec![Vec::new(); LEVELS.len()];
    for (seed, lists) in [(1, false), (2, false), (3, true), (4, true)] {
        let records =
            if lists { worlds::records_with_lists(seed, 25) } else { worlds::records(seed, 25) };
        let comparisons = comparisons(&records);
        let engine = ComparisonEngine::new(&records, &comparisons).unwrap();
        let few = ComparisonEngine::for_few_pairs(&records, &comparisons).unwrap();
        let random = engine.random_agreement(&records, &|_, _| true);
        for (place, comparison) in comparisons.iter().enumerate() {
            let column = records.column(comparison.attribute()).unwrap();
            let mut counts = vec![0.0; comparison.outcomes() + 1];
            for a in 0..records.len() as u32 {
                for b in a + 1..records.len() as u32 {
                    let slow = outcome(column, comparison, a, b);
                    for engine in [&engine, &few] {
                        let found = engine.space().outcome(engine.pattern(a, b), place);
                        assert_eq!(found, slow, "seed {seed}, place {place}: {a} and {b}");
                        assert_eq!(engine.pattern(a, b), engine.pattern(b, a));
                    }
                    counts[usize::from(slow)] += 1.0;
                }
            }
            if !lists {
                let pairs: f64 = counts[1..].iter().sum();
                assert_eq!(random[place].pairs, pairs);
                // A level that no pair reached counts half a pair, so the sum is a little more.
                let total: f64 = counts[1..].iter().map(|count| count.max(0.5)).sum();
                for (share, count) in random[place].shares.iter().zip(&counts[1..]) {
                    assert!((share - count.max(0.5) / total).abs() < 1e-12, "{seed} {place}");
                }
            }
            met[place].extend((1..counts.len()).filter(|&outcome| counts[outcome] > 0.0));
        }
    }
    for (comparison, met) in comparisons(&worlds::records(1, 5)).iter().zip(&mut met) {
        met.sort_unstable();
        met.dedup();
        let all: Vec<usize> = (1..=comparison.outcomes()).collect();
        assert_eq!(*met, all, "every level of {} is met", comparison.attribute());
    }
}

/// Settings of two files whose names are compared by a combination.
fn settings(level: &str) -> String {
    let levels = format!(
        "\n[[compare]]\nattribute = \"given_name\"\nlevels = [\"exact\", \"{level}\"]\n\n\
         [[compare]]\nattribute = \"family_name\"\n\n[[compare]]\nattribute = \"date_of_birth\"\n"
    );
    TWO_FILES.to_string() + &levels
}

/// Two files of the same people; the second writes three names in ten otherwise.
fn two_files(folder: &std::path::Path, level: &str) {
    let (mut a, mut b) = (HEADER.to_string(), HEADER.to_string());
    for number in 0..200usize {
        let letter = |place: usize| char::from(b'a' + (number / [1, 20, 7][place] % 20) as u8);
        let given: String = (0..3).flat_map(|place| [letter(place), 'a', 'n']).collect();
        let other = match number % 10 {
            0 => format!("{given} jo"),
            1 => given.replace('n', "m"),
            2 => given.replacen('n', "x", 1),
            _ => given.clone(),
        };
        let born = format!("{}-{:02}-{:02}", 2008 + number % 7, 1 + number % 12, 1 + number % 28);
        let family = format!("{}son", letter(1));
        a += &format!("{number},{given},{family},{born},{number}\n");
        b += &format!("{number},{other},{family},{born},{number}\n");
    }
    write(folder, &[("left.csv", &a), ("right.csv", &b), ("link.toml", &settings(level))]);
}

#[test]
fn a_combination_links_is_told_and_goes_through_a_model_file() {
    let folder = tempfile::tempdir().unwrap();
    let level = "name_part or same_sound and not damerau <= 1";
    two_files(folder.path(), level);
    let (config, out) = (folder.path().join("link.toml"), folder.path().join("out"));
    ok(&["link", "--config", text(&config), "--out", text(&out)]);
    let data = text(folder.path());
    let told = |id: &str| {
        let pair = [format!("left:{id}"), format!("right:{id}")];
        let run = ["--run", text(&out), "--data", data];
        let told = ok(&[&["explain", "pair", &pair[0], &pair[1]], &run[..]].concat());
        let steps = told["steps"].as_array().unwrap().clone();
        steps.iter().find(|step| step["name"] == "given_name").unwrap()["outcome"].clone()
    };
    // A second name; every n an m, which sounds the same; one letter that sounds otherwise.
    assert_eq!(["10", "11", "12", "13"].map(told), [level, level, "else", "exact"]);
    let (model, again) = (folder.path().join("model.toml"), folder.path().join("again"));
    ok(&["model", "export", text(&out), "--out", text(&model)]);
    assert!(std::fs::read_to_string(&model).unwrap().contains(level));
    ok(&["link", "--config", text(&config), "--out", text(&again), "--model", text(&model)]);
    let links = |out: &std::path::Path| std::fs::read(out.join("links.parquet")).unwrap();
    assert!(links(&out) == links(&again), "the same links by the exported model");
}

#[test]
fn a_combination_that_cannot_be_is_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("link.toml");
    for (level, reason) in [
        ("exact and same_sound", "can never be reached"),
        ("same_sound and not same_sound", "can never be reached"),
        ("same_sound and days <= 3", "days <= 3 does not suit kind given_name"),
        ("same_sound and (damerau <= 2", "expected \\\")\\\", found its end"),
        ("same_sound or swapped(family_name)", "stands by itself"),
    ] {
        two_files(folder.path(), level);
        let out = folder.path().join("out");
        let output = run(&["link", "--config", text(&config), "--out", text(&out)]);
        assert_eq!(output.status.code(), Some(2), "{level}: {}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains(&reason.replace('\\', "")) && said.contains("link.toml"), "{said}");
    }
}
