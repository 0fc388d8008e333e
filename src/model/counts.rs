//! How many candidate pairs show each agreement pattern under each set of rules.

use hashbrown::HashMap;

/// Counts of candidate pairs by agreement pattern and by the rules that they satisfy.
///
/// This is all that training sees of the data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatternCounts {
    entries: Vec<(u32, u32, u64)>,
}

impl PatternCounts {
    /// Merges counts of (pattern, rules as bits); the order of the parts does not matter.
    pub fn merge(parts: impl IntoIterator<Item = HashMap<(u32, u32), u64>>) -> Self {
        let mut total: HashMap<(u32, u32), u64> = HashMap::new();
        for part in parts {
            for (key, count) in part {
                *total.entry(key).or_default() += count;
            }
        }
        let mut entries: Vec<(u32, u32, u64)> =
            total.into_iter().map(|((pattern, rules), count)| (pattern, rules, count)).collect();
        entries.sort_unstable();
        Self { entries }
    }

    /// Sums counts, each taken so many times; parts and times go together in order.
    pub fn weighted(parts: &[PatternCounts], times: &[u64]) -> Self {
        let taken = |(part, &times): (&PatternCounts, &u64)| {
            part.iter()
                .filter(|_| times > 0)
                .map(|(pattern, rules, count)| ((pattern, rules), count * times))
                .collect()
        };
        Self::merge(parts.iter().zip(times).map(taken))
    }

    /// Iterates over (pattern, rules as bits, count), sorted.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32, u64)> + '_ {
        self.entries.iter().copied()
    }

    /// Returns the counts by pattern alone, sorted.
    pub fn by_pattern(&self) -> Vec<(u32, u64)> {
        let mut merged: Vec<(u32, u64)> = Vec::new();
        for (pattern, _, count) in self.iter() {
            match merged.last_mut() {
                Some((last, sum)) if *last == pattern => *sum += count,
                _ => merged.push((pattern, count)),
            }
        }
        merged
    }

    /// Returns the number of candidate pairs.
    pub fn pairs(&self) -> u64 {
        self.iter().map(|(_, _, count)| count).sum()
    }
}
