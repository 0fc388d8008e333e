//! Reads one feature of a linkage schema, in the words of the schema's version.

use super::attribute::{Attribute, Encoded, Insertions, Missing, TokenHash};
use super::date_pattern::DatePattern;
use super::json_place::{Extras, Findings, Place};
use super::text_encoding::TextEncoding;
use super::tokens::{Comparison, Neighbourhood, Tokens};
use super::value_format::{LetterCase, ValueFormat};
use crate::normalise::Pattern;

/// Version of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
    Three,
}

/// What version 1 says once for all features: k and the hash.
pub(super) struct Defaults {
    k: Option<i64>,
    hash: Option<TokenHash>,
}

/// Most insertions of a token or of a value.
const MOST_INSERTIONS: i64 = 1 << 16;
/// Longest run of characters.
const LONGEST_GRAM: i64 = 100;

impl Defaults {
    /// Returns those of the later versions, which say everything of each feature.
    pub(super) fn none() -> Self {
        Self { k: None, hash: None }
    }

    /// Reads those of version 1.
    pub(super) fn of(findings: &mut Findings, config: &Place) -> Self {
        let k = findings.member(config, "k");
        let hash = findings.member(config, "hash");
        Self {
            k: k.and_then(|place| findings.integer(&place, 1..=MOST_INSERTIONS)),
            hash: hash.and_then(|place| hash_of(findings, &place)),
        }
    }
}

/// Reads a feature.
pub(super) fn read(
    findings: &mut Findings,
    place: &Place,
    version: Version,
    defaults: &Defaults,
) -> Option<Attribute> {
    let ignored = match place.get("ignored") {
        None => false,
        Some(ignored) => findings.boolean(&ignored)?,
    };
    let is_bare = ignored && place.get("format").is_none() && place.get("hashing").is_none();
    if is_bare {
        findings.object(place, &["identifier", "ignored", "description"], Extras::Refused)?;
    } else {
        let known = ["identifier", "format", "hashing", "ignored", "description"];
        findings.object(place, &known, Extras::Kept)?;
    }
    let name = findings.member(place, "identifier");
    let name = name.and_then(|name| findings.text(&name).map(str::to_string));
    if is_bare {
        return Some(Attribute { name: name?, encoded: None });
    }
    let format = findings.member(place, "format");
    let format = format.and_then(|format| format_of(findings, &format));
    let hashing = findings.member(place, "hashing")?;
    let encoded = match version {
        Version::Three => newest(findings, &hashing, format),
        _ => earlier(findings, &hashing, format, version, defaults),
    }?;
    let encoded = encoded.filter(|_| !ignored);
    Some(Attribute { name: name?, encoded })
}

type Format = (ValueFormat, TextEncoding);

/// Reads how a feature is hashed, in the words of version 3.
fn newest(
    findings: &mut Findings,
    hashing: &Place,
    format: Option<Format>,
) -> Option<Option<Encoded>> {
    let known = ["comparison", "strategy", "hash", "missingValue"];
    findings.object(hashing, &known, Extras::Refused)?;
    let comparison = findings.member(hashing, "comparison");
    let comparison = comparison.and_then(|place| comparison_of(findings, &place));
    let strategy = findings.member(hashing, "strategy");
    let insertions = strategy
        .and_then(|place| insertions_of(findings, &place, ["bitsPerToken", "bitsPerFeature"]));
    let hash = match hashing.get("hash") {
        None => Some(TokenHash::Blake),
        Some(place) => hash_of(findings, &place),
    };
    finish(findings, hashing, format, comparison, insertions, hash).map(Some)
}

