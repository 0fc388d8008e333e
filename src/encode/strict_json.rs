//! JSON in which no key of an object comes twice; most readers keep the last without a word.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{Error, ErrorKind, Result};

/// Parses a JSON text; `name` is the file's name, for messages.
///
/// # Errors
/// `BadSettings` with line and column where it is broken or a key comes twice.
pub(super) fn parse(text: &str, name: &str) -> Result<Value> {
    if text.starts_with('\u{feff}') {
        let message = format!("{name}, line 1: it begins with a byte order mark");
        return Err(Error::new(ErrorKind::BadSettings, message).help("save it as plain UTF-8"));
    }
    serde_json::from_str(text).map(|Strict(value)| value).map_err(|cause| {
        let (line, column) = (cause.line(), cause.column());
        let what = cause.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        let message = format!("{name}, line {line}, column {column}: {what}");
        Error::new(ErrorKind::BadSettings, message)
            .help("mend the line; the rest was not looked at")
    })
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key \"{key}\" comes twice")));
            }
            let Strict(value) = entries.next_value()?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_that_comes_twice_is_placed() {
        let error = parse("{\n \"l\": 1,\n \"l\": 2\n}", "s.json").unwrap_err();
        assert!(error.message().starts_with("s.json, line 3, column 4: the key \"l\""), "{error}");
    }
}
