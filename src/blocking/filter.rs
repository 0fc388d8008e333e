//! Filters of a blocking rule: which of the pairs that agree on its keys it makes.

use std::sync::Arc;

use super::BlockingRule;
use crate::comparison::{Level, Prepared};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Column, RecordId, Records};

/// Condition on two records: a level of comparison that values of theirs reach, or do not reach.
#[derive(Debug, Clone)]
pub struct PairFilter {
    /// Name of the attribute.
    pub attribute: String,
    /// Level of comparison.
    pub level: Level,
    /// What the level has to do.
    pub sense: Sense,
}

/// What a filter asks of its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// That two values reach it.
    Reached,
    /// That no two values reach it.
    NotReached,
}

impl PairFilter {
    /// Reads a filter as settings write it: a comparator of an attribute, or `not` before it.
    ///
    /// # Errors
    /// `BadValue` for what is no call of a comparator; what [`Level::parse`] refuses.
    ///
    /// ```
    /// use cci::blocking::PairFilter;
    /// let filter = PairFilter::parse("days(date_of_birth) <= 31").unwrap();
    /// assert_eq!((filter.attribute.as_str(), filter.level.threshold()), ("date_of_birth", 31.0));
    /// assert_eq!(PairFilter::parse("not  exact( address )").unwrap().label(), "not exact(address)");
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let (sense, call) = match text.trim().strip_prefix("not ") {
            Some(call) => (Sense::NotReached, call.trim()),
            None => (Sense::Reached, text.trim()),
        };
        let parts = call.split_once('(').and_then(|(name, rest)| {
            let (attribute, rest) = rest.split_once(')')?;
            Some((name.trim(), attribute.trim(), rest.trim()))
        });
        let Some((name, attribute, rest)) = parts.filter(|(_, attribute, _)| !attribute.is_empty())
        else {
            return Err(Error::new(
                ErrorKind::BadValue,
                format!("filter \"{text}\": expected a comparator of an attribute"),
            )
            .help("write for example \"days(date_of_birth) <= 31\" or \"not exact(address)\""));
        };
        let level = Level::parse(&format!("{name} {rest}"))?;
        Ok(Self { attribute: attribute.to_string(), level, sense })
    }

    /// Returns the filter as settings write it.
    pub fn label(&self) -> String {
        let (level, name) = (self.level.label(), self.level.comparator().name());
        let threshold = level.strip_prefix(name).unwrap_or_default();
        let not = if self.sense == Sense::NotReached { "not " } else { "" };
        format!("{not}{name}({}){threshold}", self.attribute)
    }

    /// Checks that the records have the attribute and that the comparator suits it.
    ///
    /// # Errors
    /// `UnknownName` for an attribute the records lack; `BadValue` for what does not suit it.
    pub fn check(&self, records: &Records) -> Result<()> {
        let kind = records.columns()[records.attribute(&self.attribute)?].attribute().kind();
        if self.level.comparator().suits(kind) {
            return Ok(());
        }
        let name = self.level.comparator().name();
        let message = format!("filter {}: {name} does not suit kind {}", self.label(), kind.name());
        Err(Error::new(ErrorKind::BadValue, message)
            .help("see the table of comparators in docs/methods.md"))
    }
}

/// The filters of one rule, made ready for the records that they will see.
pub(super) struct Filters<'a> {
    all: Vec<Compiled<'a>>,
}

struct Compiled<'a> {
    column: &'a Column,
    values: Arc<Prepared>,
    level: Level,
    sense: Sense,
}

impl<'a> Filters<'a> {
    /// Prepares the filters of each rule; the values of an attribute once for all of them.
    ///
    /// # Errors
    /// What [`PairFilter::check`] refuses.
    pub(super) fn of_rules(records: &'a Records, rules: &[BlockingRule]) -> Result<Vec<Self>> {
        let mut prepared: Vec<(&str, Arc<Prepared>)> = Vec::new();
        let mut of_rules = Vec::new();
        for rule in rules {
            let mut all = Vec::new();
            for filter in rule.filters() {
                filter.check(records)?;
                let column = &records.columns()[records.attribute(&filter.attribute)?];
                let known = prepared.iter().find(|(name, _)| *name == filter.attribute);
                let values = known.map(|(_, values)| values.clone()).unwrap_or_else(|| {
                    let values = Arc::new(Prepared::new(column.dictionary()));
                    prepared.push((column.attribute().name(), values.clone()));
                    values
                });
                all.push(Compiled { column, values, level: filter.level, sense: filter.sense });
            }
            of_rules.push(Self { all });
        }
        Ok(of_rules)
    }

    /// Says whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Says whether a pair passes every filter.
    #[inline]
    pub(super) fn keep(&self, a: RecordId, b: RecordId) -> bool {
        self.all.iter().all(|filter| filter.keeps(a, b))
    }
}

impl Compiled<'_> {
    /// Says whether any two values reach the level, or none if that is asked.
    ///
    /// A record without a value passes neither: what is not known fulfils no condition.
    fn keeps(&self, a: RecordId, b: RecordId) -> bool {
        let others = self.column.codes_of(b);
        let mut pairs =
            self.column.codes_of(a).flat_map(|x| others.clone().map(move |y| (x, y))).peekable();
        if pairs.peek().is_none() {
            return false;
        }
        let reached = pairs.any(|(x, y)| self.level.is_reached(&self.values, x, y));
        reached == (self.sense == Sense::Reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_filter_is_refused_with_an_example() {
        for text in ["", "exact", "days() <= 3", "days(date_of_birth <= 3", "not", "not (x)"] {
            let error = PairFilter::parse(text).unwrap_err();
            assert!(error.to_string().contains("help: "), "{text}: {error}");
        }
        let error = PairFilter::parse("dayz(date_of_birth) <= 3").unwrap_err();
        assert!(error.to_string().contains("nearest: \"days\""), "{error}");
        let error = PairFilter::parse("days(date_of_birth) >= 3").unwrap_err();
        assert!(error.to_string().contains("expected days <= a number"), "{error}");
        let error = PairFilter::parse("exact(address) <= 3").unwrap_err();
        assert!(error.to_string().contains("takes no threshold"), "{error}");
    }
}
