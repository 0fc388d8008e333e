//! Parsers of official numbers and codes: every kind, on vectors with mistakes and on anything.

use std::fs;
use std::path::Path;

use cci::code::CODE_KINDS;
use proptest::prelude::*;

use super::mutation::{QUICK, at_length, damaged, mistakes, quickly};

/// Inputs of the published vectors, good and bad.
fn vectors() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/conformance");
    let mut inputs = vec![String::new()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let text = fs::read_to_string(path).unwrap();
            let file: serde_json::Value = serde_json::from_str(&text).unwrap();
            let vectors = file["vectors"].as_array().into_iter().flatten();
            inputs.extend(vectors.filter_map(|v| v["input"].as_str()).map(str::to_string));
        }
    }
    inputs.sort();
    inputs
}

fn target((text, year): (String, u16)) -> Result<(), TestCaseError> {
    for kind in CODE_KINDS {
        match kind.read(&text, year) {
            Ok(known) => {
                let again = kind.read(&known.canonical, year);
                let again = again.map(|known| known.canonical);
                prop_assert_eq!(again, Ok(known.canonical.clone()), "{}", kind.name);
                let shown = format!("{known:?}");
                let secret = known.canonical.len() > 4 && shown.contains(&known.canonical);
                prop_assert!(!secret, "{} shows itself", kind.name);
            }
            Err(refusal) => prop_assert!(!refusal.reason().is_empty()),
        }
    }
    Ok(())
}

fn inputs() -> impl Strategy<Value = (String, u16)> {
    let text = prop_oneof![
        4 => (prop::sample::select(vectors()), mistakes())
            .prop_map(|(vector, mistakes)| damaged(&vector, &mistakes)),
        1 => prop::sample::select(vectors()),
        1 => "[0-9A-Z/ .-]{0,20}",
        1 => ".{0,20}",
        1 => "\\PC{0,300}",
    ];
    (text, prop_oneof![2000u16..2100, any::<u16>()])
}

#[test]
fn every_code_parser_answers_anything_and_reads_its_own_form_back() {
    quickly(4 * QUICK, &inputs(), target);
}

#[test]
#[ignore = "runs for ten minutes"]
fn every_code_parser_at_length() {
    at_length("codes", &inputs(), target);
}
