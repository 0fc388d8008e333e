//! Linkage settings with mistakes: each is answered, none is died of.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use self::mutation::{QUICK, at_length, damaged, mistakes, quickly};
use super::*;
use crate::normalise::NamePart;

#[path = "../../../tests/fuzz/mutation.rs"]
mod mutation;

fn shipped() -> impl proptest::strategy::Strategy<Value = String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/linkage");
    let mut texts: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    texts.sort();
    (prop::sample::select(texts), mistakes()).prop_map(|(text, mistakes)| damaged(&text, &mistakes))
}

/// Settings that parse give everything that needs no data; others say where they are wrong.
fn read(text: String) -> std::result::Result<(), TestCaseError> {
    match LinkageSettings::parse(&text, "mine.toml") {
        Ok(settings) => {
            let folder = Path::new("folder");
            for outcome in [settings.files(folder).err(), settings.labelled(folder).err()] {
                let error = outcome.map(|error| error.to_string());
                prop_assert!(error.as_ref().is_none_or(|e| e.contains("mine.toml")), "{error:?}");
            }
        }
        Err(error) => prop_assert!(error.to_string().contains("mine.toml"), "{}", error),
    }
    Ok(())
}

#[test]
fn dates_that_no_column_is_in_are_refused_by_line() {
    let settings = |line: &str| {
        let columns = "[source.columns]\ndob = \"dob\"\n";
        let source = format!("[[source]]\nfile = \"a.csv\"\nid = \"id\"\n{line}\n{columns}");
        let text =
            format!("version = 1\nlink = \"within\"\n[attributes]\ndob = \"date\"\n{source}");
        let text = text + "[decide]\nstrategy = \"probabilistic\"\ncluster = \"merged\"\n";
        let error = LinkageSettings::parse(&text, "mine.toml")
            .and_then(|settings| settings.files(Path::new("folder")).map(|_| ()))
            .err();
        error.map(|error| error.to_string())
    };
    assert_eq!(settings("date_format = \"%d/%m/%Y\"\nearliest_year = 1750"), None);
    for (line, found) in [
        ("date_format = \"%d/%m\"", "\"%d/%m\" is no date format"),
        ("earliest_year = 75", "earliest_year 75: expected 1000 to 2099"),
    ] {
        let error = settings(line).unwrap();
        assert!(error.contains(found) && error.contains("mine.toml, line 8"), "{error}");
    }
}

#[test]
fn parts_of_full_names_feed_names_only() {
    let read = |name: &str, dob: &str| {
        let attributes = "[attributes]\nname = \"given_name\"\ndob = \"date\"\n";
        let columns = format!("[source.columns]\nname = {name}\ndob = {dob}\n");
        let source = format!("[[source]]\nfile = \"a.csv\"\nid = \"id\"\n{columns}");
        let decide = "[decide]\nstrategy = \"probabilistic\"\ncluster = \"merged\"\n";
        let text = format!("version = 1\nlink = \"within\"\n{attributes}{source}{decide}");
        LinkageSettings::parse(&text, "mine.toml")
            .and_then(|settings| settings.files(Path::new("folder")))
    };
    let given = "{ column = \"Name\", part = \"given\" }";
    let files = read(given, "\"born\"").unwrap();
    let parts: Vec<_> = files[0].columns.iter().map(|column| column.part).collect();
    assert_eq!(parts, [None, Some(NamePart::Given)]);
    for (name, dob, line, found) in [
        (
            "{ column = \"Name\", part = \"middle\" }",
            "\"born\"",
            10,
            "expected a column, a list of",
        ),
        ("{ column = \"Name\" }", "\"born\"", 10, "expected a column, a list of columns"),
        (given, given, 11, "dob is no name, and a part of a full name is"),
    ] {
        let error = read(name, dob).unwrap_err().to_string();
        assert!(error.contains(found), "{error}");
        assert!(error.contains(&format!("mine.toml, line {line}")), "{error}");
    }
}

#[test]
fn damaged_settings_are_answered_with_their_place() {
    quickly(QUICK, &shipped(), read);
}

#[test]
#[ignore = "runs for ten minutes"]
fn damaged_settings_at_length() {
    at_length("linkage settings", &shipped(), read);
}
