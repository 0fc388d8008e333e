//! Weights of the patterns that occur, worked out when first met and looked up after that.

use hashbrown::HashMap;

use super::{MatchWeight, Model, PatternWeight, TermFrequencies};

/// Weights of the patterns met so far, and how many pairs showed each.
pub struct PatternWeights<'a> {
    model: &'a Model,
    frequencies: &'a TermFrequencies<'a>,
    entries: HashMap<u32, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    weight: PatternWeight,
    /// Weight in bits of a pair with the rarest values that there could be.
    best: f64,
    pairs: u64,
}

impl<'a> PatternWeights<'a> {
    /// Makes ready to weigh pairs by a model.
    pub fn new(model: &'a Model, frequencies: &'a TermFrequencies<'a>) -> Self {
        Self { model, frequencies, entries: HashMap::new() }
    }

    /// Counts a pair and returns its weight, or `None` if it lies below the floor, in bits.
    ///
    /// Term frequency is looked at only where the pair could reach the floor with it.
    pub fn weight_above(
        &mut self,
        floor: f64,
        pattern: u32,
        rarity: impl FnOnce() -> f64,
    ) -> Option<MatchWeight> {
        let (model, frequencies) = (self.model, self.frequencies);
        let entry = self.entries.entry(pattern).or_insert_with(|| {
            let weight = model.pattern_weight(pattern);
            let rarest = -frequencies.most_bits(pattern) * std::f64::consts::LN_2;
            Entry { weight, best: weight.weight(rarest).bits(), pairs: 0 }
        });
        entry.pairs += 1;
        if entry.best < floor {
            return None;
        }
        Some(entry.weight.weight(rarity())).filter(|weight| weight.bits() >= floor)
    }

    /// Iterates over the patterns met and their numbers of pairs, in no order.
    pub fn counts(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.entries.iter().map(|(&pattern, entry)| (pattern, entry.pairs))
    }
}
