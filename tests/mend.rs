//! `cci check --fix`: what is certain is mended and counted, what is not is left and said.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::Path;
use std::process::Output;

use cci::normalise::Normalised;
use cci::schema::{
    AgencySchema, MENDS, MendColumn, Mended, ReadOptions, linkage_attributes, mend, read,
    read_table,
};
use command::{cci, stderr, stdout};
use common::assert_golden;
use proptest::prelude::*;
use serde_json::Value;

const HEADER: &str = "la_child_id,la_code,unique_pupil_number,common_child_id,first_name,surname,\
                      date_of_birth,sex,ethnicity,postcode";

/// Social care file with one planted problem a row, from line 2 on.
fn planted(folder: &Path) {
    let rows = [
        // Byte order mark and carriage returns are the file's; this row has nothing else.
        "C1,330,,,Ann,Lee,13/03/2011,F,WBRI,AB1 2CD",
        // Spaces around and within, a no-break space.
        "C2,330,,, Ann  May,O\u{a0}Neil ,14/03/2011,F,WBRI,AB1 2CD",
        // Letter case of a code, of a postcode, of a pupil number.
        "C3,330,p207000016049,,Bo,Lee,15/04/2011,m,wbri,ab1 2cd",
        // Signs within numbers; a postcode without its space.
        "C4,330,P207 0000 16049,999 012 3454,Cy,Lee,16/03/2011,M,WBRI,AB12CD",
        // A spreadsheet's decimal place.
        "C5,330,,9990123454.0,Di,Lee,17/03/2011,F,WBRI,AB1 2CD",
        // Other separators, in a column whose days come first for certain.
        "C6,330,,,Ed,Lee,01-02-2011,M,WBRI,AB1 2CD",
        // Nine digits that are a valid number with a zero in front.
        "C7,330,,NINE,Flo,Lee,18/03/2011,F,WBRI,AB1 2CD",
        // Nine digits that a zero makes valid, but no day and month: 0123456789.
        "C8,330,,123456789,Gus,Lee,19/03/2011,M,WBRI,AB1 2CD",
        // What is wrong and not certain: an impossible date, an unlisted code, a wrong check digit.
        "C9,330,,9990123455,Hal,Lee,31/02/2011,M,ZZZZ,AB1 2CD",
        // Too few cells.
        "C10,330",
    ];
    let nine = zero_number();
    let text = format!("\u{feff}{HEADER}\r\n{}\r\n", rows.join("\r\n")).replace("NINE", &nine[1..]);
    std::fs::write(folder.join("social_care.csv"), text).unwrap();
}

/// Returns a valid number of Scotland's form for somebody born on 1 February: modulus 11.
fn zero_number() -> String {
    (10_203_000u64..)
        .map(|body| format!("{body:09}"))
        .find_map(|body| {
            let sum: u32 =
                body.chars().zip((2..=10).rev()).map(|(d, w)| d.to_digit(10).unwrap() * w).sum();
            match 11 - sum % 11 {
                10 => None,
                check => Some(format!("{body}{}", check % 11)),
            }
        })
        .unwrap()
}

fn fix(folder: &Path, arguments: &[&str]) -> Output {
    let all = [&["check", "--fix"], arguments].concat();
    cci().current_dir(folder).args(all).output().unwrap()
}

#[test]
fn planted_problems_are_mended_counted_and_said() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    let before = std::fs::read(folder.path().join("social_care.csv")).unwrap();
    let output = fix(folder.path(), &["social_care.csv"]);
    assert_eq!(output.status.code(), Some(1), "two rows are bad still: {}", stderr(&output));
    assert_golden("schema/mend_social_care.txt", &stdout(&output));
    let mended = std::fs::read_to_string(folder.path().join("social_care.mended.csv")).unwrap();
    assert_golden("schema/mend_social_care.csv", &mended);
    assert_eq!(std::fs::read(folder.path().join("social_care.csv")).unwrap(), before);
}

#[test]
fn mended_file_has_nothing_left_to_mend() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    fix(folder.path(), &["social_care.csv"]);
    let again = fix(
        folder.path(),
        &["social_care.mended.csv", "--schema", "social_care", "--output", "again.csv", "--json"],
    );
    let checked: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(checked[0]["mended"]["mended"], serde_json::json!([]));
    let text = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(text("social_care.mended.csv"), text("again.csv"));
}

