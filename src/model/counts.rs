//! How many pairs show each agreement pattern, rule by rule and each pair once.

use hashbrown::HashMap;

/// Counts of pairs by agreement pattern and by the rules that they satisfy.
///
/// This is all that training sees of the data. Where pairs are sampled rule by rule, a pair of
/// a rule's sample counts for all that it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatternCounts {
    /// Sources, pattern, rules as bits; pairs of these rules.
    of_rules: Vec<(PairsCounted, u64)>,
    /// Sources and pattern; pairs, each once whatever rules it satisfies.
    once: Vec<((u32, u32), u64)>,
}

/// Pairs of the same two sources, pattern and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairsCounted {
    /// Place of their two sources in the list that training is given.
    pub sources: u32,
    /// Agreement pattern.
    pub pattern: u32,
    /// Rules that they satisfy, as bits.
    pub rules: u32,
}

/// Pairs by sources, pattern and rules, and by sources and pattern alone, each pair once.
pub type CountsOfPart = (HashMap<PairsCounted, u64>, HashMap<(u32, u32), u64>);

impl PatternCounts {
    /// Merges counts of (pattern, rules as bits) of the first two sources, each pair under all
    /// rules that it satisfies; the order of the parts does not matter.
    pub fn merge(parts: impl IntoIterator<Item = HashMap<(u32, u32), u64>>) -> Self {
        let parts = parts.into_iter().map(|counts| {
            let (mut of_rules, mut once): CountsOfPart = Default::default();
            for ((pattern, rules), count) in counts {
                *of_rules.entry(PairsCounted { sources: 0, pattern, rules }).or_default() += count;
                *once.entry((0, pattern)).or_default() += count;
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
            for (key, count) in part_once {
                *once.entry(key).or_default() += count;
            }
        }
        let mut counts =
            Self { of_rules: of_rules.into_iter().collect(), once: once.into_iter().collect() };
        counts.of_rules.sort_unstable();
        counts.once.sort_unstable();
        counts
    }

    /// Sums counts, each taken so many times; parts and times go together in order.
    pub fn weighted(parts: &[PatternCounts], times: &[u64]) -> Self {
        let taken = parts.iter().zip(times).filter(|&(_, &times)| times > 0);
        Self::merge_samples(taken.map(|(part, &times)| {
            let of_rules = part.of_rules.iter().map(|&(counted, n)| (counted, n * times));
            let once = part.once.iter().map(|&(counted, n)| (counted, n * times));
            (of_rules.collect(), once.collect())
        }))
    }

    /// Iterates over the pairs by sources, pattern and rules, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (PairsCounted, u64)> + '_ {
        self.of_rules.iter().copied()
    }

    /// Iterates over (pattern, count) of two sources, each pair once; sorted.
    pub fn between(&self, sources: u32) -> impl Iterator<Item = (u32, u64)> + '_ {
        let start = self.once.partition_point(|&((of, _), _)| of < sources);
        let all = self.once[start..].iter().take_while(move |((of, _), _)| *of == sources);
        all.map(|&((_, pattern), count)| (pattern, count))
    }

    /// Iterates over (pattern, count), each pair once; a pattern comes once for all sources that
    /// show it.
    pub fn by_pattern(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.once.iter().map(|&((_, pattern), count)| (pattern, count))
    }

    /// Returns the number of pairs, each counted once.
    pub fn pairs(&self) -> u64 {
        self.once.iter().map(|(_, count)| count).sum()
    }
}
