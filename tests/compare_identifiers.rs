//! Designs of an identifier, measured: what a leak gives away, what mistakes are seen, whom each
//! reaches.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::BTreeMap;

use command::{run, stderr, text};
use serde_json::Value;

#[test]
#[cfg_attr(debug_assertions, ignore = "tries 909,091 numbers eight times: minutes unoptimised")]
fn b35_a_hashed_number_is_read_from_a_leak_and_a_person_key_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let made = run(&["run", "--children", "300", "--quiet", "--out", text(&out)]);
    assert!(made.status.success(), "{}", stderr(&made));
    let output = run(&["compare", "identifiers", "--run", text(&out), "--json", "--quiet"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let measured: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let by_name: BTreeMap<&str, &Value> =
        measured.iter().map(|row| (row["design"].as_str().unwrap(), row)).collect();
    let rate = |design: &str, what: &str| -> Option<f64> {
        let rate = &by_name[design][what];
        Some(rate["numerator"].as_f64()? / rate["denominator"].as_f64()?)
    };
    for (design, list, key) in [
        ("number in clear", 1.0, None),
        ("unkeyed hash", 1.0, None),
        ("keyed hash", 0.0, Some(1.0)),
        ("encryption", 0.0, Some(1.0)),
        ("random table", 0.0, None),
        ("person key", 0.0, Some(0.0)),
    ] {
        assert_eq!(rate(design, "leaked_list"), Some(list), "{design}");
        assert_eq!(rate(design, "leaked_key"), key, "{design}");
    }
    for (design, wrong, swapped, misplaced) in [
        ("number in clear", 1.0, 1.0, 0.0),
        ("unkeyed hash", 0.0, 0.0, 0.0),
        ("keyed hash", 0.0, 0.0, 0.0),
        ("encryption", 0.0, 0.0, 0.0),
        ("random table", 1.0, 1.0, 1.0),
        ("person key", 1.0, 1.0, 1.0),
    ] {
        // By theory: a check digit of modulus 11 sees every one of these, no hash sees any.
        assert_eq!(rate(design, "substitutions_caught"), Some(wrong), "{design}");
        assert_eq!(rate(design, "swaps_caught"), Some(swapped), "{design}");
        assert_eq!(rate(design, "misplaced_caught"), Some(misplaced), "{design}");
    }
    // Not every record has a number; every record has a person.
    assert!(rate("number in clear", "covered").unwrap() < 0.9);
    assert_eq!(rate("person key", "covered"), Some(1.0));
    let reached = |design| rate(design, "same_child").unwrap();
    assert!(reached("person key") > reached("keyed hash"));
    // With the key nothing has to be tried: each identifier is its number.
    let seconds = |design: &str| by_name[design]["key_seconds"].as_f64().unwrap();
    assert!(seconds("encryption") < seconds("keyed hash") / 10.0);
    // A child of two numbers is two under a design made of numbers, by definition.
    let survives = &by_name["unkeyed hash"]["survives_change"];
    assert_eq!(survives["numerator"], 0);
}
