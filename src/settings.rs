//! Reads TOML settings, so that every mistake names its line and the nearest right key.
//!
//! Schemas, linkage settings and calibration files all come through here.

use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::error::{Error, ErrorKind, Result, nearest};

/// Parses TOML text into a settings type that denies unknown keys.
///
/// `name` is the file's name, for messages.
///
/// # Errors
/// `UnknownKey` with line and nearest key; `BadSettings` with line for anything else.
pub fn parse<T: DeserializeOwned>(text: &str, name: &str) -> Result<T> {
    toml::from_str(text).map_err(|cause| explain(text, name, &cause))
}

/// Parses settings that name their version, for example `version = 1`.
///
/// # Errors
/// `BadSettings` with the versions that are read, if there is none or another one; as [`parse`].
pub fn parse_versioned<T: DeserializeOwned>(
    text: &str,
    name: &str,
    supported: RangeInclusive<u32>,
) -> Result<T> {
    // The version comes first: keys of a newer version are not to be called unknown.
    let Versioned { version } = parse(text, name)?;
    let (oldest, newest) = (supported.start(), supported.end());
    let read = match oldest == newest {
        true => format!("this toolkit reads version {newest}"),
        false => format!("this toolkit reads versions {oldest} to {newest}"),
    };
    let Some(version) = version else {
        return Err(Error::new(ErrorKind::BadSettings, format!("{name}: it names no version"))
            .note(read)
            .help(format!(
                "write version = {newest} before everything else, if it is of that one"
            )));
    };
    let found = *version.get_ref();
    if u32::try_from(found).is_ok_and(|found| supported.contains(&found)) {
        return parse(text, name);
    }
    let line = line_of(text, version.span().start);
    let message = format!("{name}, line {line}: it is of version {found}");
    let help = match found > i64::from(*newest) {
        true => "use the toolkit that it was written for, or a newer one",
        false => "write the number of a version that is read",
    };
    Err(Error::new(ErrorKind::BadSettings, message).note(read).help(help))
}

/// The one key that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: Option<Spanned<i64>>,
}

/// Returns the line, from 1, of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
}

/// Returns line and column, both from 1, of a character within a quoted text of TOML.
///
/// `span` is that of the text with its quotes, `character` counts from 1 within what it says.
///
/// ```
/// let toml = "a = 1\nkey = \"x\\\\y\"\n";
/// // The span of "x\\y", which says x\y; its third character is the y.
/// assert_eq!(cci::settings::place_within(toml, 12..18, 3), (2, 11));
/// ```
pub fn place_within(text: &str, span: Range<usize>, character: usize) -> (usize, usize) {
    let quoted = text.get(span.clone()).unwrap_or_default();
    let escapes = quoted.starts_with('"');
    let triple = ["\"\"\"", "'''"].iter().any(|quotes| quoted.starts_with(quotes));
    let mut at = if triple { 3 } else { 1 };
    // A line break right after three quotes is no part of the text.
    if triple && quoted[at..].starts_with('\n') {
        at += 1;
    }
    for _ in 1..character {
        let rest = quoted.get(at..).unwrap_or_default();
        let escaped = rest.strip_prefix('\\').filter(|_| escapes);
        at += match escaped.map(|rest| rest.bytes().next()) {
            Some(Some(b'x')) => 4,
            Some(Some(b'u')) => 6,
            Some(Some(b'U')) => 10,
            Some(_) => 2,
            None => rest.chars().next().map_or(0, char::len_utf8),
        };
    }
    let place = (span.start + at).min(text.len());
    let line = text.get(..place).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    (line_of(text, place), 1 + line.chars().count())
}

