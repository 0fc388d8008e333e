//! Reading files: nothing is lost, every fault has its place.

mod police_file;

use std::io::Write;
use std::path::{Path, PathBuf};

use cci::error::{Error, ErrorKind};
use cci::record::{AttributeKind, Source};
use cci::schema::{
    ColumnRequest, Delimiter, FIRST_ROWS, ReadOptions, Reading, SourceFile, Split, TextEncoding,
    read, read_labels, read_table, read_with_quarantine,
};
use police_file::{asked, attributes, police};
use proptest::prelude::*;

/// Good rows enough that one bad row stays under the share allowed.
const ANY_SHARE: ReadOptions = ReadOptions::allowing(1.0);

fn written(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the test folder is writable");
    path
}

/// FEBRL set: rows of several sources told apart by a column, impossible dates missing.
fn febrl(name: &str) -> SourceFile {
    let feeding = |column: &str, attribute: &str, kind| {
        ColumnRequest::feeding(asked(column, 1), attribute, kind)
    };
    SourceFile {
        path: format!("tests/data/{name}.csv.gz").into(),
        delimiter: Delimiter::default(),
        encoding: TextEncoding::default(),
        id_column: asked("unique_id", 1),
        split: Split::ByColumn { column: asked("source_dataset", 1), duplicate_free: true },
        columns: vec![
            feeding("surname", "family_name", AttributeKind::FamilyName),
            feeding("first_name", "given_name", AttributeKind::GivenName),
            feeding("dob", "date_of_birth", AttributeKind::Date),
        ],
        histories: Vec::new(),
    }
}

fn counts(reading: &Reading) -> Vec<(String, u64, u64, u64, u64)> {
    let counts = reading
        .accounts
        .iter()
        .map(|a| (a.source.clone(), a.read, a.accepted, a.quarantined, a.declared_duplicates));
    counts.collect()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases<T> {
    case: Vec<T>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct BadFile {
    name: String,
    text: Option<String>,
    hex: Option<String>,
    error: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct BadRow {
    name: String,
    row: String,
    fault: String,
    code: String,
}

#[test]
fn file_that_cannot_be_read_says_why_and_what_next() {
    let cases: Cases<BadFile> =
        toml::from_str(include_str!("cases/schema/bad_files.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for case in cases.case {
        let bytes = match (&case.text, &case.hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect(),
            _ => panic!("{}: text or hex", case.name),
        };
        let path = written(folder.path(), "police.csv", bytes);
        let error = read(&[police(&path)], &attributes(), &ANY_SHARE).unwrap_err();
        let shown = error.to_string().replace(path.to_str().unwrap(), "PATH");
        assert_eq!(shown, case.error, "{}", case.name);
        assert!(shown.lines().count() <= 8 && error.kind().exit_status() == 3, "{}", case.name);
    }
}

#[test]
fn bad_row_goes_to_quarantine_with_place_and_original_bytes() {
    let cases: Cases<BadRow> = toml::from_str(include_str!("cases/schema/bad_rows.toml")).unwrap();
    let date = cci::normalise::of_kind(AttributeKind::Date).expects();
    let folder = tempfile::tempdir().unwrap();
    for case in cases.case {
        let text = format!("id,surname,forename,dob\n1,GREEN,MAY,2015-02-01\n\n{}\n", case.row);
        let path = written(folder.path(), "police.csv", text);
        let reading = read(&[police(&path)], &attributes(), &ANY_SHARE).unwrap();
        assert_eq!(counts(&reading), [("police".into(), 2, 1, 1, 0)], "{}", case.name);
        let row = &reading.quarantine[0];
        let shown = row.fault.to_string().replace(path.to_str().unwrap(), "PATH");
        assert_eq!(shown, case.fault.replace("DATE", date), "{}", case.name);
        assert_eq!(row.fault.code.name(), case.code, "{}", case.name);
        assert_eq!(
            (row.original.reveal().as_slice(), row.line),
            (case.row.as_bytes(), 4),
            "{}",
            case.name
        );
    }
}

#[test]
fn row_that_is_not_utf8_keeps_its_bytes_in_the_quarantine_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"id,surname,forename,dob\n1,GREEN,MAY,2015-02-01\n2,BRONT\xCB,JO,2014-02-01\n";
    let path = written(folder.path(), "police.csv", text);
    let dir = folder.path();
    let reading = read_with_quarantine(&[police(&path)], &attributes(), &ANY_SHARE, dir).unwrap();
    let files = reading.quarantine_files;
    assert_eq!(files, [folder.path().join("quarantine/police.csv")]);
    let expected: &[u8] = b"line,column,code,column_name,expected,row\n\
        3,8,not_utf8,surname,UTF-8 text,\"2,BRONT\xCB,JO,2014-02-01\"\n";
    assert_eq!(std::fs::read(&files[0]).unwrap(), expected);
}

#[test]
fn clean_files_leave_no_quarantine_folder() {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,surname,forename,dob\n1,GREEN,MAY,2015-02-01\n";
    let path = written(folder.path(), "police.csv", text);
    let (dir, options) = (folder.path(), ReadOptions::default());
    let reading = read_with_quarantine(&[police(&path)], &attributes(), &options, dir).unwrap();
    assert!(reading.quarantine_files.is_empty());
    assert!(!folder.path().join("quarantine").exists());
}

#[test]
fn missing_file_and_folder_are_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let message = |path: &Path| {
        let error = read(&[police(path)], &attributes(), &ANY_SHARE).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
        error.message().to_string()
    };
    assert!(message(&folder.path().join("none.csv")).ends_with("none.csv: no such file"));
    assert!(message(folder.path()).ends_with(": it is a folder"));
}

#[test]
fn compressed_file_cut_short_is_named_with_the_last_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read("tests/data/febrl3.csv.gz").unwrap();
    let path = written(folder.path(), "febrl3.csv.gz", &whole[..whole.len() / 2]);
    let file = SourceFile { path, ..febrl("febrl3") };
    let error = read(&[file], &attributes(), &ANY_SHARE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadStructure);
    assert!(error.message().contains("the compressed data breaks off after line "), "{error}");
}

#[test]
fn too_many_bad_rows_stop_the_reading_and_name_the_first_three() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("id,surname,forename,dob\n");
    for id in 0..95 {
        text += &format!("{id},GREEN,MAY,2015-02-01\n");
    }
    let bad = "x,GREEN,MAY\n";
    let path = written(folder.path(), "police.csv", text.clone() + &bad.repeat(5));
    let options = ReadOptions::default();
    read(&[police(&path)], &attributes(), &options).expect("five of a hundred are allowed");
    let path = written(folder.path(), "police.csv", text + &bad.repeat(6));
    let error = read(&[police(&path)], &attributes(), &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyBadRows);
    assert_eq!(
        error.to_string().replace(path.to_str().unwrap(), "PATH"),
        "error[E024]: too many bad rows: PATH: 6 of 101 rows, allowed are 5.0 %\n  \
         PATH:97:1: expected 4 cells, found 3\n  \
         PATH:98:1: expected 4 cells, found 3\n  \
         PATH:99:1: expected 4 cells, found 3\n  \
         help: mend the rows, or check date formats and codes in the file's schema"
    );
}