/// Reads how a feature is hashed, in the words of versions 1 and 2.
///
/// A weight of 0, which only version 1 has, means that it is not encoded.
fn earlier(
    findings: &mut Findings,
    hashing: &Place,
    format: Option<Format>,
    version: Version,
    defaults: &Defaults,
) -> Option<Option<Encoded>> {
    let known: &[&str] = match version {
        Version::One => &["ngram", "positional", "weight", "missingValue"],
        _ => &["ngram", "positional", "strategy", "hash", "missingValue"],
    };
    findings.object(hashing, known, Extras::Refused)?;
    let comparison = ngram_of(findings, hashing, "ngram");
    let (insertions, hash) = if version == Version::One {
        let weight = match hashing.get("weight") {
            None => Some(1.0),
            Some(place) => findings.number(&place),
        };
        if weight == Some(0.0) {
            return Some(None);
        }
        let times = weight.zip(defaults.k).map(|(weight, k)| (weight * k as f64).round_ties_even());
        let times = times.map(|times| times as i64);
        if times.is_some_and(|times| !(1..=MOST_INSERTIONS).contains(&times)) {
            let path = format!("{}.weight", hashing.path);
            let what = format!("k times the weight must be 1 to {MOST_INSERTIONS}");
            findings.wrong(&path, what, "choose another weight; 0 leaves the column out");
        }
        let times = times.and_then(|times| u32::try_from(times).ok());
        (times.map(Insertions::PerToken), defaults.hash)
    } else {
        let strategy = findings.member(hashing, "strategy");
        let insertions =
            strategy.and_then(|place| insertions_of(findings, &place, ["k", "numBits"]));
        let hash = match hashing.get("hash") {
            None => Some(TokenHash::Blake),
            Some(place) => hash_of(findings, &place),
        };
        (insertions, hash)
    };
    finish(findings, hashing, format, comparison, insertions, hash).map(Some)
}

/// Reads what all versions say in the same words, and checks missing values against the rest.
fn finish(
    findings: &mut Findings,
    hashing: &Place,
    format: Option<Format>,
    comparison: Option<Comparison>,
    insertions: Option<Insertions>,
    hash: Option<TokenHash>,
) -> Option<Encoded> {
    let missing = match hashing.get("missingValue") {
        None => Some(None),
        Some(place) => missing_of(findings, &place).map(Some),
    };
    let (format, encoding) = format?;
    let (comparison, missing) = (comparison?, missing?);
    if let Some(missing) = &missing {
        let path = format!("{}.missingValue", hashing.path);
        let encoded = missing.encoded();
        if !encoding.has(encoded) {
            let what = "what stands for a missing value is not ASCII, as the format asks";
            findings.wrong(&path, what, "choose another replaceWith, or the encoding utf-8");
        } else if comparison.cut(encoded, &mut Tokens::default()).is_err() {
            let what = "what stands for a missing value is compared as a number and is none";
            findings.wrong(&path, what, "set replaceWith to \"\", which is encoded as nothing");
        } else if !encoded.is_empty() {
            let what = "missing values are encoded like any other, so that all of them look alike; \
                        with replaceWith \"\" they add nothing";
            findings.remark(&path, what);
        }
    }
    let (insertions, hash) = (insertions?, hash?);
    if matches!(insertions, Insertions::PerToken(_))
        && matches!(comparison, Comparison::Ngram { .. })
    {
        let what = "longer values set more bits, which tells their length; bitsPerFeature does not";
        findings.remark(&format!("{}.strategy", hashing.path), what);
    }
    Some(Encoded { format, encoding, comparison, insertions, hash, missing })
}

fn missing_of(findings: &mut Findings, place: &Place) -> Option<Missing> {
    findings.object(place, &["sentinel", "replaceWith"], Extras::Kept)?;
    let sentinel = findings.member(place, "sentinel")?;
    let sentinel = findings.text(&sentinel)?.to_string();
    let replace_with = match place.get("replaceWith") {
        None => None,
        Some(place) => Some(findings.text(&place)?.to_string()),
    };
    Some(Missing { sentinel, replace_with })
}

