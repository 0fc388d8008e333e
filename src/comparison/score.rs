//! Two values as a comparator and a comparison see them, for tuning.

use super::level::settle;
use super::values::Values;
use super::{Comparator, Comparison, Prepared};
use crate::record::DictionaryBuilder;

/// What a comparator says of two values, and the outcome of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueScore {
    /// Number that the comparator gives.
    pub number: f64,
    /// Outcome of the comparison, from 1: a level, or one past the last.
    pub outcome: u8,
    /// Whether the values reach each level of the comparison by itself.
    pub reached: Vec<bool>,
}

impl ValueScore {
    /// Compares two normalised values, neither of which is missing.
    ///
    /// # Panics
    /// If a value is empty.
    ///
    /// ```
    /// use cci::comparison::{COMPARATORS, Comparison, ValueScore};
    /// use cci::record::{Attribute, AttributeKind};
    /// let comparison = Comparison::ready_made(&Attribute::new("a", AttributeKind::FamilyName));
    /// let damerau = COMPARATORS.iter().find(|c| c.name() == "damerau").unwrap();
    /// // One exchange of neighbours; Jaro–Winkler is 0.9611, which the third level asks for.
    /// let score = ValueScore::of(*damerau, &comparison, "martha", "marhta");
    /// assert_eq!((score.number, score.outcome), (1.0, 3));
    /// ```
    pub fn of(comparator: &dyn Comparator, comparison: &Comparison, a: &str, b: &str) -> Self {
        let mut builder = DictionaryBuilder::default();
        let (x, y) = (builder.code(a), builder.code(b));
        assert!(x != 0 && y != 0, "missing values are not compared");
        let values = Values::one(Prepared::new(&builder.finish()));
        let outcome = if x == y { 1 } else { settle(comparison.levels(), &values, x, y) };
        let reached = comparison.levels().iter().map(|level| level.reached(&values, x, y));
        let reached = reached.collect();
        Self { number: comparator.compare(values.member(0), x, y), outcome, reached }
    }
}
