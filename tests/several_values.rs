//! Several columns that feed one attribute: a record then holds several values of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use cci::record::{Agency, Records};
use cci::schema::{AgencySchema, ReadOptions, linkage_attributes, read};

const HEADER: &str = "LocalPupilID,UPN,NHSNumber,Surname,Forename,MiddleNames,PreferredSurname,Sex,\
                      DOB,AddressLine1,Postcode,Ethnicity,URN,NCyearActual\n";

/// Reads pupils of whom only legal and preferred surname are told.
fn pupils(surnames: &[(&str, &str)]) -> Records {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("education.csv");
    let rows: String = surnames
        .iter()
        .enumerate()
        .map(|(n, (legal, preferred))| {
            format!("P{n},,,{legal},Asha,,{preferred},F,2012-03-04,,,WBRI,,\n")
        })
        .collect();
    std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    let schema = AgencySchema::of(Agency::Education).unwrap();
    read(&[schema.file(path)], &linkage_attributes(), &ReadOptions::default()).unwrap().records
}

fn surnames(records: &Records, record: u32) -> Vec<&str> {
    let column = records.column("family_name").unwrap();
    column.codes_of(record).map(|code| column.dictionary().value(code)).collect()
}

#[test]
fn a_preferred_surname_stands_beside_the_legal_one() {
    let records = pupils(&[("Khan", "Smith"), ("Lee", "Lee"), ("", "Okafor"), ("Jones", "")]);
    assert_eq!(surnames(&records, 0), ["khan", "smith"]);
    assert_eq!(surnames(&records, 1), ["lee"]);
    assert_eq!(surnames(&records, 2), ["okafor"]);
    assert_eq!(surnames(&records, 3), ["jones"]);
}

#[test]
fn values_of_one_row_do_not_reach_the_next() {
    let records = pupils(&[("Khan", "Smith"), ("Patel", ""), ("", "")]);
    assert_eq!(surnames(&records, 1), ["patel"]);
    assert!(surnames(&records, 2).is_empty());
}
