//! The fixed world of the benches: 5,000 invented children, seed 7, typical errors.

#![allow(dead_code)]

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use cci::blocking::{BlockingRule, LinkMask};
use cci::comparison::Comparison;
use cci::model::ThresholdPolicy;
use cci::record::{Agency, Records};
use cci::schema::{AgencySchema, ReadOptions, linkage_attributes, read};
use cci::strategy::{Household, Plan};
use cci::synthetic::{FileFormat, Override, Profile, Settings, write};

/// Children of the world.
pub(crate) const CHILDREN: u32 = 5_000;

/// Returns how the world is generated: without histories, so that earlier tables compare.
pub(crate) fn settings() -> Settings {
    let profile = Profile::find("typical").expect("a shipped profile");
    let none = |agency: Agency| format!("{}.record.history_kept=0", agency.name());
    let overrides =
        Agency::ALL.map(|agency| Override::parse(&none(agency)).expect("key and value"));
    Settings { children: CHILDREN, seed: 7, profile, overrides: overrides.into() }
}

/// Writes the agencies' files into a folder of their own and returns it.
pub(crate) fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(&settings(), folder.path(), FileFormat::Csv, &AtomicU64::new(0))
        .expect("the folder can be written");
    folder
}

/// Returns the path of one agency's file.
pub(crate) fn file(folder: &tempfile::TempDir, agency: Agency) -> PathBuf {
    folder.path().join(format!("{}.csv", agency.name()))
}

/// Reads the records of all agencies.
pub(crate) fn records() -> Records {
    let folder = files();
    let sources: Vec<_> = Agency::ALL
        .into_iter()
        .map(|agency| {
            let schema = AgencySchema::of(agency).expect("a shipped schema");
            schema.file(file(&folder, agency))
        })
        .collect();
    read(&sources, &linkage_attributes(), &ReadOptions::default())
        .expect("generated files are sound")
        .records
}

/// Returns a plan in the manner of the demonstration, fixed here so that benches compare.
pub(crate) fn plan(records: &Records) -> Plan {
    let rules: [&[&str]; 9] = [
        &["nhs_number"],
        &["upn"],
        &["given_name", "date_of_birth"],
        &["family_name", "date_of_birth"],
        &["postcode", "date_of_birth"],
        &["sound(given_name)", "sound(family_name)", "year(date_of_birth)"],
        &["sound(given_name)", "sound(family_name)", "month_day(date_of_birth)"],
        &["given_name", "family_name", "sector(postcode)"],
        &["postcode", "given_name"],
    ];
    Plan {
        mask: LinkMask::new(records.sources().len(), |_, _| true),
        rules: rules.iter().map(|keys| BlockingRule::parse(keys).expect("a rule")).collect(),
        training_rules: Vec::new(),
        comparisons: records
            .columns()
            .iter()
            .map(|column| Comparison::ready_made(column.attribute()))
            .collect(),
        exact_key: vec!["given_name".into(), "family_name".into(), "date_of_birth".into()],
        vetoes: Vec::new(),
        household: Some(Household {
            sources: vec![0, 1],
            attributes: vec!["postcode".into(), "address".into()],
        }),
        threshold: ThresholdPolicy::FalseLinks(0.005),
        most_pairs: 1_000_000_000,
        model: None,
    }
}
