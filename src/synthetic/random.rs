//! Streams of random numbers, each keyed by what it is for.
//!
//! A stream depends on the seed, the place it serves and the purpose, and on nothing that happened
//! before, so that a world is the same at any number of threads.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Purpose of a stream; two purposes never share random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Purpose {
    /// Births of a family: when, and how many at a time.
    Births = 1,
    /// Names, addresses and history of a family.
    Family,
    /// Unit postcodes and the places they lie in.
    Place,
    /// A cluster of records with errors in common: a practice, a school.
    Provider,
    /// What a household's errors have in common.
    Household,
    /// Which agency knows which child, and how often.
    View,
    /// What goes wrong in the records.
    Errors,
    /// Keys of permutations.
    Permutation,
    /// What befalls the children of a family.
    Lives,
    /// Homes and placements of earlier years.
    Past,
    /// What agencies keep of it, and what goes wrong in that.
    History,
}

/// Stream of random numbers; `ChaCha12Rng` because its values are fixed for good.
#[derive(Clone)]
pub(super) struct Stream(ChaCha12Rng);

impl Stream {
    /// Opens the stream of a seed, a place (family, unit, provider) and a purpose.
    pub(super) fn new(seed: u64, place: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&place.to_le_bytes());
        key[16..24].copy_from_slice(&(purpose as u64).to_le_bytes());
        Self(ChaCha12Rng::from_seed(key))
    }

    /// Opens a stream of its own for a part; how much the part draws leaves this one as it is.
    pub(super) fn branch(&mut self) -> Self {
        Self(ChaCha12Rng::from_rng(&mut self.0))
    }

    /// Returns a number of [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Returns true with the given chance.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Returns a whole number below a limit, which is at least 1.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit as u64) as usize
    }

    /// Returns any 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// Returns one of the values, all equally likely; there is at least one.
    pub(super) fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len())]
    }

    /// Returns the place of one of the weights, each as likely as it is heavy.
    pub(super) fn weighted(&mut self, weights: impl IntoIterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().into_iter().sum();
        let mut left = self.unit() * total;
        let mut last = 0;
        for (place, weight) in weights.into_iter().enumerate() {
            if weight > 0.0 {
                last = place;
                if left < weight {
                    return place;
                }
            }
            left -= weight;
        }
        last
    }

    /// Returns the days until something happens that has a given chance within a year; at least one.
    ///
    /// # Formula
    /// Exponential: `-ln(1 - u) / h` years, with `h = -ln(1 - chance)`.
    pub(super) fn days_until(&mut self, chance_in_a_year: f64) -> u32 {
        let years = (1.0 - self.unit()).ln().abs() / (1.0 - chance_in_a_year).ln().abs();
        // What never happens gives an infinite time, which becomes the largest number.
        ((years * 365.25) as u32).max(1)
    }

    /// Returns a standard normal number.
    ///
    /// Source: Box and Muller (1958), Annals of Mathematical Statistics 29(2).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_place_and_purpose_only() {
        let first = |seed, place, purpose| Stream::new(seed, place, purpose).bits();
        assert_eq!(first(7, 1, Purpose::Family), first(7, 1, Purpose::Family));
        assert_ne!(first(7, 1, Purpose::Family), first(8, 1, Purpose::Family));
        assert_ne!(first(7, 1, Purpose::Family), first(7, 2, Purpose::Family));
        assert_ne!(first(7, 1, Purpose::Family), first(7, 1, Purpose::Errors));
    }

    #[test]
    fn what_happens_within_a_year_does_so_as_often_as_its_chance() {
        let mut rng = Stream::new(1, 0, Purpose::Past);
        let within = (0..10_000).filter(|_| rng.days_until(0.3) <= 365).count();
        // Binomial: standard error 46, four of them either side.
        assert!(within.abs_diff(3_000) < 184, "{within}");
        assert_eq!((rng.days_until(0.0), rng.days_until(1.0)), (u32::MAX, 1));
    }

    #[test]
    fn weighted_choice_follows_the_weights_and_never_takes_a_zero() {
        let mut rng = Stream::new(1, 0, Purpose::Family);
        let mut count = [0u32; 3];
        for _ in 0..10_000 {
            count[rng.weighted([1.0, 0.0, 3.0])] += 1;
        }
        assert_eq!(count[1], 0);
        // Binomial, n 10,000, p 0.25: standard error 43, four of them either side.
        assert!(count[0].abs_diff(2_500) < 175, "{count:?}");
    }
}
