//! Comparisons: an attribute, its levels from most to least alike, its use of frequency.

use super::reachable::implies;
use super::{Combination, Level};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, AttributeKind};

/// Most levels that a comparison may declare.
pub const MOST_LEVELS: usize = 12;

/// Declared comparison of one attribute.
///
/// In an agreement pattern 0 means missing in either record, 1 the first level, and one past
/// the last level means that no level was reached.
#[derive(Debug, Clone)]
pub struct Comparison {
    attribute: Attribute,
    levels: Vec<Combination>,
    /// Attribute in whose place the value may stand, if that is a level: the last one.
    swapped_with: Option<String>,
    term_frequency: bool,
}

impl Comparison {
    /// Declares a comparison; the first level must be `exact`.
    ///
    /// # Errors
    /// `BadValue` if there are no levels or too many, if the first is not `exact`, if a level
    /// can never be reached because earlier ones take all its pairs, or if a comparator does
    /// not suit the kind of attribute.
    pub fn new(
        attribute: &Attribute,
        levels: Vec<impl Into<Combination>>,
        term_frequency: bool,
    ) -> Result<Self> {
        let levels: Vec<Combination> = levels.into_iter().map(Into::into).collect();
        let name = attribute.name();
        let refuse = |message: String, help: &str| {
            Err(Error::new(ErrorKind::BadValue, format!("comparison of {name}: {message}"))
                .help(help))
        };
        if levels.is_empty() || levels.len() > MOST_LEVELS {
            return refuse(
                format!("expected 1 to {MOST_LEVELS} levels, found {}", levels.len()),
                "leave levels out to take the ready-made comparison of the kind",
            );
        }
        if levels[0].label() != "exact" {
            return refuse("the first level must be \"exact\"".into(), "put \"exact\" first");
        }
        for (place, level) in levels.iter().enumerate() {
            let suits = |part: &&Level| part.comparator().suits(attribute.kind());
            if let Some(part) = level.levels().into_iter().find(|part| !suits(part)) {
                return refuse(
                    format!("{} does not suit kind {}", part.label(), attribute.kind().name()),
                    "see the table of comparators in docs/methods.md",
                );
            }
            if implies(level, &levels[..place]) {
                return refuse(
                    format!("level \"{}\" can never be reached", level.label()),
                    "order levels from most to least alike",
                );
            }
        }
        Ok(Self { attribute: attribute.clone(), levels, swapped_with: None, term_frequency })
    }

    /// Adds a last level for values that stand in each other's place, as `swapped(attribute)`.
    ///
    /// A pair that reaches it counts as missing in the comparison of the other attribute, so that
    /// what is one slip is told once.
    #[must_use]
    pub fn with_swapped(mut self, attribute: &str) -> Self {
        self.swapped_with = Some(attribute.to_string());
        self
    }

