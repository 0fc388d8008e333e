//! Faults of linkage schemas and exchange secrets, each with its message.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::fs;
use std::path::Path;

use cci::encode::{ClkhashSchema, Folds};
use cci::identifier::ExchangeSecret;
use serde_json::{Value, json};

/// A schema with one string column, `name`, and one integer column, `age`.
fn schema() -> Value {
    json!({
        "version": 3,
        "clkConfig": {
            "l": 1024,
            "kdf": {"type": "HKDF", "hash": "SHA256", "salt": "c2FsdA==", "keySize": 64}
        },
        "features": [
            {
                "identifier": "name",
                "format": {"type": "string"},
                "hashing": {
                    "comparison": {"type": "ngram", "n": 2},
                    "strategy": {"bitsPerFeature": 200}
                }
            },
            {
                "identifier": "age",
                "format": {"type": "integer", "minimum": 0, "maximum": 25},
                "hashing": {
                    "comparison": {"type": "numeric", "thresholdDistance": 2, "resolution": 3},
                    "strategy": {"bitsPerFeature": 100},
                    "hash": {"type": "doubleHash", "prevent_singularity": true}
                }
            }
        ]
    })
}

/// Returns the schema with the value at a pointer (RFC 6901) set to another.
fn with(pointer: &str, value: Value) -> Value {
    let mut schema = schema();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    schema.pointer_mut(parent).unwrap()[key] = value;
    schema
}

fn refusal(schema: &Value) -> String {
    ClkhashSchema::parse(&schema.to_string(), "s.json", Folds::Refused).unwrap_err().to_string()
}

fn remarks(schema: &Value) -> Vec<String> {
    ClkhashSchema::parse(&schema.to_string(), "s.json", Folds::Refused).unwrap().1
}

#[test]
fn a_schema_without_fault_leaves_no_remark() {
    assert_eq!(remarks(&schema()), [""; 0]);
}

#[test]
fn e3_43_broken_json_and_keys_that_come_twice_are_placed() {
    let refusal = |text| ClkhashSchema::parse(text, "s.json", Folds::Refused).unwrap_err();
    assert_eq!(
        refusal("{\n  \"version\": 3,\n  \"clkConfig\": {\"l\": 1024,}\n}").to_string(),
        "error[E011]: cannot read settings: s.json, line 3, column 27: trailing comma\n  \
         help: mend the line; the rest was not looked at"
    );
    assert_eq!(
        refusal("{\"version\": 3,\n \"version\": 2}").message(),
        "s.json, line 2, column 10: the key \"version\" comes twice"
    );
}

#[test]
fn e3_48_unknown_keys_are_refused_where_clkhash_refuses_them() {
    assert_eq!(
        refusal(&with("/features/0/hashing/missingvalue", json!({"sentinel": ""}))),
        "error[E012]: unknown key in settings: s.json: features[0].hashing: no key is called \
         \"missingvalue\"\n  nearest: \"missingValue\"\n  \
         help: keys allowed here: comparison, strategy, hash, missingValue"
    );
}

#[test]
fn e3_48_unknown_keys_that_clkhash_tolerates_are_kept_and_said() {
    let mut schema = with("/clkConfig/xorfolds", json!(1));
    schema["title"] = json!("pilot");
    assert_eq!(
        remarks(&schema),
        [
            "at its top: no key is called \"title\"; it is kept and changes nothing",
            "clkConfig: no key is called \"xorfolds\" (nearest: \"xorFolds\"); it is kept and \
             changes nothing",
        ]
    );
}

#[test]
fn e3_49_missing_and_newer_versions_name_those_that_are_read() {
    let mut none = schema();
    none.as_object_mut().unwrap().remove("version");
    assert_eq!(
        refusal(&none),
        "error[E011]: cannot read settings: s.json: it names no version\n  \
         this toolkit reads linkage schemas of versions 1 to 3\n  \
         help: add \"version\": 3, if it is a linkage schema of clkhash"
    );
    assert_eq!(
        refusal(&with("/version", json!(4))),
        "error[E011]: cannot read settings: s.json: version: it is of version 4\n  \
         this toolkit reads linkage schemas of versions 1 to 3\n  \
         help: ask its author for version 3"
    );
}

