//! Conformance vectors of `schemas/conformance` against our own parsers: every one of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cci::code::{BroadGroup, CODE_KINDS, CodeKind, EthnicityList, NhsNumber, Sex, Uln};
use cci::record::Agency;

/// Vectors of one file; `lists` stands in the files of code lists.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    kind: String,
    version: u32,
    source: String,
    rules: String,
    #[serde(default = "this_year")]
    as_at_year: u16,
    #[serde(default)]
    lists: Vec<List>,
    vectors: Vec<Vector>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// Kind of this vector, where a file holds several.
    kind: Option<String>,
    input: String,
    valid: bool,
    canonical: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    trap: bool,
    note: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    kind: String,
    source: String,
    #[serde(default)]
    lacks: Vec<String>,
    codes: Vec<serde_json::Value>,
}

fn this_year() -> u16 {
    2026
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/conformance")
}

/// Reads every file but those of pseudonyms and match tokens, which have a test of their own.
fn files() -> Vec<Vectors> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .filter(|path| {
            path.file_stem().is_some_and(|stem| stem != "pseudonym" && stem != "match_token")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let file: Vectors = serde_json::from_str(&fs::read_to_string(path).unwrap())
                .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            assert_eq!(path.file_stem().unwrap().to_str(), Some(file.kind.as_str()));
            file
        })
        .collect()
}

fn file(kind: &str) -> Vectors {
    files().into_iter().find(|file| file.kind == kind).unwrap()
}

#[test]
fn every_vector_holds_for_our_parsers() {
    let mut checked = 0;
    for file in files() {
        for vector in &file.vectors {
            let name = vector.kind.as_deref().unwrap_or(&file.kind);
            let kind = CodeKind::find(name).unwrap();
            assert_eq!(kind.name, name, "files use whole names");
            let place = format!("{name} {:?}: {}", vector.input, vector.note);
            match kind.read(&vector.input, file.as_at_year) {
                Ok(known) => {
                    assert!(vector.valid, "accepted: {place}");
                    assert_eq!(Some(&known.canonical), vector.canonical.as_ref(), "{place}");
                    assert_eq!(vector.reason, None, "{place}");
                }
                Err(refusal) => {
                    assert!(!vector.valid, "refused: {place}");
                    assert_eq!(Some(refusal.name()), vector.reason.as_deref(), "{place}");
                    assert_eq!(vector.canonical, None, "{place}");
                }
            }
            checked += 1;
        }
    }
    assert!(checked >= 190, "{checked} vectors");
}

#[test]
fn every_kind_has_valid_invalid_and_trap_vectors() {
    let mut seen = BTreeSet::new();
    for file in files() {
        assert_eq!(file.version, 1, "{}", file.kind);
        assert!(!file.source.is_empty() && !file.rules.is_empty(), "{}", file.kind);
        assert!(file.vectors.iter().any(|vector| vector.valid), "{}", file.kind);
        assert!(file.vectors.iter().any(|vector| !vector.valid), "{}", file.kind);
        assert!(file.vectors.iter().any(|vector| vector.trap), "{}", file.kind);
        assert!(file.vectors.iter().all(|vector| !vector.note.is_empty()), "{}", file.kind);
        seen.extend(file.vectors.iter().map(|v| v.kind.clone().unwrap_or(file.kind.clone())));
    }
    let missing: Vec<&str> =
        CODE_KINDS.iter().map(|kind| kind.name).filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "no vectors of {missing:?}");
}

#[test]
fn valid_nhs_numbers_are_of_the_test_range_or_one_published_example() {
    for vector in file("nhs_number").vectors.iter().filter(|vector| vector.valid) {
        let number = NhsNumber::parse(&vector.input).unwrap();
        assert!(number.is_test_range() || number.as_str() == "9434765919");
    }
}

#[test]
fn the_crosswalk_is_ours_code_by_code() {
    let published = file("ethnicity_crosswalk");
    let lists = [
        ("ethnicity_health", EthnicityList::Health),
        ("ethnicity_education", EthnicityList::Education),
        ("ethnicity_police", EthnicityList::PoliceSelfDefined),
        ("ethnicity_observed", EthnicityList::PoliceObserved),
    ];
    assert_eq!(published.lists.len(), lists.len());
    for (file, (kind, list)) in published.lists.iter().zip(lists) {
        assert_eq!((file.kind.as_str(), file.source.as_str()), (kind, list.source()));
        assert_eq!(file.lacks, list.lacks());
        let ours: Vec<serde_json::Value> = list
            .codes()
            .map(|line| {
                serde_json::json!({
                    "code": line.code,
                    "label": line.label,
                    "group": line.group.map(BroadGroup::name),
                    "loses": line.loses,
                })
            })
            .collect();
        assert_eq!(file.codes, ours, "{kind}");
    }
}

#[test]
fn sex_codes_are_ours_agency_by_agency() {
    let published = file("sex");
    assert_eq!(published.lists.len(), Agency::ALL.len());
    for list in &published.lists {
        assert!(!list.source.is_empty());
        let agency = match list.kind.as_str() {
            "sex_health" => Agency::Health,
            "sex_education" => Agency::Education,
            "sex_social_care" => Agency::SocialCare,
            _ => Agency::Police,
        };
        for code in &list.codes {
            let sex = Sex::from_agency_code(agency, code["code"].as_str().unwrap()).unwrap();
            assert_eq!(
                sex.map(|sex| sex.letter().to_string()).as_deref(),
                code["compared_as"].as_str()
            );
        }
        let has = |sex: Option<Sex>| Sex::agency_code(agency, sex).is_some();
        let ours = Sex::ALL.into_iter().map(Some).chain([None]).filter(|&sex| has(sex)).count();
        assert_eq!(list.codes.len(), ours, "{}", list.kind);
    }
}

#[test]
fn no_nhs_number_among_the_vectors_is_a_learner_number() {
    for file in files() {
        for vector in &file.vectors {
            let input = vector.input.as_str();
            assert!(NhsNumber::parse(input).is_err() || Uln::parse(input).is_err(), "{input}");
        }
    }
}

#[test]
fn the_readme_lists_every_file() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    for file in files() {
        assert!(readme.contains(&format!("`{}.json`", file.kind)), "{}", file.kind);
    }
}
