//! Keys that more than one record may have, told without sorting them.

/// Bits for each key, half of them for keys met again: of keys that occur once about one in eight
/// shares its bit with another.
const BITS_A_KEY: usize = 16;

/// Set of the keys that occur more than once; now and then one that occurs once is taken for one
/// of them.
pub(super) struct Repeated {
    /// Keys by hash, as bits: whether one was met, and whether one was met again.
    words: Vec<[u64; 2]>,
    /// Bits of a hash that are not looked at.
    shift: u32,
}

impl Repeated {
    /// Takes the keys that occur more than once; 0 is none.
    pub(super) fn among(keys: &[u64]) -> Self {
        let words = (keys.len() * BITS_A_KEY / 128).next_power_of_two().max(2);
        let mut repeated =
            Self { words: vec![[0; 2]; words], shift: u64::BITS - words.trailing_zeros() };
        for &key in keys.iter().filter(|&&key| key != 0) {
            let (word, bit) = repeated.place(key);
            let [once, again] = &mut repeated.words[word];
            *again |= *once & bit;
            *once |= bit;
        }
        repeated
    }

    /// Says whether a key may occur more than once.
    #[inline]
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.words[word][1] & bit != 0
    }

    /// Returns the word that a key is noted in, and its bit there.
    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed >> self.shift) as usize, 1 << (mixed >> 8 & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_repeat_are_held_and_most_others_are_not() {
        // Every third key twice.
        let key = |number: u64| number.wrapping_mul(0x1234_5678_9ABC_DEF1) | 1;
        let twice = |number: &u64| number.is_multiple_of(3);
        let all: Vec<u64> = (1..30_000).chain((1..30_000).filter(twice)).map(key).collect();
        let repeated = Repeated::among(&all);
        assert!((1..30_000).filter(twice).all(|number| repeated.may_hold(key(number))));
        let others = (1..30_000).filter(|number| !twice(number));
        let mistaken = others.filter(|&number| repeated.may_hold(key(number))).count();
        assert!(mistaken < 20_000 / 4, "{mistaken}");
        assert!(!Repeated::among(&[0, 0]).may_hold(key(1)));
    }
}