fn hash_of(findings: &mut Findings, place: &Place) -> Option<TokenHash> {
    findings.object(place, &["type", "prevent_singularity"], Extras::Kept)?;
    let kind = findings.member(place, "type")?;
    let is_double = findings.one_of(&kind, "hash", &["blakeHash", "doubleHash"])? == 1;
    let prevent = match place.get("prevent_singularity") {
        None => None,
        Some(prevent) if is_double => Some(findings.boolean(&prevent)?),
        Some(prevent) => {
            let what = "only doubleHash has it";
            findings.wrong(&prevent.path, what, "take it out, or choose doubleHash");
            None
        }
    };
    let prevent_singularity = prevent.unwrap_or(false);
    Some(if is_double { TokenHash::Double { prevent_singularity } } else { TokenHash::Blake })
}

/// Reads how often tokens are inserted, under the key for each token or that for all.
fn insertions_of(findings: &mut Findings, place: &Place, keys: [&str; 2]) -> Option<Insertions> {
    findings.object(place, &keys, Extras::Refused)?;
    let (each, all) = (place.get(keys[0]), place.get(keys[1]));
    let (place, per): (_, fn(u32) -> Insertions) = match (each, all) {
        (Some(place), None) => (place, Insertions::PerToken),
        (None, Some(place)) => (place, Insertions::PerAttribute),
        _ => {
            let what = format!("it needs either \"{}\" or \"{}\"", keys[0], keys[1]);
            findings.wrong(&place.path, what, "say one of the two");
            return None;
        }
    };
    let times = findings.integer(&place, 1..=MOST_INSERTIONS)?;
    u32::try_from(times).ok().map(per)
}

fn comparison_of(findings: &mut Findings, place: &Place) -> Option<Comparison> {
    if !place.value.is_object() {
        findings.object(place, &[], Extras::Kept)?;
    }
    let kind = findings.member(place, "type")?;
    match findings.one_of(&kind, "comparison", &["ngram", "exact", "numeric"])? {
        0 => {
            findings.object(place, &["type", "n", "positional"], Extras::Kept)?;
            ngram_of(findings, place, "n")
        }
        1 => findings.object(place, &["type"], Extras::Kept).map(|_| Comparison::Exact),
        _ => {
            let known = ["type", "thresholdDistance", "resolution", "fractional_precision"];
            findings.object(place, &known, Extras::Kept)?;
            numeric_of(findings, place)
        }
    }
}

fn ngram_of(findings: &mut Findings, place: &Place, key: &str) -> Option<Comparison> {
    let n = findings.member(place, key);
    let n = n.and_then(|n| findings.integer(&n, 1..=LONGEST_GRAM));
    let positional = match place.get("positional") {
        None => Some(false),
        Some(place) => findings.boolean(&place),
    };
    Some(Comparison::Ngram { n: usize::try_from(n?).ok()?, positional: positional? })
}

fn numeric_of(findings: &mut Findings, place: &Place) -> Option<Comparison> {
    let threshold_place = findings.member(place, "thresholdDistance");
    let threshold = threshold_place.as_ref().and_then(|place| findings.number(place));
    let resolution = findings.member(place, "resolution");
    let resolution =
        resolution.and_then(|place| findings.integer(&place, 1..=Neighbourhood::MOST_RESOLUTION));
    let precision = match place.get("fractional_precision") {
        None => Some(0),
        Some(place) => findings.integer(&place, 0..=Neighbourhood::MOST_PRECISION),
    };
    let (threshold, precision) = (threshold?, u32::try_from(precision?).ok()?);
    let neighbourhood = Neighbourhood::new(threshold, resolution?, precision);
    if neighbourhood.is_none() {
        let what = match threshold > 0.0 {
            true => "it is less than one unit of the last digit that counts, or too large",
            false => "it must be more than 0",
        };
        let path = format!("{}.thresholdDistance", place.path);
        findings.wrong(&path, what, "raise it, or raise fractional_precision");
    }
    neighbourhood.map(Comparison::Numeric)
}

