//! Keyed window diffusion: every bit of a code depends on several secret bits of a filter.
//!
//! Two filters that differ in a share δ of their bits agree in a window of t bits with chance
//! (1 − δ)^t; otherwise the code's bit is as good as drawn anew. True matches differ little and
//! stay near; siblings and strangers become alike unlike, and with them the graph of who is near
//! whom, by which filters are attacked. Design: B4 of our notes on encodings, after Armknecht,
//! Heng and Schnell (PoPETs 2023); there is no proof of security.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::filter::Filter;
use super::key_stream::KeyStream;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::DiffusionKey;

/// Function of a window that makes one bit of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowFunction {
    /// A secret function drawn for each bit of the code.
    Secret,
    /// Exclusive or: linear, so that the code must not be longer than the filters' rank.
    ExclusiveOr,
}

/// Shape of a diffusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffusionShape {
    /// Bits of a filter in each window.
    pub window: usize,
    /// Bits of a code.
    pub length: usize,
    /// What is made of each window.
    pub function: WindowFunction,
}

/// Largest window whose function is a table: 4 KiB for each bit of the code.
const LARGEST_TABLE: usize = 15;
/// Largest window: it has to fit a word.
const LARGEST_WINDOW: usize = 31;
/// Filters that are diffused at once.
const LANES: usize = 8;

/// Diffusion of filters of one length into codes.
#[derive(Debug)]
pub struct Diffusion {
    shape: DiffusionShape,
    filter_length: usize,
    /// Places of all windows, one window after the other.
    places: Vec<u32>,
    function: Function,
}

enum Function {
    /// Value of each word, table after table.
    Tables(Zeroizing<Vec<u64>>),
    Keyed(DiffusionKey),
    ExclusiveOr,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tables(_) => "tables withheld",
            Self::Keyed(_) => "key withheld",
            Self::ExclusiveOr => "exclusive or",
        })
    }
}

impl Diffusion {
    /// Draws windows and functions for filters of a length.
    ///
    /// # Errors
    /// `BadValue` if the filters have fewer bits than a window.
    pub fn new(shape: DiffusionShape, filter_length: usize, key: DiffusionKey) -> Result<Self> {
        let DiffusionShape { window, length, function } = shape;
        if filter_length < window || !(1..=LARGEST_WINDOW).contains(&window) {
            let what = format!("filters of {filter_length} bits have no windows of {window}");
            return Err(Error::new(ErrorKind::BadValue, what).help("make l larger"));
        }
        let places = windows(&key, shape, filter_length);
        let function = match function {
            WindowFunction::ExclusiveOr => Function::ExclusiveOr,
            WindowFunction::Secret if window <= LARGEST_TABLE => {
                Function::Tables(tables(&key, window, length))
            }
            WindowFunction::Secret => Function::Keyed(key),
        };
        Ok(Self { shape, filter_length, places, function })
    }

    /// Returns the shape.
    pub fn shape(&self) -> DiffusionShape {
        self.shape
    }

    /// Returns the codes of filters, in their order.
    ///
    /// # Panics
    /// If a filter has another length.
    pub fn apply(&self, filters: &[Filter]) -> Vec<Filter> {
        let mut bits = vec![[0; LANES]; self.filter_length];
        let mut codes = Vec::with_capacity(filters.len());
        for some in filters.chunks(LANES) {
            bits.fill([0; LANES]);
            for (lane, filter) in some.iter().enumerate() {
                assert_eq!(filter.length(), self.filter_length, "filters are those of the schema");
                filter.ones().for_each(|bit| bits[bit][lane] = 1);
            }
            codes.extend(self.codes_of(&bits).into_iter().take(some.len()));
        }
        codes
    }

    /// Returns the codes of several filters whose bits stand side by side.
    ///
    /// Window by window and not filter by filter: its places and its table are then at hand for
    /// all of them, and the words of all are put together at once.
    fn codes_of(&self, bits: &[[u32; LANES]]) -> [Filter; LANES] {
        let mut codes = std::array::from_fn(|_| Filter::empty(self.shape.length));
        for (output, window) in self.places.chunks_exact(self.shape.window).enumerate() {
            let mut words = [0_u32; LANES];
            for &place in window {
                let next = &bits[place as usize];
                words.iter_mut().zip(next).for_each(|(word, bit)| *word = *word << 1 | bit);
            }
            let ones = self.function.bits_of(output, self.shape.window, &words);
            for (code, is_one) in codes.iter_mut().zip(ones) {
                code.set_to(output, is_one);
            }
        }
        codes
    }
}

