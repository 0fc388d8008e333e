//! Bloom filter of a record: a row of bits, of which the first is the highest of the first byte.

/// Row of bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    words: Vec<u64>,
    length: usize,
}

impl Filter {
    /// Makes a filter of so many bits, none of them set.
    pub fn empty(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)], length }
    }

    /// Reads the bits of a filter; `None` if there are too few bytes, too many, or bits set
    /// behind the last.
    pub fn from_bytes(bytes: &[u8], length: usize) -> Option<Self> {
        if bytes.len() != length.div_ceil(8) {
            return None;
        }
        let mut filter = Self::empty(length);
        for (at, &byte) in bytes.iter().enumerate() {
            filter.words[at / 8] |= u64::from(byte) << (56 - 8 * (at % 8));
        }
        (filter.to_bytes() == bytes && filter.ones().all(|bit| bit < length)).then_some(filter)
    }

    /// Returns the bits as bytes, the first bit the highest of the first byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_be_bytes()).collect();
        bytes.truncate(self.length.div_ceil(8));
        bytes
    }

    /// Returns the number of bits.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Returns the number of bits that are set.
    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Returns the places of the bits that are set, in ascending order.
    pub fn ones(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let place = rest.leading_zeros();
                // Without a bit left the shift would be by 64.
                rest &= !(1_u64 << 63).checked_shr(place)?;
                Some(64 * at + place as usize)
            })
        })
    }

    /// Returns how alike two filters of one length are, by the Dice coefficient.
    ///
    /// # Formula
    /// `2 · |a ∧ b| / (|a| + |b|)`; `None` if neither has a bit set.
    ///
    /// # Panics
    /// If their lengths differ.
    pub fn dice(&self, other: &Self) -> Option<f64> {
        assert_eq!(self.length, other.length, "filters of one schema are compared");
        let both = self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones());
        let both: u32 = both.sum();
        let all = self.count() + other.count();
        (all > 0).then(|| 2.0 * f64::from(both) / f64::from(all))
    }

    /// Returns the number of bits in which two filters of one length differ.
    ///
    /// # Panics
    /// If their lengths differ.
    pub fn distance(&self, other: &Self) -> u32 {
        assert_eq!(self.length, other.length, "filters of one schema are compared");
        self.words.iter().zip(&other.words).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Returns the bits as words, the first bit the highest of the first word.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Sets a bit.
    pub(super) fn set(&mut self, bit: usize) {
        self.words[bit / 64] |= 1 << (63 - bit % 64);
    }

    /// Sets a bit that is clear, if it is to be one.
    pub(super) fn set_to(&mut self, bit: usize, is_one: bool) {
        self.words[bit / 64] |= u64::from(is_one) << (63 - bit % 64);
    }

    /// Changes a bit.
    fn flip(&mut self, bit: usize) {
        self.words[bit / 64] ^= 1 << (63 - bit % 64);
    }

    /// Clears every bit.
    pub(super) fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Returns the filter folded to a length: pieces of that length, one XOR the other.
    pub(super) fn folded(&self, length: usize) -> Self {
        if length == self.length {
            return self.clone();
        }
        let mut folded = Self::empty(length);
        self.ones().for_each(|bit| folded.flip(bit % length));
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bit_is_the_highest_of_the_first_byte() {
        let mut filter = Filter::empty(12);
        [0, 9, 11].iter().for_each(|&bit| filter.set(bit));
        assert_eq!(filter.to_bytes(), [0b1000_0000, 0b0101_0000]);
        assert_eq!(filter.ones().collect::<Vec<_>>(), [0, 9, 11]);
        assert_eq!(Filter::from_bytes(&filter.to_bytes(), 12), Some(filter));
        assert_eq!(Filter::from_bytes(&[0, 1], 12), None);
    }

    #[test]
    fn halves_are_folded_by_exclusive_or() {
        let mut filter = Filter::empty(8);
        [0, 1, 5, 6].iter().for_each(|&bit| filter.set(bit));
        assert_eq!(filter.folded(4).ones().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(filter.folded(2).ones().collect::<Vec<_>>(), Vec::<usize>::from([]).as_slice());
    }
}
