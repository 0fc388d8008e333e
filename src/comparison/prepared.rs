//! Values of one attribute made ready for comparison: once a distinct value, never once a pair.

use jiff::civil::Date;

use crate::record::{Dictionary, MISSING, soundex};

/// What bounds ask of a value, in one place of memory: pairs of values are many and far apart.
///
/// Letters are unary counts, four bits for each of 32 letter classes. The number of common bits
/// bounds the number of common letters from above, unless a class overflowed in either text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Sketch {
    letters: u128,
    overflowed: bool,
    /// Whether the text has more than one word.
    pub(crate) several_words: bool,
    /// First bytes, zeros past the end.
    pub(crate) start: [u8; 4],
    /// Bytes of the text.
    pub(crate) length: u32,
}

impl Sketch {
    fn of(text: &[u8]) -> Self {
        let mut start = [0; 4];
        start.iter_mut().zip(text).for_each(|(place, &byte)| *place = byte);
        let mut sketch = Self {
            letters: 0,
            overflowed: !text.is_ascii(),
            several_words: text.contains(&b' '),
            start,
            length: text.len() as u32,
        };
        let mut counts = [0u8; 32];
        for &byte in text {
            let class = (byte & 31) as usize;
            if counts[class] == 4 {
                sketch.overflowed = true;
            } else {
                sketch.letters |= 1 << (4 * class as u32 + u32::from(counts[class]));
                counts[class] += 1;
            }
        }
        sketch
    }

    /// Returns an upper bound on the letters that two texts have in common.
    pub(crate) fn common_letters(&self, other: &Self) -> u32 {
        if self.overflowed || other.overflowed {
            u32::MAX
        } else {
            (self.letters & other.letters).count_ones()
        }
    }

    /// Returns how many of the first four bytes two texts have in common before they differ.
    pub(crate) fn common_start(&self, other: &Self) -> usize {
        let bytes = self.start.iter().zip(&other.start);
        bytes.take_while(|(x, y)| x == y && **x != 0).count()
    }
}

/// Distinct values of an attribute, ready for comparison by code.
#[derive(Debug, Clone)]
pub struct Prepared {
    dictionary: Dictionary,
    sketches: Vec<Sketch>,
    soundex: Vec<[u8; 4]>,
    dates: Vec<Option<[u8; 8]>>,
    days: Vec<Option<i32>>,
}

impl Prepared {
    /// Prepares every value of a dictionary.
    pub fn new(dictionary: &Dictionary) -> Self {
        let dates: Vec<Option<[u8; 8]>> = (0..dictionary.codes() as u32)
            .map(|code| date_digits(dictionary.value(code)))
            .collect();
        let values = (0..dictionary.codes() as u32).map(|code| dictionary.value(code));
        Self {
            sketches: values.clone().map(|value| Sketch::of(value.as_bytes())).collect(),
            soundex: values.map(|value| soundex(value.as_bytes())).collect(),
            days: dates.iter().map(|date| date.and_then(day_number)).collect(),
            dates,
            dictionary: dictionary.clone(),
        }
    }

    /// Returns the number of codes, the missing one included.
    pub fn codes(&self) -> usize {
        self.dictionary.codes()
    }

    /// Returns the text of a code.
    pub fn text(&self, code: u32) -> &str {
        self.dictionary.value(code)
    }

    /// Returns the American Soundex code of a code's text.
    pub fn soundex(&self, code: u32) -> [u8; 4] {
        self.soundex[code as usize]
    }

    /// Returns the eight digits of a date `YYYY-MM-DD`, or `None` if it is no date.
    pub fn date(&self, code: u32) -> Option<[u8; 8]> {
        self.dates[code as usize]
    }

    /// Returns the day of a date, counted from 1 January of the year 0; `None` if not a date of
    /// the calendar.
    pub fn day(&self, code: u32) -> Option<i32> {
        self.days[code as usize]
    }

    /// Returns what bounds ask of a code's text.
    pub(crate) fn sketch(&self, code: u32) -> &Sketch {
        &self.sketches[code as usize]
    }

    /// Iterates over the codes of values, the missing one left out.
    pub(crate) fn value_codes(&self) -> std::ops::Range<u32> {
        MISSING + 1..self.codes() as u32
    }
}

fn date_digits(text: &str) -> Option<[u8; 8]> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let mut digits = [0u8; 8];
    let places = [0, 1, 2, 3, 5, 6, 8, 9];
    for (digit, place) in digits.iter_mut().zip(places) {
        *digit = bytes[place].is_ascii_digit().then(|| bytes[place] - b'0')?;
    }
    Some(digits)
}

fn day_number(digits: [u8; 8]) -> Option<i32> {
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    Some((date - Date::ZERO).get_days())
}

/// Returns the number that some digits write.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, &digit| sum * 10 + u64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_letters_never_fall_below_the_truth() {
        let words = ["anna", "hannah", "o-brien", "aaaaaa", "mississippi", "", "zoe 2"];
        for a in words {
            for b in words {
                let truth: usize = (0..=255u8)
                    .map(|byte| {
                        let count = |t: &str| t.bytes().filter(|&x| x == byte).count();
                        count(a).min(count(b))
                    })
                    .sum();
                let bound = Sketch::of(a.as_bytes()).common_letters(&Sketch::of(b.as_bytes()));
                assert!(bound as usize >= truth, "{a} {b}");
            }
        }
    }
}
