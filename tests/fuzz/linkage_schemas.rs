//! Linkage schemas of clkhash: the held ones with mistakes in their text or their values.

use cci::encode::{ClkhashSchema, Encoder, Folds};
use cci::identifier::ExchangeSecret;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::mutation::{QUICK, at_length, damaged, mistakes, quickly};

/// Values that are wrong almost everywhere.
fn wrong() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(2.5),
        json!(1e300),
        json!(9_223_372_036_854_775_807_u64),
        json!(65_536),
        json!(""),
        json!("N/A"),
        json!("HKDF"),
        json!("string"),
        json!("%d"),
        json!("(a+)+$"),
        json!("("),
        json!([]),
        json!({}),
        json!([{}]),
        json!({"type": "exact"}),
        json!({"type": "numeric"}),
        json!({"sentinel": ""}),
        json!({"bitsPerToken": 1}),
    ]
}

fn held() -> Vec<Value> {
    let text = include_str!("../cases/encode/clkhash.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["cases"].as_array().unwrap().iter().map(|case| case["schema"].clone()).collect()
}

/// Returns the pointers of every value within a document.
fn pointers(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_string());
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(key, value)| pointers(value, &format!("{path}/{key}"), found));
        }
        Value::Array(values) => {
            let values = values.iter().enumerate();
            values.for_each(|(at, value)| pointers(value, &format!("{path}/{at}"), found));
        }
        _ => {}
    }
}

fn schemas() -> impl Strategy<Value = String> {
    let places = prop::collection::vec((any::<prop::sample::Index>(), 0usize..40), 1..4);
    let chosen = prop::sample::select(held());
    let values = (chosen.clone(), places).prop_map(|(mut schema, changes)| {
        let wrong = wrong();
        for (place, what) in changes {
            let mut all = Vec::new();
            pointers(&schema, "", &mut all);
            let pointer = &all[place.index(all.len())];
            match (wrong.get(what), pointer.rsplit_once('/')) {
                (Some(value), _) => *schema.pointer_mut(pointer).unwrap() = value.clone(),
                // Beyond the list the value goes, or another stands twice.
                (None, Some((parent, key))) => match schema.pointer_mut(parent).unwrap() {
                    Value::Object(members) => {
                        members.remove(key);
                    }
                    Value::Array(values) => values.push(values[0].clone()),
                    _ => {}
                },
                (None, None) => {}
            }
        }
        schema.to_string()
    });
    let texts = (chosen, mistakes())
        .prop_map(|(schema, mistakes)| damaged(&format!("{schema:#}"), &mistakes));
    prop_oneof![3 => values, 1 => texts]
}

fn inputs() -> impl Strategy<Value = (String, Vec<String>)> {
    let value = prop_oneof![
        any::<String>(),
        "[A-Za-z' ]{0,12}",
        "-?[0-9]{1,25}(\\.[0-9]{1,5})?",
        "[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}",
    ];
    (schemas(), prop::collection::vec(value, 4))
}

/// A schema that parses encodes anything or says what is wrong, and its one form is itself a
/// schema with the same fingerprint; one that does not parse says in which file.
fn read_and_encode((text, values): (String, Vec<String>)) -> Result<(), TestCaseError> {
    for folds in [Folds::Refused, Folds::AsImplemented] {
        let schema = match ClkhashSchema::parse(&text, "mine.json", folds) {
            Ok((schema, _)) => schema,
            Err(error) => {
                prop_assert!(error.to_string().contains("mine.json"), "{}", error);
                continue;
            }
        };
        let again = schema.canonical().to_string();
        let (again, _) = ClkhashSchema::parse(&again, "again.json", Folds::AsDocumented)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again.fingerprint(), schema.fingerprint());
        let secret = ExchangeSecret::from_bytes(b"one secret for all").unwrap();
        let encoder = Encoder::new(&schema, &secret).unwrap();
        let attributes = schema.attribute_names().count();
        let record: Vec<&str> =
            values.iter().cycle().take(attributes).map(String::as_str).collect();
        match encoder.start().encode(&record) {
            Ok(filter) => prop_assert_eq!(filter.length(), schema.length()),
            Err(bad) => prop_assert!(!bad.is_empty()),
        }
    }
    Ok(())
}

#[test]
fn a_damaged_linkage_schema_is_answered_with_its_place() {
    quickly(QUICK, &inputs(), read_and_encode);
}

#[test]
#[ignore = "runs for ten minutes"]
fn damaged_linkage_schemas_at_length() {
    at_length("linkage schemas", &inputs(), read_and_encode);
}