#[test]
fn repeated_row_is_a_declared_duplicate_and_a_changed_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,surname,forename,dob,note\n\
                1,GREEN,MAY,2015-02-01,x\n1,GREEN,MAY,2015-02-01,x\n1,GREEN,MAY,2015-02-01,y\n";
    let path = written(folder.path(), "police.csv", text);
    let reading = read(&[police(&path)], &attributes(), &ANY_SHARE).unwrap();
    assert_eq!(counts(&reading), [("police".into(), 3, 1, 1, 1)]);
}

#[test]
fn zero_rows_and_one_row_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let header = "id,surname,forename,dob\n";
    let none = written(folder.path(), "none.csv", header);
    let one = written(folder.path(), "one.csv", format!("{header}7,GREEN,MAY,2015-02-01"));
    let other = SourceFile { split: Split::One(Source::new("other")), ..police(&one) };
    let reading = read(&[police(&none), other], &attributes(), &ReadOptions::default()).unwrap();
    let expected = [("police".into(), 0, 0, 0, 0), ("other".into(), 1, 1, 0, 0)];
    assert_eq!(counts(&reading), expected);
    assert_eq!((reading.records.len(), reading.records.name(0)), (1, "other:7".to_string()));
}

#[test]
fn interleaved_sources_become_whole_and_sorted() {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,surname,forename,dob,set\n\
                1,GREEN,MAY,2015-02-01,b\n1,BROWN,JO,2014-02-01,a\n2,GREY,AL,2014-03-01,b\n\
                3,WHITE,BO,2014-03-01,\n4,WHITE,BO,2014-03-01,../a\n5,WHITE,BO\n";
    let path = written(folder.path(), "both.csv", text);
    let split = Split::ByColumn { column: asked("set", 20), duplicate_free: true };
    let file = SourceFile { split, ..police(&path) };
    let reading = read(&[file], &attributes(), &ANY_SHARE).unwrap();
    // Rows whose source is unknown have an account of their own.
    let expected =
        [("a".into(), 1, 1, 0, 0), ("b".into(), 2, 2, 0, 0), ("both".into(), 3, 0, 3, 0)];
    assert_eq!(counts(&reading), expected);
    let names: Vec<String> = (0..3).map(|record| reading.records.name(record)).collect();
    assert_eq!(names, ["a:1", "b:1", "b:2"]);
    assert!(reading.records.sources().iter().all(|source| source.duplicate_free));
    let faults: Vec<&str> = reading.faults.iter().map(|fault| fault.code.name()).collect();
    assert_eq!(faults, ["no_source", "no_source", "short_row"]);
}

