//! Files of every format through the whole command: the same records give the same links.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fmt::Write as _;
use std::path::Path;

use cci::schema::parquet::{self, ColumnData};
use cci::schema::{Table, read_table};
use command::{run, stderr, stdout, text};

/// Rows of the labelled set that are linked here.
const ROWS: usize = 400;

fn csv(table: &Table) -> String {
    let cells = |row: usize| (0..table.header().len()).map(move |cell| table.cell(row, cell));
    let mut text = table.header().join(",") + "\n";
    for row in 0..ROWS {
        text += &(cells(row).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

fn json_lines(table: &Table) -> String {
    let mut text = String::new();
    for row in 0..ROWS {
        let pairs = table.header().iter().enumerate().filter_map(|(place, name)| {
            let cell = table.cell(row, place);
            // A key that is not there is one way to say that nothing is.
            (!cell.is_empty()).then(|| format!("\"{name}\": \"{cell}\""))
        });
        writeln!(text, "{{{}}}", pairs.collect::<Vec<_>>().join(", ")).unwrap();
    }
    text
}

fn write_parquet(table: &Table, path: &Path) {
    let column = |place: usize| {
        ColumnData::Text((0..ROWS).map(|row| table.cell(row, place).to_string()).collect())
    };
    let names = table.header().iter().enumerate();
    let columns: Vec<_> = names.map(|(place, name)| (name.as_str(), column(place))).collect();
    parquet::write(path, &columns).unwrap();
}

#[test]
fn csv_json_lines_and_parquet_are_linked_alike() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let table = read_table("tests/data/febrl3.csv.gz".as_ref()).unwrap();
    std::fs::write(at("people.csv"), csv(&table)).unwrap();
    let compressed = zstd::encode_all(json_lines(&table).as_bytes(), 3).unwrap();
    std::fs::write(at("people.jsonl.zst"), compressed).unwrap();
    write_parquet(&table, &at("people.parquet"));

    let settings = std::fs::read_to_string("schemas/linkage/febrl3.toml").unwrap();
    let linked = ["people.csv", "people.jsonl.zst", "people.parquet"].map(|file| {
        let (config, out) = (at("cci.toml"), at(&format!("{file}-out")));
        let settings = settings.replace("febrl3.csv.gz", file);
        std::fs::write(&config, settings).unwrap();
        let output = run(&["link", "--config", text(&config), "--out", text(&out), "--quiet"]);
        assert!(output.status.success(), "{file}: {}", stderr(&output));
        let summary = stdout(&output).replace("people.parquet", "people");
        assert!(summary.contains("read 400 = accepted 400"), "{file}: {summary}");
        ["links.parquet", "entities.parquet"].map(|name| std::fs::read(out.join(name)).unwrap())
    });
    assert!(linked[0] == linked[1], "JSON Lines are linked otherwise than CSV");
    assert!(linked[0] == linked[2], "Parquet is linked otherwise than CSV");
}

/// Generates children in a format, links them by the agencies' settings and evaluates the links.
fn generated(folder: &Path, format: &str) -> ([Vec<u8>; 2], serde_json::Value) {
    let [data, out] = ["data", "out"].map(|name| folder.join(format!("{format}-{name}")));
    let config = "schemas/linkage/agencies.toml";
    let said = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(output.status.success(), "{format}: {}", stderr(&output));
        stdout(&output)
    };
    let generate = ["generate", "--children", "300", "--quiet", "--format", format, "--out"];
    said(&[&generate[..], &[text(&data)]].concat());
    said(&["link", "--config", config, "--data", text(&data), "--out", text(&out), "--quiet"]);
    let evaluate = ["evaluate", "--run", text(&out), "--data", text(&data), "--json", "--quiet"];
    let evaluation = said(&evaluate);
    let written = ["links.parquet", "entities.parquet"];
    let written = written.map(|name| std::fs::read(out.join(name)).unwrap());
    (written, serde_json::from_str(&evaluation).unwrap())
}

#[test]
fn generated_parquet_is_found_linked_and_evaluated_as_csv_is() {
    let folder = tempfile::tempdir().unwrap();
    let [csv, parquet] = ["csv", "parquet"].map(|format| generated(folder.path(), format));
    assert!(csv.0 == parquet.0, "Parquet is linked otherwise than CSV");
    assert_eq!(csv.1, parquet.1);
    assert!(!folder.path().join("parquet-data/health.csv").exists());
    let manifest = std::fs::read_to_string(folder.path().join("parquet-data/manifest.json"));
    let manifest: serde_json::Value = serde_json::from_str(&manifest.unwrap()).unwrap();
    assert_eq!(manifest["generated"]["format"], "parquet");
    assert_eq!(manifest["outputs"][0]["name"], "health.parquet");
}

#[test]
fn another_format_replaces_the_earlier_files_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let generate = |format: &str| {
        let out = text(folder.path());
        let generate = ["generate", "--children", "20", "--quiet", "--force", "--out", out];
        let output = run(&[&generate[..], &["--format", format]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    };
    let there = |name: &str| folder.path().join(name).exists();
    generate("csv");
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    // The user has changed this one, so it is the user's.
    std::fs::write(folder.path().join("police.csv"), "mine").unwrap();
    generate("parquet");
    assert!(there("health.parquet") && there("truth/records.csv"));
    assert!(there("notes.txt") && there("police.csv"));
    assert!(!there("health.csv") && !there("education.csv") && !there("social_care.csv"));
}

#[test]
fn unknown_format_is_refused_with_the_nearest_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("data");
    let output = run(&["generate", "--format", "parqet", "--out", text(&out)]);
    assert!(!output.status.success() && !out.exists());
    let said = stderr(&output);
    let expected = ["no format is called \"parqet\"", "nearest: \"parquet\"", "csv, parquet"];
    assert!(expected.iter().all(|part| said.contains(part)), "{said}");
}

#[test]
fn check_says_of_every_format_what_it_says_of_csv() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ["P1", "GREEN", "MAY", "01/02/2015", "F", "AB1 2CD"],
        ["P2", "", "", "31/02/2015", "M", ""],
    ];
    let names = ["person_record_id", "surname", "forenames", "date_of_birth", "sex", "postcode"];
    let csv = [names].iter().chain(&rows).map(|row| row.join(",") + "\n").collect::<String>();
    let object = |row: &[&str; 6]| {
        let pairs = names.iter().zip(row).map(|(name, cell)| format!("\"{name}\":\"{cell}\""));
        format!("{{{}}}\n", pairs.collect::<Vec<_>>().join(","))
    };
    let path = folder.path().join("police.csv");
    let said = |bytes: &[u8], path: &Path| {
        std::fs::write(path, bytes).unwrap();
        let output = run(&["check", text(path), "--schema", "police", "--json"]);
        let said: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let keys = ["read", "accepted", "quarantined", "columns", "findings"];
        (output.status.code(), keys.map(|key| said[0][key].clone()))
    };
    let expected = said(csv.as_bytes(), &path);
    assert_eq!(expected.1[0], 2);
    let lines: String = rows.iter().map(object).collect();
    assert_eq!(said(lines.as_bytes(), &path), expected, "JSON Lines, by their content");
    let column =
        |place: usize| ColumnData::Text(rows.iter().map(|r| r[place].to_string()).collect());
    let columns: Vec<_> = names.iter().enumerate().map(|(at, name)| (*name, column(at))).collect();
    let written = folder.path().join("written");
    parquet::write(&written, &columns).unwrap();
    assert_eq!(said(&std::fs::read(&written).unwrap(), &path), expected, "Parquet");
}
