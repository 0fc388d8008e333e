//! The day as at which ages are judged: given by whoever asks, never taken from the clock.

use std::fmt;

use jiff::{ToSpan, civil};

use super::remark::Remark;
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{self, CellRules, Normalised};
use crate::record::AttributeKind;

/// Greatest age in years of anybody in an agency's file of children and care leavers.
pub const GREATEST_AGE: i16 = 25;
/// Longest time from the beginning of a pregnancy, as it is counted, to the expected birth.
const DAYS_EXPECTED: i64 = 280;

/// What the dates of a column are dates of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOf {
    /// Births that have happened.
    Birth,
    /// Births that may still be to come.
    ExpectedBirth,
    /// Anything else; no age is judged.
    Event,
}

/// Day as at which files were made: nobody in them is born later or older than 25.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsAt {
    /// The day, as `YYYY-MM-DD`, which sorts as dates do.
    day: [u8; 10],
    /// The last day on which somebody on record can be expected.
    last_expected: [u8; 10],
    /// The day on which the youngest of those who are too old was born.
    too_early: [u8; 10],
}

impl AsAt {
    /// Reads a day written `YYYY-MM-DD`.
    ///
    /// # Errors
    /// `BadValue` if it is no such date.
    ///
    /// ```
    /// use cci::schema::{AsAt, DateOf, Remark};
    /// let as_at = AsAt::parse("2026-09-01")?;
    /// assert_eq!(as_at.judge("2026-09-01", DateOf::Birth), None);
    /// assert_eq!(as_at.judge("2026-09-02", DateOf::Birth), Some(Remark::BornLater));
    /// assert_eq!(as_at.judge("2026-09-02", DateOf::ExpectedBirth), None);
    /// assert_eq!(as_at.judge("2000-09-02", DateOf::Birth), None, "25 years and 364 days");
    /// assert_eq!(as_at.judge("2000-09-01", DateOf::Birth), Some(Remark::TooOld), "26 years");
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    pub fn parse(day: &str) -> Result<Self> {
        let wrong = || {
            Error::new(ErrorKind::BadValue, "the as-at date is not a date of the calendar")
                .help("write it as YYYY-MM-DD, for example 2026-09-01")
        };
        let mut text = String::new();
        let date = normalise::of_kind(AttributeKind::Date);
        if date.normalise(day, &CellRules::default(), &mut text) != Normalised::Value {
            return Err(wrong());
        }
        let date: civil::Date = text.parse().map_err(|_| wrong())?;
        let last_expected = date.checked_add(DAYS_EXPECTED.days()).map_err(|_| wrong())?;
        // As text: 26 years before a 29 February sorts right, whether or not it is a day.
        let too_early = format!("{:04}{}", date.year() - GREATEST_AGE - 1, &text[4..]);
        let bytes = |text: &str| text.as_bytes().try_into().map_err(|_| wrong());
        Ok(Self {
            day: bytes(&text)?,
            last_expected: bytes(&last_expected.to_string())?,
            too_early: bytes(&too_early)?,
        })
    }

    /// Says what is wrong with a date, written `YYYY-MM-DD`, if it is one of a birth.
    pub fn judge(&self, date: &str, of: DateOf) -> Option<Remark> {
        let latest = match of {
            DateOf::Birth => &self.day,
            DateOf::ExpectedBirth => &self.last_expected,
            DateOf::Event => return None,
        };
        if date.as_bytes() > latest.as_slice() {
            Some(Remark::BornLater)
        } else if date.as_bytes() <= self.too_early.as_slice() {
            Some(Remark::TooOld)
        } else {
            None
        }
    }
}

impl fmt::Display for AsAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_count_as_the_law_of_calendars_has_it() {
        let as_at = AsAt::parse("2028-02-29").unwrap();
        assert_eq!(as_at.judge("2002-03-01", DateOf::Birth), None, "26 tomorrow");
        assert_eq!(as_at.judge("2002-02-28", DateOf::Birth), Some(Remark::TooOld));
        // 280 days after 29 February 2028: 31 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 30 days to
        // 30 November, of which February has none left, and 5 more.
        assert_eq!(as_at.judge("2028-12-05", DateOf::ExpectedBirth), None);
        assert_eq!(as_at.judge("2028-12-06", DateOf::ExpectedBirth), Some(Remark::BornLater));
    }

    #[test]
    fn events_are_not_births() {
        let as_at = AsAt::parse("2026-03-31").unwrap();
        assert_eq!(as_at.judge("1950-01-02", DateOf::Event), None);
    }

    #[test]
    fn what_is_no_date_is_refused_with_an_example() {
        for day in ["", "tomorrow", "2026-02-30", "31/03/2026", "0202-01-01"] {
            let error = AsAt::parse(day).unwrap_err().to_string();
            assert!(error.contains("2026-09-01"), "{error}");
        }
    }
}
