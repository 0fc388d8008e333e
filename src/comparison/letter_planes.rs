//! Letters of all values bit by bit: a word tells of 64 values which of them hold a letter.

use std::ops::Range;

use super::prepared::Sketch;
use crate::record::MISSING;

/// Lengths of text, in bytes, that are told apart; longer texts are not among the planes.
pub(super) const LENGTHS: usize = 64;
/// Letters of the common start that are told apart.
const STARTS: usize = 4;
/// Classes of letters, and how often each is counted.
const CLASSES: usize = 32;
const COUNTED: usize = 4;
/// Words looked at together.
const WORDS: usize = 4;

/// The same bits of so many words.
type Bits = [u64; WORDS];

/// Fewest letters in common, by length of the common start and of the other text: of a longer
/// start no more than of a shorter one.
pub(super) type Fewest = [[u32; LENGTHS]; STARTS + 1];

/// Letters of values, those of one length side by side.
///
/// What [`Sketch::common_letters`] counts for one pair after the other is counted here for 256 at
/// once: the planes of a text's letters are added up bit by bit, as one adds on paper.
#[derive(Debug, Clone)]
pub(crate) struct LetterPlanes {
    /// Code of each bit, those of one length filled up with missing ones.
    codes: Vec<u32>,
    /// Words of each plane.
    words: usize,
    /// For each bit of a sketch's letters the values that have it.
    letters: Vec<u64>,
    /// For each of the first places and each class the values that have a letter of it there.
    starts: Vec<u64>,
    /// Lengths that occur, and the words of each.
    lengths: Vec<(usize, Range<usize>)>,
    /// Codes of which letters tell nothing, or that are too long.
    others: Vec<u32>,
}

impl LetterPlanes {
    /// Takes the sketches of all codes, the missing one included.
    pub(super) fn new(sketches: &[Sketch]) -> Self {
        let told = |sketch: &Sketch| !sketch.overflowed && (sketch.length as usize) < LENGTHS;
        let all = MISSING + 1..sketches.len() as u32;
        let (mut order, others): (Vec<u32>, Vec<u32>) =
            all.partition(|&code| told(&sketches[code as usize]));
        let length = |&code: &u32| sketches[code as usize].length as usize;
        order.sort_by_key(length);
        let (mut codes, mut lengths) = (Vec::new(), Vec::new());
        for same in order.chunk_by(|x, y| length(x) == length(y)) {
            let from = codes.len() / 64;
            codes.extend_from_slice(same);
            codes.resize(codes.len().next_multiple_of(64 * WORDS), MISSING);
            lengths.push((length(&same[0]), from..codes.len() / 64));
        }
        let words = codes.len() / 64;
        let mut planes = Self {
            letters: vec![0; COUNTED * CLASSES * words],
            starts: vec![0; STARTS * CLASSES * words],
            codes,
            words,
            lengths,
            others,
        };
        for (at, &code) in planes.codes.iter().enumerate().filter(|(_, code)| **code != MISSING) {
            let (word, bit) = (at / 64, 1 << (at % 64));
            let sketch = &sketches[code as usize];
            for plane in sketch.letter_bits() {
                planes.letters[plane * words + word] |= bit;
            }
            for plane in start_planes(sketch) {
                planes.starts[plane * words + word] |= bit;
            }
        }
        planes
    }

    /// Returns the codes of texts of so many bytes, a missing one here and there among them.
    pub(super) fn of_length(&self, length: usize) -> &[u32] {
        let mut found = self.lengths.iter().filter(|(of, _)| *of == length);
        found.next().map_or(&[], |(_, words)| &self.codes[64 * words.start..64 * words.end])
    }

    /// Adds the codes whose letters may be enough beside those of a text, in no order: all that
    /// have enough in common, and few that have not.
    pub(super) fn look_through(&self, own: &Sketch, fewest: &Fewest, found: &mut Vec<u32>) {
        found.extend_from_slice(&self.others);
        // Sums of so many letters need so many bits.
        match own.letter_bits().count() {
            0..4 => self.look_through_by::<2>(own, fewest, found),
            4..8 => self.look_through_by::<3>(own, fewest, found),
            8..16 => self.look_through_by::<4>(own, fewest, found),
            16..32 => self.look_through_by::<5>(own, fewest, found),
            _ => self.look_through_by::<8>(own, fewest, found),
        }
    }

