//! How many pairs show each agreement pattern, rule by rule and each pair once.

use hashbrown::HashMap;

/// Counts of pairs by agreement pattern and by the rules that they satisfy.
///
/// This is all that training sees of the data. Where pairs are sampled rule by rule, a pair of
/// a rule's sample counts for all that it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatternCounts {
    /// Pattern, rules as bits, pairs of these rules.
    of_rules: Vec<(u32, u32, u64)>,
    /// Pattern and pairs, each pair once whatever rules it satisfies.
    once: Vec<(u32, u64)>,
}

/// Pairs counted by pattern and rules as bits, and by pattern alone, each pair once.
pub type CountsOfPart = (HashMap<(u32, u32), u64>, HashMap<u32, u64>);

impl PatternCounts {
    /// Merges counts of (pattern, rules as bits), each pair under all rules that it satisfies;
    /// the order of the parts does not matter.
    pub fn merge(parts: impl IntoIterator<Item = HashMap<(u32, u32), u64>>) -> Self {
        let parts = parts.into_iter().map(|of_rules| {
            let mut once: HashMap<u32, u64> = HashMap::new();
            for (&(pattern, _), &count) in &of_rules {
                *once.entry(pattern).or_default() += count;
            }
            (of_rules, once)
        });
        Self::merge_samples(parts)
    }

    /// Merges counts of pairs sampled rule by rule; the order of the parts does not matter.
    pub fn merge_samples(parts: impl IntoIterator<Item = CountsOfPart>) -> Self {
        let (mut of_rules, mut once): CountsOfPart = Default::default();
        for (part_of_rules, part_once) in parts {
            for (key, count) in part_of_rules {
                *of_rules.entry(key).or_default() += count;
            }
            for (pattern, count) in part_once {
                *once.entry(pattern).or_default() += count;
            }
        }
        let mut counts = Self {
            of_rules: of_rules.into_iter().map(|((p, rules), n)| (p, rules, n)).collect(),
            once: once.into_iter().collect(),
        };
        counts.of_rules.sort_unstable();
        counts.once.sort_unstable();
        counts
    }

    /// Sums counts, each taken so many times; parts and times go together in order.
    pub fn weighted(parts: &[PatternCounts], times: &[u64]) -> Self {
        let taken = parts.iter().zip(times).filter(|&(_, &times)| times > 0);
        Self::merge_samples(taken.map(|(part, &times)| {
            let of_rules = part.of_rules.iter().map(|&(p, rules, n)| ((p, rules), n * times));
            let once = part.once.iter().map(|&(p, n)| (p, n * times));
            (of_rules.collect(), once.collect())
        }))
    }

    /// Iterates over (pattern, rules as bits, count), sorted.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32, u64)> + '_ {
        self.of_rules.iter().copied()
    }

    /// Returns the counts by pattern alone, each pair once; sorted.
    pub fn by_pattern(&self) -> &[(u32, u64)] {
        &self.once
    }

    /// Returns the number of pairs, each counted once.
    pub fn pairs(&self) -> u64 {
        self.once.iter().map(|(_, count)| count).sum()
    }
}
