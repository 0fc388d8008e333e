//! Match tokens: the published vectors, what a token hides and what it never becomes.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::BTreeMap;

use cci::identifier::{ExchangeSecret, KnownScopes, Pseudonym, Refusal, Scope, TokenKeys};
use cci::identifier::{Verdict, validate};
use cci::normalise::{CANON_VERSION, CellRules, Normalised, of_kind};
use cci::record::{AttributeKind, MatchToken};
use cci::schema::LINKAGE_ATTRIBUTES;
use command::{run, stderr, stdout, text, write};
use serde_json::Value;

const PSEUDONYM: &str = "C0MR-055J-BMB8-PJBD-TWKG";
const TOKEN: &str = "mt1_3f0c2a91_00112233445566778899aabbccddeeff";

fn vectors() -> Value {
    serde_json::from_str(include_str!("../schemas/conformance/match_token.json")).unwrap()
}

fn word<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap()
}

/// Returns a token as the library makes it, printed.
fn made(secret: &str, title: &str, canon: &str, attribute: &str, value: &str) -> Option<String> {
    let secret = ExchangeSecret::from_bytes(secret.as_bytes()).unwrap();
    let keys = TokenKeys::new(&secret, title, canon).unwrap();
    keys.of(attribute).token(value).map(|token| token.to_string())
}

#[test]
fn b33_match_tokens_are_those_published() {
    let vectors = vectors();
    let published = vectors["tokens"].as_array().unwrap();
    assert_eq!(published.len(), 17);
    for vector in published {
        let of = |key| word(vector, key);
        let token = made(of("secret"), of("exchange"), of("canon"), of("attribute"), of("value"));
        assert_eq!(token.as_deref(), vector["token"].as_str(), "{vector}");
        if let Some(token) = token {
            assert_eq!(token.parse::<MatchToken>().unwrap().to_string(), token);
        }
        // The value is what the canonical form, which the token is bound to, makes of the cell.
        if let Some(cell) = vector.get("cell") {
            let known = LINKAGE_ATTRIBUTES.iter().find(|(name, _)| *name == of("attribute"));
            let mut value = String::new();
            let rules = CellRules::default();
            let normaliser = of_kind(known.unwrap().1);
            let outcome = normaliser.normalise(cell.as_str().unwrap(), &rules, &mut value);
            assert_eq!((of("canon"), value.as_str()), (CANON_VERSION, of("value")), "{vector}");
            assert_eq!(outcome == Normalised::Value, vector["token"].is_string(), "{vector}");
        }
    }
    for refused in vectors["refused"]["texts"].as_array().unwrap() {
        assert!(word(refused, "text").parse::<MatchToken>().is_err(), "{refused}");
    }
}

#[test]
fn a09_values_that_differ_in_letters_outside_ascii_have_tokens_that_differ() {
    // Every name of the golden file, by its canonical form: one token a form, one form a token.
    let names = include_str!("cases/normalisers/names.csv");
    let family = of_kind(AttributeKind::FamilyName);
    let mut forms = BTreeMap::new();
    for cell in names.lines().filter_map(|line| line.split(',').nth(2)) {
        let mut value = String::new();
        if family.normalise(cell, &CellRules::default(), &mut value) == Normalised::Value {
            let token = made("a secret of the test", "test", CANON_VERSION, "family_name", &value);
            let known = forms.entry(token).or_insert_with(|| value.clone());
            assert_eq!(*known, value, "two forms share a token");
        }
    }
    assert!(forms.len() > 300, "{}", forms.len());
}

#[test]
fn b32_no_boundary_moves_between_exchange_canon_attribute_and_value() {
    let parts = ["ab", "c", "de", "f"];
    let of = |title: &str, canon: &str, attribute: &str, value: &str| {
        let token = made("a secret of the test", title, canon, attribute, value);
        token.unwrap().rsplit('_').next().unwrap().to_string()
    };
    let here = of(parts[0], parts[1], parts[2], parts[3]);
    let moved = [of("a", "bc", "de", "f"), of("ab", "cd", "e", "f"), of("ab", "c", "d", "ef")];
    assert!(moved.iter().all(|token| *token != here));
}

