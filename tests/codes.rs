//! Known answers for official numbers, from `tests/cases/codes`, and what holds for all of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::fmt::Debug;
use std::fs;

use cci::code::{
    CODE_KINDS, CroNumber, IcbCode, ImdDecile, LaEstab, LaGssCode, Lsoa, NhsNumber,
    NhsNumberStatus, PncId, PoliceForce, Postcode, PracticeCode, Refusal, Uln, Upn, UpnKind,
    UpnUnknownReason, Uprn, Urn,
};
use cci::settings;
use proptest::prelude::*;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    valid: Vec<Valid>,
    invalid: Vec<Invalid>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    text: String,
    form: String,
    source: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Invalid {
    text: String,
    refusal: String,
    source: String,
}

/// Checks every case of a file, and that canonical forms read back as themselves.
fn check<T: Debug>(name: &str, parse: impl Fn(&str) -> Result<T, Refusal>, form: fn(&T) -> &str) {
    let path = format!("{}/tests/cases/codes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the case file is in the repository");
    let cases: Cases = settings::parse(&text, name).expect("the case file is well formed");
    assert!(cases.valid.len() + cases.invalid.len() >= 7, "{name} has cases");
    for case in cases.valid {
        let number = parse(&case.text).unwrap_or_else(|refusal| {
            panic!("{name} {} refused: {refusal} ({})", case.text, case.source)
        });
        assert_eq!(form(&number), case.form, "{name}: {}", case.source);
        assert_eq!(
            parse(&case.form).as_ref().map(form),
            Ok(case.form.as_str()),
            "{name} reads its own form"
        );
        assert!(!format!("{number:?}").contains(&case.form), "{name} withholds itself in Debug");
    }
    for case in cases.invalid {
        match parse(&case.text) {
            Ok(_) => panic!("{name} {} accepted ({})", case.text, case.source),
            Err(refusal) => {
                assert_eq!(format!("{refusal:?}"), case.refusal, "{name}: {}", case.source);
            }
        }
    }
}

#[test]
fn nhs_numbers_have_their_known_answers() {
    check("nhs_number", NhsNumber::parse, NhsNumber::as_str);
}

#[test]
fn unique_learner_numbers_have_their_known_answers() {
    check("uln", Uln::parse, Uln::as_str);
}

#[test]
fn unique_pupil_numbers_have_their_known_answers() {
    check("upn", Upn::parse, Upn::as_str);
}

#[test]
fn police_identifiers_have_their_known_answers() {
    check("pnc_id", |text| PncId::parse(text, 2026), PncId::as_str);
}

#[test]
fn criminal_record_numbers_have_their_known_answers() {
    check("cro_number", CroNumber::parse, CroNumber::as_str);
}

#[test]
fn postcodes_have_their_known_answers() {
    check("postcode", Postcode::parse, Postcode::as_str);
}

#[test]
fn school_numbers_have_their_known_answers() {
    check("urn", Urn::parse, Urn::as_str);
    check("laestab", LaEstab::parse, LaEstab::as_str);
    assert!(LaEstab::parse("9991234").unwrap().local_authority().is_none());
}

#[test]
fn organisation_codes_have_their_known_answers() {
    check("practice_code", PracticeCode::parse, PracticeCode::as_str);
    check("icb_code", IcbCode::parse, IcbCode::as_str);
}

#[test]
fn area_and_property_codes_have_their_known_answers() {
    check("la_gss_code", LaGssCode::parse, LaGssCode::as_str);
    check("lsoa", Lsoa::parse, Lsoa::as_str);
    check("uprn", Uprn::parse, Uprn::as_str);
}

#[test]
fn every_listed_code_reads_back_as_itself() {
    for status in NhsNumberStatus::ALL {
        assert_eq!(NhsNumberStatus::parse(status.code()), Ok(status));
    }
    for reason in UpnUnknownReason::all() {
        assert_eq!(UpnUnknownReason::parse(reason.code()), Ok(reason));
    }
    for force in cci::code::POLICE_FORCES {
        assert_eq!(PoliceForce::parse(force.code()), Ok(*force));
    }
    for number in 1..=10 {
        assert_eq!(ImdDecile::parse(&number.to_string()).map(ImdDecile::number), Ok(number));
    }
}

#[test]
fn codes_that_lost_their_zero_are_refused_not_guessed() {
    assert_eq!(NhsNumberStatus::parse("8"), Err(Refusal::Unlisted));
    assert_eq!(PoliceForce::parse("1"), Err(Refusal::Unlisted));
}

#[test]
fn deciles_of_the_most_deprived_fifth_are_one_and_two() {
    let core: Vec<u8> = (1..=10)
        .filter(|number| ImdDecile::parse(&number.to_string()).unwrap().is_core20())
        .collect();
    assert_eq!(core, [1, 2]);
    for text in ["0", "01", "11"] {
        assert_eq!(ImdDecile::parse(text), Err(Refusal::Unlisted), "{text}");
    }
}

