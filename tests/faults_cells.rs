//! Cells that are wrong in ways people recognise: one claim a cause, and the message a user sees.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::PathBuf;

use cci::error::{Error, ErrorKind};
use cci::normalise::Pattern;
use cci::record::{Attribute, AttributeKind, Source};
use cci::schema::{
    AgencySchema, AsAt, ColumnName, ColumnRequest, DateOf, Delimiter, HiddenCharacters, OnInvalid,
    ReadOptions, Reading, Remark, SourceFile, Split, TestNumbers, TextEncoding, linkage_attributes,
    read, read_with_quarantine,
};
use command::{cci, stdout};

/// One file with an identifier and the columns asked for.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
    columns: Vec<ColumnRequest>,
}

impl Place {
    fn new(columns: Vec<ColumnRequest>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("police.csv");
        Self { folder, path, columns }
    }

    /// Writes rows, each with an identifier of its own.
    fn rows(self, rows: &[&str]) -> Self {
        let names: Vec<&str> = self.columns.iter().map(|c| c.column.name.as_str()).collect();
        let rows = rows.iter().enumerate().map(|(place, row)| format!("{place},{row}\n"));
        let text = format!("id,{}\n{}", names.join(","), rows.collect::<String>());
        std::fs::write(&self.path, text).unwrap();
        self
    }

    /// Returns the file and the attributes that its columns feed.
    fn asked(&self) -> (SourceFile, Vec<Attribute>) {
        let file = SourceFile {
            path: self.path.clone(),
            delimiter: Delimiter::default(),
            encoding: TextEncoding::default(),
            id_column: ColumnName::new("id", "cci.toml", 16),
            split: Split::One(Source::new("police")),
            columns: self.columns.clone(),
            histories: Vec::new(),
        };
        let attribute = |column: &ColumnRequest| {
            Attribute::new(column.attribute.clone().unwrap(), column.kind.unwrap())
        };
        (file, self.columns.iter().map(attribute).collect())
    }

    fn read_with(&self, options: &ReadOptions) -> Result<Reading, Error> {
        let (file, attributes) = self.asked();
        read(&[file], &attributes, options)
    }

    fn read(&self) -> Result<Reading, Error> {
        self.read_with(&any_share())
    }

    fn golden(&self, name: &str, message: &str) {
        let folder = self.folder.path().to_str().unwrap();
        let shown = message.replace(folder, "DIR") + "\n";
        common::assert_golden(&format!("ingest/{name}.txt"), &shown);
    }

    /// Holds the messages of all faults as golden text.
    fn faults(&self, name: &str) -> Reading {
        let reading = self.read().unwrap();
        let messages: Vec<String> = reading.faults.iter().map(ToString::to_string).collect();
        self.golden(name, &messages.join("\n"));
        reading
    }
}

fn any_share() -> ReadOptions {
    ReadOptions::allowing(1.0)
}

/// Asks for a column of which a bad cell sends the row to quarantine.
fn column(name: &str, kind: AttributeKind) -> ColumnRequest {
    let asked = ColumnName::new(name, "cci.toml", 17);
    let mut request = ColumnRequest::feeding(asked, name, kind);
    request.on_invalid = OnInvalid::Quarantine;
    request
}

fn dated(format: &str) -> ColumnRequest {
    let mut request = column("date_of_birth", AttributeKind::Date);
    request.rules.date_format = format.into();
    request
}

/// Returns the remarks of the first column with their numbers of cells.
fn remarks(reading: &Reading) -> Vec<(Remark, u64)> {
    let remarks = &reading.accounts[0].columns[0].remarks;
    remarks.iter().map(|count| (count.remark, count.cells)).collect()
}

