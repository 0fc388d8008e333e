//! Filters of a blocking rule: which of the pairs that agree on its keys it makes.
//!
//! A filter is a combination of levels that name attributes. Each level asks whether any two
//! values of the records reach it; of a record without a value nothing is known.

use std::sync::Arc;

use super::BlockingRule;
use crate::comparison::{Combination, Level, Prepared};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Column, RecordId, Records};

/// Checks that the records have a filter's attributes and that its comparators suit them.
///
/// # Errors
/// `UnknownName` for an attribute the records lack; `BadValue` for what does not suit it.
pub fn check_filter(filter: &Combination, records: &Records) -> Result<()> {
    let attributes = filter.attributes();
    for (place, level) in filter.levels() {
        let attribute = records.columns()[records.attribute(attributes[place])?].attribute();
        if !level.comparator().suits(attribute.kind()) {
            let (name, kind) = (level.comparator().name(), attribute.kind().name());
            let message = format!("filter {}: {name} does not suit kind {kind}", filter.label());
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("see the table of comparators in docs/methods.md"));
        }
    }
    Ok(())
}

/// Returns filters as reports write them, all of which a pair has to pass.
pub(super) fn label(filters: &[Combination]) -> String {
    match filters {
        [filter] => filter.label(),
        filters => Combination::All(filters.to_vec()).label(),
    }
}

/// Says whether a record that lacks some attributes may pass a filter with any other.
pub(super) fn may_pass(filter: &Combination, lacks: &impl Fn(&str) -> bool) -> bool {
    may_be(filter, true, lacks)
}

/// Says whether a filter may be reached, or not reached, of which `reached` is asked.
fn may_be(filter: &Combination, reached: bool, lacks: &impl Fn(&str) -> bool) -> bool {
    let all = |parts: &[Combination]| parts.iter().all(|part| may_be(part, reached, lacks));
    let any = |parts: &[Combination]| parts.iter().any(|part| may_be(part, reached, lacks));
    match filter {
        Combination::Level(_) => true,
        Combination::Of(member, _) => !lacks(member.attribute()),
        // The other record may lack it.
        Combination::Missing(member) => reached || !lacks(member.attribute()),
        Combination::All(parts) if reached => all(parts),
        Combination::Any(parts) if !reached => all(parts),
        Combination::All(parts) | Combination::Any(parts) => any(parts),
        Combination::Not(part) => may_be(part, !reached, lacks),
    }
}

/// The filters of one rule, made ready for the records that they will see.
pub(super) struct Filters<'a> {
    all: Vec<Compiled<'a>>,
}

struct Compiled<'a> {
    filter: Combination,
    /// Column and values of each attribute, by its place in the filter.
    attributes: Vec<(&'a Column, Arc<Prepared>)>,
}

impl<'a> Filters<'a> {
    /// Prepares the filters of each rule; the values of an attribute once for all of them.
    ///
    /// # Errors
    /// What [`check_filter`] refuses.
    pub(super) fn of_rules(records: &'a Records, rules: &[BlockingRule]) -> Result<Vec<Self>> {
        let mut prepared: Vec<(&str, Arc<Prepared>)> = Vec::new();
        let mut of_rules = Vec::new();
        for rule in rules {
            let mut all = Vec::new();
            for filter in rule.filters() {
                check_filter(filter, records)?;
                let mut attributes = Vec::new();
                for name in filter.attributes() {
                    let column = &records.columns()[records.attribute(name)?];
                    let known = prepared.iter().find(|(known, _)| *known == name);
                    let values = known.map(|(_, values)| values.clone()).unwrap_or_else(|| {
                        let values = Arc::new(Prepared::new(column.dictionary()));
                        prepared.push((column.attribute().name(), values.clone()));
                        values
                    });
                    attributes.push((column, values));
                }
                all.push(Compiled { filter: filter.clone(), attributes });
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
    fn keeps(&self, a: RecordId, b: RecordId) -> bool {
        self.filter.reached_with(&mut |place, level| self.reached(place, level, a, b)) == Some(true)
    }

    /// Says whether any two values reach a level; `None` if a record has none.
    fn reached(&self, place: usize, level: &Level, a: RecordId, b: RecordId) -> Option<bool> {
        let (column, values) = &self.attributes[place];
        let others = column.codes_of(b);
        let mut pairs =
            column.codes_of(a).flat_map(|x| others.clone().map(move |y| (x, y))).peekable();
        pairs.peek()?;
        Some(pairs.any(|(x, y)| level.is_reached(values, x, y)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_lacks_an_attribute_may_pass_what_asks_for_others_or_for_that() {
        for (text, may) in [
            ("exact(a)", false),
            ("not exact(a)", false),
            ("exact(a) or exact(b)", true),
            ("exact(a) and exact(b)", false),
            ("exact(a) or missing(a)", true),
            ("missing(a) and exact(b)", true),
            ("not missing(a)", false),
            ("not missing(b)", true),
            ("not (exact(a) and exact(b))", true),
            ("not (exact(a) or exact(b))", false),
        ] {
            let filter = Combination::parse_naming(text).unwrap();
            assert_eq!(may_pass(&filter, &|name| name == "a"), may, "{text}");
        }
    }
}
