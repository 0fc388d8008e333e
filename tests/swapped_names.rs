//! Given and family name in each other's place: one slip, told once, as often as it happens.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use cci::comparison::{Comparison, ComparisonEngine};
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source};
use command::{HEADER, TWO_FILES, ok, run, stderr, text, write};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Names that are both given and family names, so that chance reverses them often.
const NAMES: [&str; 7] = ["james", "thomas", "ali", "grace", "lee", "li", "zoe"];

fn attributes() -> Vec<Attribute> {
    vec![
        Attribute::new("given_name", AttributeKind::GivenName),
        Attribute::new("family_name", AttributeKind::FamilyName),
    ]
}

/// Records of such names in three sources; of some worlds a few records hold several values.
fn records(seed: u64, most_further: u32) -> Records {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut builder = RecordsBuilder::new(attributes());
    for source in ["a", "b", "c"] {
        builder.open_source(Source::new(source));
        for record in 0..30 {
            let mut name = || match rng.random_range(0..NAMES.len() + 1) {
                place if place < NAMES.len() => NAMES[place],
                _ => "",
            };
            let names = [name(), name()];
            builder.push(&record.to_string(), |place| names[place]);
            for _ in 0..most_further {
                if rng.random_range(0..3) == 0 {
                    let place = rng.random_range(0..2);
                    builder.push_further(place, NAMES[rng.random_range(0..NAMES.len())]);
                }
            }
        }
    }
    builder.finish()
}

fn comparisons() -> Vec<Comparison> {
    let ready = attributes().iter().map(Comparison::ready_made).collect();
    Comparison::with_swapped_names(ready)
}

fn names(records: &Records, attribute: &str, record: u32) -> Vec<String> {
    let column = records.column(attribute).unwrap();
    column.codes_of(record).map(|code| column.dictionary().value(code).to_string()).collect()
}

/// Says by strings alone whether two records hold each other's names in the other's place.
fn swapped(records: &Records, a: u32, b: u32) -> bool {
    let crosses = |x, y| {
        let family = names(records, "family_name", y);
        names(records, "given_name", x).iter().any(|name| family.contains(name))
    };
    crosses(a, b) && crosses(b, a)
}

#[test]
fn a_pair_is_swapped_if_its_names_cross_and_the_given_names_agree_in_no_other_way() {
    for (seed, most_further) in [(1, 0), (2, 0), (3, 2), (4, 2)] {
        let records = records(seed, most_further);
        let plain: Vec<Comparison> = comparisons().into_iter().map(Comparison::alone).collect();
        let (with, without) = (comparisons(), plain);
        let with = ComparisonEngine::new(&records, &with).unwrap();
        let without = ComparisonEngine::new(&records, &without).unwrap();
        // Levels of given names, the swap and "else".
        let (swap, none) = (6, 7);
        let mut met = 0;
        for a in 0..records.len() as u32 {
            for b in a + 1..records.len() as u32 {
                let found = with.space().outcomes(with.pattern(a, b));
                let before = without.space().outcomes(without.pattern(a, b));
                let expected = match before[0] {
                    6 if swapped(&records, a, b) => vec![swap, 0],
                    6 => vec![none, before[1]],
                    outcome => vec![outcome, before[1]],
                };
                assert_eq!(found, expected, "seed {seed}: {a} and {b}");
                assert_eq!(with.pattern(a, b), with.pattern(b, a));
                met += u32::from(found[0] == swap);
            }
        }
        assert!(met > 20, "seed {seed}: {met} pairs are swapped");
    }
}

#[test]
fn random_pairs_are_swapped_as_often_as_brute_force_counts() {
    for seed in 0..8 {
        let (records, comparisons) = (records(seed, 0), comparisons());
        let engine = ComparisonEngine::new(&records, &comparisons).unwrap();
        for within in [false, true] {
            let allowed = |s: u8, t: u8| (s == t) == within;
            let mut counts = [0.0; 7];
            for a in 0..records.len() as u32 {
                for b in a + 1..records.len() as u32 {
                    let outcome = engine.space().outcome(engine.pattern(a, b), 0);
                    if outcome > 0 && allowed(records.source_of(a), records.source_of(b)) {
                        counts[usize::from(outcome) - 1] += 1.0;
                    }
                }
            }
            let found = engine.random_agreement(&records, &allowed).swap_remove(0);
            assert_eq!(found.pairs, counts.iter().sum::<f64>());
            // Levels that no pair reached stand for half a pair: five at most, of 1,000 and more.
            for (share, count) in found.shares.iter().zip(counts) {
                let off = (share * found.pairs - count).abs();
                assert!(off <= 2.6, "seed {seed}: {share} for {count} of {}", found.pairs);
            }
            let (share, count) = (found.shares[5] * found.pairs, counts[5]);
            assert!(count >= 5.0 && (share / count - 1.0).abs() < 0.003, "{share} for {count}");
        }
    }
}