#[test]
fn e3_50_folds_that_clkhash_documents_and_does_not_read_are_ambiguous() {
    let schema = with("/clkConfig/xorFolds", json!(1));
    assert_eq!(
        refusal(&schema),
        "error[E013]: wrong value: s.json: clkConfig.xorFolds: it is ambiguous: clkhash documents \
         this key and reads \"xor_folds\", so that the schema asks for 1 folds and clkhash makes \
         0\n  help: choose --clkhash-folds as-documented or as-implemented"
    );
    let text = schema.to_string();
    for folds in [Folds::AsDocumented, Folds::AsImplemented] {
        assert!(ClkhashSchema::parse(&text, "s.json", folds).is_ok());
    }
    // Where both keys agree there is nothing to choose.
    let mut both = schema;
    both["clkConfig"]["xor_folds"] = json!(1);
    assert_eq!(remarks(&both), [""; 0]);
}

#[test]
fn e3_51_blake_needs_a_power_of_two() {
    assert_eq!(
        refusal(&with("/clkConfig/l", json!(1000))),
        "error[E013]: wrong value: s.json: clkConfig.l: blakeHash needs a filter of a power of \
         two, and it has 1000 bits\n  help: choose 1024 or 512"
    );
    // Double hashing takes any length.
    let mut double = with("/clkConfig/l", json!(1000));
    double["features"][0]["hashing"]["hash"] = json!({"type": "doubleHash"});
    assert_eq!(remarks(&double), [""; 0]);
}

#[test]
fn blake_points_at_65536_bits_at_most() {
    assert!(
        refusal(&with("/clkConfig/l", json!(131_072)))
            .contains("clkConfig.l: blakeHash points at 65536 bits, and it has 131072")
    );
}

#[test]
fn e3_52_more_than_63_features_have_no_keys() {
    let mut schema = schema();
    let features = schema["features"].as_array_mut().unwrap();
    features.extend((2..64).map(|n| json!({"identifier": format!("c{n}"), "ignored": true})));
    assert_eq!(
        refusal(&schema),
        "error[E013]: wrong value: s.json: features: it has 64 features; two keys of 64 bytes for \
         each, ignored ones too, are more than HKDF gives, which is enough for 63\n  \
         help: leave columns out that nobody compares"
    );
    schema["features"].as_array_mut().unwrap().pop();
    assert_eq!(remarks(&schema), [""; 0]);
}

#[test]
fn e3_59_invalid_pattern_is_placed_by_path_and_column() {
    let format = |pattern| json!({"type": "string", "pattern": pattern});
    assert_eq!(
        refusal(&with("/features/0/format", format("[a-z]+(x"))),
        "error[E013]: wrong value: s.json: features[0].format.pattern: column 7: unclosed group\n  \
         help: correct it; patterns run in linear time, without look-around"
    );
    assert!(
        refusal(&with("/features/0/format", format("(a)\\1")))
            .contains("features[0].format.pattern: column 4: backreferences are not supported")
    );
}

#[test]
fn every_fault_of_a_schema_is_reported_at_once() {
    let mut schema = with("/features/0/hashing/comparison/type", json!("ngrm"));
    schema["clkConfig"]["kdf"]["hash"] = json!("SHA1");
    schema["clkConfig"]["kdf"]["salt"] = json!("not base64!");
    schema["features"][1]["format"]["minimum"] = json!(26);
    schema["features"][1]["hashing"]["comparison"]["resolution"] = json!(0);
    schema["features"][1]["hashing"]["strategy"] = json!({});
    schema["features"][1]["identifier"] = json!(7);
    assert_eq!(
        refusal(&schema),
        "error[E013]: wrong value: s.json: clkConfig.kdf.hash: no hash is called \"SHA1\"\n  \
         nearest: \"SHA512\"\n  \
         also clkConfig.kdf.salt: it is not base64\n  \
         also features[0].hashing.comparison.type: no comparison is called \"ngrm\", nearest: \
         \"ngram\"\n  \
         also features[1].identifier: expected a text, found 7\n  \
         and 3 more\n  \
         help: choose one of: SHA256, SHA512"
    );
}

