//! Weights of the patterns that occur, looked up once a pair.

use hashbrown::HashMap;

use super::{MatchWeight, Model, PatternWeight, TermFrequencies};

/// Patterns up to which the look-up is a plain table.
const MOST_DENSE: u32 = 1 << 24;

/// Weights of patterns, ready for look-up.
pub struct PatternWeights {
    places: Places,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    weight: PatternWeight,
    /// Weight in bits of a pair with the rarest values that there could be.
    best: f64,
}

enum Places {
    Dense(Vec<u32>),
    Sparse(HashMap<u32, u32>),
}

impl PatternWeights {
    /// Works out the weight of every pattern given, which must be all that will be asked for.
    pub fn new(
        model: &Model,
        frequencies: &TermFrequencies<'_>,
        patterns: impl IntoIterator<Item = u32>,
    ) -> Self {
        let mut places = if model.space().size() <= MOST_DENSE {
            Places::Dense(vec![0; model.space().size() as usize])
        } else {
            Places::Sparse(HashMap::new())
        };
        let mut entries = Vec::new();
        for pattern in patterns {
            let place = entries.len() as u32;
            match &mut places {
                Places::Dense(table) => table[pattern as usize] = place,
                Places::Sparse(table) => {
                    table.insert(pattern, place);
                }
            }
            let weight = model.pattern_weight(pattern);
            let rarest = -frequencies.most_bits(pattern) * std::f64::consts::LN_2;
            entries.push(Entry { weight, best: weight.weight(rarest).bits() });
        }
        Self { places, entries }
    }

    /// Returns the weight of a pair, or `None` if it lies below the floor, in bits.
    ///
    /// Term frequency is looked at only where the pair could reach the floor with it.
    pub fn weight_above(
        &self,
        floor: f64,
        pattern: u32,
        rarity: impl FnOnce() -> f64,
    ) -> Option<MatchWeight> {
        let place = match &self.places {
            Places::Dense(table) => table[pattern as usize],
            Places::Sparse(table) => table[&pattern],
        };
        let entry = &self.entries[place as usize];
        if entry.best < floor {
            return None;
        }
        Some(entry.weight.weight(rarity())).filter(|weight| weight.bits() >= floor)
    }
}