impl Function {
    /// Returns what the function of one output makes of words.
    fn bits_of(&self, output: usize, window: usize, words: &[u32; LANES]) -> [bool; LANES] {
        match self {
            Self::ExclusiveOr => words.map(|word| word.count_ones() % 2 == 1),
            Self::Tables(tables) => {
                let start = output << window;
                words.map(|word| {
                    let at = start + word as usize;
                    tables[at / 64] >> (at % 64) & 1 == 1
                })
            }
            Self::Keyed(key) => words.map(|word| key.bit(output as u32, word)),
        }
    }
}

/// Draws the places of all windows: distinct within one, and each place as often as any other.
fn windows(key: &DiffusionKey, shape: DiffusionShape, filter_length: usize) -> Vec<u32> {
    let mut stream = KeyStream::new(key, *b"windows\0");
    let bound = u32::try_from(filter_length).expect("a filter has fewer than 2^32 bits");
    let mut places = Vec::with_capacity(shape.window * shape.length);
    let mut waiting: VecDeque<u32> = VecDeque::new();
    for _ in 0..shape.length {
        let start = places.len();
        let mut again = Vec::new();
        while places.len() < start + shape.window {
            if waiting.is_empty() {
                waiting.extend(stream.permutation(bound));
            }
            let Some(place) = waiting.pop_front() else { continue };
            // Where one permutation follows another a place may come twice: it waits.
            match places[start..].contains(&place) {
                true => again.push(place),
                false => places.push(place),
            }
        }
        again.into_iter().rev().for_each(|place| waiting.push_front(place));
    }
    places
}

