//! Faults of linkage schemas and exchange secrets, each with its message.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::fs;
use std::path::Path;

use cci::encode::{
    AboutCodes, ClkhashSchema, CodesFile, CodesWriter, Diffusion, Fill, Filter, Folds, Profile,
    Sizing, check_rank,
};
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

fn about(schema: &Value, profile: &str, secret: &[u8]) -> AboutCodes {
    let text = schema.to_string();
    let (schema, _) = ClkhashSchema::parse(&text, "s.json", Folds::Refused).unwrap();
    AboutCodes::new(profile, 1024, secret, schema.canonical())
}

#[test]
fn e3_53_codes_by_different_schemas_are_not_compared() {
    let ours = about(&schema(), "strict", b"k");
    let mut theirs = with("/clkConfig/kdf/salt", json!("cGVwcGVy"));
    theirs["features"][0]["hashing"]["strategy"] = json!({"bitsPerToken": 20});
    let theirs = about(&theirs, "strict", b"k");
    let error = ours.check_same("ours.json", &theirs, "theirs.json").unwrap_err();
    assert_eq!(
        error.to_string(),
        "error[E013]: wrong value: ours.json and theirs.json cannot be compared: their schemas \
         differ\n  \
         at clkConfig.kdf.salt, features[0].hashing.strategy.bitsPerFeature, \
         features[0].hashing.strategy.bitsPerToken\n  \
         ours.json: schema ea102ff72ad6a5ad3f21f181d6e940938519f85db21f666d717afd39c4b0233a\n  \
         theirs.json: schema 779e8063e08c6708b0dce899b812f196fe4584ee7f1a6a9dccc76b0e77874416\n  \
         help: agree on one schema, and encode again"
    );
}

#[test]
fn e3_53_codes_of_different_profiles_or_secrets_are_not_compared() {
    let ours = about(&schema(), "strict", b"k");
    let said = |theirs: &AboutCodes| {
        ours.check_same("ours.json", theirs, "theirs.json").unwrap_err().to_string()
    };
    assert_eq!(
        said(&about(&schema(), "max", b"k")),
        "error[E013]: wrong value: ours.json and theirs.json cannot be compared: their profiles \
         differ\n  ours.json: strict, 1024 bits\n  theirs.json: max, 1024 bits\n  \
         help: agree on one profile, and encode again"
    );
    assert_eq!(
        said(&about(&schema(), "strict", b"l")),
        "error[E013]: wrong value: ours.json and theirs.json cannot be compared: their secrets \
         differ\n  ours.json: secret 6b\n  theirs.json: secret 6c\n  \
         help: look for a line break or another key in one party's file of the secret"
    );
}

#[test]
fn what_changes_no_code_changes_no_fingerprint() {
    let ours = about(&schema(), "strict", b"k");
    let mut same = schema();
    same["title"] = json!("a pilot");
    same["clkConfig"]["xorFolds"] = json!(0);
    same["features"][0]["description"] = json!("as on the birth certificate");
    same["features"][0]["format"] = json!({"type": "string", "case": "mixed", "minLength": 0});
    same["features"][0]["hashing"]["hash"] = json!({"type": "blakeHash"});
    same["features"][1]["hashing"]["comparison"]["thresholdDistance"] = json!(2.0);
    assert_eq!(about(&same, "strict", b"k"), ours);
    // A version that says the same in other words makes the same codes.
    let kdf = json!({"type": "HKDF", "salt": "c2FsdA=="});
    let name =
        |hashing| json!([{"identifier": "n", "format": {"type": "string"}, "hashing": hashing}]);
    let two = json!({"version": 2, "clkConfig": {"l": 1024, "kdf": kdf},
        "features": name(json!({"ngram": 2, "strategy": {"k": 15}}))});
    let three = json!({"version": 3, "clkConfig": {"l": 1024, "kdf": kdf}, "features": name(
        json!({"comparison": {"type": "ngram", "n": 2}, "strategy": {"bitsPerToken": 15}}))});
    assert_eq!(about(&two, "strict", b"k"), about(&three, "strict", b"k"));
}

fn filters(share: f64, records: usize, length: usize) -> Vec<Filter> {
    // Bits by a multiplicative generator: any will do that is the same every time.
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let byte = |next: &mut dyn FnMut() -> f64| {
        (0..8).fold(0, |byte, _| byte << 1 | u8::from(next() < share))
    };
    let one = |_| {
        let bytes: Vec<u8> = (0..length / 8).map(|_| byte(&mut next)).collect();
        Filter::from_bytes(&bytes, length).unwrap()
    };
    (0..records).map(one).collect()
}

fn fill(share: f64) -> Fill {
    let mut fill = Fill::default();
    filters(share, 10, 1000).iter().for_each(|filter| fill.add(filter));
    fill
}

#[test]
fn e3_55_unusual_fill_is_said_and_an_impossible_one_is_refused() {
    assert_eq!(fill(0.45).judge(), Ok(None));
    assert_eq!(
        fill(0.7).judge().unwrap().unwrap(),
        "filters are 69.9 % full on average (6986 of 10000 bits), expected 30 to 60 %: make l \
         larger or lower bitsPerFeature"
    );
    assert_eq!(
        fill(0.9).judge().unwrap_err().to_string(),
        "error[E013]: wrong value: filters are 90.2 % full on average (9018 of 10000 bits)\n  \
         beyond 10 to 80 % records cannot be told apart\n  \
         help: make l larger or lower bitsPerFeature, both parties alike"
    );
    assert!(fill(0.05).judge().unwrap_err().to_string().contains("make l smaller or raise"));
    assert_eq!(Fill::default().judge(), Ok(None));
}