#[test]
fn e1_20_what_a_spreadsheet_made_of_a_number_is_named_and_counted_apart() {
    let place = Place::new(vec![column("nhs_number", AttributeKind::NhsNumber)]).rows(&[
        "9.43E+09",
        "#N/A",
        "#REF!",
        "#VALUE!",
        // 0101010001: nine digits once the zero is gone (a Scottish number, by modulus 11).
        "101010001",
        "1010100",
        "9990123454",
    ]);
    let reading = place.faults("spreadsheet_number");
    use Remark::{LostZeros, SpreadsheetError, SpreadsheetRounding};
    let expected = [(SpreadsheetError, 3), (SpreadsheetRounding, 1), (LostZeros, 1)];
    assert_eq!(remarks(&reading)[..3], expected);
    assert_eq!((reading.accounts[0].accepted, reading.accounts[0].quarantined), (1, 6));
    let first = reading.accounts[0].columns[0].remarks[2].first.unwrap();
    assert_eq!((first.line, first.column), (6, 3));
    let folder = tempfile::tempdir().unwrap();
    let (file, attributes) = place.asked();
    let any = ReadOptions::allowing(1.0);
    let reading = read_with_quarantine(&[file], &attributes, &any, folder.path()).unwrap();
    let text = std::fs::read_to_string(&reading.quarantine_files[0]).unwrap();
    assert!(text.contains("2,3,spreadsheet_rounding,nhs_number,"), "{text}");
}

#[test]
fn e1_20_what_a_spreadsheet_made_of_a_date_is_named() {
    let cells = ["42036", "42036.5", "#N/A", "4.2E+04", "99999", "2015"];
    let reading = Place::new(vec![dated("%d/%m/%Y")]).rows(&cells).faults("spreadsheet_date");
    use Remark::{SpreadsheetDay, SpreadsheetError, SpreadsheetRounding};
    let expected = [(SpreadsheetError, 1), (SpreadsheetRounding, 1), (SpreadsheetDay, 2)];
    assert_eq!(remarks(&reading), expected);
    let reading = Place::new(vec![dated("%d%m%Y")]).rows(&["1022015"]).read().unwrap();
    assert_eq!(remarks(&reading), [(Remark::LostZeros, 1)], "1 February without its zero");
}

#[test]
fn e1_20_a_code_without_its_leading_zeros_is_named() {
    let mut request = column("status", AttributeKind::Category);
    request.codes = ["01", "02", "10"].map(String::from).into();
    let place = Place::new(vec![request]).rows(&["01", "1", "0", "010", "10"]);
    assert_eq!(remarks(&place.faults("spreadsheet_code")), [(Remark::LostZeros, 1)]);
}

#[test]
fn e1_20_damage_is_missing_where_the_schema_says_so_and_counted_all_the_same() {
    let mut request = column("nhs_number", AttributeKind::NhsNumber);
    request.on_invalid = OnInvalid::Missing;
    let reading = Place::new(vec![request]).rows(&["9.43E+09", "9990123454"]).read().unwrap();
    assert_eq!(remarks(&reading)[0], (Remark::SpreadsheetRounding, 1));
    let account = &reading.accounts[0];
    assert_eq!((account.accepted, account.columns[0].set_aside), (2, 1));
    assert_eq!(reading.records.columns()[0].value(0), None);
}

#[test]
fn e1_21_dates_in_several_formats_are_refused_with_the_number_in_each() {
    let mut cells = vec!["25/12/2014"; 812];
    cells.extend(["03/04/2015"; 165]);
    cells.extend(["12/25/2014"; 23]);
    let place = Place::new(vec![dated("%d/%m/%Y")]).rows(&cells);
    let error = place.read().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadStructure);
    place.golden("dates_exchanged", &error.to_string());

    let cells = ["2014-12-25", "2015-04-03", "03/04/2015", "04/04/2015", "25/04/2015"];
    let place = Place::new(vec![dated("%Y-%m-%d")]).rows(&cells);
    place.golden("dates_mixed", &place.read().unwrap_err().to_string());

    let other = Place::new(vec![dated("%d/%m/%Y")]).rows(&["20141225"; 3]);
    other.golden("dates_all_other", &other.read().unwrap_err().to_string());
}

#[test]
fn e1_21_a_few_slips_go_to_quarantine_and_ambiguous_dates_stay_with_their_format() {
    let cells = ["25/12/2014", "12/25/2014", "01/31/2016", "03/04/2015"];
    let place = Place::new(vec![dated("%d/%m/%Y")]).rows(&cells);
    let reading = place.faults("dates_slips");
    assert_eq!(remarks(&reading), [(Remark::OtherDateFormat, 2)]);
    let value = |record| reading.records.columns()[0].value(record);
    assert_eq!((value(0), value(1)), (Some("2014-12-25"), Some("2015-04-03")));
}

