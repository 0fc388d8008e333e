//! Reads the document of a linkage schema: its settings, keys and attributes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::attribute_reader::{self, Version};
use super::clkhash_schema::{ClkhashSchema, Folds};
use super::json_place::{Extras, Findings, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{AttributeKeys, KeyDerivation, KeyHash};

/// Longest filter before folding, in bits.
const LONGEST: i64 = 1 << 24;
/// Longest filter that two bytes of a hash can point into.
const LONGEST_OF_BLAKE: usize = 1 << 16;

/// Reads a schema from its document.
///
/// # Errors
/// As [`ClkhashSchema::parse`].
pub(super) fn read(
    document: &Value,
    name: &str,
    folds: Folds,
) -> Result<(ClkhashSchema, Vec<String>)> {
    let version = version_of(document, name)?;
    let mut findings = Findings::default();
    let schema = whole(&mut findings, document, version, folds);
    findings.settle(name, schema)
}

fn version_of(document: &Value, name: &str) -> Result<Version> {
    let refuse = |what: String| {
        Err(Error::new(ErrorKind::BadSettings, format!("{name}: {what}"))
            .note("this toolkit reads linkage schemas of versions 1 to 3"))
    };
    match document.get("version") {
        None => refuse("it names no version".to_string()).map_err(|error| {
            error.help("add \"version\": 3, if it is a linkage schema of clkhash")
        }),
        Some(version) => match version.as_f64() {
            Some(1.0) => Ok(Version::One),
            Some(2.0) => Ok(Version::Two),
            Some(3.0) => Ok(Version::Three),
            _ => refuse(format!("version: it is of version {version}"))
                .map_err(|error| error.help("ask its author for version 3")),
        },
    }
}

fn whole(
    findings: &mut Findings,
    document: &Value,
    version: Version,
    folds: Folds,
) -> Option<ClkhashSchema> {
    let top = Place { path: String::new(), value: document };
    findings.object(&top, &["version", "clkConfig", "features"], Extras::Kept)?;
    let config = findings.member(&top, "clkConfig");
    let known: &[&str] = match version {
        Version::One => &["l", "k", "kdf", "hash", "xorFolds", "xor_folds"],
        _ => &["l", "kdf", "xorFolds", "xor_folds"],
    };
    let config = config.filter(|place| findings.object(place, known, Extras::Kept).is_some());
    let length = config.as_ref().and_then(|place| {
        let length = findings.member(place, "l")?;
        findings.integer(&length, 1..=LONGEST)
    });
    let folds = config.as_ref().and_then(|place| folds_of(findings, place, folds));
    let derivation = config.as_ref().and_then(|place| {
        let kdf = findings.member(place, "kdf")?;
        derivation_of(findings, &kdf)
    });
    let defaults = match (version, &config) {
        (Version::One, Some(place)) => attribute_reader::Defaults::of(findings, place),
        _ => attribute_reader::Defaults::none(),
    };
    let features = findings.member(&top, "features");
    let features = features.and_then(|place| findings.list(&place));
    let attributes: Option<Vec<_>> = features.and_then(|features| {
        if features.is_empty() {
            findings.wrong("features", "it is empty", "describe at least one column");
        }
        // Every one is looked at, so that all faults are found.
        let read: Vec<_> = features
            .iter()
            .map(|place| attribute_reader::read(findings, place, version, &defaults))
            .collect();
        let read: Option<Vec<_>> = read.into_iter().collect();
        read.inspect(|attributes| refuse_twice(findings, attributes))
    });
    let schema = ClkhashSchema {
        length: usize::try_from(length?).ok()?,
        folds: folds?,
        derivation: derivation?,
        attributes: attributes?,
    };
    check_as_a_whole(findings, &schema);
    Some(schema)
}

fn refuse_twice(findings: &mut Findings, attributes: &[super::attribute::Attribute]) {
    for (index, attribute) in attributes.iter().enumerate() {
        if attributes[..index].iter().any(|earlier| earlier.name == attribute.name) {
            let path = format!("features[{index}].identifier");
            let what = format!("\"{}\" comes twice", attribute.name);
            findings.wrong(&path, what, "give every column its own name");
        }
    }
}

/// Checks what concerns several parts of a schema.
fn check_as_a_whole(findings: &mut Findings, schema: &ClkhashSchema) {
    let KeyDerivation { hash, key_size, .. } = &schema.derivation;
    let most = hash.most_bytes() / (2 * key_size);
    if schema.attributes.len() > most {
        let what = format!(
            "it has {} features; two keys of {key_size} bytes for each, ignored ones too, are more \
             than HKDF gives, which is enough for {most}",
            schema.attributes.len()
        );
        findings.wrong("features", what, "leave columns out that nobody compares");
    }
    if !schema.attributes.iter().any(|attribute| attribute.encoded.is_some()) {
        findings.wrong("features", "all are ignored", "encode at least one column");
    }
    let unfolded = schema.unfolded_length();
    if unfolded as i64 > LONGEST {
        let what = format!("with the folds the filter would have more than {LONGEST} bits");
        findings.wrong("clkConfig.l", what, "fold less often, or make l smaller");
    }
    if !schema.uses_blake() {
        return;
    }
    if !unfolded.is_power_of_two() {
        let near = unfolded.next_power_of_two() >> schema.folds;
        let what =
            format!("blakeHash needs a filter of a power of two, and it has {unfolded} bits");
        findings.wrong("clkConfig.l", what, format!("choose {near} or {}", (near / 2).max(1)));
    } else if unfolded > LONGEST_OF_BLAKE {
        let what = format!("blakeHash points at {LONGEST_OF_BLAKE} bits, and it has {unfolded}");
        findings.wrong("clkConfig.l", what, "make l smaller, or fold less often");
    }
    if *key_size > AttributeKeys::LONGEST_BLAKE2B_KEY {
        let longest = AttributeKeys::LONGEST_BLAKE2B_KEY;
        let what = format!("blakeHash takes keys of {longest} bytes at most, found {key_size}");
        findings.wrong("clkConfig.kdf.keySize", what, format!("choose {longest}"));
    }
}

/// Returns how often filters are folded, where both readings agree or one is chosen.
fn folds_of(findings: &mut Findings, config: &Place, reading: Folds) -> Option<u32> {
    let mut folds = |key| match config.get(key) {
        Some(place) => findings.integer(&place, 0..=16),
        None => Some(0),
    };
    let (documented, implemented) = (folds("xorFolds")?, folds("xor_folds")?);
    let folds = match reading {
        Folds::AsDocumented => documented,
        Folds::AsImplemented => implemented,
        Folds::Refused if documented == implemented => documented,
        Folds::Refused => {
            let what = format!(
                "it is ambiguous: clkhash documents this key and reads \"xor_folds\", so that the \
                 schema asks for {documented} folds and clkhash makes {implemented}"
            );
            findings.wrong(
                "clkConfig.xorFolds",
                what,
                format!("choose --clkhash-folds {} or {}", Folds::NAMES[0], Folds::NAMES[1]),
            );
            return None;
        }
    };
    u32::try_from(folds).ok()
}

fn derivation_of(findings: &mut Findings, kdf: &Place) -> Option<KeyDerivation> {
    findings.object(kdf, &["type", "hash", "salt", "info", "keySize"], Extras::Kept)?;
    let kind = findings.member(kdf, "type");
    kind.and_then(|kind| findings.one_of(&kind, "key derivation", &["HKDF"]));
    let hash = match kdf.get("hash") {
        None => Some(KeyHash::Sha256),
        Some(place) => findings
            .one_of(&place, "hash", &["SHA256", "SHA512"])
            .map(|at| [KeyHash::Sha256, KeyHash::Sha512][at]),
    };
    let salt = bytes_of(findings, kdf, "salt");
    let info = bytes_of(findings, kdf, "info");
    if salt.as_ref().is_some_and(Vec::is_empty) {
        let what = "there is no salt; a random one of 32 bytes keeps exchanges apart";
        findings.remark(&kdf.path, what);
    }
    let key_size = match kdf.get("keySize") {
        None => Some(64),
        Some(place) => findings.integer(&place, 1..=4096),
    };
    Some(KeyDerivation {
        hash: hash?,
        salt: salt?,
        info: info?,
        key_size: usize::try_from(key_size?).ok()?,
    })
}

/// Returns bytes written in base64, or none if the key is not there.
fn bytes_of(findings: &mut Findings, place: &Place, key: &str) -> Option<Vec<u8>> {
    let Some(place) = place.get(key) else { return Some(Vec::new()) };
    let text = findings.text(&place)?;
    match STANDARD.decode(text) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            findings.wrong(&place.path, "it is not base64", "write it as base64, with its padding");
            None
        }
    }
}
