//! Calendar dates in the one format of their column, to `YYYY-MM-DD`.
//!
//! A column has one format and no other is tried: 03/04/2015 would pass as two dates. The
//! value itself is in the default format, so it reads back under it.

use std::fmt::Write;
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

/// English names of the months, in lower case.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
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
            let format = or_default(&rules.date_format);
            if without_time(text, format).is_some_and(|(date, _)| is_filler(date)) {
                return Normalised::Missing;
            }
            let Some((year, month, day)) = read_date(text, format) else {
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

/// Says whether a text is a date format: year, month and day once each, with separators.
///
/// The year is `%Y` or, of two digits, `%y`: 1969 to 2068, as POSIX has it. The month is `%m`
/// or, in English letters, `%b`: three or all of its name. A last ` %T` or `T%T` says that a
/// time of day may follow, which is left out; it is without a zone, since midnight in one is
/// the day before in another.
///
/// ```
/// use cci::normalise::is_date_format;
/// assert!(is_date_format("%d/%m/%Y") && is_date_format("%Y%m%d"));
/// assert!(is_date_format("%d-%b-%y") && is_date_format("%Y-%m-%dT%T"));
/// assert!(!is_date_format("%d/%m") && !is_date_format("%d/%m/%Y/%y"));
/// ```
pub fn is_date_format(format: &str) -> bool {
    let format = of_date(format).0;
    let times = |ways: &[&str]| ways.iter().map(|way| format.matches(way).count()).sum::<usize>();
    [&["%Y", "%y"][..], &["%m", "%b"], &["%d"]].iter().all(|ways| times(ways) == 1)
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

/// Writes a day in a column's format, without a time of day, so that it reads as the column's
/// other cells do: four digits for a year that two would not mean.
pub fn write_date(day: civil::Date, format: &str, text: &mut String) {
    let mut signs = of_date(or_default(format)).0.chars();
    while let Some(sign) = signs.next() {
        let part = if sign == '%' { signs.next() } else { None };
        let two_digits = of_two_digits(day.year() % 100) == day.year();
        // Writing to a text does not fail.
        let _ = match part {
            Some('y') if two_digits => write!(text, "{:02}", day.year() % 100),
            Some('Y' | 'y') => write!(text, "{:04}", day.year()),
            Some('m') => write!(text, "{:02}", day.month()),
            Some('b') => write!(text, "{}", day.strftime("%b")),
            Some('d') => write!(text, "{:02}", day.day()),
            _ => write!(text, "{sign}"),
        };
    }
}

fn or_default(format: &str) -> &str {
    if format.is_empty() { DEFAULT_FORMAT } else { format }
}

fn separators(format: &str) -> usize {
    format.bytes().filter(|byte| matches!(byte, b'-' | b'/' | b'.' | b' ')).count()
}

/// Splits a format into that of the date and the sign before a time of day, if one may follow.
fn of_date(format: &str) -> (&str, Option<char>) {
    let before = format.strip_suffix("%T").unwrap_or_default();
    match before.strip_suffix([' ', 'T']) {
        Some(date) => (date, before.chars().next_back()),
        None => (format, None),
    }
}

/// Splits off a time of day where the format says that one may follow; `None` if what follows
/// is none.
fn without_time<'a>(text: &'a str, format: &'a str) -> Option<(&'a str, &'a str)> {
    let (format, sign) = of_date(format);
    let Some((sign, colon)) = sign.zip(text.find(':')) else { return Some((text, format)) };
    let (date, time) = text.split_at(text[..colon].rfind(sign)?);
    is_time(&time[1..]).then_some((date, format))
}

/// Says whether a text is a time of day: hours and minutes, perhaps seconds and parts of them.
///
/// ```
/// use cci::normalise::is_time;
/// assert!(is_time("00:00") && is_time("9:30:00 pm") && is_time("23:59:59.000"));
/// assert!(!is_time("00:00:00Z") && !is_time("24:00") && !is_time("noon"));
/// ```
pub fn is_time(text: &str) -> bool {
    let half = text.len().checked_sub(2).and_then(|start| text.get(start..));
    let named = half.is_some_and(|h| h.eq_ignore_ascii_case("am") || h.eq_ignore_ascii_case("pm"));
    let clock = if named { text[..text.len() - 2].trim_end() } else { text };
    let mut text = clock.as_bytes();
    let mut next = |fewest, most, end| {
        let number = take_digits(&mut text, fewest, most)?;
        match text.split_first() {
            None => Some((number, false)),
            Some((&sign, rest)) if sign == end => {
                text = rest;
                Some((number, true))
            }
            Some(_) => None,
        }
    };
    let within = |part: Option<(i16, bool)>, most| part.filter(|&(number, _)| number < most);
    let Some((_, true)) = within(next(1, 2, b':'), 24) else { return false };
    match within(next(2, 2, b':'), 60) {
        Some((_, true)) => match within(next(2, 2, b'.'), 60) {
            Some((_, true)) => !text.is_empty() && text.iter().all(u8::is_ascii_digit),
            seconds => seconds.is_some(),
        },
        minutes => minutes.is_some(),
    }
}

/// Says whether the digits are all 0 or all 9, as in 00/00/0000.
fn is_filler(text: &str) -> bool {
    [b'0', b'9'].iter().any(|filler| {
        text.bytes().all(|byte| byte == *filler || matches!(byte, b'-' | b'/' | b'.' | b' '))
    })
}

/// Reads year, month and day; day and month may have one digit where a separator ends them.
fn read_date(text: &str, format: &str) -> Option<(i16, i8, i8)> {
    let (text, format) = without_time(text, format)?;
    let fewest = if separators(format) == 0 { 2 } else { 1 };
    let (mut year, mut month, mut day) = (None, None, None);
    let mut text = text.as_bytes();
    let mut format = format.bytes();
    while let Some(expected) = format.next() {
        if expected == b'%' {
            match format.next()? {
                b'Y' => year = Some(take_digits(&mut text, 4, 4)?),
                b'y' => year = Some(of_two_digits(take_digits(&mut text, 2, 2)?)),
                b'm' => month = Some(take_digits(&mut text, fewest, 2)?),
                b'b' => month = Some(take_month(&mut text)?),
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

/// Returns the year that two digits stand for.
fn of_two_digits(year: i16) -> i16 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

/// Takes the name of a month, three letters of it or all.
fn take_month(text: &mut &[u8]) -> Option<i16> {
    let (name, rest) = text.split_at(text.iter().take_while(|b| b.is_ascii_alphabetic()).count());
    let is = |month: &str| {
        let month = month.as_bytes();
        [month, &month[..3]].iter().any(|way| name.eq_ignore_ascii_case(way))
    };
    let place = MONTHS
        .iter()
        .position(|month| is(month))
        .or_else(|| name.eq_ignore_ascii_case(b"sept").then_some(8))?;
    *text = rest;
    Some(place as i16 + 1)
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