#[test]
fn share_of_bad_rows_is_of_the_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..99).map(|id| format!("{id},GREEN,MAY,2015-02-01,a\n")).collect();
    let text = format!("id,surname,forename,dob,set\n{rows}broken\n");
    let path = written(folder.path(), "both.csv", text);
    let split = Split::ByColumn { column: asked("set", 20), duplicate_free: false };
    let file = SourceFile { split, ..police(&path) };
    let reading = read(&[file], &attributes(), &ReadOptions::default()).unwrap();
    assert_eq!(counts(&reading), [("a".into(), 99, 99, 0, 0), ("both".into(), 1, 0, 1, 0)]);
}

#[test]
fn one_source_in_two_files_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "police.csv", "id,surname,forename,dob\n");
    let error = read(&[police(&path), police(&path)], &attributes(), &ANY_SHARE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadValue);
    assert!(error.message().starts_with("source \"police\" is in both"), "{error}");
}

#[test]
fn column_of_sources_that_names_every_row_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..300).map(|id| format!("{id},GREEN,MAY,2015-02-01\n")).collect();
    let path = written(folder.path(), "police.csv", format!("id,surname,forename,dob\n{rows}"));
    let split = Split::ByColumn { column: asked("id", 20), duplicate_free: false };
    let error =
        read(&[SourceFile { split, ..police(&path) }], &attributes(), &ANY_SHARE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn labelled_sets_are_read_whole_with_impossible_dates_set_aside() {
    // Counts from tests/data/README.md, taken with Python's csv and datetime modules.
    for (name, sources, impossible) in [("febrl3", 1, 35), ("febrl4", 2, 64)] {
        let file = febrl(name);
        let reading =
            read(std::slice::from_ref(&file), &attributes(), &ReadOptions::default()).unwrap();
        assert_eq!(reading.accounts.len(), sources);
        assert!(reading.accounts.iter().all(|account| account.accepted == 5000));
        assert_eq!((reading.faults.len(), reading.quarantine.len()), (0, 0));
        let dates = reading.accounts.iter().map(|account| &account.columns[2]);
        assert_eq!(dates.map(|column| column.set_aside).sum::<u64>(), impossible, "{name}");

        let labels = read_labels(&file, &asked("cluster", 1)).unwrap();
        assert_eq!(labels.len(), sources * 5000);
        let mut of_cluster = std::collections::BTreeMap::<&str, u64>::new();
        labels.iter().for_each(|label| *of_cluster.entry(&label.label).or_default() += 1);
        let pairs: u64 = of_cluster.values().map(|size| size * (size - 1) / 2).sum();
        let expected = if name == "febrl3" { (2000, 6538) } else { (5000, 5000) };
        assert_eq!((of_cluster.len(), pairs), expected, "{name}");
    }
}

#[test]
fn compressed_and_plain_files_give_the_same_records() {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,surname,forename,dob\n1,GREEN,MAY,2015-02-01\n2,BROWN,JO,2014-02-01\n";
    let plain = written(folder.path(), "plain.csv", text);
    // Two members one after the other, as `cat a.gz b.gz` makes them.
    let mut compressed = Vec::new();
    for part in [&text[..30], &text[30..]] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        encoder.write_all(part.as_bytes()).unwrap();
        compressed.extend(encoder.finish().unwrap());
    }
    let compressed = written(folder.path(), "any_name", compressed);
    let columns = |path: &Path| {
        read(&[police(path)], &attributes(), &ANY_SHARE).unwrap().records.columns().to_vec()
    };
    assert_eq!(columns(&plain), columns(&compressed));
}

