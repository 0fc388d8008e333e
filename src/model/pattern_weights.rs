//! Weights of the patterns that occur, worked out when first met and looked up after that.

use hashbrown::HashMap;

use super::{MatchWeight, Model, PatternWeight, TermFrequencies};

/// Patterns whose entries are found by number.
const BY_NUMBER: u32 = 1 << 16;

/// Weights of the patterns met so far, and how many pairs showed each.
pub struct PatternWeights<'a> {
    model: &'a Model,
    frequencies: &'a TermFrequencies<'a>,
    entries: Vec<Entry>,
    /// Place of each pattern's entry, from 1, among the first patterns, all of them as a rule.
    places: Vec<u32>,
    /// The same of other patterns.
    others: HashMap<u32, u32>,
}

struct Entry {
    pattern: u32,
    weight: PatternWeight,
    /// Weight in bits of a pair with the rarest values that there could be.
    best: f64,
    pairs: u64,
}

impl<'a> PatternWeights<'a> {
    /// Makes ready to weigh pairs by a model.
    pub fn new(model: &'a Model, frequencies: &'a TermFrequencies<'a>) -> Self {
        let places = vec![0; model.space().size().min(BY_NUMBER) as usize];
        Self { model, frequencies, entries: Vec::new(), places, others: HashMap::new() }
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
        let place = match self.places.get_mut(pattern as usize) {
            Some(place) => place,
            None => self.others.entry(pattern).or_default(),
        };
        if *place == 0 {
            let weight = model.pattern_weight(pattern);
            let rarest = -frequencies.most_bits(pattern) * std::f64::consts::LN_2;
            let best = weight.weight(rarest).bits();
            self.entries.push(Entry { pattern, weight, best, pairs: 0 });
            *place = self.entries.len() as u32;
        }
        let entry = &mut self.entries[*place as usize - 1];
        entry.pairs += 1;
        if entry.best < floor {
            return None;
        }
        Some(entry.weight.weight(rarity())).filter(|weight| weight.bits() >= floor)
    }

    /// Iterates over the patterns met and their numbers of pairs, in no order.
    pub fn counts(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.entries.iter().map(|entry| (entry.pattern, entry.pairs))
    }
}