fn format_of(findings: &mut Findings, place: &Place) -> Option<Format> {
    if !place.value.is_object() {
        findings.object(place, &[], Extras::Refused)?;
    }
    let kind = findings.member(place, "type")?;
    let format = match findings.one_of(&kind, "format", &["string", "integer", "date", "enum"])? {
        0 => return text_format(findings, place),
        1 => {
            findings.object(
                place,
                &["type", "minimum", "maximum", "description"],
                Extras::Refused,
            )?;
            let mut bound = |key| match place.get(key) {
                None => Some(None),
                Some(place) => findings.integer(&place, i64::MIN..=i64::MAX).map(Some),
            };
            let (least, most) = (bound("minimum"), bound("maximum"));
            let (least, most) = (least?, most?);
            refuse_reversed(findings, place, "minimum", least, "maximum", most);
            ValueFormat::Integer { least, most }
        }
        2 => {
            findings.object(place, &["type", "format", "description"], Extras::Refused)?;
            let format = findings.member(place, "format")?;
            let text = findings.text(&format)?;
            let pattern = DatePattern::new(text);
            let pattern = pattern.map_err(|fault| {
                findings.wrong(&format.path, fault, "write it as %d/%m/%Y or the like");
            });
            ValueFormat::Date { format: text.to_string(), pattern: pattern.ok()? }
        }
        _ => {
            findings.object(place, &["type", "values", "description"], Extras::Refused)?;
            let values = findings.member(place, "values")?;
            let list = findings.list(&values)?;
            if list.is_empty() {
                findings.wrong(&values.path, "it is empty", "list the values");
            }
            let texts: Vec<_> = list.iter().map(|value| findings.text(value)).collect();
            let texts: Option<Vec<_>> = texts.into_iter().collect();
            ValueFormat::Enumerated(texts?.into_iter().map(str::to_string).collect())
        }
    };
    Some((format, TextEncoding::Utf8))
}

fn text_format(findings: &mut Findings, place: &Place) -> Option<Format> {
    let encoding = match place.get("encoding") {
        None => Some(TextEncoding::Utf8),
        Some(place) => findings
            .one_of(&place, "encoding", &TextEncoding::NAMES)
            .map(|at| TextEncoding::ALL[at]),
    };
    if let Some(pattern) = place.get("pattern") {
        let known = ["type", "pattern", "encoding", "description"];
        findings.object(place, &known, Extras::Refused)?;
        let text = findings.text(&pattern)?;
        let read = Pattern::new(text).map_err(|fault| {
            let help = "correct it; patterns run in linear time, without look-around";
            findings.wrong(&pattern.path, fault, help);
        });
        return Some((ValueFormat::Patterned(read.ok()?), encoding?));
    }
    let known = ["type", "pattern", "encoding", "case", "minLength", "maxLength", "description"];
    findings.object(place, &known, Extras::Refused)?;
    let case = match place.get("case") {
        None => Some(LetterCase::Mixed),
        Some(place) => findings
            .one_of(&place, "letter case", &["upper", "lower", "mixed"])
            .map(|at| [LetterCase::Upper, LetterCase::Lower, LetterCase::Mixed][at]),
    };
    let mut length = |key, least| match place.get(key) {
        None => Some(None),
        Some(place) => findings.integer(&place, least..=i64::from(u32::MAX)).map(Some),
    };
    let (least, most) = (length("minLength", 0), length("maxLength", 1));
    let (least, most) = (least?, most?);
    refuse_reversed(findings, place, "minLength", least, "maxLength", most);
    let as_length = |length: i64| usize::try_from(length).unwrap_or(usize::MAX);
    let format = ValueFormat::Text {
        least: least.map_or(0, as_length),
        most: most.map(as_length),
        case: case?,
    };
    Some((format, encoding?))
}

fn refuse_reversed(
    findings: &mut Findings,
    place: &Place,
    least_key: &str,
    least: Option<i64>,
    most_key: &str,
    most: Option<i64>,
) {
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        let path = format!("{}.{least_key}", place.path);
        findings.wrong(&path, format!("it is more than \"{most_key}\""), "exchange the two");
    }
}
