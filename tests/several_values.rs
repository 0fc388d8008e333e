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

#[test]
fn other_forms_of_a_name_stand_beside_the_primary_one() {
    let records =
        pupils(&[("O'Brien", ""), ("O BRIEN", ""), ("Müller-Shah", "Khan"), ("", "Ó Sé")]);
    assert_eq!(surnames(&records, 0), ["obrien", "o brien"]);
    let mut spaced = surnames(&records, 1);
    assert_eq!(spaced.remove(0), "o brien");
    assert!(spaced.contains(&"obrien"), "the two records share both forms");
    let values = surnames(&records, 2);
    assert_eq!(values[0], "muller shah");
    for form in ["mueller shah", "mullershah", "muller", "shah", "khan"] {
        assert!(values.contains(&form), "{form}");
    }
    // Where the first column is empty, the primary form of the second comes first.
    assert_eq!(surnames(&records, 3)[0], "o se");
}

#[test]
fn forms_of_one_name_agree_and_names_of_others_do_not() {
    let alike = [
        ("MacDonald", "Mc Donald"),
        ("Abd al-Rahman", "Abdelrahman"),
        ("Ní Dhomhnaill", "Ó Domhnaill"),
        ("van der Berg", "Vanderberg"),
        ("Kowalska", "KOWALSKI"),
        ("Søren", "Soeren"),
    ];
    let others =
        [("Shah", "Sharma"), ("O'Brien", "O'Neill"), ("al-Hassan", "al-Masri"), ("Ng", "Ny")];
    let meet = |a: &str, b: &str| {
        let records = pupils(&[(a, ""), (b, "")]);
        let second = surnames(&records, 1);
        surnames(&records, 0).iter().any(|form| second.contains(form))
    };
    assert!(alike.iter().all(|(a, b)| meet(a, b)));
    assert!(!others.iter().any(|(a, b)| meet(a, b)));
}