fn diffusion(profile: &str, length: usize) -> Diffusion {
    let secret = ExchangeSecret::from_bytes(b"one secret for all").unwrap();
    let shape = Profile::find(profile).unwrap().shape(length).unwrap();
    Diffusion::new(shape, length, secret.diffusion_key(b"", b"", profile)).unwrap()
}

#[test]
fn e3_54_linear_codes_beyond_the_rank_of_the_filters_are_refused() {
    let diffusion = diffusion("linear", 256);
    assert_eq!(diffusion.shape().length, 240);
    let some = filters(0.4, 200, 256);
    assert_eq!(
        check_rank(diffusion.shape(), &some, &diffusion.apply(&some)).unwrap_err().to_string(),
        "error[E013]: wrong value: codes of 240 bits by exclusive or are made of filters of rank \
         200 and have rank 200 over 200 records\n  \
         bits that depend on others let whoever has the codes solve for the filters\n  \
         help: encode more records than a code has bits, or choose --profile balanced; to take \
         the risk, add --unsafe linear-span"
    );
    let many = filters(0.4, 400, 256);
    assert_eq!(check_rank(diffusion.shape(), &many, &diffusion.apply(&many)), Ok(()));
}

#[test]
fn e3_54_windows_too_small_for_the_population_are_refused() {
    let sizing = |population| Sizing {
        population,
        filter_length: 2048,
        near: 0.233,
        matches: Sizing::ASSUMED_MATCHES,
    };
    let check = |population, profile| sizing(population).check(Profile::find(profile).unwrap());
    assert_eq!(check(20_000, "balanced"), Ok(()));
    assert_eq!(check(15_000_000, "strict"), Ok(()));
    assert_eq!(
        check(20_001, "balanced").unwrap_err().to_string(),
        "error[E013]: wrong value: profile balanced is too weak for 20001 records: near people \
         stand out by 2.7 standard deviations, 2 are safe\n  \
         near people differ in 23.3 % of bits; the window has 12 bits, the code 4096\n  \
         whoever holds a similar file can match who is near whom, and so names codes\n  \
         help: choose --profile linear or strict or max; to take the risk, add --unsafe \
         graph-matching"
    );
    assert!(check(10_001, "compact").is_err());
    let alike = Sizing { near: 0.01, ..sizing(30_000) };
    let error = alike.check(Profile::find("max").unwrap()).unwrap_err().to_string();
    assert!(error.contains("help: leave out attributes that relatives share"), "{error}");
}

/// B3 of the design notes: 2.7 and 7.7 at window 12, 1.2 and 4.5 at window 15, of 4,096 bits.
#[test]
fn sizing_gives_the_published_figures() {
    let sizing =
        Sizing { population: 15_000_000, filter_length: 2048, near: 0.233, matches: 0.162 };
    let row = |profile| sizing.row(Profile::find(profile).unwrap()).unwrap();
    let told = |row: cci::encode::SizingRow| {
        format!("{:.1} {:.1} {:.2}", row.near, row.matches, row.needed)
    };
    assert_eq!(told(row("balanced")), "2.7 7.7 5.75");
    assert_eq!(told(row("strict")), "1.2 4.5 5.75");
    assert!(row("balanced").finds() && !row("balanced").hides());
    assert!(!row("strict").finds() && row("strict").hides());
}

#[test]
fn near_people_are_measured_between_different_filters() {
    let mut people = filters(0.4, 40, 1024);
    // Twins of everybody: one byte of 128 differs, and some are recorded twice.
    let twins: Vec<Filter> = people
        .iter()
        .map(|filter| {
            let mut bytes = filter.to_bytes();
            bytes[5] ^= 0xff;
            Filter::from_bytes(&bytes, 1024).unwrap()
        })
        .collect();
    people.extend(twins.iter().cloned());
    people.extend(twins);
    let sizing = Sizing::measured(&people, 1024, 80);
    assert_eq!(sizing.near, 8.0 / 1024.0);
    assert_eq!(Sizing::measured(&people[..1], 1024, 80).near, 0.0);
}

#[test]
fn files_of_codes_read_back_and_faults_in_them_are_placed() {
    let about = about(&schema(), "strict", b"k");
    let written = filters(0.5, 3, 1024);
    let mut writer = CodesWriter::start(Vec::new(), &about).unwrap();
    written.iter().for_each(|code| writer.add(code).unwrap());
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let read = CodesFile::parse(&text, "c.json").unwrap();
    assert_eq!(read, CodesFile { about: Some(about), codes: written });
    let said = |text: &str| CodesFile::parse(text, "c.json").unwrap_err().message().to_string();
    assert_eq!(
        said(&text.replacen("\"l\":1024", "\"l\":512", 1)),
        "c.json: cci.schema_fingerprint: it is not the fingerprint of the schema beside it"
    );
    // A file of clkhash, its base64 broken as in mail.
    let plain =
        CodesFile::parse("{\"clks\": [\"AAEC\\nAwQF\\r\\n\", \"AAAAAAAA\"]}", "c.json").unwrap();
    assert_eq!((plain.about, plain.codes[0].to_bytes()), (None, vec![0, 1, 2, 3, 4, 5]));
    assert_eq!(
        said("{\"clks\": [\"AAEC\", \"AAE=\"]}"),
        "c.json: clks[1]: expected a code of 24 bits, found 16"
    );
    assert_eq!(said("{\"clks\": [\"A*\"]}"), "c.json: clks[0]: it is not base64");
    assert_eq!(said("{\"clk\": []}"), "c.json, line 1, column 11: missing field `clks`");
}

#[test]
fn wrong_profile_gets_the_nearest() {
    let error = Profile::find("balance").unwrap_err().to_string();
    assert!(error.contains("nearest: \"balanced\"") && error.contains("compat-clkhash"), "{error}");
}
