//! Permutations that are computed, not stored: place in, unlike place out.
//!
//! They hand out numbers that no two children share and that say nothing about the order in which
//! children were made.

use super::random::{Purpose, Stream};

/// Permutation of the numbers below a limit.
///
/// # Formula
/// A balanced Feistel network of four rounds over the next even power of two; a value outside the
/// limit goes round again (cycle walking). Source: Black and Rogaway (2002), CT-RSA.
pub(super) struct Permutation {
    limit: u64,
    half_bits: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// Draws the permutation of a seed and a place; the limit is at least 1.
    pub(super) fn new(seed: u64, place: u64, limit: u64) -> Self {
        let mut rng = Stream::new(seed, place, Purpose::Permutation);
        let bits = 64 - limit.saturating_sub(1).leading_zeros();
        Self {
            limit,
            half_bits: bits.div_ceil(2).max(1),
            keys: std::array::from_fn(|_| rng.bits()),
        }
    }

    /// Returns the image of a number below the limit.
    pub(super) fn at(&self, value: u64) -> u64 {
        debug_assert!(value < self.limit, "a place below the limit");
        let mut value = value;
        loop {
            value = self.round_trip(value);
            if value < self.limit {
                return value;
            }
        }
    }

    fn round_trip(&self, value: u64) -> u64 {
        let mask = (1 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        left << self.half_bits | right
    }
}

/// Mixes 64 bits. Source: the finaliser of SplitMix64, Steele, Lea and Flood (2014), OOPSLA.
pub(super) fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_below_the_limit_comes_out_once() {
        for limit in [1, 2, 3, 10, 1_000, 4_097] {
            let permutation = Permutation::new(7, 0, limit);
            let mut images: Vec<u64> = (0..limit).map(|place| permutation.at(place)).collect();
            images.sort_unstable();
            assert!(images.iter().copied().eq(0..limit), "limit {limit}");
        }
    }

    #[test]
    fn neighbours_do_not_stay_neighbours() {
        let permutation = Permutation::new(7, 0, 100_000);
        let near = (0..99_999)
            .filter(|&place| permutation.at(place).abs_diff(permutation.at(place + 1)) == 1)
            .count();
        // Two of 100,000 images are neighbours of any one: about 2 expected.
        assert!(near < 20, "{near}");
    }
}