#[test]
fn e1_21_a_mixed_column_is_refused_only_where_bad_cells_go_to_quarantine() {
    let cells = ["25/12/2014", "12/25/2014", "12/26/2014", "12/27/2014", "03/04/2015"];
    let strict = Place::new(vec![dated("%d/%m/%Y")]).rows(&cells);
    // Before the share of bad rows is judged, which would only say that there are many.
    let error = strict.read_with(&ReadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadStructure);
    let mut lenient = dated("%d/%m/%Y");
    lenient.on_invalid = OnInvalid::Missing;
    let reading = Place::new(vec![lenient]).rows(&cells).read_with(&ReadOptions::default());
    let reading = reading.unwrap();
    assert_eq!(remarks(&reading), [(Remark::OtherDateFormat, 3)]);
    let account = &reading.accounts[0];
    assert_eq!((account.accepted, account.columns[0].set_aside), (5, 3));
    assert!(reading.date_formats[0].is_mixed() && !reading.date_formats[0].is_refused());
}

#[test]
fn e1_21_own_settings_link_a_mixed_column_and_say_so() {
    let rows: String = (1..=9).map(|n| format!("{n},{n},ASHA,GREEN,2015-02-0{n}\n")).collect();
    let left = format!("id,child,first,last,dob\n{rows}");
    let right = (7..=9).fold(left.clone(), |text, n| {
        text.replace(&format!("2015-02-0{n}"), &format!("12/25/201{n}"))
    });
    let folder = tempfile::tempdir().unwrap();
    let files = [("s.toml", command::TWO_FILES), ("left.csv", &left), ("right.csv", &right)];
    command::write(folder.path(), &files);
    let arguments = ["link", "--config", "s.toml", "--out", "out"];
    let output = cci().current_dir(folder.path()).args(arguments).output().unwrap();
    let said = command::stderr(&output);
    assert!(output.status.success(), "{said}");
    let expected =
        "right, dob: a date in another format in 3 of 9 rows, 33.3 % (other_date_format)";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn e1_21_check_reports_a_mixed_column_with_all_else() {
    let mixed = Place::new(vec![dated("%d/%m/%Y")]).rows(&["25/12/2014", "12/25/2014"]);
    assert!(!mixed.read_with(&ReadOptions::check()).unwrap().date_formats[0].is_mixed());
    let folder = health(&[
        ("", "GREEN", "20150201"),
        ("", "BROWN", "25/12/2014"),
        ("", "GREY", "03/04/2015"),
        ("#N/A", "WHITE", "04/04/2015"),
    ]);
    let output = cci().current_dir(folder.path()).args(["check", "health.csv"]).output().unwrap();
    let text = stdout(&output);
    let (_, found) = text.split_once("  other_date_format in").unwrap();
    common::assert_golden("ingest/check_dates.txt", &format!("  other_date_format in{found}"));
}

fn as_at(day: &str) -> ReadOptions {
    ReadOptions { as_at: Some(AsAt::parse(day).unwrap()), ..any_share() }
}

#[test]
fn e1_22_births_after_the_as_at_date_and_ages_above_25_go_to_quarantine() {
    let mut born = dated("%Y-%m-%d");
    born.on_invalid = OnInvalid::Missing; // whoever names a day wants no others, whatever else
    let cells = ["2026-03-31", "2026-04-01", "2000-04-01", "2000-03-31", "0202-05-06"];
    let place = Place::new(vec![born]).rows(&cells);
    let reading = place.read_with(&as_at("2026-03-31")).unwrap();
    let messages: Vec<String> = reading.faults.iter().map(ToString::to_string).collect();
    place.golden("ages", &messages.join("\n"));
    let expected = [(Remark::ImpossibleDate, 1), (Remark::BornLater, 1), (Remark::TooOld, 1)];
    assert_eq!(remarks(&reading), expected);
    assert_eq!((reading.accounts[0].accepted, reading.accounts[0].quarantined), (3, 2));
    let unjudged = place.read().unwrap();
    assert_eq!(unjudged.accounts[0].accepted, 5, "without a day only the year 0202 is refused");
    assert_eq!(remarks(&unjudged), [(Remark::ImpossibleDate, 1)]);
}

#[test]
fn e1_22_expected_births_may_be_forty_weeks_ahead_and_events_are_of_no_age() {
    let mut expected = dated("%Y-%m-%d");
    expected.date_of = DateOf::ExpectedBirth;
    let mut event = column("event_date", AttributeKind::Date);
    event.date_of = DateOf::Event;
    // 5 January 2027 is 280 days after 31 March 2026.
    let rows = ["2027-01-05,1990-01-02", "2027-01-06,2026-01-02"];
    let reading = Place::new(vec![expected, event]).rows(&rows);
    let reading = reading.read_with(&as_at("2026-03-31")).unwrap();
    assert_eq!(remarks(&reading), [(Remark::BornLater, 1)]);
    assert_eq!(reading.faults.len(), 1);
    let social_care = AgencySchema::find("social_care").unwrap();
    let of = |name: &str| social_care.column(name).unwrap().request.date_of;
    assert_eq!(of("expected_date_of_birth"), DateOf::ExpectedBirth);
    assert_eq!(of("date_of_birth"), DateOf::Birth);
    let police = AgencySchema::find("police").unwrap();
    assert_eq!(police.column("event_date").unwrap().request.date_of, DateOf::Event);
}

#[test]
fn e1_22_the_day_comes_from_the_flag_or_the_settings_or_the_generation() {
    let folder = health(&[("", "GREEN", "20150201"), ("", "BROWN", "20270101")]);
    let check = |arguments: &[&str]| {
        let all = [&["check", "health.csv", "--json"], arguments].concat();
        let output = cci().current_dir(folder.path()).args(all).output().unwrap();
        let checked: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        checked[0]["quarantined"].as_u64().unwrap()
    };
    assert_eq!(check(&[]), 0, "never the clock");
    assert_eq!(check(&["--as-at", "2026-09-01"]), 1);
    let manifest = "{\"cci\": \"0.1.0\", \"as_at\": \"2026-03-31\"}";
    std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
    assert_eq!((check(&[]), check(&["--as-at", "2027-03-31"])), (1, 0));

    let settings = format!("{}\n[read]\nas_at = \"2027-03-31\"\n", command::TWO_FILES);
    let dated = "id,child,first,last,dob\n1,1,ASHA,GREEN,2015-02-01\n2,2,JO,BROWN,2027-01-01\n";
    let files = [("s.toml", settings.as_str()), ("left.csv", dated), ("right.csv", dated)];
    command::write(folder.path(), &files);
    let link = |out: &str, arguments: &[&str]| {
        let all = [&["link", "--config", "s.toml", "--out", out, "--json"], arguments].concat();
        let output = cci().current_dir(folder.path()).args(all).output().unwrap();
        let manifest = std::fs::read_to_string(folder.path().join(out).join("manifest.json"));
        (manifest.unwrap_or_default(), command::stderr(&output))
    };
    let (manifest, error) = link("by-settings", &[]);
    assert!(manifest.contains("\"as_at\": \"2027-03-31\""), "{manifest}{error}");
    let (_, error) = link("by-flag", &["--as-at", "2026-09-01"]);
    assert!(error.contains("expected a birth by 2026-09-01, found a later birth"), "{error}");
    let (_, error) = link("wrong", &["--as-at", "01/09/2026"]);
    common::assert_golden("ingest/as_at_wrong.txt", &error);
}

#[test]
fn e1_12_garbled_text_is_counted_and_said_with_its_rate() {
    let names = ["GREEN", "Zo\u{c3}\u{ab}", "Zo\u{eb}", "O\u{e2}\u{20ac}\u{2122}Brien"];
    let reading =
        Place::new(vec![column("name", AttributeKind::FamilyName)]).rows(&names).read().unwrap();
    assert_eq!(remarks(&reading), [(Remark::GarbledText, 2)]);
    assert_eq!(reading.accounts[0].accepted, 4);
    assert_eq!(reading.accounts[0].columns[0].remarks[0].first.unwrap().line, 3);
    let folder = health(&[
        ("", "Zo\u{c3}\u{ab}", "20150201"),
        ("", "BROWN", "20140302"),
        ("", "GREY", "20130304\u{200e}"),
    ]);
    let output = cci().current_dir(folder.path()).args(["check", "health.csv"]).output().unwrap();
    let text = stdout(&output);
    let (_, found) = text.split_once("  garbled_text in").unwrap();
    common::assert_golden("ingest/check_characters.txt", &format!("  garbled_text in{found}"));
}

#[test]
fn e1_14_characters_that_do_not_show_are_stripped_and_counted_or_quarantined() {
    let mut code = column("status", AttributeKind::Category);
    code.codes = vec!["01".into()];
    let columns = || {
        let number = column("nhs_number", AttributeKind::NhsNumber);
        vec![dated("%Y-%m-%d"), number, code.clone()]
    };
    // A direction mark, a byte order mark, a zero-width space; the second row is plain.
    let rows = ["2015-02-01\u{200e},\u{feff}9990123454,0\u{200b}1", "2015-02-02,9990000018,01"];
    let place = Place::new(columns()).rows(&rows);
    let reading = place.read().unwrap();
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    for account in &reading.accounts[0].columns {
        let hidden = account.remarks.iter().find(|c| c.remark == Remark::HiddenCharacters);
        assert_eq!(hidden.map(|c| c.cells), Some(1), "{}", account.column);
    }
    assert_eq!(reading.records.columns()[0].value(0), Some("2015-02-01"));
    assert_eq!(reading.records.columns()[2].value(0), Some("01"));
    let hidden_characters = HiddenCharacters::Quarantine;
    let strict = place.read_with(&ReadOptions { hidden_characters, ..any_share() }).unwrap();
    assert_eq!((strict.accounts[0].accepted, strict.accounts[0].quarantined), (1, 1));
    let messages: Vec<String> = strict.faults.iter().map(ToString::to_string).collect();
    place.golden("hidden_characters", &messages.join("\n"));
}

#[test]
fn e1_14_characters_that_do_not_show_are_found_behind_escapes_of_json_too() {
    let place = Place::new(vec![dated("%Y-%m-%d")]);
    let line = "{\"id\": \"1\", \"date_of_birth\": \"2015-02-01\\u200e\"}\n";
    assert!(line.is_ascii());
    std::fs::write(&place.path, line).unwrap();
    let reading = place.read().unwrap();
    assert_eq!(remarks(&reading), [(Remark::HiddenCharacters, 1)]);
    assert_eq!(reading.records.columns()[0].value(0), Some("2015-02-01"));
}

#[test]
fn e1_23_and_24_numbers_that_nobody_was_issued_are_named() {
    let number = || column("nhs_number", AttributeKind::NhsNumber);
    let cells = ["9434765918", "9991234560", "1111111111", "9990123454", "943476591"];
    let place = Place::new(vec![number()]).rows(&cells);
    use Remark::{AllSame, TestNumber, WrongCheck};
    let expected = [(WrongCheck, 2), (AllSame, 1), (TestNumber, 1)];
    assert_eq!(remarks(&place.faults("numbers_not_issued")), expected);
    let upn = Place::new(vec![column("upn", AttributeKind::Upn)]).rows(&["A203456789012"]);
    assert_eq!(remarks(&upn.read().unwrap()), [(WrongCheck, 1)]);
}

#[test]
fn e1_24_test_numbers_are_values_and_counted_unless_they_are_refused() {
    let number = column("nhs_number", AttributeKind::NhsNumber);
    let place = Place::new(vec![number]).rows(&["9990123454", "9434765919"]);
    let reading = place.read().unwrap();
    assert_eq!(remarks(&reading), [(Remark::TestNumber, 1)]);
    assert_eq!(reading.records.columns()[0].value(0), Some("9990123454"));
    let test_numbers = TestNumbers::Refuse;
    let strict = place.read_with(&ReadOptions { test_numbers, ..any_share() }).unwrap();
    assert_eq!((strict.accounts[0].accepted, strict.accounts[0].quarantined), (1, 1));
    place.golden("test_number", &strict.faults[0].to_string());
}

/// Children who hold one number of the test range, and one who holds another.
const HOLDERS: [(&str, &str, &str); 6] = [
    ("9990123454", "GREEN", "20150201"),
    ("9990123454", "BROWN", "20140302"),
    ("9990123454", "GREY", "20130403"),
    ("9990123454", "WHITE", "20120504"),
    ("9990123454", "WHYTE", "20120504"),
    ("9990000018", "BLACK", "20110605"),
];

#[test]
fn e1_25_a_number_of_more_than_three_persons_takes_no_part_in_linkage() {
    let file = |rows: &[(&str, &str, &str)], options: &ReadOptions| {
        let folder = health(rows);
        let schema = AgencySchema::find("health").unwrap();
        let file = schema.file(folder.path().join("health.csv"));
        read(&[file], &linkage_attributes(), options).unwrap()
    };
    let numbers = |reading: &Reading| {
        let column = reading.records.column("nhs_number").unwrap();
        let held = (0..reading.records.len() as u32).filter(|&id| column.value(id).is_some());
        held.count()
    };
    let reading = file(&HOLDERS, &any_share());
    assert_eq!(numbers(&reading), 1, "only the child with a number of her own keeps it");
    let counted = [(Remark::TestNumber, 6), (Remark::NumberOfMany, 5)];
    assert_eq!(remarks(&reading), counted);
    assert_eq!(reading.accounts[0].accepted, 6, "the children themselves stay");
    assert_eq!(numbers(&file(&HOLDERS[1..], &any_share())), 5, "three persons are no default");
    assert_eq!(
        numbers(&file(&HOLDERS, &ReadOptions::check())),
        6,
        "a check sees the file as it is"
    );
}

#[test]
fn e1_25_a_number_of_many_links_nobody_by_itself() {
    let linked = |holders: &[(&str, &str, &str)]| {
        let folder = health(holders);
        // One more record, of another agency, of a child who is none of them.
        let other = "id,number,first,last,dob\n1,9990123454,TOM,ADAMS,2009-09-09\n";
        let settings = r#"link = "between"
version = 1
[attributes]
nhs_number = "nhs_number"
given_name = "given_name"
family_name = "family_name"
date_of_birth = "date"
[[source]]
schema = "health"
file = "health.csv"
[[source]]
file = "other.csv"
id = "id"
[source.columns]
nhs_number = "number"
given_name = "first"
family_name = "last"
date_of_birth = "dob"
[[block]]
keys = ["nhs_number"]
[decide]
strategy = "nhs_number"
cluster = "components"
"#;
        command::write(folder.path(), &[("other.csv", other), ("s.toml", settings)]);
        let link = ["link", "--config", "s.toml", "--out", "out", "--json"];
        let output = cci().current_dir(folder.path()).args(link).output().unwrap();
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        summary["links"].as_u64().unwrap()
    };
    assert_eq!(linked(&HOLDERS), 0, "a number of four persons");
    assert_eq!(linked(&HOLDERS[1..]), 4, "a number of three, in four records");
}

#[test]
fn e1_25_check_says_which_numbers_linkage_would_leave_out() {
    let folder = health(&HOLDERS);
    let output = cci().current_dir(folder.path()).args(["check", "health.csv"]).output().unwrap();
    let text = stdout(&output);
    let (_, found) = text.split_once("  test_number in").unwrap();
    common::assert_golden("ingest/check_numbers.txt", &format!("  test_number in{found}"));
}

/// Writes a health file of rows of number, name and date of birth.
fn health(rows: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from(
        "LOCAL_PATIENT_ID,NHS_NO,NHS_NO_STATUS,FAMILY_NAME,GIVEN_NAME,OTHER_GIVEN_NAME,GENDER,\
         DATE_OF_BIRTH,ADDRESS_LINE1,POSTCODE,GP_PRACTICE_CODE,ETHNIC_CATEGORY\n",
    );
    for (place, (number, name, born)) in rows.iter().enumerate() {
        text += &format!("H{place},{number},01,{name},ASHA,,2,{born},1 HIGH STREET,AB1 2CD,,A\n");
    }
    std::fs::write(folder.path().join("health.csv"), text).unwrap();
    folder
}

#[test]
fn e1_20_check_names_the_cause_of_set_aside_cells_and_of_bad_rows() {
    let folder = health(&[
        ("9.43E+09", "GREEN", "20150201"),
        ("#N/A", "BROWN", "20140302"),
        ("9990123454", "GREY", "42036"),
    ]);
    let output = cci().current_dir(folder.path()).args(["check", "health.csv"]).output().unwrap();
    let text = stdout(&output);
    let (_, found) = text.split_once("  spreadsheet_day in").unwrap();
    common::assert_golden("ingest/check_spreadsheet.txt", &format!("  spreadsheet_day in{found}"));
}

#[test]
fn e3_59_cells_that_do_not_match_a_pattern_are_faults_in_linear_time() {
    let mut request = column("reference", AttributeKind::Text);
    request.pattern = Some(Pattern::new("(a+)+b|[A-Z]{2}[0-9]{3}").unwrap());
    // An engine that goes back and forth would not come to the end of this cell.
    let long = "a".repeat(10_000);
    let rows = ["AB123", "ab123", "xAB123", long.as_str(), ""];
    let reading = Place::new(vec![request]).rows(&rows).faults("pattern");
    assert_eq!((reading.accounts[0].accepted, reading.accounts[0].quarantined), (2, 3));
}