fn explain(text: &str, name: &str, cause: &toml::de::Error) -> Error {
    let place = match cause.span() {
        Some(span) => format!("{name}, line {}", line_of(text, span.start)),
        None => name.to_string(),
    };
    // serde writes: unknown field `acept`, expected one of `accept`, `review`
    let message = cause.message();
    let Some(rest) = message.strip_prefix("unknown field `") else {
        let first = in_words(message.lines().next().unwrap_or("not valid TOML"));
        return Error::new(ErrorKind::BadSettings, format!("{place}: {first}"))
            .help("compare the line with a file of the same kind that comes with the toolkit");
    };
    let mut quoted = rest.split('`');
    let key = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.skip(1).step_by(2).collect();
    let error = Error::new(ErrorKind::UnknownKey, format!("{place}: no key is called \"{key}\""));
    match nearest(key, known.iter().copied()) {
        Some(near) => error.note(format!("nearest: \"{near}\"")),
        None => error,
    }
    .help(format!("keys allowed here: {}", known.join(", ")))
}

/// Returns a message of serde's with what was expected in words that are not Rust's.
fn in_words(message: &str) -> String {
    let Some((before, expected)) = message.rsplit_once("expected ") else {
        return message.to_string();
    };
    let between = |least: i64, most: i64| format!("a whole number from {least} to {most}");
    let words = match expected {
        "i64" | "isize" => "a whole number".to_string(),
        "u64" | "usize" => "a whole number of 0 or more".to_string(),
        "i16" => between(i16::MIN.into(), i16::MAX.into()),
        "i32" => between(i32::MIN.into(), i32::MAX.into()),
        "u8" => between(0, u8::MAX.into()),
        "u16" => between(0, u16::MAX.into()),
        "u32" => between(0, u32::MAX.into()),
        "f32" | "f64" => "a number".to_string(),
        "a boolean" => "true or false".to_string(),
        "a sequence" => "a list in brackets".to_string(),
        "a map" => "a table".to_string(),
        other => other.to_string(),
    };
    format!("{before}expected {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thresholds {
        #[allow(dead_code)]
        accept: f64,
        #[allow(dead_code)]
        review: Option<f64>,
    }

    #[test]
    fn unknown_key_names_line_and_nearest() {
        let error = parse::<Thresholds>("review = 4.0\nacept = 12.0\n", "cci.toml").unwrap_err();
        assert_eq!(
            error.to_string(),
            "error[E012]: unknown key in settings: cci.toml, line 2: no key is called \"acept\"\n  \
             nearest: \"accept\"\n  help: keys allowed here: accept, review"
        );
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Numbered {
        version: u32,
    }

    #[test]
    fn version_is_judged_before_any_other_key() {
        let parse = |text| parse_versioned::<Numbered>(text, "cci.toml", 1..=2);
        assert_eq!(parse("version = 2\n").unwrap().version, 2);
        assert_eq!(
            parse("new = 1\nversion = 3\n").unwrap_err().to_string(),
            "error[E011]: cannot read settings: cci.toml, line 2: it is of version 3\n  \
             this toolkit reads versions 1 to 2\n  \
             help: use the toolkit that it was written for, or a newer one"
        );
        let none = parse("accept = 1.0\n").unwrap_err().to_string();
        assert!(none.contains("cci.toml: it names no version"), "{none}");
        assert!(parse("version = -1\n").is_err() && parse("version = \"1\"\n").is_err());
    }

    #[test]
    fn wrong_type_names_line() {
        let error = parse::<Thresholds>("accept = \"high\"\n", "cci.toml").unwrap_err();
        assert!(error.to_string().contains("cci.toml, line 1: invalid type"), "{error}");
    }

    #[test]
    fn what_was_expected_is_said_in_words() {
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(default)]
        #[allow(dead_code)]
        struct Kinds {
            year: i16,
            level: i64,
            most: u32,
            pairs: u64,
            share: f64,
            quiet: bool,
            keys: Vec<String>,
        }
        let cases = [
            ("year = 99999", "a whole number from -32768 to 32767"),
            ("level = \"x\"", "a whole number"),
            ("most = -3", "a whole number from 0 to 4294967295"),
            ("pairs = 1.5", "a whole number of 0 or more"),
            ("share = true", "a number"),
            ("quiet = 1", "true or false"),
            ("keys = 3", "a list in brackets"),
        ];
        for (text, expected) in cases {
            let error = parse::<Kinds>(text, "cci.toml").unwrap_err().to_string();
            let line = error.lines().next().unwrap_or_default();
            assert!(line.ends_with(&format!(", expected {expected}")), "{text}: {line}");
        }
    }
}