/// The department's pattern, written slowly from its own alternatives.
fn fits_the_pattern(text: &str) -> bool {
    let classes: Vec<String> = ["A 9", "A 9 9", "A B 9", "A B 9 9", "A 9 A", "A B A", "A B 9 A"]
        .iter()
        .map(|outward| format!("{outward} _ 9 A A"))
        .collect();
    classes.iter().any(|shape| {
        let shape: Vec<&str> = shape.split(' ').collect();
        let letters: Vec<char> = text.chars().collect();
        shape.len() == letters.len()
            && shape.iter().zip(&letters).all(|(class, letter)| match *class {
                "A" => letter.is_ascii_uppercase(),
                "B" => letter.is_ascii_uppercase() && !"IZ".contains(*letter),
                "9" => letter.is_ascii_digit(),
                _ => *letter == ' ',
            })
    })
}

proptest! {
    #[test]
    fn no_text_is_both_an_nhs_number_and_a_learner_number(body in 0u32..1_000_000_000) {
        for check in 0..10 {
            let text = format!("{body:09}{check}");
            prop_assert!(NhsNumber::parse(&text).is_err() || Uln::parse(&text).is_err());
        }
    }

    #[test]
    fn numbers_built_from_a_body_read_back(body in 0u32..1_000_000_000) {
        if let Some(number) = NhsNumber::from_body(body) {
            prop_assert_eq!(NhsNumber::parse(number.as_str()), Ok(number));
        }
        if let Some(number) = Uln::from_body(body) {
            prop_assert_eq!(Uln::parse(number.as_str()), Ok(number));
        }
    }

    #[test]
    fn one_wrong_digit_is_always_seen_in_an_nhs_number(
        body in 0u32..1_000_000_000, place in 0usize..10, shift in 1u8..10,
    ) {
        if let Some(number) = NhsNumber::from_body(body) {
            let mut digits = number.as_str().as_bytes().to_vec();
            digits[place] = b'0' + (digits[place] - b'0' + shift) % 10;
            let text = String::from_utf8(digits).unwrap();
            prop_assert!(NhsNumber::parse(&text).is_err());
        }
    }

    #[test]
    fn pupil_numbers_built_from_a_body_read_back(body in "[0-9]{11}[0-9A-HJ-NP-RT-Z]") {
        let upn = Upn::from_body(&body).unwrap();
        prop_assert_eq!(Upn::parse(upn.as_str()), Ok(upn));
        let ends_in_digit = body.ends_with(|last: char| last.is_ascii_digit());
        prop_assert_eq!(upn.kind() == UpnKind::Permanent, ends_in_digit);
    }

    #[test]
    fn police_identifiers_built_from_parts_read_back(year in 1950u16..2027, serial in 0u32..10_000_000) {
        let id = PncId::from_parts(year, serial).unwrap();
        prop_assert_eq!(PncId::parse(id.as_str(), 2026), Ok(id));
        prop_assert_eq!(id.record_year(), year);
    }

    #[test]
    fn postcodes_are_what_the_pattern_says(text in "[A-Z]{1,3}[0-9]{0,2}[A-Z]? [0-9A-Z][A-Z]{2}") {
        prop_assert_eq!(Postcode::parse(&text).is_ok_and(|code| !code.is_pseudo()), fits_the_pattern(&text));
    }
}

/// Texts of every published vector, from which near misses are made.
fn published_texts() -> Vec<String> {
    let folder = format!("{}/schemas/conformance", env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let file: serde_json::Value =
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let vectors = file["vectors"].as_array().into_iter().flatten();
            texts.extend(vectors.filter_map(|v| v["input"].as_str()).map(str::to_string));
        }
    }
    texts.sort();
    texts.dedup();
    texts
}

/// Text that a parser may meet: anything at all, letters of codes, or a vector with one edit.
fn any_text() -> impl Strategy<Value = String> {
    let texts = published_texts();
    let edited = (0..texts.len(), 0usize..16, 0u8..4, any::<char>(), "[0-9A-Z/ -]").prop_map(
        move |(index, place, edit, odd, plain)| {
            let mut letters: Vec<char> = texts[index].chars().collect();
            let place = place.min(letters.len());
            let plain = plain.chars().next().unwrap_or(' ');
            match edit {
                0 => letters.insert(place, odd),
                1 => letters.insert(place, plain),
                2 if place < letters.len() => letters[place] = plain,
                _ => letters.truncate(place),
            }
            letters.into_iter().collect()
        },
    );
    prop_oneof![any::<String>(), "[0-9A-Za-z/ .+-]{0,16}", edited]
}

proptest! {
    // PROPTEST_CASES may ask for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(4096)))]

    #[test]
    fn every_kind_survives_any_text_and_reads_its_own_canonical_form(
        text in any_text(), year in any::<u16>(),
    ) {
        for kind in CODE_KINDS {
            if let Ok(known) = kind.read(&text, year) {
                let again = kind.read(&known.canonical, year);
                prop_assert_eq!(again.as_ref(), Ok(&known), "{}", kind.name);
            }
        }
    }
}

#[test]
fn every_published_text_is_read_by_every_kind_without_a_fault() {
    let mut canonical = 0;
    for text in published_texts() {
        for kind in CODE_KINDS {
            if let Ok(known) = kind.read(&text, 2026) {
                assert_eq!(kind.read(&known.canonical, 2026).as_ref(), Ok(&known), "{}", kind.name);
                canonical += 1;
            }
        }
    }
    assert!(canonical > 100, "{canonical} canonical forms");
}
