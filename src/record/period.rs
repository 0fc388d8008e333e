//! When a value was held: a first and a last day, either of which may be unknown.

use std::fmt;

use jiff::civil::Date;

/// Time over which a value was held, its first and last day included.
///
/// An end that is not known is open. `Debug` withholds the days; `Display` shows them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Option<Date>,
    to: Option<Date>,
}

impl Period {
    /// Joins a first and a last day; `None` if the last is before the first.
    ///
    /// ```
    /// use cci::record::Period;
    /// let (march, may) = (Period::day("2020-03-01"), Period::day("2020-05-31"));
    /// assert!(Period::new(march, may).is_some() && Period::new(march, march).is_some());
    /// assert!(Period::new(may, march).is_none());
    /// ```
    pub fn new(from: Option<Date>, to: Option<Date>) -> Option<Self> {
        match (from, to) {
            (Some(first), Some(last)) if last < first => None,
            _ => Some(Self { from, to }),
        }
    }

    /// Reads a day written `YYYY-MM-DD`; `None` if the text is no such day.
    pub fn day(text: &str) -> Option<Date> {
        text.parse().ok()
    }

    /// Returns the first day, if it is known.
    pub fn from(&self) -> Option<Date> {
        self.from
    }

    /// Returns the last day; `None` if the value is still held or nobody knows.
    pub fn to(&self) -> Option<Date> {
        self.to
    }

    /// Says whether some day may lie in both periods.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.days_apart(other) == 0
    }

    /// Counts the days from the end of the earlier period to the start of the later; 0 if they
    /// may overlap.
    ///
    /// ```
    /// use cci::record::Period;
    /// let year = |from, to| Period::new(Period::day(from), Period::day(to)).unwrap();
    /// let (a, b) = (year("2018-01-01", "2018-12-31"), year("2019-01-31", "2019-12-31"));
    /// assert_eq!((a.days_apart(&b), b.days_apart(&a), a.days_apart(&a)), (31, 31, 0));
    /// ```
    pub fn days_apart(&self, other: &Self) -> u32 {
        let gap = |earlier: &Self, later: &Self| match (earlier.to, later.from) {
            (Some(end), Some(start)) => u32::try_from((start - end).get_days()).unwrap_or(0),
            _ => 0,
        };
        gap(self, other).max(gap(other, self))
    }

    /// Orders what is or was held from the most to the least recent.
    ///
    /// A value with a first day and no last one is held now; a value without a period stands in
    /// a record as it is now; the others follow by their last day, then by their first.
    pub(super) fn recency(
        period: Option<Self>,
    ) -> std::cmp::Reverse<(u8, Option<Date>, Option<Date>)> {
        std::cmp::Reverse(match period {
            Some(Self { from, to: None }) if from.is_some() => (2, None, from),
            None | Some(Self { to: None, .. }) => (1, None, None),
            Some(Self { from, to }) => (0, to, from),
        })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => write!(f, "on {from}"),
            (Some(from), Some(to)) => write!(f, "{from} to {to}"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "until {to}"),
            (None, None) => f.write_str("at an unknown time"),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Period(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period::new(Period::day(from), Period::day(to)).unwrap()
    }

    #[test]
    fn open_ends_reach_as_far_as_need_be() {
        let (early, late) = (period("", "2010-05-01"), period("2015-05-01", ""));
        assert!(early.overlaps(&period("2010-05-01", "")), "the last day is part of it");
        assert!(late.overlaps(&period("", "")) && early.overlaps(&early));
        assert!(!early.overlaps(&late) && !late.overlaps(&early));
        // 2012 was a leap year.
        assert_eq!(early.days_apart(&late), 5 * 365 + 1);
    }

    #[test]
    fn what_is_held_now_is_most_recent() {
        let order = [
            Some(period("2020-01-01", "")),
            Some(period("2019-01-01", "")),
            None,
            Some(period("2001-01-01", "2018-01-01")),
            Some(period("2000-01-01", "2018-01-01")),
            Some(period("", "2017-12-31")),
        ];
        assert!(order.is_sorted_by_key(|&period| Period::recency(period)));
        assert_eq!(Period::recency(None), Period::recency(Some(period("", ""))));
    }

    #[test]
    fn days_are_shown_to_people_and_not_to_programmers() {
        let shown =
            [("2020-01-01", "2021-02-03"), ("2020-01-01", "2020-01-01"), ("2020-01-01", "")]
                .map(|(from, to)| period(from, to).to_string());
        assert_eq!(shown, ["2020-01-01 to 2021-02-03", "on 2020-01-01", "from 2020-01-01"]);
        assert_eq!(period("", "2020-01-01").to_string(), "until 2020-01-01");
        assert_eq!(format!("{:?}", period("2020-01-01", "")), "Period(withheld)");
    }
}