#[test]
fn no_message_and_no_debug_shows_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,surname,forename,dob\nCANARY1,CANARY2,CANARY3,CANARY4\n\
                CANARY5,\"CANARY6\"CANARY7,x,2014-02-01\nCANARY8,CANARY9\n\
                CANARY10,GREEN,MAY,2015-02-01\nCANARY10,BROWN,MAY,2015-02-01\n";
    let path = written(folder.path(), "police.csv", text);
    let reading = read(&[police(&path)], &attributes(), &ANY_SHARE).unwrap();
    assert_eq!(reading.quarantine.len(), 4);
    let none = ReadOptions::allowing(0.0);
    let error: Error = read(&[police(&path)], &attributes(), &none).unwrap_err();
    let table = read_table(&written(folder.path(), "t.csv", "a\nCANARY\n")).unwrap();
    let labels = read_labels(&police(&path), &asked("surname", 1)).unwrap();
    let shown = format!(
        "{error} {error:?} {:?} {:?} {:?} {:?} {table:?} {labels:?}",
        reading.faults, reading.fault_groups, reading.quarantine, reading.accounts
    );
    assert!(!shown.contains("CANARY"), "{shown}");
    let all = format!("{reading:?}");
    assert!(!all.contains("CANARY"), "{all}");

    // A file without a header begins with somebody's record.
    let bare = written(folder.path(), "bare.csv", "CANARY,CANARY,2015\n");
    let error = read(&[police(&bare)], &attributes(), &ANY_SHARE).unwrap_err();
    assert!(!error.to_string().contains("CANARY"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]
    /// The file is damaged in ways that keep one row a line; then lines are what was read.
    #[test]
    fn whatever_the_damage_every_row_is_accounted_for(
        rows in prop::collection::vec((0u8..30, "[A-Z]{1,3}", 0u8..9), 0..60),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut text = b"id,surname,forename,dob\n".to_vec();
        let mut good = 0;
        for (id, name, damage) in &rows {
            let row = format!("{id},{name},MAY,2015-02-01");
            match damage {
                0 => text.extend(row.replace("2015", "20x5").bytes()),
                1 => text.extend(row.replace("MAY", "M\"AY").bytes()),
                2 => text.extend(row.replace(",MAY", "").bytes()),
                3 => text.extend([row.as_bytes(), b",\xFF"].concat()),
                _ => { good += 1; text.extend(row.bytes()) }
            }
            text.extend(if damage % 2 == 0 { &b"\n\n"[..] } else { &b"\r\n"[..] });
        }
        let path = written(folder.path(), "police.csv", &text);
        let reading = read(&[police(&path)], &attributes(), &ANY_SHARE).unwrap();
        let account = &reading.accounts[0];
        prop_assert_eq!(account.read, rows.len() as u64);
        prop_assert_eq!(
            account.read,
            account.accepted + account.quarantined + account.declared_duplicates
        );
        prop_assert!(account.accepted + account.declared_duplicates <= good);
        let distinct: std::collections::BTreeSet<_> =
            rows.iter().filter(|row| row.2 > 3).map(|row| row.0).collect();
        prop_assert_eq!(account.accepted, distinct.len() as u64);
    }
}

#[test]
fn quarantine_files_hold_every_bad_row_and_memory_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..1_000).map(|id| format!("{id},GREEN,MAY,never\n")).collect();
    let text = format!("id,surname,forename,dob\n{rows}x,GREEN,MAY,2015-02-01\n");
    let path = written(folder.path(), "police.csv", text);
    let dir = folder.path();
    let reading = read_with_quarantine(&[police(&path)], &attributes(), &ANY_SHARE, dir).unwrap();
    assert_eq!(counts(&reading), [("police".into(), 1_001, 1, 1_000, 0)]);
    assert_eq!((reading.quarantine.len(), reading.fault_groups[0].count), (FIRST_ROWS, 1_000));
    assert_eq!(reading.lines, [1_002], "the record's line in its file");
    let table = read_table(&reading.quarantine_files[0]).unwrap();
    let row = table.column("row").unwrap();
    assert_eq!((table.rows(), table.cell(999, row)), (1_000, "999,GREEN,MAY,never"));
}

#[test]
fn refused_file_leaves_no_quarantine_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "police.csv", "id,surname,forename,dob\n1,GREEN\n");
    let dir = folder.path();
    let options = ReadOptions::default();
    let error = read_with_quarantine(&[police(&path)], &attributes(), &options, dir).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyBadRows);
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 1, "only the file itself");
}
