//! Reads levels joined by `and`, `or` and `not` from text.

use super::{Combination, MISSING, Member};
use crate::comparison::Level;
use crate::error::{Error, ErrorKind, Result};

/// Deepest nesting of brackets and `not` that is read.
const DEEPEST: usize = 32;

/// Which attributes levels name.
pub(super) enum Naming<'t> {
    /// None: there is one.
    None,
    /// One of these, which are compared jointly.
    Among(&'t [&'t str]),
    /// Any; also what is missing may be asked for.
    Any,
}

/// Reads a combination whose levels name attributes in some way.
pub(super) fn read(text: &str, naming: &Naming<'_>) -> Result<Combination> {
    let mut reader = Reader { whole: text, rest: text, depth: 0, naming, named: Vec::new() };
    let read = reader.any()?;
    match reader.rest.trim() {
        "" => Ok(read),
        _ => Err(reader.unfit("and, or or its end")),
    }
}

/// What is left to read of a combination.
struct Reader<'t> {
    whole: &'t str,
    rest: &'t str,
    depth: usize,
    naming: &'t Naming<'t>,
    /// Attributes that were named so far, where any may be.
    named: Vec<String>,
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Combination> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Combination::Any, |part| match part {
            Combination::Any(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn all(&mut self) -> Result<Combination> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(joined(parts, Combination::All, |part| match part {
            Combination::All(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn one(&mut self) -> Result<Combination> {
        if self.depth == DEEPEST {
            return Err(self.unfit("fewer brackets"));
        }
        self.depth += 1;
        let read = if self.word("not") {
            Combination::Not(Box::new(self.one()?))
        } else if self.symbol('(') {
            let inside = self.any()?;
            if !self.symbol(')') {
                return Err(self.unfit("\")\""));
            }
            inside
        } else {
            self.level()?
        };
        self.depth -= 1;
        Ok(read)
    }

    /// Reads one level: what stands before a bracket, `and` or `or`.
    fn level(&mut self) -> Result<Combination> {
        self.rest = self.rest.trim_start();
        let name = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let (name, rest) = self.rest.split_at(name.unwrap_or(self.rest.len()));
        if name == MISSING && !matches!(self.naming, Naming::Any) {
            return Err(self.unfit("a comparator, as only filters ask for what is missing"));
        }
        let member = match self.naming {
            Naming::None => None,
            _ if name.is_empty() => None,
            _ => {
                self.rest = rest;
                Some(self.member()?)
            }
        };
        let member = match member {
            Some(member) if name == MISSING => return Ok(Combination::Missing(member)),
            member => member,
        };
        let ends = |(place, letter): (usize, char)| {
            let after_space = self.rest[..place].ends_with(char::is_whitespace);
            let word = |word| begins_with_word(&self.rest[place..], word);
            (matches!(letter, '(' | ')') || (after_space && (word("and") || word("or"))))
                .then_some(place)
        };
        let end = self.rest.char_indices().find_map(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        if let Some(member) = member {
            self.rest = rest;
            return Ok(Combination::Of(member, Level::parse(&format!("{name}{text}"))?));
        }
        if text.trim().is_empty() || begins_with_word(text, "and") || begins_with_word(text, "or") {
            return Err(self.unfit("a comparator"));
        }
        self.rest = rest;
        Level::parse(text).map(Combination::Level)
    }

    /// Reads the attribute between brackets after a comparator's name.
    fn member(&mut self) -> Result<Member> {
        let inside = self.rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((attribute, rest)) = inside else {
            return Err(self.unfit("an attribute in brackets, as in exact(postcode)"));
        };
        let attribute = attribute.trim();
        let place = match self.naming {
            Naming::Among(known) => known.iter().position(|known| *known == attribute),
            _ if attribute.is_empty() => {
                return Err(self.unfit("an attribute in brackets, as in exact(postcode)"));
            }
            _ => {
                Some(self.named.iter().position(|known| known == attribute).unwrap_or_else(|| {
                    self.named.push(attribute.to_string());
                    self.named.len() - 1
                }))
            }
        };
        self.rest = rest;
        let known = if let Naming::Among(known) = self.naming { known } else { &[][..] };
        let place = place.ok_or_else(|| {
            Error::unknown_name("attribute compared jointly", attribute, known.iter().copied())
        })?;
        Ok(Member { attribute: attribute.to_string(), place })
    }

    fn word(&mut self, asked: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = begins_with_word(rest, asked);
        if found {
            self.rest = &rest[asked.len()..];
        }
        found
    }

    fn symbol(&mut self, asked: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(asked);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Says what was expected where reading stopped.
    fn unfit(&self, expected: &str) -> Error {
        let found = match self.rest.trim() {
            "" => "its end".to_string(),
            rest => format!("\"{rest}\""),
        };
        let (what, example) = match self.naming {
            Naming::None => ("level", "\"same_sound and (damerau <= 2 or name_part)\""),
            Naming::Among(_) => ("level", "\"exact(postcode) and jaro_winkler(address) >= 0.9\""),
            Naming::Any => ("filter", "\"days(date_of_birth) <= 31\" or \"not exact(address)\""),
        };
        let message = format!("{what} \"{}\": expected {expected}, found {found}", self.whole);
        Error::new(ErrorKind::BadValue, message).help(format!("write for example {example}"))
    }
}

fn begins_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Joins parts, those of parts that are joined alike among them; one alone stays what it is.
fn joined(
    mut parts: Vec<Combination>,
    join: fn(Vec<Combination>) -> Combination,
    apart: fn(Combination) -> std::result::Result<Vec<Combination>, Combination>,
) -> Combination {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => join(parts.into_iter().flat_map(|p| apart(p).unwrap_or_else(|p| vec![p])).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_back_with_no_more_brackets_than_they_need() {
        for (text, label) in [
            ("exact", "exact"),
            (" name_part  or jaro_winkler>=0.9 ", "name_part or jaro_winkler >= 0.9"),
            ("(same_sound) and (damerau <= 2)", "same_sound and damerau <= 2"),
            ("not (a_or)", ""),
            ("not (exact or initial)", "not (exact or initial)"),
            ("not exact or initial", "not exact or initial"),
            ("exact and (initial and name_part)", "exact and initial and name_part"),
            ("(exact or initial) and name_part", "(exact or initial) and name_part"),
            ("exact or (initial and name_part)", "exact or initial and name_part"),
            ("not not exact", "not not exact"),
        ] {
            let Ok(read) = Combination::parse(text) else {
                assert_eq!(label, "", "{text}");
                continue;
            };
            assert_eq!(read.label(), label, "{text}");
            assert_eq!(Combination::parse(label).unwrap().label(), label);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_by_its_place() {
        for (text, told) in [
            ("", "expected a comparator, found its end"),
            ("exact and", "expected a comparator, found its end"),
            ("exact and or initial", "expected a comparator, found \"or initial\""),
            ("(exact or initial", "expected \")\", found its end"),
            ("exact) or initial", "expected and, or or its end, found \") or initial\""),
            ("exact (initial)", "expected and, or or its end, found \"(initial)\""),
            ("exact and damerau", "expected damerau <= a number"),
            ("exact and damrau <= 1", "damrau"),
        ] {
            let error = Combination::parse(text).unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        let deep = "(".repeat(10_000) + "exact";
        assert!(Combination::parse(&deep).unwrap_err().to_string().contains("fewer brackets"));
    }

    #[test]
    fn what_is_no_filter_is_refused_with_an_example() {
        for (text, told) in [
            ("", "expected a comparator, found its end"),
            ("exact", "expected an attribute in brackets"),
            ("days() <= 3", "expected an attribute in brackets"),
            ("days(date_of_birth <= 3", "expected an attribute in brackets"),
            ("not", "expected a comparator"),
            ("not (x)", "expected an attribute in brackets"),
            ("missing", "expected an attribute in brackets"),
            ("missing(sex) >= 1", "expected and, or or its end"),
            ("dayz(date_of_birth) <= 3", "nearest: \"days\""),
            ("days(date_of_birth) >= 3", "expected days <= a number"),
            ("exact(address) <= 3", "takes no threshold"),
        ] {
            let error = Combination::parse_naming(text).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("help: "), "{text}: {error}");
        }
        for text in [
            "days(date_of_birth) <= 31",
            "not exact(address)",
            "exact(sex) or missing(sex)",
            "not (exact(address) and missing(date_of_birth))",
        ] {
            assert_eq!(Combination::parse_naming(text).unwrap().label(), text);
        }
        let two = Combination::parse_naming("exact(b) and (jaro(a) >= 0.9 or missing(b))").unwrap();
        assert_eq!(two.attributes(), ["b", "a"]);
        assert!(Combination::parse("missing").is_err());
    }

    #[test]
    fn levels_of_several_attributes_name_theirs() {
        let of = |text: &str| Combination::parse_of(text, &["postcode", "address"]);
        for label in [
            "exact(postcode) and exact(address)",
            "exact(postcode) and not (jaro(address) >= 0.9 or exact(address))",
            "postcode_district(postcode)",
        ] {
            assert_eq!(of(label).unwrap().label(), label);
        }
        assert_eq!(of(" jaro ( address )>=0.9 ").unwrap().label(), "jaro(address) >= 0.9");
        for (text, told) in [
            ("exact(postcod)", "nearest: \"postcode\""),
            ("exact and exact(address)", "expected an attribute in brackets"),
            ("exact(postcode", "expected an attribute in brackets"),
            ("exact(postcode) and", "expected a comparator"),
            ("missing(postcode)", "only filters ask for what is missing"),
            ("(exact(postcode)", "expected \")\""),
            ("postcode", "expected an attribute in brackets"),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
