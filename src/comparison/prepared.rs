//! Values of one attribute made ready for comparison: once a distinct value, never once a pair.

use std::sync::OnceLock;

use jiff::civil::Date;
use rayon::prelude::*;

use super::letter_planes::LetterPlanes;
use crate::record::{Dictionary, soundex};

/// What bounds ask of a value, in one place of memory: pairs of values are many and far apart.
///
/// Letters are unary counts, four bits for each of 32 letter classes. The number of common bits
/// bounds the number of common letters from above, unless a class overflowed in either text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Sketch {
    letters: u128,
    pub(crate) overflowed: bool,
    /// Whether letters are bytes, so that `length` counts them.
    pub(crate) ascii: bool,
    /// Whether the text has more than one word.
    pub(crate) several_words: bool,
    /// First bytes, zeros past the end.
    pub(crate) start: [u8; 8],
    /// Bytes of the text.
    pub(crate) length: u32,
}

impl Sketch {
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut start = [0; 8];
        start.iter_mut().zip(text).for_each(|(place, &byte)| *place = byte);
        let mut sketch = Self {
            letters: 0,
            overflowed: !text.is_ascii(),
            ascii: text.is_ascii(),
            several_words: text.contains(&b' '),
            start,
            length: text.len() as u32,
        };
        let mut counts = [0u8; 32];
        for &byte in text {
            let class = Self::class(byte);
            if counts[class] == 4 {
                sketch.overflowed = true;
            } else {
                sketch.letters |= 1 << (4 * class as u32 + u32::from(counts[class]));
                counts[class] += 1;
            }
        }
        sketch
    }

    /// Returns the class of a letter, one of 32.
    pub(crate) fn class(letter: u8) -> usize {
        usize::from(letter & 31)
    }

    /// Iterates over the bits of the letters, four for each class.
    pub(crate) fn letter_bits(&self) -> impl Iterator<Item = usize> {
        let mut letters = self.letters;
        std::iter::from_fn(move || {
            let bit = (letters != 0).then(|| letters.trailing_zeros() as usize)?;
            letters &= letters - 1;
            Some(bit)
        })
    }

    /// Returns an upper bound on the letters that two texts have in common.
    #[inline]
    pub(crate) fn common_letters(&self, other: &Self) -> u32 {
        if self.overflowed || other.overflowed {
            u32::MAX
        } else {
            (self.letters & other.letters).count_ones()
        }
    }

    /// Returns how many of the first four bytes two texts have in common before they differ.
    #[inline]
    pub(crate) fn common_start(&self, other: &Self) -> usize {
        let differ = u64::from_le_bytes(self.start) ^ u64::from_le_bytes(other.start);
        // Past the end both are zeros.
        (differ.trailing_zeros() / 8).min(4).min(self.length) as usize
    }
}

/// Distinct values of an attribute, ready for comparison by code.
#[derive(Debug, Clone)]
pub struct Prepared {
    dictionary: Dictionary,
    sketches: Vec<Sketch>,
    letter_planes: OnceLock<LetterPlanes>,
    // What some comparators alone ask for is worked out when they do.
    soundex: OnceLock<Vec<[u8; 4]>>,
    dates: OnceLock<Vec<Option<[u8; 8]>>>,
    days: OnceLock<Vec<Option<i32>>>,
    quantities: OnceLock<Vec<Option<f64>>>,
}

impl Prepared {
    /// Prepares every value of a dictionary.
    pub fn new(dictionary: &Dictionary) -> Self {
        let codes = (0..dictionary.codes() as u32).into_par_iter().with_min_len(1 << 14);
        Self {
            sketches: codes.map(|code| Sketch::of(dictionary.value(code).as_bytes())).collect(),
            letter_planes: OnceLock::new(),
            soundex: OnceLock::new(),
            dates: OnceLock::new(),
            days: OnceLock::new(),
            quantities: OnceLock::new(),
            dictionary: dictionary.clone(),
        }
    }

    fn of_every<T>(&self, of: impl Fn(&str) -> T) -> Vec<T> {
        (0..self.codes() as u32).map(|code| of(self.text(code))).collect()
    }

    /// Returns the number of codes, the missing one included.
    pub fn codes(&self) -> usize {
        self.dictionary.codes()
    }

    /// Returns the text of a code.
    pub fn text(&self, code: u32) -> &str {
        self.dictionary.value(code)
    }

    /// Returns the text of a code from its sketch, if it is as short as a postcode: bounds have it
    /// at hand, where texts of many pairs are far apart.
    #[inline]
    pub(crate) fn short_text(&self, code: u32) -> &str {
        let sketch = self.sketch(code);
        let start = sketch.start.get(..sketch.length as usize);
        let text = start.and_then(|start| str::from_utf8(start).ok());
        text.unwrap_or_else(|| self.text(code))
    }

    /// Returns the American Soundex code of a code's text.
    pub fn soundex(&self, code: u32) -> [u8; 4] {
        let all = || self.of_every(|text| soundex(text.as_bytes()));
        self.soundex.get_or_init(all)[code as usize]
    }

    /// Returns the eight digits of a date `YYYY-MM-DD`, or `None` if it is no date.
    pub fn date(&self, code: u32) -> Option<[u8; 8]> {
        self.dates.get_or_init(|| self.of_every(date_digits))[code as usize]
    }

    /// Returns the day of a date, counted from 1 January of the year 0; `None` if not a date of
    /// the calendar.
    pub fn day(&self, code: u32) -> Option<i32> {
        let all = || self.of_every(|text| date_digits(text).and_then(day_number));
        self.days.get_or_init(all)[code as usize]
    }

    /// Returns the number that a code's text is, or `None` if it is no number.
    pub fn quantity(&self, code: u32) -> Option<f64> {
        let all =
            || self.of_every(|text| text.parse().ok().filter(|number: &f64| number.is_finite()));
        self.quantities.get_or_init(all)[code as usize]
    }

    /// Returns the letters of all values bit by bit.
    pub(crate) fn letter_planes(&self) -> &LetterPlanes {
        self.letter_planes.get_or_init(|| LetterPlanes::new(&self.sketches))
    }

    /// Returns what bounds ask of a code's text.
    #[inline]
    pub(crate) fn sketch(&self, code: u32) -> &Sketch {
        &self.sketches[code as usize]
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
