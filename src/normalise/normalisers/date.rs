//! Calendar dates in the one format of their column, to `YYYY-MM-DD`.
//!
//! A column has one format and no other is tried: 03/04/2015 would pass as two dates. The
//! value itself is in the default format, so it reads back under it.

use std::ops::RangeInclusive;

use jiff::civil;

use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of calendar dates.
pub(super) struct Date;

const DEFAULT_FORMAT: &str = "%Y-%m-%d";

/// Dates that systems write for "not known": zero of a calendar or spreadsheet, or all ones.
///
/// 1 January of a likely year stays a value: it is often a default and sometimes a birthday,
/// which term frequency settles. So does each of these in a column that is said to go back so far.
const DEFAULTS: [(i16, i8, i8); 8] = [
    (1, 1, 1),
    (1111, 11, 11),
    (1753, 1, 1),
    (1800, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (9999, 12, 31),
];

impl Normaliser for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn expects(&self) -> &'static str {
        "a calendar date in the column's format"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            if is_filler(text) {
                return Normalised::Missing;
            }
            let Some((year, month, day)) = read_date(text, or_default(&rules.date_format)) else {
                return Normalised::Invalid;
            };
            let years = rules.years();
            let likely = rules.earliest_year.is_some() && years.contains(&year);
            if !likely && DEFAULTS.contains(&(year, month, day)) {
                return Normalised::Missing;
            }
            if !years.contains(&year) || civil::Date::new(year, month, day).is_err() {
                return Normalised::Invalid;
            }
            write_digits(output, year as u32, 4);
            output.push('-');
            write_digits(output, month as u32, 2);
            output.push('-');
            write_digits(output, day as u32, 2);
            Normalised::Value
        })
    }
}

/// Says whether a text is a date format: `%Y`, `%m` and `%d` once each, with separators.
///
/// ```
/// use cci::normalise::is_date_format;
/// assert!(is_date_format("%d/%m/%Y") && is_date_format("%Y%m%d"));
/// assert!(!is_date_format("%d/%m/%y"));
/// ```
pub fn is_date_format(format: &str) -> bool {
    ["%Y", "%m", "%d"].iter().all(|part| format.matches(part).count() == 1)
        && format.matches('%').count() == 3
        && format.len() - 6 == separators(format)
}

/// Says whether a text is a date of the calendar in a format, in a year that is allowed.
///
/// ```
/// use cci::normalise::{CellRules, fits_date};
/// let years = CellRules::default().years();
/// assert!(fits_date("03/04/2015", "%d/%m/%Y", &years));
/// assert!(fits_date("03/04/2015", "%m/%d/%Y", &years));
/// assert!(!fits_date("25/04/2015", "%m/%d/%Y", &years));
/// assert!(!fits_date("25/04/1815", "%d/%m/%Y", &years));
/// ```
pub fn fits_date(text: &str, format: &str, years: &RangeInclusive<i16>) -> bool {
    read_date(text, format).is_some_and(|(year, month, day)| {
        years.contains(&year) && civil::Date::new(year, month, day).is_ok()
    })
}

/// Says whether a text is written in a column's format and yet is no date that it can hold.
///
/// ```
/// use cci::normalise::{CellRules, is_impossible_date};
/// let rules = CellRules::default();
/// assert!(is_impossible_date("2015-04-31", &rules));
/// assert!(is_impossible_date("0202-01-01", &rules));
/// assert!(!is_impossible_date("April", &rules));
/// ```
pub fn is_impossible_date(text: &str, rules: &CellRules) -> bool {
    let format = or_default(&rules.date_format);
    read_date(text, format).is_some() && !fits_date(text, format, &rules.years())
}

fn or_default(format: &str) -> &str {
    if format.is_empty() { DEFAULT_FORMAT } else { format }
}

fn separators(format: &str) -> usize {
    format.bytes().filter(|byte| matches!(byte, b'-' | b'/' | b'.' | b' ')).count()
}

/// Says whether the digits are all 0 or all 9, as in 00/00/0000.
fn is_filler(text: &str) -> bool {
    [b'0', b'9'].iter().any(|filler| {
        text.bytes().all(|byte| byte == *filler || matches!(byte, b'-' | b'/' | b'.' | b' '))
    })
}

/// Reads year, month and day; day and month may have one digit where a separator ends them.
fn read_date(text: &str, format: &str) -> Option<(i16, i8, i8)> {
    let fewest = if separators(format) == 0 { 2 } else { 1 };
    let (mut year, mut month, mut day) = (None, None, None);
    let mut text = text.as_bytes();
    let mut format = format.bytes();
    while let Some(expected) = format.next() {
        if expected == b'%' {
            match format.next()? {
                b'Y' => year = Some(take_digits(&mut text, 4, 4)?),
                b'm' => month = Some(take_digits(&mut text, fewest, 2)?),
                b'd' => day = Some(take_digits(&mut text, fewest, 2)?),
                _ => return None,
            }
        } else {
            let (&found, rest) = text.split_first()?;
            if found != expected {
                return None;
            }
            text = rest;
        }
    }
    if !text.is_empty() {
        return None;
    }
    Some((year?, month? as i8, day? as i8))
}

fn take_digits(text: &mut &[u8], fewest: usize, most: usize) -> Option<i16> {
    let count = text.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    if count < fewest {
        return None;
    }
    let (digits, rest) = text.split_at(count);
    *text = rest;
    Some(digits.iter().fold(0, |number, byte| number * 10 + i16::from(byte - b'0')))
}

fn write_digits(output: &mut String, number: u32, width: u32) {
    for place in (0..width).rev() {
        output.push(char::from(b'0' + (number / 10u32.pow(place) % 10) as u8));
    }
}
