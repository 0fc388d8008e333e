//! Rates that keep their counts, and 95 % intervals for them.

use serde::{Deserialize, Serialize};

/// The 97.5th percentile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Interval of 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Interval {
    /// Says whether zero lies outside.
    pub fn excludes_zero(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }
}

/// Rate with its counts; undefined, not zero, where the denominator is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Counts", into = "Figures")]
pub struct Rate {
    /// Number counted.
    pub numerator: u64,
    /// Number it is counted among.
    pub denominator: u64,
}

impl Rate {
    /// Builds a rate of a part among a whole.
    ///
    /// # Panics
    /// If the part is larger than the whole.
    pub fn new(numerator: u64, denominator: u64) -> Self {
        assert!(numerator <= denominator, "a part is at most the whole");
        Self { numerator, denominator }
    }

    /// Returns the rate, from 0 to 1.
    pub fn value(&self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    /// Returns the Wilson interval of the rate.
    pub fn interval(&self) -> Option<Interval> {
        wilson(self.numerator, self.denominator)
    }

    /// Returns the rate of everything not counted.
    pub fn complement(&self) -> Self {
        Self { numerator: self.denominator - self.numerator, denominator: self.denominator }
    }
}

/// Returns the Wilson score interval of a proportion, or `None` where it is undefined.
///
/// # Formula
/// `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`, without continuity correction.
/// Source: Wilson (1927), JASA 22(158). It takes the units counted as independent.
///
/// ```
/// let interval = cci::evaluate::wilson(81, 263).unwrap();
/// assert_eq!(format!("{:.4} to {:.4}", interval.lower, interval.upper), "0.2553 to 0.3662");
/// assert!(cci::evaluate::wilson(0, 0).is_none());
/// ```
pub fn wilson(numerator: u64, denominator: u64) -> Option<Interval> {
    let p = Rate::new(numerator, denominator).value()?;
    let n = denominator as f64;
    let centre = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    // The ends are exact at no and at all; floating point leaves them a hair inside.
    let lower = if numerator == 0 { 0.0 } else { (centre - half) / scale };
    let upper = if numerator == denominator { 1.0 } else { (centre + half) / scale };
    Some(Interval { lower, upper })
}

/// Returns the interval of the difference `a − b` of two separate proportions.
///
/// # Formula
/// `lower = d − √((a−lₐ)² + (u_b−b)²)`, `upper = d + √((uₐ−a)² + (b−l_b)²)`, with Wilson's l, u.
/// Source: Newcombe (1998), Statistics in Medicine 17, 873, method 10.
///
/// ```
/// use cci::evaluate::{Rate, difference};
/// let interval = difference(&Rate::new(56, 70), &Rate::new(48, 80)).unwrap();
/// assert_eq!(format!("{:.4} to {:.4}", interval.lower, interval.upper), "0.0524 to 0.3339");
/// ```
pub fn difference(a: &Rate, b: &Rate) -> Option<Interval> {
    let (p, q) = (a.value()?, b.value()?);
    let (of_p, of_q) = (a.interval()?, b.interval()?);
    Some(Interval {
        lower: p - q - (p - of_p.lower).hypot(of_q.upper - q),
        upper: p - q + (of_p.upper - p).hypot(q - of_q.lower),
    })
}

/// What is read back: the counts. The rest follows from them.
#[derive(Deserialize)]
struct Counts {
    numerator: u64,
    denominator: u64,
}

/// What is written: the counts, the rate and its interval.
#[derive(Serialize)]
struct Figures {
    numerator: u64,
    denominator: u64,
    value: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
}

impl From<Counts> for Rate {
    fn from(counts: Counts) -> Self {
        // A file may be damaged; a rate beyond 1 is cut rather than trusted.
        let numerator = counts.numerator.min(counts.denominator);
        Self { numerator, denominator: counts.denominator }
    }
}

impl From<Rate> for Figures {
    fn from(rate: Rate) -> Self {
        Self {
            numerator: rate.numerator,
            denominator: rate.denominator,
            value: rate.value(),
            lower: rate.interval().map(|interval| interval.lower),
            upper: rate.interval().map(|interval| interval.upper),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Newcombe (1998), Statistics in Medicine 17, 857, table I, method 3, to four places;
    /// each recomputed by hand from the formula.
    #[test]
    fn wilson_gives_the_published_intervals() {
        for (numerator, denominator, lower, upper) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (29, 29, 0.8830, 1.0),
        ] {
            let found = wilson(numerator, denominator).unwrap();
            // Half a unit of the fourth place, which is all that the table prints.
            assert!((found.lower - lower).abs() <= 5e-5, "{numerator}/{denominator}");
            assert!((found.upper - upper).abs() <= 5e-5, "{numerator}/{denominator}");
        }
    }

    #[test]
    fn nothing_counted_among_nothing_is_undefined() {
        let none = Rate::default();
        assert_eq!((none.value(), none.interval()), (None, None));
        assert_eq!(difference(&none, &Rate::new(1, 2)), None);
        let json = serde_json::to_string(&none).unwrap();
        assert_eq!(
            json,
            r#"{"numerator":0,"denominator":0,"value":null,"lower":null,"upper":null}"#
        );
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_rate_and_stays_within_0_and_1(n in 1u64..1_000_000, part in 0.0..=1.0) {
            let rate = Rate::new((n as f64 * part) as u64, n);
            let (value, interval) = (rate.value().unwrap(), rate.interval().unwrap());
            prop_assert!(0.0 <= interval.lower && interval.lower <= value);
            prop_assert!(value <= interval.upper && interval.upper <= 1.0);
        }

        #[test]
        fn a_rate_survives_its_file(n in 0u64..1000, part in 0.0..=1.0) {
            let rate = Rate::new((n as f64 * part) as u64, n);
            let json = serde_json::to_string(&rate).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rate>(&json).unwrap(), rate);
        }
    }
}
