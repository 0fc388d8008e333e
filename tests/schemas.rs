//! The agencies' schemas: one child reads the same from each, and what a file may lack.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod agency_files;

use agency_files::{row, schema, write};
use cci::record::Agency;
use cci::schema::{ReadOptions, SourceFile, linkage_attributes, read};

/// One girl as each agency holds her; columns not named are empty.
const GIRL: [(Agency, &[(&str, &str)]); 4] = [
    (
        Agency::Health,
        &[
            ("LOCAL_PATIENT_ID", "HE1"),
            ("NHS_NO", "9990000018"),
            ("NHS_NO_STATUS", "01"),
            ("FAMILY_NAME", "GREEN"),
            ("GIVEN_NAME", "MAY"),
            ("GENDER", "2"),
            ("DATE_OF_BIRTH", "20150201"),
            ("ADDRESS_LINE1", "1 THE LANE"),
            ("ADDRESS_DATE", "20190401"),
            ("POSTCODE", "M1 1AE"),
            ("GP_PRACTICE_CODE", "A20047"),
            ("ETHNIC_CATEGORY", "A"),
        ],
    ),
    (
        Agency::Education,
        &[
            ("LocalPupilID", "ED1"),
            ("UPN", "P207000016049"),
            ("NHSNumber", "9990000018"),
            ("Surname", "Green"),
            ("Forename", "May"),
            ("Sex", "F"),
            ("DOB", "2015-02-01"),
            ("AddressLine1", "1 The Lane"),
            ("Postcode", "M1 1AE"),
            ("Ethnicity", "WBRI"),
            ("URN", "100000"),
            ("LAESTAB", "207/0000"),
            ("NCyearActual", "4"),
        ],
    ),
    (
        Agency::SocialCare,
        &[
            ("la_child_id", "SC1"),
            ("la_code", "359"),
            ("unique_pupil_number", "P207000016049"),
            ("common_child_id", "9990000018"),
            ("first_name", "May"),
            ("surname", "Green"),
            ("date_of_birth", "01/02/2015"),
            ("sex", "F"),
            ("ethnicity", "WBRI"),
            ("postcode", "M1 1AE"),
            ("uasc_flag", "0"),
        ],
    ),
    (
        Agency::Police,
        &[
            ("person_record_id", "PO1"),
            ("force_code", "06"),
            ("PNCID", "2002/0073319Z"),
            ("surname", "Green"),
            ("forenames", "May"),
            ("date_of_birth", "01/02/2015"),
            ("sex", "F"),
            ("self_defined_ethnicity", "W1"),
            ("officer_perceived_ethnicity", "IC1"),
            ("address", "1 The Lane"),
            ("postcode", "M1 1AE"),
            ("role", "victim"),
            ("event_type", "protection"),
            ("event_date", "2024-05-06"),
        ],
    ),
];

fn girl(folder: &std::path::Path, agency: Agency, changes: &[(&str, &str)]) -> SourceFile {
    let (_, cells) = GIRL.iter().find(|(known, _)| *known == agency).unwrap();
    let cells: Vec<_> = cells
        .iter()
        .map(|&(name, cell)| {
            let changed = changes.iter().find(|(column, _)| *column == name);
            (name, changed.map_or(cell, |(_, cell)| *cell))
        })
        .collect();
    let schema = schema(agency.name());
    schema.file(write(folder, &schema, &[row(&schema, &cells)]))
}

#[test]
fn one_child_reads_the_same_from_every_agency() {
    let folder = tempfile::tempdir().unwrap();
    let files = GIRL.map(|(agency, _)| girl(folder.path(), agency, &[]));
    let reading = read(&files, &linkage_attributes(), &ReadOptions::default()).unwrap();
    assert_eq!(reading.records.len(), 4);
    for column in reading.records.columns() {
        let name = column.attribute().name();
        let values: Vec<&str> = (0..4).filter_map(|record| column.value(record)).collect();
        let held = match name {
            "upn" => 2,                    // education, social care
            "nhs_number" | "address" => 3, // not police; not social care
            _ => 4,
        };
        assert_eq!(values.len(), held, "{name}");
        assert!(values.iter().all(|value| *value == values[0]), "{name}");
    }
    for account in &reading.accounts {
        assert!(account.columns.iter().all(|c| c.set_aside == 0), "{account:?}");
    }
}

#[test]
fn address_has_the_period_that_its_file_tells() {
    let folder = tempfile::tempdir().unwrap();
    let files = GIRL.map(|(agency, _)| girl(folder.path(), agency, &[]));
    let records = read(&files, &linkage_attributes(), &ReadOptions::default()).unwrap().records;
    let column = records.column("postcode").unwrap();
    let periods = |record: u32| {
        let code = column.codes()[record as usize];
        column.periods_of(record, code).map(|period| period.to_string()).collect::<Vec<_>>()
    };
    let nothing: [&str; 0] = [];
    assert_eq!(periods(0), ["from 2019-04-01"], "health");
    assert_eq!(periods(1), nothing, "education");
    assert_eq!(periods(2), nothing, "social care");
    assert_eq!(periods(3), ["on 2024-05-06"], "police: as given at the event");
}

#[test]
fn code_outside_its_list_is_set_aside_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let changes = [("role", "bystander"), ("self_defined_ethnicity", ""), ("PNCID", "81/34V")];
    let file = girl(folder.path(), Agency::Police, &changes);
    let reading = read(&[file], &linkage_attributes(), &ReadOptions::default()).unwrap();
    let account = |name: &str| {
        let column = reading.accounts[0].columns.iter().find(|c| c.column == name).unwrap();
        (column.set_aside, column.missing)
    };
    assert_eq!(account("role"), (1, 0));
    assert_eq!(account("self_defined_ethnicity"), (0, 1));
    assert_eq!(account("officer_perceived_ethnicity"), (0, 0));
    // 810000034 mod 23 is U, not V.
    assert_eq!(account("PNCID"), (1, 0));
    assert_eq!(account("CRO"), (0, 1));
}

#[test]
fn optional_column_may_be_absent_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = "person_record_id,surname,forenames,date_of_birth,sex,postcode\n\
                PO1,Green,May,01/02/2015,F,M1 1AE\n";
    let path = folder.path().join("police.csv");
    std::fs::write(&path, text).unwrap();
    let schema = schema("police");
    let reading =
        read(&[schema.file(path)], &linkage_attributes(), &ReadOptions::default()).unwrap();
    let there = text.lines().next().unwrap();
    let absent = schema.columns.iter().map(|column| column.name());
    let absent: Vec<&str> = absent.filter(|name| !there.split(',').any(|c| c == *name)).collect();
    assert!(absent.contains(&"address") && absent.contains(&"event_date"));
    assert_eq!(reading.accounts[0].absent, absent);
    assert_eq!(reading.records.column("address").unwrap().value(0), None);
}

#[test]
fn unborn_child_has_the_expected_date_of_birth_and_a_born_one_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let schema = schema("social_care");
    let unborn = [("la_child_id", "SC1"), ("expected_date_of_birth", "01/03/2026"), ("sex", "U")];
    let born = [("la_child_id", "SC2"), ("date_of_birth", "20/02/2026"), ("sex", "F")];
    let rows = [row(&schema, &unborn), row(&schema, &born)];
    let file = schema.file(write(folder.path(), &schema, &rows));
    let reading = read(&[file], &linkage_attributes(), &ReadOptions::default()).unwrap();
    let column = reading.records.column("date_of_birth").unwrap();
    assert_eq!((column.value(0), column.value(1)), (Some("2026-03-01"), Some("2026-02-20")));
}