    /// Takes that level away, for looking at the attribute alone.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.swapped_with = None;
        self
    }

    /// Lets ready-made comparisons of one given and one family name look at each other.
    #[must_use]
    pub fn with_swapped_names(comparisons: Vec<Self>) -> Vec<Self> {
        let one_of = |kind| {
            let mut found = comparisons.iter().filter(|comparison| comparison.kind() == kind);
            let first = found.next().map(|comparison| comparison.attribute().to_string());
            first.filter(|_| found.next().is_none())
        };
        let (given, family) = (one_of(AttributeKind::GivenName), one_of(AttributeKind::FamilyName));
        let (Some(given), Some(family)) = (given, family) else { return comparisons };
        let add = |comparison: Self| {
            if comparison.attribute() == given {
                comparison.with_swapped(&family)
            } else {
                comparison
            }
        };
        comparisons.into_iter().map(add).collect()
    }

    /// Returns the ready-made comparison for an attribute's kind.
    ///
    /// The levels are reasoned, not fitted: see `docs/methods.md`, "Ready-made comparisons".
    pub fn ready_made(attribute: &Attribute) -> Self {
        use AttributeKind as Kind;
        let levels: &[&str] = match attribute.kind() {
            Kind::GivenName => {
                &["exact", "jaro_winkler >= 0.92", "initial", "jaro_winkler >= 0.84", "same_sound"]
            }
            Kind::FamilyName => &[
                "exact",
                "name_part",
                "jaro_winkler >= 0.92",
                "jaro_winkler >= 0.84",
                "same_sound",
            ],
            Kind::Date => {
                &["exact", "day_month_swapped", "date_one_digit", "two_date_parts", "days <= 31"]
            }
            Kind::Postcode => &["exact", "damerau <= 1", "postcode_sector", "postcode_district"],
            Kind::NhsNumber | Kind::Upn | Kind::Number => {
                &["exact", "damerau <= 1", "damerau <= 2"]
            }
            Kind::Address | Kind::Text => {
                &["exact", "jaro_winkler >= 0.95", "jaro_winkler >= 0.88"]
            }
            Kind::Email => &["exact", "same_local_part", "jaro_winkler >= 0.92"],
            Kind::Sex | Kind::Category | Kind::MatchToken => &["exact"],
        };
        let levels: Result<Vec<Combination>> =
            levels.iter().map(|text| Combination::parse(text)).collect();
        let levels = levels.expect("ready-made levels parse; a test reads every kind");
        Self::new(attribute, levels, attribute.kind() != Kind::Sex)
            .expect("ready-made comparisons are valid; a test reads every kind")
    }

    /// Returns the name of the attribute compared.
    pub fn attribute(&self) -> &str {
        self.attribute.name()
    }

    /// Returns the kind of the attribute compared.
    pub fn kind(&self) -> AttributeKind {
        self.attribute.kind()
    }

    /// Returns the levels that two values of the attribute reach, from most to least alike.
    pub fn levels(&self) -> &[Combination] {
        &self.levels
    }

    /// Says whether agreement on a rare value counts for more.
    pub fn uses_term_frequency(&self) -> bool {
        self.term_frequency
    }

    /// Returns the attribute with which values may be swapped, if that is a level.
    pub fn swapped_with(&self) -> Option<&str> {
        self.swapped_with.as_deref()
    }

    /// Returns the number of outcomes of an observed pair: the levels and "none of them".
    pub fn outcomes(&self) -> usize {
        self.levels.len() + usize::from(self.swapped_with.is_some()) + 1
    }

    /// Returns the label of an outcome, from 1; 0 is missing.
    pub fn outcome_label(&self, outcome: u8) -> String {
        match (outcome as usize, &self.swapped_with) {
            (0, _) => "missing".into(),
            (place, _) if place <= self.levels.len() => self.levels[place - 1].label(),
            (place, Some(other)) if place < self.outcomes() => format!("swapped({other})"),
            _ => "else".into(),
        }
    }

    /// Turns term frequency on or off.
    #[must_use]
    pub fn with_term_frequency(mut self, on: bool) -> Self {
        self.term_frequency = on;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_valid_ready_made_comparison() {
        for kind in AttributeKind::ALL {
            let comparison = Comparison::ready_made(&Attribute::new("a", kind));
            assert_eq!(comparison.outcome_label(1), "exact");
            assert_eq!(comparison.outcome_label(comparison.outcomes() as u8), "else");
        }
    }

    #[test]
    fn a_level_that_can_never_be_reached_or_does_not_suit_is_refused() {
        let attribute = Attribute::new("surname", AttributeKind::FamilyName);
        for (levels, told) in [
            (["exact", "jaro_winkler >= 0.8", "jaro_winkler >= 0.9"], "can never be reached"),
            (["exact", "same_sound", "same_sound and damerau <= 2"], "can never be reached"),
            (["exact", "damerau <= 1 and not damerau <= 2", "initial"], "can never be reached"),
            (["exact", "initial", "damerau <= 1 or days <= 3"], "days <= 3 does not suit kind"),
            (["exact or initial", "same_sound", "damerau <= 1"], "the first level must be"),
        ] {
            let levels = levels.map(|text| Combination::parse(text).unwrap()).to_vec();
            let error = Comparison::new(&attribute, levels, true).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