#[test]
fn a_token_never_becomes_a_pseudonym_nor_a_pseudonym_a_token() {
    let scope = Scope::new("education", "direct_care").unwrap();
    for printed in [TOKEN, "mt1_", "mt1_C0MR-055J-BMB8-PJBD-TWKG"] {
        assert_eq!(Pseudonym::parse(printed, &scope), Err(Refusal::MatchToken), "{printed}");
        assert_eq!(validate(printed, &scope, &KnownScopes::default()), Verdict::MatchToken);
    }
    // Cut to the symbols of a pseudonym it is refused as well: no hash has its check symbols.
    let hash = TOKEN.rsplit('_').next().unwrap();
    assert!(Pseudonym::parse(&hash[..20], &scope).is_err());
    assert!(Pseudonym::parse(PSEUDONYM, &scope).is_ok());
    assert!(PSEUDONYM.parse::<MatchToken>().is_err());
}

#[test]
fn cci_id_says_of_a_token_what_it_is() {
    let output = run(&["id", "validate", TOKEN, PSEUDONYM, "--scope", "education/direct_care"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    assert!(said.contains("match token") && said.contains("never becomes a pseudonym"), "{said}");
    assert!(!said.contains("3f0c2a91") && !stderr(&output).contains("3f0c2a91"));
    let json = ["id", "validate", TOKEN, "--scope", "education/direct_care", "--json"];
    let found: Value = serde_json::from_str(&stdout(&run(&json))).unwrap();
    assert_eq!(found["pseudonyms"][0]["verdict"], "match_token");

    let folder = tempfile::tempdir().unwrap();
    let issuer = folder.path().join("issuer");
    assert!(run(&["keys", "new", "--issuer", text(&issuer)]).status.success());
    let scope = ["--scope", "education/direct_care", "--issuer", text(&issuer)];
    let output = run(&[&["id", "resolve", TOKEN][..], &scope].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("a match token"), "{}", stderr(&output));
    // The issuer takes handles; a token, and a list of tokens, is none.
    let (handles, out) = (folder.path().join("handles.csv"), folder.path().join("out.csv"));
    for (content, words) in [
        (format!("record,handle\nr,{TOKEN}\n"), "row 2"),
        (format!("transport_id,nhs_number\nr,{TOKEN}\n"), "no column \"record\""),
    ] {
        std::fs::write(&handles, content).unwrap();
        let asked = ["id", "issue", "--handles", text(&handles), "--out", text(&out)];
        let output = run(&[&asked[..], &scope].concat());
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(!output.status.success() && !out.exists());
    }
}

/// Settings that link two files of tokens.
const SETTINGS: &str = r#"version = 1
link = "between"
[attributes]
nhs_number = "match_token"

[[source]]
file = "left.csv"
id = "id"
[source.columns]
nhs_number = "number"

[[source]]
file = "right.csv"
id = "id"
[source.columns]
nhs_number = "number"

[decide]
strategy = "exact_key"
cluster = "components"
exact_key = ["nhs_number"]
"#;

/// Links two files, each of rows of one cell.
fn link(left: &[String], right: &[String]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let rows = |cells: &[String]| {
        let rows = cells.iter().enumerate().map(|(row, cell)| format!("{row},{cell}\n"));
        format!("id,number\n{}", rows.collect::<String>())
    };
    let files =
        [("settings.toml", SETTINGS), ("left.csv", &rows(left)), ("right.csv", &rows(right))];
    write(folder.path(), &files);
    let (settings, out) = (folder.path().join("settings.toml"), folder.path().join("out"));
    let output = run(&["link", "--config", text(&settings), "--out", text(&out)]);
    (output.status.code(), stdout(&output), stderr(&output))
}

fn tokens(title: &str, values: std::ops::Range<u32>) -> Vec<String> {
    let of = |value: u32| {
        made("a secret of the test", title, CANON_VERSION, "nhs_number", &value.to_string())
    };
    values.map(|value| of(value).unwrap()).collect()
}

#[test]
fn tokens_link_equal_values_and_a_file_of_pseudonyms_is_refused_in_their_place() {
    let (status, said, _) = link(&tokens("test", 0..30), &tokens("test", 20..60));
    assert_eq!(status, Some(0));
    assert!(said.contains("70 records, 10 links"), "{said}");
    let pseudonyms = vec![PSEUDONYM.to_string(); 30];
    let (status, _, said) = link(&tokens("test", 0..30), &pseudonyms);
    assert_eq!(status, Some(3));
    assert!(said.contains("a match token") && !said.contains(PSEUDONYM), "{said}");
}

#[test]
fn tokens_of_two_exchanges_are_not_compared_in_silence() {
    let (status, _, said) = link(&tokens("test", 0..30), &tokens("another", 0..30));
    assert_eq!(status, Some(2));
    assert!(said.contains("left") && said.contains("right"), "{said}");
    assert!(said.contains("tokens of two exchanges never agree"), "{said}");
}