/// Names that are nearly those of others, so that chance swaps them alike.
const NEAR: [&str; 8] =
    ["jonathan", "jonathon", "johnathan", "marianne", "mariane", "marieanne", "kay", "kaye"];

/// Records of such names in two sources.
fn near_records(seed: u64, most_further: u32) -> Records {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut builder = RecordsBuilder::new(attributes());
    for source in ["a", "b"] {
        builder.open_source(Source::new(source));
        for record in 0..60 {
            let names = [0, 1].map(|_| NEAR[rng.random_range(0..NEAR.len())]);
            let none = rng.random_range(0..8) == 0;
            builder.push(&record.to_string(), |place| if none { "" } else { names[place] });
            if most_further > 0 && rng.random_range(0..4) == 0 {
                builder.push_further(0, NEAR[rng.random_range(0..NEAR.len())]);
            }
        }
    }
    builder.finish()
}

/// Names compared for equality alone, with a level for swapped ones and one for those alike.
fn alike_comparisons() -> Vec<Comparison> {
    let exact = |attribute: &Attribute| {
        let level = cci::comparison::Level::parse("exact").unwrap();
        Comparison::new(attribute, vec![level], false).unwrap()
    };
    let [given, family] = attributes().try_into().unwrap();
    vec![exact(&given).with_swapped_alike("family_name"), exact(&family)]
}

/// Says by strings alone whether two records hold names like each other's in the other's place.
fn swapped_alike(records: &Records, a: u32, b: u32) -> bool {
    let near = |x: &String, y: &String| strsim::jaro_winkler(x, y) >= 0.92;
    let crosses = |x, y| {
        let family = names(records, "family_name", y);
        names(records, "given_name", x).iter().any(|name| family.iter().any(|f| near(name, f)))
    };
    crosses(a, b) && crosses(b, a)
}

#[test]
fn a_pair_is_swapped_alike_if_its_names_cross_nearly_and_as_often_as_chance_has_it() {
    for (seed, most_further) in [(1, 0), (2, 0), (3, 1)] {
        let (records, comparisons) = (near_records(seed, most_further), alike_comparisons());
        let engine = ComparisonEngine::new(&records, &comparisons).unwrap();
        let allowed = |s: u8, t: u8| seed == 2 || s != t;
        let mut counts = [0.0; 5];
        for a in 0..records.len() as u32 {
            for b in a + 1..records.len() as u32 {
                let [given, family] = ["given_name", "family_name"].map(|name| {
                    let (x, y) = (names(&records, name, a), names(&records, name, b));
                    match x.iter().any(|value| y.contains(value)) {
                        _ if x.is_empty() || y.is_empty() => 0,
                        same => 2 - u8::from(same),
                    }
                });
                // Same, swapped, swapped alike, else.
                let expected = match given {
                    2 if swapped(&records, a, b) => vec![2, 0],
                    2 if swapped_alike(&records, a, b) => vec![3, 0],
                    2 => vec![4, family],
                    given => vec![given, family],
                };
                let found = engine.space().outcomes(engine.pattern(a, b));
                assert_eq!(found, expected, "seed {seed}: {a} and {b}");
                assert_eq!(engine.pattern(a, b), engine.pattern(b, a));
                if allowed(records.source_of(a), records.source_of(b)) {
                    counts[usize::from(found[0])] += 1.0;
                }
            }
        }
        assert!(counts[2] > 20.0 && counts[3] > 60.0, "seed {seed}: {counts:?}");
        if most_further == 0 {
            let random = engine.random_agreement(&records, &allowed).swap_remove(0);
            for (share, count) in random.shares.iter().zip(&counts[1..]) {
                assert!((share * random.pairs - count).abs() < 1e-6, "seed {seed}: {counts:?}");
            }
            assert_eq!(random.errors, None, "all pairs of values were looked at");
        }
    }
}

