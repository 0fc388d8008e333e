//! The largest gap: how far the worst served group falls below the overall rate.

use serde::{Deserialize, Serialize};

use super::rate::{Interval, Rate, difference};

/// Fewest records with a partner that a group needs to be ranked.
///
/// Smaller groups are shown, but chance alone would put one of them last.
pub const MINIMUM_RANKED: u64 = 50;

/// Distance of a group below the overall rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Name of the grouping, `source` for the sources.
    pub grouping: String,
    /// Label of the group.
    pub group: String,
    /// Rate of the group.
    pub rate: Rate,
    /// Rate of all.
    pub overall: Rate,
    /// Overall rate less the group's, in percentage points.
    pub points: f64,
    /// Interval of the points.
    pub interval: Interval,
}

impl Gap {
    /// Measures the gap of a group that is part of the whole; `None` if it is the whole.
    ///
    /// # Formula
    /// `overall − group = (1 − n/N)(rest − group)`: the interval is Newcombe's for the two
    /// separate parts, rest and group, made smaller by the same factor.
    pub fn measure(grouping: &str, group: &str, rate: Rate, overall: Rate) -> Option<Self> {
        let rest = Rate {
            denominator: overall.denominator.checked_sub(rate.denominator)?,
            numerator: overall.numerator.checked_sub(rate.numerator)?,
        };
        // Rounded counts can leave a rest that never was.
        if rest.denominator == 0 || rest.numerator > rest.denominator {
            return None;
        }
        let points = 100.0 * (overall.value()? - rate.value()?);
        let share = 100.0 * rest.denominator as f64 / overall.denominator as f64;
        let apart = difference(&rest, &rate)?;
        Some(Self {
            grouping: grouping.to_string(),
            group: group.to_string(),
            rate,
            overall,
            points,
            interval: Interval { lower: share * apart.lower, upper: share * apart.upper },
        })
    }

    /// Says whether the gap is worth a warning: over two points, and not by chance alone.
    pub fn is_notable(&self) -> bool {
        self.points > 2.0 && self.interval.lower > 0.0
    }
}

/// Finds the group that falls furthest below the overall rate.
///
/// Groups under [`MINIMUM_RANKED`] are left out; the first of equals wins; `None` if no
/// group falls below.
///
/// ```
/// use cci::evaluate::{Rate, largest_gap};
/// let overall = Rate::new(950, 1000);
/// let groups = [("sex", "F", Rate::new(480, 500)), ("sex", "M", Rate::new(470, 500))];
/// let gap = largest_gap(overall, groups).unwrap();
/// assert_eq!((gap.group.as_str(), format!("{:.1}", gap.points)), ("M", "1.0".into()));
/// ```
pub fn largest_gap<'a>(
    overall: Rate,
    groups: impl IntoIterator<Item = (&'a str, &'a str, Rate)>,
) -> Option<Gap> {
    let mut largest: Option<Gap> = None;
    for (grouping, group, rate) in groups {
        if rate.denominator < MINIMUM_RANKED {
            continue;
        }
        let Some(gap) = Gap::measure(grouping, group, rate, overall) else { continue };
        if gap.points > largest.as_ref().map_or(0.0, |top| top.points) {
            largest = Some(gap);
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_are_not_ranked() {
        let overall = Rate::new(900, 1000);
        let small = Rate::new(10, MINIMUM_RANKED - 1);
        assert_eq!(largest_gap(overall, [("sex", "X", small)]), None);
        let ranked = Rate::new(10, MINIMUM_RANKED);
        assert_eq!(largest_gap(overall, [("sex", "X", ranked)]).unwrap().group, "X");
    }

    /// By hand: 95.0 less 94.0 is 1.0; half of the records are the rest, so half of Newcombe's
    /// interval for 480/500 less 470/500, which holds zero.
    #[test]
    fn a_gap_that_chance_explains_is_not_notable() {
        let overall = Rate::new(950, 1000);
        let gap = Gap::measure("sex", "M", Rate::new(470, 500), overall).unwrap();
        assert!(gap.interval.lower < 0.0 && 1.0 < gap.interval.upper);
        assert!(!gap.is_notable());
        let clear = Gap::measure("sex", "M", Rate::new(455, 500), overall).unwrap();
        assert!(clear.is_notable());
    }

    #[test]
    fn a_group_that_is_the_whole_has_no_gap() {
        let overall = Rate::new(950, 1000);
        assert_eq!(Gap::measure("source", "one", overall, overall), None);
    }
}