    fn look_through_by<const BITS: usize>(
        &self,
        own: &Sketch,
        fewest: &Fewest,
        found: &mut Vec<u32>,
    ) {
        let words = |number: usize| number * self.words..(number + 1) * self.words;
        let letters: Vec<&[u64]> =
            own.letter_bits().map(|plane| &self.letters[words(plane)]).collect();
        let starts: Vec<&[u64]> =
            start_planes(own).map(|plane| &self.starts[words(plane)]).collect();
        for (length, words) in &self.lengths {
            let needed: [u32; STARTS + 1] = std::array::from_fn(|start| fewest[start][*length]);
            if needed[starts.len()] > own.length.min(*length as u32) {
                continue;
            }
            for from in words.clone().step_by(WORDS) {
                let at = |plane: &[u64]| -> Bits {
                    plane[from..from + WORDS].try_into().expect("lengths are filled up")
                };
                let mut sum = [[0; WORDS]; BITS];
                letters.iter().for_each(|plane| add(&mut sum, at(plane)));
                // From the longest start back: what begins alike longer needs fewer letters.
                let mut enough = at_least(&sum, needed[starts.len()]);
                for (start, plane) in starts.iter().enumerate().rev() {
                    let (plane, anyway) = (at(plane), at_least(&sum, needed[start]));
                    for (word, enough) in enough.iter_mut().enumerate() {
                        *enough = *enough & plane[word] | anyway[word];
                    }
                }
                for (word, mut enough) in (from..).zip(enough) {
                    while enough != 0 {
                        let code = self.codes[64 * word + enough.trailing_zeros() as usize];
                        found.push(code);
                        enough &= enough - 1;
                    }
                }
            }
        }
    }
}

/// Returns the planes of the letters that a text starts with.
fn start_planes(sketch: &Sketch) -> impl Iterator<Item = usize> + '_ {
    let letters = sketch.start.iter().take(STARTS.min(sketch.length as usize)).enumerate();
    letters.map(|(place, &letter)| place * CLASSES + Sketch::class(letter))
}

/// Adds a bit to each of the sums.
#[inline(always)]
fn add<const BITS: usize>(sum: &mut [Bits; BITS], mut carried: Bits) {
    for bits in sum {
        for (bit, carried) in bits.iter_mut().zip(&mut carried) {
            (*bit, *carried) = (*bit ^ *carried, *bit & *carried);
        }
    }
}

/// Says of each of the sums whether it is so large.
#[inline(always)]
fn at_least<const BITS: usize>(sum: &[Bits; BITS], least: u32) -> Bits {
    if least >> BITS != 0 {
        return [0; WORDS];
    }
    let mut enough = [u64::MAX; WORDS];
    for (place, bits) in sum.iter().enumerate() {
        let wanted = least >> place & 1 != 0;
        for (enough, bit) in enough.iter_mut().zip(bits) {
            *enough = if wanted { *enough & bit } else { *enough | bit };
        }
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the codes that pair by pair have enough in common with a text.
    fn one_by_one(sketches: &[Sketch], own: &Sketch, fewest: &Fewest) -> Vec<u32> {
        let enough = |&code: &u32| {
            let other = &sketches[code as usize];
            let start = own.common_start(other);
            own.common_letters(other) >= fewest[start][other.length as usize]
        };
        (MISSING + 1..sketches.len() as u32).filter(enough).collect()
    }

    proptest! {
        #[test]
        fn texts_with_enough_letters_in_common_are_found_and_few_others(
            texts in proptest::collection::vec("[a-d]{1,9}|[a-z]{12,40}|[aé]{0,3}", 1..600),
            needed in 0u32..12,
        ) {
            // A letter of common start makes up for one that is needed.
            let fewest: Fewest = std::array::from_fn(|start| {
                std::array::from_fn(|length| {
                    (needed + length as u32 / 4).saturating_sub(start as u32)
                })
            });
            let texts = std::iter::once("").chain(texts.iter().map(String::as_str));
            let sketches: Vec<Sketch> = texts.map(|text| Sketch::of(text.as_bytes())).collect();
            let planes = LetterPlanes::new(&sketches);
            for own in sketches[1..].iter().filter(|own| !own.overflowed).take(40) {
                let mut found = Vec::new();
                planes.look_through(own, &fewest, &mut found);
                // Of texts that letters tell nothing of all are found; what fills up is missing.
                let told = |&code: &u32| code != MISSING && !sketches[code as usize].overflowed;
                let mut found: Vec<u32> = found.into_iter().filter(told).collect();
                found.sort_unstable();
                let expected = one_by_one(&sketches, own, &fewest);
                let expected: Vec<u32> = expected.into_iter().filter(told).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn texts_that_letters_tell_nothing_of_are_always_found() {
        let long = "anna-banana ".repeat(6);
        let texts = ["", "anna", "aaaaa", "zoé", &long, "bob"];
        let sketches: Vec<Sketch> = texts.iter().map(|text| Sketch::of(text.as_bytes())).collect();
        let planes = LetterPlanes::new(&sketches);
        let mut found = Vec::new();
        planes.look_through(&sketches[1], &[[4; LENGTHS]; 5], &mut found);
        found.retain(|&code| code != MISSING);
        found.sort_unstable();
        assert_eq!(found, [1, 2, 3, 4], "of the others bob alone has too little in common");
        assert!(planes.of_length(3).contains(&5) && !planes.of_length(4).contains(&5));
    }
}
