//! Levels joined by `and`, `or` and `not`: read from text, asked of two values.

use super::level::{Level, Numbers};
use super::{Comparator, Prepared};
use crate::error::{Error, ErrorKind, Result};

/// Deepest nesting of brackets and `not` that is read.
const DEEPEST: usize = 32;

/// A level, or several joined by `and`, `or` and `not`.
#[derive(Clone)]
pub enum Combination {
    /// One comparator and how far it must reach.
    Level(Level),
    /// Every part is reached.
    All(Vec<Combination>),
    /// At least one part is reached.
    Any(Vec<Combination>),
    /// The part is not reached.
    Not(Box<Combination>),
}

impl Combination {
    /// Reads a combination as settings write it.
    ///
    /// `not` binds before `and`, `and` before `or`; brackets say otherwise.
    ///
    /// # Errors
    /// As [`Level::parse`] for each level; `BadValue` for brackets or words that do not fit.
    ///
    /// ```
    /// use cci::comparison::Combination;
    /// let level = Combination::parse("same_sound and (damerau <= 2 or name_part)").unwrap();
    /// assert_eq!(level.label(), "same_sound and (damerau <= 2 or name_part)");
    /// assert!(Combination::parse("same_sound and").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let mut reader = Reader { whole: text, rest: text, depth: 0 };
        let read = reader.any()?;
        match reader.rest.trim() {
            "" => Ok(read),
            _ => Err(reader.unfit("and, or or its end")),
        }
    }

    /// Returns the combination as settings write it.
    pub fn label(&self) -> String {
        let inside = |part: &Self| match (self, part) {
            (Self::All(_), Self::Any(_)) | (Self::Not(_), Self::All(_) | Self::Any(_)) => {
                format!("({})", part.label())
            }
            _ => part.label(),
        };
        let joined = |parts: &[Self], word: &str| {
            parts.iter().map(inside).collect::<Vec<String>>().join(word)
        };
        match self {
            Self::Level(level) => level.label(),
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Not(part) => format!("not {}", inside(part)),
        }
    }

    /// Returns the level, if it is one by itself.
    pub fn as_level(&self) -> Option<&Level> {
        match self {
            Self::Level(level) => Some(level),
            _ => None,
        }
    }

    /// Returns every level that is asked, as they are written.
    pub fn levels(&self) -> Vec<&Level> {
        match self {
            Self::Level(level) => vec![level],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::levels).collect(),
            Self::Not(part) => part.levels(),
        }
    }

    /// Says whether a comparator is asked.
    pub fn asks(&self, comparator: &dyn Comparator) -> bool {
        self.levels().iter().any(|level| level.comparator().name() == comparator.name())
    }

    /// Says whether two values reach it.
    pub fn reached(&self, values: &Prepared, a: u32, b: u32) -> bool {
        self.reached_with(&mut Numbers::new(values, a, b))
    }

    /// Says whether the two values reach it of which some numbers are known.
    pub(super) fn reached_with(&self, numbers: &mut Numbers<'_>) -> bool {
        match self {
            Self::Level(level) => numbers.reach(level),
            Self::All(parts) => parts.iter().all(|part| part.reached_with(numbers)),
            Self::Any(parts) => parts.iter().any(|part| part.reached_with(numbers)),
            Self::Not(part) => !part.reached_with(numbers),
        }
    }

    /// Says whether two values may reach it, by the bounds of its levels alone.
    pub(super) fn may_be_reached(&self, values: &Prepared, a: u32, b: u32) -> bool {
        match self {
            Self::Level(level) => level.reached_by(level.comparator().bound(values, a, b)),
            Self::All(parts) => parts.iter().all(|part| part.may_be_reached(values, a, b)),
            Self::Any(parts) => parts.iter().any(|part| part.may_be_reached(values, a, b)),
            // A bound says what a number cannot be, not what it is.
            Self::Not(_) => true,
        }
    }

    /// Marks the others that may reach it with a value, by bounds alone.
    pub(super) fn sift(
        &self,
        values: &Prepared,
        code: u32,
        others: &[u32],
        may_reach: &mut [bool],
    ) {
        match self {
            Self::Level(level) => {
                level.comparator().sift(values, code, others, level.threshold(), may_reach);
            }
            Self::Any(parts) => {
                parts.iter().for_each(|part| part.sift(values, code, others, may_reach));
            }
            // One part is enough to leave most out.
            Self::All(parts) => parts[0].sift(values, code, others, may_reach),
            Self::Not(_) => may_reach.fill(true),
        }
    }

    /// Adds the later codes that may reach it with a value, by bounds alone; some perhaps twice.
    pub(super) fn scan(&self, values: &Prepared, code: u32, found: &mut Vec<u32>) {
        match self {
            Self::Level(level) => {
                level.comparator().scan(values, code, level.threshold(), found);
            }
            Self::Any(parts) => parts.iter().for_each(|part| part.scan(values, code, found)),
            Self::All(parts) => {
                let bounds = |part: &&Self| !matches!(part, Self::Not(_));
                let Some(first) = parts.iter().find(bounds) else {
                    return found.extend(code + 1..values.codes() as u32);
                };
                let mut fresh = Vec::new();
                first.scan(values, code, &mut fresh);
                found.extend(fresh.iter().filter(|&&b| self.may_be_reached(values, code, b)));
            }
            Self::Not(_) => found.extend(code + 1..values.codes() as u32),
        }
    }
}