#[test]
fn each_wrong_part_of_a_schema_is_named_with_its_path() {
    let hashing = "/features/0/hashing";
    for (pointer, value, told) in [
        ("/features", json!({}), "features: expected a list, found an object"),
        ("/features", json!([]), "features: it is empty"),
        ("/clkConfig/l", json!("1024"), "clkConfig.l: expected a whole number of 1 to"),
        ("/clkConfig/kdf", json!({}), "clkConfig.kdf: it has no \"type\""),
        ("/clkConfig/kdf/type", json!("legacy"), "no key derivation is called \"legacy\""),
        ("/clkConfig/kdf/keySize", json!(65), "clkConfig.kdf.keySize: blakeHash takes keys of 64"),
        ("/features/1/identifier", json!("name"), "features[1].identifier: \"name\" comes twice"),
        ("/features/0/format/type", json!("text"), "features[0].format.type: no format is called"),
        ("/features/0/format/case", json!("Upper"), "no letter case is called \"Upper\""),
        ("/features/0/format/encoding", json!("latin-1"), "no encoding is called \"latin-1\""),
        ("/features/0/format/pattern", json!("a"), ""),
        ("/features/1/format/minimum", json!(30), "minimum: it is more than \"maximum\""),
        ("/features/0/ignored", json!("yes"), "features[0].ignored: expected true or false"),
        (
            "/features/1/hashing/comparison/thresholdDistance",
            json!(0.4),
            "thresholdDistance: it is less than one unit of the last digit that counts",
        ),
        (
            "/features/1/format",
            json!({"type": "date", "format": "%d/%m"}),
            "features[1].format.format: it has no year",
        ),
        (
            "/features/1/format",
            json!({"type": "enum", "values": ["a", 1]}),
            "features[1].format.values[1]: expected a text, found 1",
        ),
    ] {
        let schema = with(pointer, value);
        if told.is_empty() {
            assert_eq!(remarks(&schema), [""; 0]);
        } else {
            let refusal = refusal(&schema);
            assert!(refusal.contains(told), "{pointer}: {refusal}");
        }
    }
    for (key, value, told) in [
        ("comparison", json!({"type": "ngram", "n": 0}), "comparison.n: expected a whole number"),
        ("hash", json!({"type": "sha"}), "hash.type: no hash is called \"sha\""),
        (
            "hash",
            json!({"type": "blakeHash", "prevent_singularity": true}),
            "hash.prevent_singularity: only doubleHash has it",
        ),
        (
            "strategy",
            json!({"bitsPerToken": 3, "bitsPerFeature": 3}),
            "strategy: it needs either \"bitsPerToken\" or \"bitsPerFeature\"",
        ),
        ("missingValue", json!({"replaceWith": ""}), "missingValue: it has no \"sentinel\""),
    ] {
        let refusal = refusal(&with(&format!("{hashing}/{key}"), value));
        assert!(refusal.contains(&format!("features[0].hashing.{told}")), "{refusal}");
    }
}

#[test]
fn missing_values_that_look_alike_or_are_no_numbers_are_said() {
    assert_eq!(
        remarks(&with("/features/0/hashing/missingValue", json!({"sentinel": "N/A"}))),
        [
            "features[0].hashing.missingValue: missing values are encoded like any other, so that all \
          of them look alike; with replaceWith \"\" they add nothing"
        ]
    );
    assert_eq!(
        refusal(&with("/features/1/hashing/missingValue", json!({"sentinel": "N/A"}))),
        "error[E013]: wrong value: s.json: features[1].hashing.missingValue: what stands for a \
         missing value is compared as a number and is none\n  \
         help: set replaceWith to \"\", which is encoded as nothing"
    );
}

