//! A list of people long dead, each of whom it holds some seventeen times over, written by many hands.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fmt::Write;
use std::path::Path;

use command::{run, stderr, text, write};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde_json::Value;

const GIVEN: &str = "Ada Ambrose Beatrix Caleb Cornelia Dorcas Edmund Eleanor Felix Gideon Hester \
    Hugh Isabel Jasper Judith Lambert Lettice Magnus Millicent Nathaniel Octavia Percival Philippa \
    Ralph Rosamund Silas Tabitha Theodore Ursula Winifred";
const STARTS: &str = "Ash Black Brad Carl Dun East Fair Gil Hal Hart King Lin Mer New Old Park \
    Quen Red Sher Thorn Up Wal West York";
const ENDS: &str = "bourne by croft dale field ford gate ham hurst ley man more ridge shaw sby ton \
    wick wood worth";
const TRADES: &str = "painter poet engineer banker botanist soldier printer judge actor sailor";

type Cells = [String; 6];

fn any<'a>(rng: &mut ChaCha12Rng, words: &'a str) -> &'a str {
    let words: Vec<&str> = words.split_whitespace().collect();
    words[rng.random_range(0..words.len())]
}

fn joined(rng: &mut ChaCha12Rng) -> String {
    format!("{}{}", any(rng, STARTS), any(rng, ENDS))
}

fn district(rng: &mut ChaCha12Rng) -> String {
    format!("{} {}", any(rng, "AB1 BD4 CV7 DE2 EX3 GL5 HR9 LN6 NR2 PE8 SY1 TA4"), unit(rng))
}

fn unit(rng: &mut ChaCha12Rng) -> String {
    format!("{}{}", rng.random_range(1..9), any(rng, "AB AD BA BD DE EH FJ GL HN JP LQ NR PT"))
}

/// Invented person; one in four is a relative of the one before, of one name, town and postcode.
fn person(rng: &mut ChaCha12Rng, before: Option<&Cells>) -> Cells {
    let born = format!(
        "{}-{:02}-{:02}",
        rng.random_range(1740..1890),
        rng.random_range(1..13),
        rng.random_range(1..29)
    );
    let [mut family, mut town, mut postcode] = [joined(rng), joined(rng), district(rng)];
    if let Some([_, of_before, _, town_before, postcode_before, _]) = before
        && rng.random_bool(0.25)
    {
        family.clone_from(of_before);
        town.clone_from(town_before);
        postcode.clone_from(postcode_before);
    }
    [any(rng, GIVEN).into(), family, born, town, postcode, any(rng, TRADES).into()]
}

/// Writes a person down as one hand has it.
fn record(rng: &mut ChaCha12Rng, person: &Cells) -> Cells {
    let mut cells = person.clone();
    if rng.random_bool(0.06) {
        cells[0].truncate(1);
    }
    for name in &mut cells[..2] {
        if name.len() > 2 && rng.random_bool(0.12) {
            name.remove(rng.random_range(1..name.len()));
        }
    }
    if rng.random_bool(0.12) {
        cells[2].replace_range(5.., "01-01");
    } else if rng.random_bool(0.06) {
        cells[2].replace_range(3..4, &rng.random_range(0..10).to_string());
    }
    if rng.random_bool(0.12) {
        cells[3] = joined(rng);
    }
    if rng.random_bool(0.2) {
        let at = cells[4].find(' ').unwrap() + 1;
        cells[4].replace_range(at.., &unit(rng));
    }
    if rng.random_bool(0.25) {
        cells[5] = any(rng, TRADES).into();
    }
    for (cell, missing) in cells[2..].iter_mut().zip([0.08, 0.25, 0.2, 0.15]) {
        if rng.random_bool(missing) {
            cell.clear();
        }
    }
    cells
}

/// Writes so many lists of the same people, each with some of every one's records.
fn lists(folder: &Path, names: &[&str], people: usize) {
    let mut rng = ChaCha12Rng::seed_from_u64(19);
    let header = "id,person,first name,surname,dob,birthplace,postcode,occupation\n";
    let mut lists = vec![header.to_string(); names.len()];
    let (mut before, mut id) = (None, 0);
    for number in 0..people {
        let known = person(&mut rng, before.as_ref());
        for _ in 0..rng.random_range(5..30) {
            id += 1;
            let cells = record(&mut rng, &known).join(",");
            let list = rng.random_range(0..lists.len());
            writeln!(lists[list], "{id},p{number},{cells}").unwrap();
        }
        before = Some(known);
    }
    for (name, list) in names.iter().zip(&lists) {
        write(folder, &[(name, list)]);
    }
}

/// Links lists by guessed settings, `which` pairs of them, and returns what is found.
fn linked(names: &[&str], which: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    lists(folder.path(), names, 250);
    let paths: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
    let [config, out] = ["cci.toml", "out"].map(|name| folder.path().join(name));
    let files: Vec<&str> = paths.iter().map(|path| text(path)).collect();
    let output = run(&[&["init", "--output", text(&config), "--from"], &files[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let settings = std::fs::read_to_string(&config).unwrap();
    assert_eq!(settings.matches("earliest_year = 1700").count(), names.len(), "{settings}");
    let guessed = settings.lines().find(|line| line.starts_with("link = ")).unwrap();
    let settings = settings
        .replace(guessed, &format!("link = \"{which}\""))
        .replace("id = \"id\"", "id = \"id\"\nentity = \"person\"");
    write(folder.path(), &[("cci.toml", &settings)]);
    let output = run(&["link", "--config", text(&config), "--scores", "--out", text(&out)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = run(&["evaluate", "--run", text(&out), "--data", text(folder.path()), "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(found: &Value, path: &str) -> f64 {
    found.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path} of {found}"))
}

#[test]
fn people_of_many_records_are_kept_apart_from_their_relatives() {
    let found = linked(&["list.csv"], "within");
    assert!(number(&found, "/links/f1") > 0.92, "{found}");
    // The more records two people have, the more chances some of them have to look alike.
    assert!(number(&found, "/pairs/precision/value") > 0.95, "{found}");
    assert!(number(&found, "/pairs/f1") > 0.97, "{found}");
    assert!(number(&found, "/calibration/expected_error") < 0.03, "{found}");
}

#[test]
fn two_lists_of_many_records_share_more_matches_than_records() {
    for which in ["between", "both"] {
        let found = linked(&["one.csv", "other.csv"], which);
        assert!(number(&found, "/links/f1") > 0.92, "{which}: {found}");
        assert!(number(&found, "/pairs/f1") > 0.96, "{which}: {found}");
        assert!(number(&found, "/calibration/expected_error") < 0.04, "{which}: {found}");
    }
}