/// Two files of the same 200 people; in the second, names of every tenth are exchanged.
fn two_files(folder: &std::path::Path, settings: &str) {
    let mut rng = ChaCha12Rng::seed_from_u64(5);
    let mut name = |ending: &str| {
        let letters = (0..6).map(|_| char::from(b'a' + rng.random_range(0..26u8)));
        letters.collect::<String>() + ending
    };
    let people: Vec<[String; 2]> = (0..200).map(|_| [name("a"), name("s")]).collect();
    let (mut a, mut b) = (HEADER.to_string(), HEADER.to_string());
    for (number, [given, family]) in people.iter().enumerate() {
        let born = format!("{}-{:02}-{:02}", 2008 + number % 7, 1 + number % 12, 1 + number % 28);
        let [first, second] = if number % 10 == 3 { [family, given] } else { [given, family] };
        a += &format!("{number},{given},{family},{born},{number}\n");
        b += &format!("{number},{first},{second},{born},{number}\n");
    }
    write(folder, &[("left.csv", &a), ("right.csv", &b), ("link.toml", settings)]);
}

#[test]
fn swapped_names_are_linked_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), TWO_FILES);
    let (config, out) = (folder.path().join("link.toml"), folder.path().join("out"));
    let data = text(folder.path());
    let arguments = ["link", "--config", text(&config), "--out", text(&out)];
    let linked = ok(&arguments);
    assert_eq!(linked["entities"], 200, "{linked}");
    let told = ok(&["explain", "pair", "left:13", "right:13", "--run", text(&out), "--data", data]);
    let steps = told["steps"].as_array().unwrap();
    let outcome = |name: &str| {
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        (step["outcome"].as_str().unwrap(), step["bits"].as_f64().unwrap())
    };
    assert_eq!(outcome("given_name").0, "swapped(family_name)");
    assert!(outcome("given_name").1 > 4.0, "{told}");
    assert_eq!(outcome("family_name"), ("told by the swap", 0.0));
    let sum: f64 = steps.iter().map(|step| step["bits"].as_f64().unwrap()).sum();
    assert!((sum - told["match_weight"].as_f64().unwrap()).abs() < 1e-9);
    let other =
        ok(&["explain", "pair", "left:12", "right:12", "--run", text(&out), "--data", data]);
    assert!(!other.to_string().contains("swap"), "{other}");
}

#[test]
fn a_swap_that_is_not_last_or_names_no_other_comparison_is_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let compare = |levels: &str| {
        let tables = ["given_name", "family_name", "date_of_birth"].map(|name| {
            let levels = if name == "given_name" { levels } else { "[\"exact\"]" };
            format!("[[compare]]\nattribute = \"{name}\"\nlevels = {levels}\n")
        });
        format!("{TWO_FILES}\n{}", tables.concat())
    };
    let config = folder.path().join("link.toml");
    let link =
        || run(&["link", "--config", text(&config), "--out", text(&folder.path().join("o"))]);
    for (levels, reason) in [
        ("[\"exact\", \"swapped(family_name)\", \"same_sound\"]", "is not the last"),
        ("[\"exact\", \"swapped(family_nam)\"]", "nearest: \"family_name\""),
        ("[\"exact\", \"swapped(given_name)\"]", "no other compared attribute"),
        ("[\"swapped(family_name)\"]", "expected 1 to 12 levels, found 0"),
        ("[\"exact\", \"swapped_alike(family_name)\"]", "expected swapped(...)"),
        (
            "[\"exact\", \"swapped(family_name)\", \"swapped_alike(date_of_birth)\"]",
            "expected swapped(...)",
        ),
    ] {
        two_files(folder.path(), &compare(levels));
        let output = link();
        assert_eq!(output.status.code(), Some(2), "{levels}: {}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains(reason) && said.contains("link.toml"), "{said}");
    }
    for levels in [
        "[\"exact\", \"swapped(family_name)\"]",
        "[\"exact\", \"swapped(family_name)\", \"swapped_alike(family_name)\"]",
    ] {
        two_files(folder.path(), &compare(levels));
        let linked = run(&[
            "link",
            "--force",
            "--config",
            text(&config),
            "--out",
            text(&folder.path().join("o")),
        ]);
        assert!(linked.status.success(), "{}", stderr(&linked));
    }
}