#[test]
fn lengths_of_names_that_codes_would_tell_are_said() {
    let told = remarks(&with("/features/0/hashing/strategy", json!({"bitsPerToken": 20})));
    assert_eq!(
        told,
        ["features[0].hashing.strategy: longer values set more bits, which tells their length; \
          bitsPerFeature does not"]
    );
}

fn secret_file(path: &Path, text: &[u8], mode: u32) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn secrets_that_cannot_be_used_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let refusal = |text: &[u8], mode| {
        secret_file(&path, text, mode);
        let error = ExchangeSecret::from_file(&path).unwrap_err().to_string();
        error.replace(&path.display().to_string(), "secret")
    };
    assert_eq!(
        refusal(b"k3mQ9xT2pL7vB4nZ\n", 0o640),
        "error[E043]: cannot use key: secret: its group or others may read or write it\n  \
         help: make it the owner's alone: chmod 600, and replace the key if others had it"
    );
    let again = "\n  help: write the secret alone into the file, as one line of plain text";
    let generate = "\n  help: agree on a new one, for example of: openssl rand -base64 32";
    for (text, told, help) in [
        (b"".as_slice(), "it is empty", again),
        (b"\n", "it is empty", again),
        (b"\xEF\xBB\xBFk3mQ9xT2pL7vB4nZ", "it begins with a byte order mark", again),
        (b"k3mQ9xT2pL7vB4nZ\n\n", "its secret has line breaks or other control characters", again),
        (b"k3mQ9xT2pL7vB4nZ ", "its secret begins or ends with a space", again),
        (b"\xFFk3mQ9xT2pL7vB4nZ", "its secret is not UTF-8 text", again),
        (&[b'k'; 1025], "it is longer than a secret can be", again),
        (b"Horse Staple Battery", "its secret is printed in guides", generate),
        (
            b"aaaaaaaaaaaaaaaaaaaaaaaa",
            "its secret is too easy to guess: it needs 16 bytes, 8 of them distinct",
            generate,
        ),
        (
            b"k3mQ9xT2pL7vB4n",
            "its secret is too easy to guess: it needs 16 bytes, 8 of them distinct",
            generate,
        ),
    ] {
        assert_eq!(
            refusal(text, 0o600),
            format!("error[E043]: cannot use key: secret: {told}{help}")
        );
    }
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let error = ExchangeSecret::from_file(&link).unwrap_err().to_string();
    assert!(error.contains("it is a symbolic link"), "{error}");
    let error = ExchangeSecret::from_file(&folder.path().join("none")).unwrap_err().to_string();
    assert!(error.contains("no such file"), "{error}");
}

#[cfg(unix)]
#[test]
fn line_break_at_the_end_of_a_secret_is_left_out_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let text = schema().to_string();
    let (schema, _) = ClkhashSchema::parse(&text, "s.json", Folds::Refused).unwrap();
    let code = |text: &[u8]| {
        secret_file(&path, text, 0o600);
        let read = ExchangeSecret::from_file(&path).unwrap();
        let encoder = cci::encode::Encoder::new(&schema, &read.secret).unwrap();
        (encoder.start().encode(&["Asha", "7"]).unwrap(), read.ended_in_line_break)
    };
    let (plain, said) = code(b"k3mQ9xT2pL7vB4nZ");
    assert!(!said);
    for text in [b"k3mQ9xT2pL7vB4nZ\n".as_slice(), b"k3mQ9xT2pL7vB4nZ\r\n"] {
        assert_eq!(code(text), (plain.clone(), true));
    }
}
