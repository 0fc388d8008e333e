//! Dates by a C format such as `%d/%m/%Y`, read as Python's `strptime` reads them.
//!
//! Digits of other scripts and years below 1000, which Python takes, are refused: how it writes
//! the latter depends on the machine.

use jiff::civil;

use crate::normalise::MONTHS;

/// Format of the dates of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DatePattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// One sign, in either case.
    Sign(char),
    /// White space, as much as there is, but some.
    Space,
    /// Number or name by its letter.
    Directive(char),
}

/// Directives that are read; of the time of day only that it is one.
const DIRECTIVES: &str = "YymdbBHMSf";

#[derive(Clone, Copy, Default)]
struct Found {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
}

impl DatePattern {
    /// Reads a format; says what is wrong with it, and at which character.
    pub(super) fn new(format: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut signs = format.chars().enumerate().peekable();
        while let Some((at, sign)) = signs.next() {
            if sign.is_whitespace() {
                while signs.next_if(|(_, next)| next.is_whitespace()).is_some() {}
                parts.push(Part::Space);
            } else if sign != '%' {
                parts.extend(sign.to_lowercase().map(Part::Sign));
            } else {
                match signs.next().map(|(_, letter)| letter) {
                    Some('%') => parts.push(Part::Sign('%')),
                    Some(letter) if DIRECTIVES.contains(letter) => {
                        parts.push(Part::Directive(letter));
                    }
                    Some(letter) => {
                        let column = at + 1;
                        return Err(format!("column {column}: %{letter} is not read"));
                    }
                    None => return Err(format!("column {}: a % without its letter", at + 1)),
                }
            }
        }
        for (what, letters) in [("year", "Yy"), ("month", "mbB"), ("day", "d")] {
            let is = |part: &&Part| matches!(part, Part::Directive(l) if letters.contains(*l));
            match (what, parts.iter().filter(is).count()) {
                ("year", 0) => return Err("it has no year".to_string()),
                (_, 0 | 1) => {}
                _ => return Err(format!("it has more than one {what}")),
            }
        }
        Ok(Self { parts })
    }

    /// Returns a date as `YYYYMMDD`, or `None` if the text is none in this format.
    pub(super) fn read(&self, text: &str) -> Option<String> {
        let (found, rest) = first_reading(&self.parts, text, Found::default())?;
        if !rest.is_empty() {
            return None;
        }
        let (year, month, day) = (found.year?, found.month.unwrap_or(1), found.day.unwrap_or(1));
        civil::Date::new(year, month, day).ok()?;
        (year >= 1000).then(|| format!("{year:04}{month:02}{day:02}"))
    }
}

/// Returns what the first way of reading the parts finds, and the text after it.
///
/// The order of the ways is that of the expression that `strptime` makes of the format, and
/// text that is left does not send it back to try another way.
fn first_reading<'a>(parts: &[Part], text: &'a str, found: Found) -> Option<(Found, &'a str)> {
    let Some((part, parts)) = parts.split_first() else {
        return Some((found, text));
    };
    match *part {
        Part::Sign(sign) => {
            let next = text.chars().next().filter(|next| next.to_lowercase().eq([sign]))?;
            first_reading(parts, &text[next.len_utf8()..], found)
        }
        Part::Space => {
            let rest = text.trim_start();
            (rest.len() < text.len()).then(|| first_reading(parts, rest, found))?
        }
        Part::Directive(letter @ ('b' | 'B')) => {
            let mut month = None;
            for (number, name) in (1..).zip(MONTHS) {
                let name = if letter == 'b' { &name[..3] } else { name };
                let start = text.get(..name.len());
                if start.is_some_and(|start| start.eq_ignore_ascii_case(name)) {
                    month = Some((number, name.len()));
                }
            }
            let (number, length) = month?;
            first_reading(parts, &text[length..], Found { month: Some(number), ..found })
        }
        Part::Directive(letter) => ways(letter).iter().find_map(|&(width, range)| {
            let digits = text.get(..width)?;
            let digits = match (letter, width) {
                ('d', 2) => digits.strip_prefix(' ').unwrap_or(digits),
                _ => digits,
            };
            let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)?;
            let number: i32 = number.parse().ok().filter(|n| (range.0..=range.1).contains(n))?;
            let found = match letter {
                'Y' => Found { year: i16::try_from(number).ok(), ..found },
                // POSIX: 69 to 99 are of the last century.
                'y' => Found {
                    year: i16::try_from(number + if number < 69 { 2000 } else { 1900 }).ok(),
                    ..found
                },
                'm' => Found { month: i8::try_from(number).ok(), ..found },
                'd' => Found { day: i8::try_from(number).ok(), ..found },
                _ => found,
            };
            first_reading(parts, &text[width..], found)
        }),
    }
}

/// Returns widths and ranges in which a number is tried, in order.
fn ways(letter: char) -> &'static [(usize, (i32, i32))] {
    match letter {
        'Y' => &[(4, (0, 9999))],
        'y' => &[(2, (0, 99))],
        'm' => &[(2, (1, 12)), (1, (1, 9))],
        'd' => &[(2, (1, 31)), (1, (1, 9))],
        'H' => &[(2, (0, 23)), (1, (0, 9))],
        'M' | 'S' => &[(2, (0, 59)), (1, (0, 9))],
        _ => &[
            (6, (0, 999_999)),
            (5, (0, 99_999)),
            (4, (0, 9999)),
            (3, (0, 999)),
            (2, (0, 99)),
            (1, (0, 9)),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of Python 3.11.7 `datetime.strptime(text, format).strftime("%Y%m%d")`.
    #[test]
    fn dates_are_read_as_strptime_reads_them() {
        for (format, text, answer) in [
            ("%d/%m/%Y", "05/11/2014", Some("20141105")),
            ("%d/%m/%Y", "5/1/2014", Some("20140105")),
            ("%d/%m/%Y", " 5/1/2014", Some("20140105")),
            ("%d/%m/%Y", "31/04/2014", None),
            ("%d/%m/%Y", "05/11/2014 ", None),
            ("%d%m%Y", "1112014", Some("20140111")),
            ("%d%m%Y", "112014", Some("20140101")),
            ("%d %b %y", "3   mar 68", Some("20680303")),
            ("%d %b %y", "3 MAR 69", Some("19690303")),
            ("%B %d, %Y", "may 07, 2010", Some("20100507")),
            ("%Y-%m-%dT%H:%M:%S.%f", "2014-1-5t09:5:59.12", Some("20140105")),
            ("%m/%Y", "02/2011", Some("20110201")),
            ("%Y", "201", None),
        ] {
            let read = DatePattern::new(format).unwrap().read(text);
            assert_eq!(read.as_deref(), answer, "{text} in {format}");
        }
    }

    #[test]
    fn format_without_a_year_or_with_an_unknown_letter_is_refused() {
        assert_eq!(DatePattern::new("%d/%m").unwrap_err(), "it has no year");
        assert_eq!(DatePattern::new("%d/%q/%Y").unwrap_err(), "column 4: %q is not read");
        assert_eq!(DatePattern::new("%Y %y").unwrap_err(), "it has more than one year");
    }
}
