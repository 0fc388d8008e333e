//! Comparison levels: declared as data, checked when read, never a query language.

use super::values::Values;
use super::{COMPARATORS, Combination, Comparator, Measure, Prepared};
use crate::error::{Error, ErrorKind, Result};

/// One level of a comparison: a comparator and how far it must reach.
#[derive(Clone, Copy)]
pub struct Level {
    comparator: &'static dyn Comparator,
    /// What the comparator is called and means, at hand: every pair asks.
    name: &'static str,
    measure: Measure,
    threshold: f64,
}

impl Level {
    /// The same value.
    pub const EXACT: Level = Level {
        comparator: COMPARATORS[0],
        name: "exact",
        measure: Measure::Condition,
        threshold: 1.0,
    };

    /// Reads a level as settings write it.
    ///
    /// A condition stands alone (`exact`), a similarity takes `>=` (`jaro_winkler >= 0.92`)
    /// and a distance takes `<=` (`damerau <= 1`).
    ///
    /// # Errors
    /// `UnknownName` for a comparator that does not exist; `BadValue` for a wrong sign or number.
    ///
    /// ```
    /// use cci::comparison::Level;
    /// assert_eq!(Level::parse("jaro_winkler >= 0.92").unwrap().label(), "jaro_winkler >= 0.92");
    /// assert!(Level::parse("jaro_winkler <= 0.92").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
        let (name, rest) = (&text[..end], text[end..].trim());
        let comparator = *COMPARATORS.iter().find(|c| c.name() == name).ok_or_else(|| {
            Error::unknown_name("comparator", name, COMPARATORS.iter().map(|c| c.name()))
        })?;
        let (name, measure) = (comparator.name(), comparator.measure());
        let sign = match measure {
            Measure::Similarity => ">=",
            Measure::Distance => "<=",
            Measure::Condition if rest.is_empty() => {
                return Ok(Self { comparator, name, measure, threshold: 1.0 });
            }
            Measure::Condition => {
                return Err(Error::new(
                    ErrorKind::BadValue,
                    format!("level \"{text}\": {name} is a condition and takes no threshold"),
                )
                .help(format!("write \"{name}\"")));
            }
        };
        let threshold = rest.strip_prefix(sign).and_then(|number| number.trim().parse().ok());
        let allowed = |value: &f64| match measure {
            Measure::Similarity => *value > 0.0 && *value <= 1.0,
            _ => *value >= 0.0 && value.is_finite(),
        };
        let threshold = threshold.filter(allowed).ok_or_else(|| {
            let range = if sign == ">=" { "above 0, at most 1" } else { "0 or more" };
            Error::new(
                ErrorKind::BadValue,
                format!("level \"{text}\": expected {name} {sign} a number {range}"),
            )
            .help(format!("write for example \"{name} {sign} {}\"", example(sign)))
        })?;
        Ok(Self { comparator, name, measure, threshold })
    }

    /// Returns the comparator.
    pub fn comparator(&self) -> &'static dyn Comparator {
        self.comparator
    }

    /// Returns the number to reach; 1 for a condition.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns the level as settings write it.
    pub fn label(&self) -> String {
        let name = self.name;
        match self.measure {
            Measure::Condition => name.to_string(),
            Measure::Similarity => format!("{name} >= {}", self.threshold),
            Measure::Distance => format!("{name} <= {}", self.threshold),
        }
    }

    /// Says whether a comparator's number reaches the level.
    pub fn reached_by(&self, number: f64) -> bool {
        self.measure.reaches(self.threshold)(number)
    }

    /// Says whether two values reach the level.
    pub(crate) fn is_reached(&self, values: &Prepared, a: u32, b: u32) -> bool {
        let comparator = self.comparator;
        self.reached_by(comparator.bound(values, a, b))
            && self.reached_by(comparator.compare(values, a, b))
    }

    /// Says whether another level on the same comparator asks for at least as much.
    pub(crate) fn weaker_or_equal(&self, other: &Level) -> bool {
        self.name == other.name
            && match self.measure {
                Measure::Distance => self.threshold >= other.threshold,
                Measure::Similarity | Measure::Condition => self.threshold <= other.threshold,
            }
    }
}

impl std::fmt::Debug for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label())
    }
}

/// Numbers of two different values, each worked out when it is first asked for.
pub(super) struct Numbers<'a> {
    values: &'a Values,
    a: u32,
    b: u32,
    /// Place of an attribute, comparator and number; the last that was worked out.
    known: Option<(usize, &'static str, f64)>,
    bounded: Option<(usize, &'static str, f64)>,
}

impl<'a> Numbers<'a> {
    pub(super) fn new(values: &'a Values, a: u32, b: u32) -> Self {
        Self { values, a, b, known: None, bounded: None }
    }

    /// Says whether a level is reached, without the full work where its bound settles it; `None`
    /// if a value of its attribute is missing.
    #[inline]
    pub(super) fn reach(&mut self, place: usize, level: &Level) -> Option<bool> {
        let (values, x, y) = self.values.pair(place, self.a, self.b)?;
        let Level { comparator, name, .. } = *level;
        // A name that lies in two places would only be asked twice.
        let of_this =
            |&(of, last, _): &(usize, &'static str, f64)| of == place && std::ptr::eq(last, name);
        if let Some((_, _, number)) = self.known.filter(of_this) {
            return Some(level.reached_by(number));
        }
        let bound = match self.bounded.filter(of_this) {
            Some((_, _, bound)) => bound,
            None => comparator.bound(values, x, y),
        };
        self.bounded = Some((place, name, bound));
        if !level.reached_by(bound) {
            return Some(false);
        }
        let number = comparator.compare(values, x, y);
        self.known = Some((place, name, number));
        Some(level.reached_by(number))
    }
}

/// Returns the first level that two different values reach, from 1; one past the last if none.
pub(crate) fn settle(levels: &[Combination], values: &Values, a: u32, b: u32) -> u8 {
    let mut numbers = Numbers::new(values, a, b);
    let reached = levels.iter().position(|level| match level {
        // Most by far, and asked without going down a tree.
        Combination::Level(level) => numbers.reach(0, level) == Some(true),
        joined => {
            joined.reached_with(&mut |place, level| numbers.reach(place, level)) == Some(true)
        }
    });
    reached.unwrap_or(levels.len()) as u8 + 1
}

fn example(sign: &str) -> &'static str {
    if sign == ">=" { "0.92" } else { "1" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_is_the_level_that_settings_write() {
        let (read, own) = (Level::parse("exact").unwrap(), Level::EXACT);
        assert_eq!(
            (own.name, own.measure, own.threshold),
            (read.name, read.measure, read.threshold)
        );
        assert_eq!(own.comparator.name(), read.comparator.name());
    }
}
