//! Counts, for every record, the other records that share a label with it.
//!
//! One sort and one walk, so that a million records or one enormous entity cost the same.
//! Pair counts are half the sum over the records.

use crate::record::SourceId;

/// Records sorted by a label (child, entity or both), then source.
pub(crate) struct Companions {
    order: Vec<(u64, SourceId, u32)>,
}

impl Companions {
    /// Groups records by label.
    pub(crate) fn new(labels: impl Iterator<Item = u64>, sources: &[SourceId]) -> Self {
        let mut order: Vec<_> = labels
            .zip(sources)
            .enumerate()
            .map(|(record, (label, &source))| (label, source, record as u32))
            .collect();
        order.sort_unstable();
        Self { order }
    }

    /// Returns for each record how many others share its label and stand in the relation.
    ///
    /// The relation says of two sources whether their records count for one another.
    pub(crate) fn count(&self, related: impl Fn(SourceId, SourceId) -> bool) -> Vec<u32> {
        let mut counts = vec![0; self.order.len()];
        for group in self.order.chunk_by(|a, b| a.0 == b.0) {
            let runs: Vec<&[_]> = group.chunk_by(|a, b| a.1 == b.1).collect();
            for run in &runs {
                let source = run[0].1;
                let reach: usize = runs
                    .iter()
                    .filter(|other| related(source, other[0].1))
                    .map(|other| other.len())
                    .sum();
                let others = reach - usize::from(related(source, source));
                for &(_, _, record) in *run {
                    counts[record as usize] = others as u32;
                }
            }
        }
        counts
    }

    /// Iterates over the records of each label, in order.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[(u64, SourceId, u32)]> {
        self.order.chunk_by(|a, b| a.0 == b.0)
    }
}

/// Returns the number of unordered pairs behind counts made with a symmetric relation.
pub(crate) fn pairs(counts: &[u32]) -> u64 {
    counts.iter().map(|&count| u64::from(count)).sum::<u64>() / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label 5 holds records 0 and 1 of source 0 and record 3 of source 1; label 9 holds record 2.
    #[test]
    fn a_record_does_not_count_itself() {
        let companions = Companions::new([5, 5, 9, 5].into_iter(), &[0, 0, 0, 1]);
        assert_eq!(companions.count(|_, _| true), [2, 2, 0, 2]);
        assert_eq!(companions.count(|a, b| a != b), [1, 1, 0, 2]);
        assert_eq!(pairs(&companions.count(|_, _| true)), 3);
        assert_eq!(pairs(&companions.count(|a, b| a != b)), 2);
    }
}