#[test]
fn order_of_day_and_month_is_not_taken_from_the_schema_alone() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing here says whether the first part is the day.
    let rows = format!("{HEADER}\nC1,330,,,Ann,Lee,01-02-2011,F,WBRI,AB1 2CD\n");
    std::fs::write(folder.path().join("social_care.csv"), &rows).unwrap();
    let output = fix(folder.path(), &["social_care.csv", "--json"]);
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(checked[0]["mended"]["mended"], serde_json::json!([]));
    assert_eq!(checked[0]["mended"]["left"][0]["rule"], "date_separator");
    let mended = std::fs::read_to_string(folder.path().join("social_care.mended.csv")).unwrap();
    assert_eq!(mended, rows);
}

#[test]
fn copy_never_takes_the_place_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    planted(folder.path());
    for output in ["social_care.csv", "./social_care.csv"] {
        let refused = fix(folder.path(), &["social_care.csv", "--output", output]);
        assert_eq!(refused.status.code(), Some(4), "{}", stderr(&refused));
    }
    assert_eq!(fix(folder.path(), &["social_care.csv"]).status.code(), Some(1));
    let twice = fix(folder.path(), &["social_care.csv"]);
    assert_eq!(twice.status.code(), Some(4), "{}", stderr(&twice));
    assert!(stderr(&twice).contains("never written over"), "{}", stderr(&twice));
}

/// Cells of every shape that a file may hold, right and wrong.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[ \u{a0}]{0,2}[A-Za-z']{1,8}[ \u{a0}]{0,2}[a-z]{0,4} {0,2}",
        "[0-9]{8,10}(\\.0)?",
        "[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}",
        "[0-3]?[0-9][-/. ][01]?[0-9][-/. ](19|20)[0-9]{2}",
        "(19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9]",
        "[a-zA-Z]{1,2}[0-9]{1,2} {0,2}[0-9][a-zA-Z]{2}",
        "[mfuMFU]",
        "(wbri|WBRI|Wirt|refu|un1|UN10)",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..Default::default() })]
    /// The claim of the whole: what was a value stays that value, what was not certain stays
    /// as it was, and a second mending finds nothing.
    #[test]
    fn only_what_is_mended_changes_and_no_value_becomes_another(
        cells in proptest::collection::vec(proptest::collection::vec(cell(), 10), 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let [path, once, twice] = ["a.csv", "b.csv", "c.csv"].map(|name| folder.path().join(name));
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let rows = cells.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(","));
        std::fs::write(&path, format!("{HEADER}\n{}\n", rows.collect::<Vec<_>>().join("\n"))).unwrap();
        let schema = AgencySchema::find("social_care").unwrap();
        let report = mend(&schema.file(&path), &once).unwrap();
        prop_assert!(mend(&schema.file(&once), &twice).unwrap().mended.is_empty());
        prop_assert_eq!(std::fs::read(&once).unwrap(), std::fs::read(&twice).unwrap());

        let (before, after) = (read_table(&path).unwrap(), read_table(&once).unwrap());
        let changes: u64 = (0..before.rows())
            .flat_map(|row| (0..10).map(move |column| (row, column)))
            .map(|(row, column)| u64::from(before.cell(row, column) != after.cell(row, column)))
            .sum();
        let counted: u64 = report.mended.iter().map(|mends| mends.count).sum();
        prop_assert!(changes <= counted && (counted == 0) == (changes == 0));

        // Mending loses no record. A file whose dates are mixed is refused whole, before as after.
        let options = ReadOptions::allowing(1.0);
        let accepted = |path: &Path| {
            let reading = read(&[schema.file(path)], &linkage_attributes(), &options);
            reading.map(|reading| reading.accounts[0].accepted)
        };
        match (accepted(&path), accepted(&once)) {
            (Ok(before), Ok(after)) => prop_assert!(after >= before),
            (Ok(_), Err(refused)) => prop_assert!(false, "mended and then refused: {refused:?}"),
            (Err(refused), _) => prop_assert!(refused.to_string().contains("are not in its format"), "{refused:?}"),
        }
    }

    #[test]
    fn no_mend_makes_one_value_into_another(text in cell(), column in 0usize..14, settled in any::<bool>()) {
        let schema = AgencySchema::find("social_care").unwrap();
        let request = &schema.columns[column % schema.columns.len()].request;
        let column = MendColumn { request: Some(request), order_settled: settled };
        let normalise = |cell: &str| {
            let mut value = String::new();
            let outcome = request.kind.map(|kind| {
                cci::normalise::of_kind(kind).normalise(cell, &request.rules, &mut value)
            });
            (outcome, value)
        };
        for mend in MENDS {
            let Mended::Certain(mended) = mend.mend(&text, &column) else { continue };
            let (before, after) = (normalise(&text), normalise(&mended));
            let became_valid = before.0 == Some(Normalised::Invalid);
            prop_assert!(before == after || became_valid, "{}: {text:?} {mended:?}", mend.name());
        }
    }
}
