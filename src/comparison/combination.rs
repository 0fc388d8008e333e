//! Levels joined by `and`, `or` and `not`: read from text, asked of values.

use super::Comparator;
use super::level::{Level, Numbers};
use super::values::Values;
use crate::error::Result;

mod reader;

use reader::Naming;

/// Word for what an attribute lacks.
const MISSING: &str = "missing";

/// A level, or several joined by `and`, `or` and `not`.
#[derive(Clone)]
pub enum Combination {
    /// One comparator and how far it must reach.
    Level(Level),
    /// The same of one of several attributes.
    Of(Member, Level),
    /// One of several attributes has no value in either record, or both; filters alone ask this.
    Missing(Member),
    /// Every part is reached.
    All(Vec<Combination>),
    /// At least one part is reached.
    Any(Vec<Combination>),
    /// The part is not reached.
    Not(Box<Combination>),
}

/// One of several attributes that a combination asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    attribute: String,
    place: usize,
}

impl Member {
    /// Returns the name of the attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// Returns its place among the attributes, from 0.
    pub fn place(&self) -> usize {
        self.place
    }
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
        reader::read(text, &Naming::None)
    }

    /// Reads a combination in which each level names one of several attributes; none where there
    /// are none to name.
    ///
    /// # Errors
    /// As [`Self::parse`]; `UnknownName` for an attribute that is not one of them.
    ///
    /// ```
    /// use cci::comparison::Combination;
    /// let text = "exact(postcode) and jaro_winkler(address) >= 0.9";
    /// let level = Combination::parse_of(text, &["postcode", "address"]).unwrap();
    /// assert_eq!(level.label(), text);
    /// ```
    pub fn parse_of(text: &str, attributes: &[&str]) -> Result<Self> {
        match attributes {
            [] => Self::parse(text),
            attributes => reader::read(text, &Naming::Among(attributes)),
        }
    }

    /// Reads a combination in which each level names any attribute, as filters do.
    ///
    /// Attributes have places in the order in which they are named. `missing(attribute)` asks
    /// whether one record has no value of it.
    ///
    /// # Errors
    /// As [`Self::parse`].
    ///
    /// ```
    /// use cci::comparison::Combination;
    /// let filter = Combination::parse_naming("exact( sex ) or missing(sex)").unwrap();
    /// assert_eq!(filter.label(), "exact(sex) or missing(sex)");
    /// assert_eq!(filter.attributes(), ["sex"]);
    /// ```
    pub fn parse_naming(text: &str) -> Result<Self> {
        reader::read(text, &Naming::Any)
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
            Self::Of(member, level) => {
                let (label, name) = (level.label(), level.comparator().name());
                format!("{name}({}){}", member.attribute, &label[name.len()..])
            }
            Self::Missing(member) => format!("{MISSING}({})", member.attribute),
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Not(part) => format!("not {}", inside(part)),
        }
    }

    /// Returns the attributes that levels name, each once, by place.
    pub fn attributes(&self) -> Vec<&str> {
        let mut members = Vec::new();
        self.members(&mut members);
        members.sort_by_key(|member| member.place);
        members.dedup();
        members.into_iter().map(Member::attribute).collect()
    }

    fn members<'a>(&'a self, found: &mut Vec<&'a Member>) {
        match self {
            Self::Level(_) => {}
            Self::Of(member, _) | Self::Missing(member) => found.push(member),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.members(found));
            }
            Self::Not(part) => part.members(found),
        }
    }

    /// Returns the level, if it is one by itself.
    pub fn as_level(&self) -> Option<&Level> {
        match self {
            Self::Level(level) => Some(level),
            _ => None,
        }
    }

    /// Returns every level that is asked, with the place of its attribute, as they are written;
    /// `exact` stands for what is missing.
    pub fn levels(&self) -> Vec<(usize, &Level)> {
        match self {
            Self::Level(level) => vec![(0, level)],
            Self::Of(member, level) => vec![(member.place, level)],
            Self::Missing(member) => vec![(member.place, &Level::EXACT)],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::levels).collect(),
            Self::Not(part) => part.levels(),
        }
    }

    /// Says whether a comparator is asked.
    pub fn asks(&self, comparator: &dyn Comparator) -> bool {
        self.levels().iter().any(|(_, level)| level.comparator().name() == comparator.name())
    }

    /// Says whether a pair that reaches it holds one value of an attribute, as its form tells.
    pub(crate) fn asks_the_same(&self, place: usize) -> bool {
        match self {
            Self::Level(level) => place == 0 && level.label() == "exact",
            Self::Of(member, level) => member.place == place && level.label() == "exact",
            Self::All(parts) => parts.iter().any(|part| part.asks_the_same(place)),
            Self::Any(parts) => parts.iter().all(|part| part.asks_the_same(place)),
            Self::Missing(_) | Self::Not(_) => false,
        }
    }

    /// Says whether two values reach it.
    pub(super) fn reached(&self, values: &Values, a: u32, b: u32) -> bool {
        let mut numbers = Numbers::new(values, a, b);
        self.reached_with(&mut |place, level| numbers.reach(place, level)) == Some(true)
    }

    /// Says whether it is reached where some say so of its levels, `None` for a missing value.
    ///
    /// Of a missing value nothing is reached and nothing denied; "and" and "or" hold or fail by
    /// their other parts where these settle it.
    pub(crate) fn reached_with(
        &self,
        reach: &mut impl FnMut(usize, &Level) -> Option<bool>,
    ) -> Option<bool> {
        match self {
            Self::Level(level) => reach(0, level),
            Self::Of(member, level) => reach(member.place, level),
            // Of what is there something is always said.
            Self::Missing(member) => Some(reach(member.place, &Level::EXACT).is_none()),
            Self::All(parts) => settled(parts, false, reach),
            Self::Any(parts) => settled(parts, true, reach),
            Self::Not(part) => part.reached_with(reach).map(|reached| !reached),
        }
    }

    /// Says whether two values may reach it, by the bounds of its levels alone.
    pub(super) fn may_be_reached(&self, values: &Values, a: u32, b: u32) -> bool {
        let bound = |place, level: &Level| {
            let pair = values.pair(place, a, b);
            pair.is_some_and(|(values, x, y)| {
                level.reached_by(level.comparator().bound(values, x, y))
            })
        };
        match self {
            Self::Level(level) => bound(0, level),
            Self::Of(member, level) => bound(member.place, level),
            Self::Missing(member) => values.pair(member.place, a, b).is_none(),
            Self::All(parts) => parts.iter().all(|part| part.may_be_reached(values, a, b)),
            Self::Any(parts) => parts.iter().any(|part| part.may_be_reached(values, a, b)),
            // A bound says what a number cannot be, not what it is.
            Self::Not(_) => true,
        }
    }

    /// Marks the others that may reach it with a value, by bounds alone.
    pub(super) fn sift(&self, values: &Values, code: u32, others: &[u32], may_reach: &mut [bool]) {
        match self {
            Self::Level(level) => {
                let values = values.member(0);
                level.comparator().sift(values, code, others, level.threshold(), may_reach);
            }
            Self::Any(parts) => {
                parts.iter().for_each(|part| part.sift(values, code, others, may_reach));
            }
            // One part is enough to leave most out.
            Self::All(parts) => parts[0].sift(values, code, others, may_reach),
            // Tuples are compared one by one.
            Self::Of(..) | Self::Missing(_) | Self::Not(_) => may_reach.fill(true),
        }
    }

    /// Adds the later codes that may reach it with a value, by bounds alone; some perhaps twice.
    pub(super) fn scan(&self, values: &Values, code: u32, found: &mut Vec<u32>) {
        let later = code + 1..values.codes() as u32;
        match self {
            Self::Level(level) => {
                level.comparator().scan(values.member(0), code, level.threshold(), found);
            }
            Self::Of(..) | Self::Missing(_) => {
                found.extend(later.filter(|&b| self.may_be_reached(values, code, b)));
            }
            Self::Any(parts) => parts.iter().for_each(|part| part.scan(values, code, found)),
            Self::All(parts) => {
                let bounds = |part: &&Self| !matches!(part, Self::Not(_));
                let Some(first) = parts.iter().find(bounds) else {
                    return found.extend(later);
                };
                let mut fresh = Vec::new();
                first.scan(values, code, &mut fresh);
                found.extend(fresh.iter().filter(|&&b| self.may_be_reached(values, code, b)));
            }
            Self::Not(_) => found.extend(later),
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

/// Joins what is known of parts: one that is `settles` settles it, else a missing one leaves it.
fn settled(
    parts: &[Combination],
    settles: bool,
    reach: &mut impl FnMut(usize, &Level) -> Option<bool>,
) -> Option<bool> {
    let mut all_known = true;
    for part in parts {
        match part.reached_with(reach) {
            Some(reached) if reached == settles => return Some(settles),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!settles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Prepared;
    use crate::record::DictionaryBuilder;

    #[test]
    fn what_is_missing_is_neither_reached_nor_denied() {
        for (text, first, reached) in [
            ("exact(a)", None, None),
            ("not exact(a)", None, None),
            ("exact(a) and exact(b)", None, Some(false)),
            ("exact(a) or exact(b)", None, None),
            ("exact(a) or not exact(b)", None, Some(true)),
            ("exact(a) and not exact(b)", Some(true), Some(true)),
        ] {
            let level = Combination::parse_of(text, &["a", "b"]).unwrap();
            // The second attribute differs.
            let found = level.reached_with(&mut |place, _| [first, Some(false)][place]);
            assert_eq!(found, reached, "{text}");
        }
    }

    #[test]
    fn parts_are_joined_as_their_words_say() {
        let mut builder = DictionaryBuilder::default();
        let (robert, rupert) = (builder.code("robert"), builder.code("rupert"));
        let values = Values::one(Prepared::new(&builder.finish()));
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
