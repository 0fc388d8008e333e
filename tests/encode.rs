//! Codes are those of clkhash, bit by bit, and nothing of a secret or a value is shown.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use cci::encode::{ClkhashSchema, Encoder, Filter, Folds};
use cci::identifier::ExchangeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};

const CASES: &str = include_str!("cases/encode/clkhash.json");

fn cases() -> Vec<Value> {
    let file: Value = serde_json::from_str(CASES).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn filters(case: &Value) -> Vec<Filter> {
    let name = case["name"].as_str().unwrap();
    let (schema, _) =
        ClkhashSchema::parse(&case["schema"].to_string(), name, Folds::AsImplemented).unwrap();
    let secret = ExchangeSecret::from_bytes(case["secret"].as_str().unwrap().as_bytes()).unwrap();
    let encoder = Encoder::new(&schema, &secret).unwrap();
    let mut encoding = encoder.start();
    let records = case["records"].as_array().unwrap().iter();
    records.map(|record| encoding.encode(&texts(record)).unwrap()).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn codes_are_those_of_clkhash() {
    let cases = cases();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let expected = case["codes"].as_array().unwrap();
        let filters = filters(case);
        assert_eq!(filters.len(), expected.len(), "{name}");
        for (row, (filter, expected)) in filters.iter().zip(expected).enumerate() {
            assert_eq!(u64::from(filter.count()), expected["bits"], "bits of {name}, record {row}");
            assert_eq!(sha256(&filter.to_bytes()), expected["sha256"], "{name}, record {row}");
        }
    }
    assert_eq!(cases.len(), 38);
}

/// 2 · |a ∧ b| / (363 + 364), with 306 bits shared.
#[test]
fn dice_of_two_spellings_of_one_child_is_the_published_one() {
    let filters = filters(&cases()[0]);
    let dice = filters[0].dice(&filters[1]).unwrap();
    assert_eq!(format!("{dice:.4}"), "0.8418");
    assert_eq!(dice, 612.0 / 727.0);
}

#[test]
fn another_secret_or_salt_makes_other_codes() {
    let mut case = cases().swap_remove(0);
    let first = filters(&case);
    case["secret"] = Value::from("horse staple batterz");
    let second = filters(&case);
    case["schema"]["clkConfig"]["kdf"]["salt"] = Value::from("AAAA");
    let third = filters(&case);
    // Bits of two unrelated filters of a third of all bits agree by chance on a third of theirs.
    for (a, b) in [(&first, &second), (&second, &third), (&first, &third)] {
        let dice = a[0].dice(&b[0]).unwrap();
        assert!((0.25..0.50).contains(&dice), "{dice}");
    }
}

#[test]
fn tokens_met_before_change_no_code() {
    let case = cases().swap_remove(0);
    let (schema, _) =
        ClkhashSchema::parse(&case["schema"].to_string(), "s", Folds::Refused).unwrap();
    let secret = ExchangeSecret::from_bytes(b"one secret for all").unwrap();
    let encoder = Encoder::new(&schema, &secret).unwrap();
    let mut warm = encoder.start();
    // The same tokens are inserted more often and less often in turn.
    for name in ["Siân", "Siân Siân Siân Siân", "S", "Siân"] {
        let record = ["1", name, name, "05/11/2014", "F", "12"];
        assert_eq!(warm.encode(&record), encoder.start().encode(&record));
    }
}

#[test]
fn every_value_that_does_not_fit_is_named_and_withheld() {
    let case = cases().swap_remove(0);
    let (schema, _) =
        ClkhashSchema::parse(&case["schema"].to_string(), "s", Folds::Refused).unwrap();
    let secret = ExchangeSecret::from_bytes(b"one secret for all").unwrap();
    let encoder = Encoder::new(&schema, &secret).unwrap();
    let record = ["1", "Siân", "O'Brien", "31/04/2014", "Q", "12a"];
    let bad = encoder.start().encode(&record).unwrap_err();
    let told: Vec<String> =
        bad.iter().map(|bad| format!("{}: {}", bad.attribute, bad.fault)).collect();
    assert_eq!(
        told,
        [
            "3: expected a date in the format %d/%m/%Y, found 10 characters (value withheld)",
            "4: expected one of the 2 values listed, found 1 character (value withheld)",
            "5: expected a whole number, found 3 characters (value withheld)",
        ]
    );
    let shown = format!("{encoder:?} {secret:?}");
    assert!(shown.contains("withheld") && !shown.contains("one secret"), "{shown}");
}
