//! Comparisons: an attribute, its levels from most to least alike, its use of frequency.

use super::joint::MOST_ATTRIBUTES;
use super::reachable::implies;
use super::swapped::label_of;
use super::{Combination, Level};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, AttributeKind};

/// Most levels that a comparison may declare.
pub const MOST_LEVELS: usize = 12;

/// What stands between the names of attributes that are compared jointly.
const BETWEEN_NAMES: &str = " + ";

/// Returns the names of the attributes that a comparison of a name is of.
///
/// ```
/// assert_eq!(cci::comparison::attributes_of("postcode + address"), ["postcode", "address"]);
/// ```
pub fn attributes_of(name: &str) -> Vec<&str> {
    name.split(BETWEEN_NAMES).collect()
}

/// Declared comparison of one attribute, or of several jointly.
///
/// In an agreement pattern 0 means missing in either record, 1 the first level, and one past
/// the last level means that no level was reached.
#[derive(Debug, Clone)]
pub struct Comparison {
    attributes: Vec<Attribute>,
    /// Name of the attribute, or of all with a plus between them.
    name: String,
    levels: Vec<Combination>,
    /// Attribute in whose place the value may stand, if that is a level after the others.
    swapped_with: Option<String>,
    /// Whether values that stand there and are only alike have a level after that.
    swaps_alike: bool,
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
        let comparison = Self {
            attributes: vec![attribute.clone()],
            name: attribute.name().to_string(),
            levels,
            swapped_with: None,
            swaps_alike: false,
            term_frequency,
        };
        comparison.check("\"exact\"").map(|()| comparison)
    }

    /// Declares a comparison of two or three attributes jointly, of which each level names its
    /// own; the first level must be `exact` of them all.
    ///
    /// What two attributes tell together is not what they tell one by one where one follows from
    /// the other: a postcode and an address, two names.
    ///
    /// # Errors
    /// As [`Self::new`], and if there are not two or three attributes, two are the same, or some
    /// are about the place and others about the person.
    pub fn joint(
        attributes: &[Attribute],
        levels: Vec<Combination>,
        term_frequency: bool,
    ) -> Result<Self> {
        let names: Vec<&str> = attributes.iter().map(Attribute::name).collect();
        let name = names.join(BETWEEN_NAMES);
        let refuse = |message: &str, help: &str| {
            Err(Error::new(ErrorKind::BadValue, format!("comparison of {name}: {message}"))
                .help(help))
        };
        let different = names.iter().enumerate().all(|(place, one)| !names[..place].contains(one));
        if !(2..=MOST_ATTRIBUTES).contains(&names.len()) || !different {
            return refuse(
                "expected two or three different attributes",
                "compare an attribute by itself with attribute = \"...\"",
            );
        }
        if names.iter().any(|name| name.contains(BETWEEN_NAMES) || name.contains(['(', ')'])) {
            return refuse(
                "a name has a plus or brackets in it",
                "give the attribute another name",
            );
        }
        let any = |of: fn(AttributeKind) -> bool| attributes.iter().any(|a| of(a.kind()));
        if any(AttributeKind::is_place) && any(AttributeKind::is_person) {
            return refuse(
                "some attributes are about the place, some about the person",
                "join postcode, address and what belongs to them, or attributes of the person: \
                 what members of one household look like is learnt where the place is the same",
            );
        }
        let first = names.iter().map(|name| format!("exact({name})")).collect::<Vec<_>>();
        let comparison = Self {
            attributes: attributes.to_vec(),
            levels,
            swapped_with: None,
            swaps_alike: false,
            term_frequency,
            name: name.clone(),
        };
        comparison.check(&format!("\"{}\"", first.join(" and "))).map(|()| comparison)
    }

    /// Checks the levels; `first` is what the first must be.
    fn check(&self, first: &str) -> Result<()> {
        let levels = &self.levels;
        let refuse = |message: String, help: &str| {
            Err(Error::new(ErrorKind::BadValue, format!("comparison of {}: {message}", self.name))
                .help(help))
        };
        if levels.is_empty() || levels.len() > MOST_LEVELS {
            return refuse(
                format!("expected 1 to {MOST_LEVELS} levels, found {}", levels.len()),
                "leave levels out to take the ready-made comparison of the kind",
            );
        }
        let every = (0..self.attributes.len()).all(|place| levels[0].asks_the_same(place));
        if !every || levels[0].levels().len() != self.attributes.len() {
            return refuse(
                format!("the first level must be {first}"),
                &format!("put {first} first"),
            );
        }
        for (place, level) in levels.iter().enumerate() {
            let kind = |of: usize| self.attributes[of].kind();
            let unfit = |&(of, part): &(usize, &Level)| !part.comparator().suits(kind(of));
            if let Some((of, part)) = level.levels().into_iter().find(unfit) {
                return refuse(
                    format!("{} does not suit kind {}", part.label(), kind(of).name()),
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
        Ok(())
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

    /// Adds a further last level, `swapped_alike(attribute)`: values in each other's place of
    /// which one or both are miswritten besides.
    #[must_use]
    pub fn with_swapped_alike(self, attribute: &str) -> Self {
        Self { swaps_alike: true, ..self.with_swapped(attribute) }
    }

    /// Takes such levels away, for looking at the attribute alone.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.swapped_with = None;
        self.swaps_alike = false;
        self
    }

    /// Lets ready-made comparisons of one given and one family name look at each other.
    #[must_use]
    pub fn with_swapped_names(comparisons: Vec<Self>) -> Vec<Self> {
        let one_of = |kind| {
            let mut found = comparisons.iter().filter(|comparison| comparison.is_of(kind));
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
            Kind::Quantity => {
                &["exact", "difference <= 1", "difference <= 2", "difference <= 5", "damerau <= 1"]
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

    /// Returns the name of the attribute compared; of several, `postcode + address`.
    pub fn attribute(&self) -> &str {
        &self.name
    }

    /// Returns the attributes compared, one or those that are compared jointly.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Says whether one attribute is compared, of a kind.
    pub fn is_of(&self, kind: AttributeKind) -> bool {
        matches!(self.attributes.as_slice(), [attribute] if attribute.kind() == kind)
    }

    /// Says whether the attributes are about where somebody lives and not about who it is.
    ///
    /// A number or a text that is compared jointly with a place belongs to it.
    pub fn is_of_place(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.kind().is_place())
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
        let swaps = usize::from(self.swapped_with.is_some()) + usize::from(self.swaps_alike);
        self.levels.len() + swaps + 1
    }

    /// Says whether values that are swapped and only alike have a level.
    pub fn swaps_alike(&self) -> bool {
        self.swaps_alike
    }

    /// Returns the label of an outcome, from 1; 0 is missing.
    pub fn outcome_label(&self, outcome: u8) -> String {
        match (outcome as usize, &self.swapped_with) {
            (0, _) => "missing".into(),
            (place, _) if place <= self.levels.len() => self.levels[place - 1].label(),
            (place, Some(other)) if place < self.outcomes() => {
                label_of(other, place > self.levels.len() + 1)
            }
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
