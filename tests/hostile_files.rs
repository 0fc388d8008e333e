//! Files as they should not be, by the commands that read them: each ends in rows set aside or in
//! an error with its place, and nothing in what is handed on would be run by a spreadsheet.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fs;
use std::process::Output;

use command::{run, stderr, stdout, text};

const HEADER: &str = "person_record_id,force_code,PNCID,surname,forenames,date_of_birth,sex,\
self_defined_ethnicity,officer_perceived_ethnicity,address,postcode,role,event_date";

/// Rows that nothing is wrong with.
const GOOD: usize = 60;

/// Name that no message may show.
const CANARY: &str = "Zzyzx";

fn row(id: &str, surname: &str, address: &str) -> String {
    format!("{id},11,,{surname},Bella,01/04/2010,F,W1,IC1,{address},AB1 2CD,witness,2023-07-24")
}

/// A file of good rows, with some others before them.
fn file(others: &[String]) -> String {
    let good =
        (0..GOOD).map(|number| row(&format!("G{number}"), "Carney", &format!("{number} Hill")));
    let rows: Vec<String> = others.iter().cloned().chain(good).collect();
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// What check and prepare said of a file, and what the custodian was handed.
struct Read {
    check: Output,
    prepare: Output,
    handed: Option<String>,
}

fn read(content: &[u8]) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (police, holder, out) = (path("police.csv"), path("holder"), path("out"));
    fs::write(&police, content).unwrap();
    let check = run(&["check", text(&police), "--schema", "police"]);
    let places = ["--holder", text(&holder), "--out", text(&out)];
    let prepare = run(&[&["prepare", text(&police), "--schema", "police"], &places[..]].concat());
    for said in [&check, &prepare] {
        assert_ne!(said.status.code(), Some(70), "{}", stderr(said));
        assert!(!format!("{}{}", stdout(said), stderr(said)).contains(CANARY));
    }
    // A failure hands nothing on.
    assert_eq!(prepare.status.success(), out.join("police.csv").exists());
    let handed = fs::read_to_string(out.join("police.csv")).ok();
    Read { check, prepare, handed }
}

/// Asserts that one row was set aside, at a place, and the others were read.
fn sets_one_aside(content: &[u8], place: &str, words: &str) {
    let read = read(content);
    let said = format!("{}{}", stdout(&read.check), stderr(&read.check));
    assert_eq!(read.check.status.code(), Some(1), "{said}");
    assert!(said.contains(place) && said.contains(words), "{said}");
    let counts = format!("read {} = accepted {GOOD} + quarantined 1", GOOD + 1);
    assert!(said.contains(&counts), "{said}");
    assert!(read.prepare.status.success(), "{}", stderr(&read.prepare));
    assert_eq!(read.handed.unwrap().lines().count(), GOOD + 1);
}

#[test]
fn e71_formulas_are_data_and_none_is_handed_on_as_a_formula() {
    let formulas = [
        "\"=HYPERLINK(\"\"http://x.example\"\",\"\"Zzyzx\"\")\"",
        "@SUM(1+1)*cmd|calc",
        "+Zzyzx",
        "-Zzyzx",
        "\"\tZzyzx\"",
    ];
    let rows: Vec<String> =
        (0..).zip(formulas).map(|(n, cell)| row(&format!("F{n}"), cell, "1 Hill")).collect();
    let read = read(file(&rows).as_bytes());
    assert!(read.prepare.status.success(), "{}", stderr(&read.prepare));
    let handed = read.handed.unwrap();
    assert_eq!(handed.lines().count(), GOOD + formulas.len() + 1);
    for cell in handed.lines().flat_map(|line| line.split(',')) {
        assert!(!cell.trim_matches('"').starts_with(['=', '+', '-', '@', '\t']), "{cell}");
    }
}

#[test]
fn e71_a_cell_of_ten_megabytes_is_one_row_set_aside() {
    let long = CANARY.repeat(2_100_000);
    let content = file(&[row("L1", "Carney", &long)]);
    sets_one_aside(content.as_bytes(), ":2:", "a cell of at most 1 MiB, found a longer one");
}

#[test]
fn e71_a_row_in_another_encoding_is_set_aside_and_the_encoding_named() {
    let (before, after) = ("Zzyzx", "Zzyz\u{e9}");
    let content = file(&[row("L1", before, "1 Hill")]).replacen(before, after, 1);
    let latin: Vec<u8> = content.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
    sets_one_aside(&latin, ":2:", "Windows-1252 or Latin-1");
}

#[test]
fn e71_a_header_with_a_name_twice_is_refused_with_both_places() {
    let content = file(&[]).replacen("forenames", "surname", 1);
    let read = read(content.as_bytes());
    for said in [&read.check, &read.prepare] {
        assert_eq!(said.status.code(), Some(3));
        assert!(stderr(said).contains("columns 4 and 5 of its header have the same name"));
    }
}

#[test]
fn e71_a_mark_at_the_beginning_and_other_line_ends_change_nothing() {
    let plain = file(&[]);
    // What is handed over, without the transport identifiers, which are random.
    let handed = |content: &str| {
        let read = read(content.as_bytes());
        assert!(read.check.status.success() && read.prepare.status.success());
        let handed = read.handed.unwrap();
        let mut rows: Vec<String> =
            handed.lines().map(|row| row.split_once(',').unwrap().1.to_string()).collect();
        rows.sort_unstable();
        rows
    };
    let expected = handed(&plain);
    assert_eq!(expected.len(), GOOD + 1);
    for content in [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r\n"),
        format!("\u{feff}{}", plain.replace('\n', "\r\n")),
    ] {
        assert_eq!(handed(&content), expected);
    }
}
