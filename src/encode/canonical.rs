//! The one form of a linkage schema, in which two schemas are equal if they make equal codes.
//!
//! Version 3 with every default written out; descriptions and keys that change nothing are left
//! out. Its fingerprint goes with every file of codes.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::attribute::{Attribute, Encoded, Insertions, TokenHash};
use super::clkhash_schema::ClkhashSchema;
use super::text_encoding::TextEncoding;
use super::tokens::Comparison;
use super::value_format::{LetterCase, ValueFormat};
use crate::identifier::KeyHash;

/// SHA-256 of a schema's one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaFingerprint([u8; 32]);

impl fmt::Display for SchemaFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl SchemaFingerprint {
    /// Returns the fingerprint of a schema in its one form.
    pub fn of(canonical: &Value) -> Self {
        let mut text = String::new();
        write(canonical, &mut text);
        Self(Sha256::digest(text).into())
    }
}

impl ClkhashSchema {
    /// Returns the one form of the schema.
    pub fn canonical(&self) -> Value {
        let kdf = &self.derivation;
        let hash = match kdf.hash {
            KeyHash::Sha256 => "SHA256",
            KeyHash::Sha512 => "SHA512",
        };
        json!({
            "version": 3,
            "clkConfig": {
                "l": self.length,
                "xorFolds": self.folds,
                "kdf": {
                    "type": "HKDF",
                    "hash": hash,
                    "salt": STANDARD.encode(&kdf.salt),
                    "info": STANDARD.encode(&kdf.info),
                    "keySize": kdf.key_size,
                },
            },
            "features": self.attributes.iter().map(attribute).collect::<Vec<_>>(),
        })
    }

    /// Returns the fingerprint of the schema.
    pub fn fingerprint(&self) -> SchemaFingerprint {
        SchemaFingerprint::of(&self.canonical())
    }
}

fn attribute(attribute: &Attribute) -> Value {
    match &attribute.encoded {
        None => json!({"identifier": attribute.name, "ignored": true}),
        Some(encoded) => json!({
            "identifier": attribute.name,
            "format": format(encoded),
            "hashing": hashing(encoded),
        }),
    }
}

fn format(encoded: &Encoded) -> Value {
    let mut format = match &encoded.format {
        ValueFormat::Text { least, most, case } => {
            let case = match case {
                LetterCase::Upper => "upper",
                LetterCase::Lower => "lower",
                LetterCase::Mixed => "mixed",
            };
            json!({"type": "string", "minLength": least, "maxLength": most, "case": case})
        }
        ValueFormat::Patterned(pattern) => json!({"type": "string", "pattern": pattern.text()}),
        ValueFormat::Integer { least, most } => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        ValueFormat::Date { format, .. } => json!({"type": "date", "format": format}),
        ValueFormat::Enumerated(values) => {
            // They are a set: neither order nor repetition changes what is taken.
            let mut values = values.clone();
            values.sort_unstable();
            values.dedup();
            json!({"type": "enum", "values": values})
        }
    };
    if format["type"] == "string" {
        let known = TextEncoding::ALL.iter().zip(TextEncoding::NAMES);
        let mut named = known.filter(|(encoding, _)| **encoding == encoded.encoding);
        format["encoding"] = named.next().map_or(Value::Null, |(_, name)| Value::from(name));
    }
    if let Some(members) = format.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    format
}

fn hashing(encoded: &Encoded) -> Value {
    let comparison = match &encoded.comparison {
        Comparison::Ngram { n, positional } => {
            json!({"type": "ngram", "n": n, "positional": positional})
        }
        Comparison::Exact => json!({"type": "exact"}),
        Comparison::Numeric(numeric) => json!({
            "type": "numeric",
            "thresholdDistance": numeric.threshold_distance,
            "resolution": numeric.resolution,
            "fractional_precision": numeric.fractional_precision,
        }),
    };
    let strategy = match encoded.insertions {
        Insertions::PerToken(times) => json!({"bitsPerToken": times}),
        Insertions::PerAttribute(times) => json!({"bitsPerFeature": times}),
    };
    let hash = match encoded.hash {
        TokenHash::Blake => json!({"type": "blakeHash"}),
        TokenHash::Double { prevent_singularity } => {
            json!({"type": "doubleHash", "prevent_singularity": prevent_singularity})
        }
    };
    let mut hashing = json!({"comparison": comparison, "strategy": strategy, "hash": hash});
    if let Some(missing) = &encoded.missing {
        hashing["missingValue"] =
            json!({"sentinel": missing.sentinel, "replaceWith": missing.encoded()});
    }
    hashing
}

/// Writes JSON without white space, keys in the order of their bytes.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                text.extend((index > 0).then_some(','));
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (key, value)) in sorted(members).into_iter().enumerate() {
                text.extend((index > 0).then_some(','));
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
}

fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    members
}

/// Returns the paths at which two schemas in their one form differ, in order.
///
/// ```
/// use cci::encode::differing_paths;
/// use serde_json::json;
///
/// let (a, b) = (json!({"l": 1024, "kdf": {"salt": "x"}}), json!({"l": 512, "kdf": {}}));
/// assert_eq!(differing_paths(&a, &b), ["kdf.salt", "l"]);
/// ```
pub fn differing_paths(a: &Value, b: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    compare(a, b, "", &mut paths);
    paths
}

fn compare(a: &Value, b: &Value, path: &str, paths: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&a[key.as_str()], &b[key.as_str()], &inner, paths);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            for place in 0..left.len().max(right.len()) {
                compare(&a[place], &b[place], &format!("{path}[{place}]"), paths);
            }
        }
        _ if a == b => {}
        _ => paths.push(path.to_string()),
    }
}