impl From<Level> for Combination {
    fn from(level: Level) -> Self {
        Self::Level(level)
    }
}

impl std::fmt::Debug for Combination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label())
    }
}

/// What is left to read of a combination.
struct Reader<'t> {
    whole: &'t str,
    rest: &'t str,
    depth: usize,
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
            Combination::Level(self.level()?)
        };
        self.depth -= 1;
        Ok(read)
    }

    /// Reads one level: what stands before a bracket, `and` or `or`.
    fn level(&mut self) -> Result<Level> {
        self.rest = self.rest.trim_start();
        let ends = |(place, letter): (usize, char)| {
            let after_space = self.rest[..place].ends_with(char::is_whitespace);
            let word = |word| begins_with_word(&self.rest[place..], word);
            (matches!(letter, '(' | ')') || (after_space && (word("and") || word("or"))))
                .then_some(place)
        };
        let end = self.rest.char_indices().find_map(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        if text.trim().is_empty() || begins_with_word(text, "and") || begins_with_word(text, "or") {
            return Err(self.unfit("a comparator"));
        }
        self.rest = rest;
        Level::parse(text)
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
        let message = format!("level \"{}\": expected {expected}, found {found}", self.whole);
        Error::new(ErrorKind::BadValue, message)
            .help("write for example \"same_sound and (damerau <= 2 or name_part)\"")
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
    use crate::record::DictionaryBuilder;

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
    fn parts_are_joined_as_their_words_say() {
        let mut builder = DictionaryBuilder::default();
        let (robert, rupert) = (builder.code("robert"), builder.code("rupert"));
        let values = Prepared::new(&builder.finish());
        // Two letters replaced; both sound R163; no word shared.
        for (text, reached) in [
            ("same_sound and damerau <= 2", true),
            ("same_sound and damerau <= 1", false),
            ("name_part or damerau <= 2", true),
            ("same_sound and not damerau <= 1", true),
            ("not same_sound or name_part", false),
            ("not (same_sound and damerau <= 1)", true),
            ("same_sound or name_part and damerau <= 1", true),
            ("(same_sound or name_part) and damerau <= 1", false),
        ] {
            let level = Combination::parse(text).unwrap();
            assert_eq!(level.reached(&values, robert, rupert), reached, "{text}");
            let may = level.may_be_reached(&values, robert, rupert);
            assert!(may || !reached, "{text}: a bound is never below the truth");
        }
    }
}
