//! Agency schemas and profiles of the generator: the shipped ones with mistakes.

use std::fs;
use std::path::Path;

use cci::schema::AgencySchema;
use cci::synthetic::{Override, Profile};
use proptest::prelude::*;

use super::mutation::{QUICK, at_length, damaged, mistakes, quickly};

fn shipped(files: &[&str]) -> impl Strategy<Value = String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts: Vec<String> =
        files.iter().map(|file| fs::read_to_string(root.join(file)).unwrap()).collect();
    (prop::sample::select(texts), mistakes()).prop_map(|(text, mistakes)| damaged(&text, &mistakes))
}

fn schemas() -> impl Strategy<Value = String> {
    shipped(&[
        "schemas/agencies/health.toml",
        "schemas/agencies/education.toml",
        "schemas/agencies/social_care.toml",
        "schemas/agencies/police.toml",
    ])
}

fn profiles() -> impl Strategy<Value = String> {
    shipped(&[
        "synthetic_data/typical.toml",
        "synthetic_data/poor.toml",
        "synthetic_data/clean.toml",
    ])
}

/// A schema that parses can be used; one that does not says in which file.
fn read_schema(text: String) -> Result<(), TestCaseError> {
    match AgencySchema::parse(&text, "mine.toml") {
        Ok(schema) => {
            schema.file("mine.csv");
        }
        Err(error) => prop_assert!(error.to_string().contains("mine.toml"), "{}", error),
    }
    Ok(())
}

fn read_profile(text: String) -> Result<(), TestCaseError> {
    match Profile::parse(&text, "mine.toml") {
        Ok(profile) => {
            let sound = |rate: f64| (0.0..=1.0).contains(&rate);
            prop_assert!(profile.rates().all(|(key, _)| sound(profile.rate(key))));
        }
        Err(error) => prop_assert!(error.to_string().contains("mine.toml"), "{}", error),
    }
    if let Ok(change) = Override::parse(text.lines().next().unwrap_or_default()) {
        let _ = Profile::find("typical").unwrap().with(&[change]);
    }
    Ok(())
}

#[test]
fn a_damaged_schema_is_answered_with_its_place() {
    quickly(QUICK, &schemas(), read_schema);
}

#[test]
fn a_damaged_profile_is_answered_with_its_place() {
    quickly(QUICK, &profiles(), read_profile);
}

#[test]
#[ignore = "runs for ten minutes"]
fn damaged_schemas_at_length() {
    at_length("agency schemas", &schemas(), read_schema);
}

#[test]
#[ignore = "runs for ten minutes"]
fn damaged_profiles_at_length() {
    at_length("profiles", &profiles(), read_profile);
}