/// Draws one function for each bit of the code: of its words half give 1, which half is random.
fn tables(key: &DiffusionKey, window: usize, length: usize) -> Zeroizing<Vec<u64>> {
    let mut stream = KeyStream::new(key, *b"tables\0\0");
    let size = 1_u32 << window;
    let half = size / 2;
    let mut tables = Zeroizing::new(vec![0_u64; (length << window).div_ceil(64)]);
    for output in 0..length {
        let start = output << window;
        let bit = |at: u32| ((start + at as usize) / 64, 1_u64 << ((start + at as usize) % 64));
        if window >= 6 {
            tables[start / 64..(start + size as usize) / 64].fill_with(|| stream.word());
        } else {
            for at in 0..size {
                let (word, mask) = bit(at);
                tables[word] |= if stream.below(2) == 1 { mask } else { 0 };
            }
        }
        let mut ones = (0..size).filter(|&at| tables[bit(at).0] & bit(at).1 != 0).count() as u32;
        // Bits drawn one by one are about half of them 1; random ones of the surplus change, by
        // which every function with exactly half is as likely as any other.
        while ones != half {
            let (word, mask) = bit(stream.below(size));
            let is_one = tables[word] & mask != 0;
            if is_one == (ones > half) {
                tables[word] ^= mask;
                ones = if is_one { ones - 1 } else { ones + 1 };
            }
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::ExchangeSecret;

    fn key(salt: &[u8]) -> DiffusionKey {
        let secret = ExchangeSecret::from_bytes(b"one secret for all").unwrap();
        secret.diffusion_key(salt, b"schema", "test")
    }

    fn shape(window: usize, length: usize, function: WindowFunction) -> DiffusionShape {
        DiffusionShape { window, length, function }
    }

    #[test]
    fn windows_use_every_place_equally_and_none_twice() {
        for (window, length, filter) in [(12, 512, 100), (5, 64, 7), (7, 30, 7), (19, 100, 1024)] {
            let places = windows(&key(b""), shape(window, length, WindowFunction::Secret), filter);
            let mut used = vec![0_i32; filter];
            for window in places.chunks_exact(window) {
                for (at, place) in window.iter().enumerate() {
                    assert!(!window[..at].contains(place));
                    used[*place as usize] += 1;
                }
            }
            let (least, most) = (used.iter().min().unwrap(), used.iter().max().unwrap());
            assert!(most - least <= 2, "{window} of {filter}: {least} to {most}");
        }
    }

    #[test]
    fn every_function_is_balanced_and_another() {
        for window in [3, 6, 9] {
            let tables = tables(&key(b""), window, 64);
            let ones = |output: usize| {
                let at = |word: usize| (output << window) + word;
                let bit = |word: &usize| tables[at(*word) / 64] >> (at(*word) % 64) & 1 == 1;
                (0..1 << window).filter(bit).collect::<Vec<_>>()
            };
            let all: Vec<_> = (0..64).map(ones).collect();
            assert!(all.iter().all(|ones| ones.len() == 1 << (window - 1)), "{window}");
            let alike = all.iter().enumerate().filter(|(at, ones)| all[..*at].contains(ones));
            // 70 functions of three bits are balanced: 64 draws repeat some. 64 of 9 bits do not.
            assert_eq!(alike.count() > 0, window == 3, "{window}");
        }
    }

    /// Bit by bit and filter by filter, as the design says it.
    #[test]
    fn codes_of_many_at_once_are_those_of_each_window_by_itself() {
        for (window, function) in [
            (4, WindowFunction::Secret),
            (9, WindowFunction::Secret),
            (17, WindowFunction::Secret),
            (5, WindowFunction::ExclusiveOr),
        ] {
            let diffusion = Diffusion::new(shape(window, 100, function), 77, key(b"")).unwrap();
            let filters: Vec<Filter> = (0..19_usize)
                .map(|number| {
                    let mut filter = Filter::empty(77);
                    let set = |bit: &usize| (bit * (number + 3)) % 11 < 5;
                    (0..77).filter(set).for_each(|bit| filter.set(bit));
                    filter
                })
                .collect();
            let codes = diffusion.apply(&filters);
            assert_eq!(codes.len(), filters.len());
            for (filter, code) in filters.iter().zip(&codes) {
                let set: Vec<usize> = filter.ones().collect();
                let places = diffusion.places.chunks_exact(window).enumerate();
                let expected = places.filter(|(output, places)| {
                    let has = |place: &u32| set.contains(&(*place as usize));
                    let word =
                        places.iter().fold(0_u32, |word, place| 2 * word + u32::from(has(place)));
                    match &diffusion.function {
                        Function::ExclusiveOr => places.iter().filter(|p| has(p)).count() % 2 == 1,
                        Function::Tables(tables) => {
                            let at = output * (1 << window) + word as usize;
                            tables[at / 64] & (1 << (at % 64)) != 0
                        }
                        Function::Keyed(key) => key.bit(*output as u32, word),
                    }
                });
                let expected: Vec<usize> = expected.map(|(output, _)| output).collect();
                assert_eq!(code.ones().collect::<Vec<_>>(), expected);
            }
        }
    }

    /// `(1 − δ)^t` of windows agree and half of the others; for exclusive or `(1 − 2δ)^t`.
    #[test]
    fn similarity_falls_as_the_formula_says() {
        let mut stream_filter = Filter::empty(2048);
        (0..2048).filter(|bit| bit % 7 < 3).for_each(|bit| stream_filter.set(bit));
        let mut other = Filter::empty(2048);
        // Every tenth bit differs: δ = 205 / 2048.
        let flipped = |bit: &usize| (bit % 7 < 3) != bit.is_multiple_of(10);
        (0..2048).filter(flipped).for_each(|bit| other.set(bit));
        let delta = 205.0 / 2048.0;
        for (window, function, expected) in [
            (8, WindowFunction::Secret, (1.0_f64 - delta).powi(8)),
            (17, WindowFunction::Secret, (1.0_f64 - delta).powi(17)),
            (4, WindowFunction::ExclusiveOr, (1.0_f64 - 2.0 * delta).powi(4)),
        ] {
            let length = 8192;
            let diffusion =
                Diffusion::new(shape(window, length, function), 2048, key(b"")).unwrap();
            let codes = diffusion.apply(&[stream_filter.clone(), other.clone()]);
            let (a, b) = (&codes[0], &codes[1]);
            let same = (0..length).filter(|bit| {
                let has = |code: &Filter| code.to_bytes()[bit / 8] >> (7 - bit % 8) & 1;
                has(a) == has(b)
            });
            let similarity = 2.0 * same.count() as f64 / length as f64 - 1.0;
            // Four standard deviations of the noise of a code, 1 / √L.
            let noise = 4.0 / (length as f64).sqrt();
            assert!((similarity - expected).abs() < noise, "{window}: {similarity} {expected}");
            let share = f64::from(a.count()) / length as f64;
            assert!((share - 0.5).abs() < 2.0 * noise, "{window}: {share}");
        }
    }

    #[test]
    fn another_key_makes_another_code_and_the_same_key_the_same() {
        let mut filter = Filter::empty(256);
        (0..128).for_each(|bit| filter.set(2 * bit));
        let code = |salt: &[u8]| {
            let shape = shape(8, 512, WindowFunction::Secret);
            Diffusion::new(shape, 256, key(salt)).unwrap().apply(&[filter.clone()])
        };
        assert_eq!(code(b"a"), code(b"a"));
        assert_ne!(code(b"a"), code(b"b"));
    }
}
