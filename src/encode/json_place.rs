//! Values of a JSON document with their paths, and everything that is wrong with them.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result, nearest};

/// Value and its path, such as `features[3].hashing.comparison`.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) path: String,
    pub(super) value: &'a Value,
}

/// What is to be done about keys that nobody knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extras {
    /// The format tolerates them: they are kept and said.
    Kept,
    /// The format refuses them.
    Refused,
}

/// Faults and remarks found so far.
#[derive(Default)]
pub(super) struct Findings {
    faults: Vec<FoundFault>,
    pub(super) remarks: Vec<String>,
}

struct FoundFault {
    kind: ErrorKind,
    what: String,
    near: Option<String>,
    help: String,
}

/// Most lines of an error after the first, its help not counted.
const MOST_NOTES: usize = 5;

impl<'a> Place<'a> {
    /// Returns a member of an object.
    fn member(&self, key: &str, value: &'a Value) -> Self {
        let path = match self.path.is_empty() {
            true => key.to_string(),
            false => format!("{}.{key}", self.path),
        };
        Self { path, value }
    }

    /// Returns a member, if the value is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| self.member(key, value))
    }
}

impl Findings {
    /// Records that a value is not what it must be.
    pub(super) fn wrong(&mut self, path: &str, what: impl Display, help: impl Into<String>) {
        self.fault(ErrorKind::BadValue, path, what, None, help.into());
    }

    fn fault(
        &mut self,
        kind: ErrorKind,
        path: &str,
        what: impl Display,
        near: Option<String>,
        help: String,
    ) {
        let path = if path.is_empty() { "at its top" } else { path };
        self.faults.push(FoundFault { kind, what: format!("{path}: {what}"), near, help });
    }

    /// Records something that is allowed and should be known.
    pub(super) fn remark(&mut self, path: &str, what: impl Display) {
        self.remarks.push(format!("{path}: {what}"));
    }

    /// Returns what was read, or everything that is wrong as one error.
    ///
    /// # Errors
    /// Of the first fault's kind, with the others as notes.
    pub(super) fn settle<T>(self, name: &str, read: Option<T>) -> Result<(T, Vec<String>)> {
        let mut faults = self.faults.into_iter();
        let Some(first) = faults.next() else {
            let read = read.expect("what could not be read left a fault");
            return Ok((read, self.remarks));
        };
        let mut error = Error::new(first.kind, format!("{name}: {}", first.what));
        let mut room = MOST_NOTES;
        if let Some(near) = first.near {
            error = error.note(format!("nearest: \"{near}\""));
            room -= 1;
        }
        let others: Vec<FoundFault> = faults.collect();
        let shown = if others.len() > room { room - 1 } else { others.len() };
        for other in &others[..shown] {
            let near =
                other.near.as_ref().map_or(String::new(), |near| format!(", nearest: \"{near}\""));
            error = error.note(format!("also {}{near}", other.what));
        }
        if shown < others.len() {
            error = error.note(format!("and {} more", others.len() - shown));
        }
        Err(error.help(first.help))
    }

    /// Returns the members of an object after a look at its keys.
    pub(super) fn object<'a>(
        &mut self,
        place: &Place<'a>,
        known: &[&str],
        extras: Extras,
    ) -> Option<&'a Map<String, Value>> {
        let Some(members) = place.value.as_object() else {
            self.mistyped(place, "an object");
            return None;
        };
        for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
            let near = nearest(key, known.iter().copied()).map(str::to_string);
            let what = format!("no key is called \"{key}\"");
            match (extras, near) {
                (Extras::Refused, near) => {
                    let help = format!("keys allowed here: {}", known.join(", "));
                    self.fault(ErrorKind::UnknownKey, &place.path, what, near, help);
                }
                (Extras::Kept, near) => {
                    let near = near.map_or(String::new(), |near| format!(" (nearest: \"{near}\")"));
                    let path = if place.path.is_empty() { "at its top" } else { &place.path };
                    self.remark(path, format!("{what}{near}; it is kept and changes nothing"));
                }
            }
        }
        Some(members)
    }

    /// Returns a member that must be there.
    pub(super) fn member<'a>(&mut self, place: &Place<'a>, key: &str) -> Option<Place<'a>> {
        let found = place.get(key);
        if found.is_none() && place.value.is_object() {
            self.wrong(&place.path, format!("it has no \"{key}\""), format!("add \"{key}\""));
        }
        found
    }

    /// Returns the elements of a list.
    pub(super) fn list<'a>(&mut self, place: &Place<'a>) -> Option<Vec<Place<'a>>> {
        let Some(values) = place.value.as_array() else {
            self.mistyped(place, "a list");
            return None;
        };
        let element = |(index, value)| Place { path: format!("{}[{index}]", place.path), value };
        Some(values.iter().enumerate().map(element).collect())
    }

    /// Returns a text.
    pub(super) fn text<'a>(&mut self, place: &Place<'a>) -> Option<&'a str> {
        if !place.value.is_string() {
            self.mistyped(place, "a text");
        }
        place.value.as_str()
    }

    /// Returns true or false.
    pub(super) fn boolean(&mut self, place: &Place) -> Option<bool> {
        if !place.value.is_boolean() {
            self.mistyped(place, "true or false");
        }
        place.value.as_bool()
    }

    /// Returns a number.
    pub(super) fn number(&mut self, place: &Place) -> Option<f64> {
        if !place.value.is_number() {
            self.mistyped(place, "a number");
        }
        place.value.as_f64()
    }

    /// Returns a whole number within a range; 20.0 is the whole number 20.
    pub(super) fn integer(&mut self, place: &Place, range: RangeInclusive<i64>) -> Option<i64> {
        let whole = |number: f64| {
            // Beyond 2^53 a decimal number does not say which whole number it is.
            (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
        };
        let found = place.value.as_i64().or_else(|| place.value.as_f64().and_then(whole));
        let found = found.filter(|number| range.contains(number));
        if found.is_none() {
            let (least, most) = (range.start(), range.end());
            let expected = match (*least == i64::MIN, *most == i64::MAX) {
                (true, _) => "a whole number".to_string(),
                (false, true) => format!("a whole number of {least} or more"),
                (false, false) => format!("a whole number of {least} to {most}"),
            };
            self.mistyped(place, &expected);
        }
        found
    }

    /// Returns the place in a list of names of the one that a text is.
    pub(super) fn one_of(&mut self, place: &Place, what: &str, names: &[&str]) -> Option<usize> {
        let asked = self.text(place)?;
        let found = names.iter().position(|name| *name == asked);
        if found.is_none() {
            let near = nearest(asked, names.iter().copied()).map(str::to_string);
            let help = format!("choose one of: {}", names.join(", "));
            let what = format!("no {what} is called \"{asked}\"");
            self.fault(ErrorKind::BadValue, &place.path, what, near, help);
        }
        found
    }

    fn mistyped(&mut self, place: &Place, expected: &str) {
        let found = match place.value {
            Value::Null => "null".to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Number(value) => value.to_string(),
            Value::String(_) => "a text".to_string(),
            Value::Array(_) => "a list".to_string(),
            Value::Object(_) => "an object".to_string(),
        };
        self.wrong(&place.path, format!("expected {expected}, found {found}"), "correct the value");
    }
}
