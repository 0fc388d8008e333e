//! Which records hold several values, and where these are: without a search, since pairs ask.

use std::ops::Range;

use super::RecordId;

/// Records that hold several values, or further ones, of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holders {
    /// Of 64 records each; none if no record holds any.
    words: Vec<Word>,
    /// Where the values of each holder begin; those of the next begin where they end.
    starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Word {
    /// Records that are holders, as bits.
    holders: u64,
    /// Holders before them.
    before: u32,
}

impl Holders {
    /// Finds the holders among so many records, given the record of each value, in order.
    pub(crate) fn of(holders: impl IntoIterator<Item = RecordId>, records: usize) -> Self {
        let (mut words, mut starts) = (Vec::new(), Vec::new());
        let (mut latest, mut values) = (None, 0);
        for record in holders {
            if latest.replace(record) != Some(record) {
                words.resize(records.div_ceil(64), Word::default());
                words[record as usize / 64].holders |= 1 << (record % 64);
                starts.push(values);
            }
            values += 1;
        }
        starts.push(values);
        let mut before = 0;
        for word in &mut words {
            word.before = before;
            before += word.holders.count_ones();
        }
        Self { words, starts }
    }

    /// Says whether a record is a holder.
    #[inline]
    pub(crate) fn contains(&self, record: RecordId) -> bool {
        let word = self.words.get(record as usize / 64);
        word.is_some_and(|word| word.holders >> (record % 64) & 1 != 0)
    }

    /// Returns where the values of a record are; nowhere if it is none.
    #[inline]
    pub(crate) fn range(&self, record: RecordId) -> Range<usize> {
        let Some(word) = self.words.get(record as usize / 64) else { return 0..0 };
        let bit = 1 << (record % 64);
        if word.holders & bit == 0 {
            return 0..0;
        }
        let number = word.before as usize + (word.holders & (bit - 1)).count_ones() as usize;
        self.starts[number] as usize..self.starts[number + 1] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_are_found_as_by_a_search() {
        // Records at both ends of words, and words without any.
        let records = [0, 1, 63, 64, 127, 128, 300, 301, 446, 447];
        let further: Vec<(RecordId, u32)> = records
            .into_iter()
            .flat_map(|record| (0..=record % 3).map(move |code| (record, code)))
            .collect();
        let holders = Holders::of(further.iter().map(|&(record, _)| record), 448);
        for record in 0..448 {
            let start = further.partition_point(|&(other, _)| other < record);
            let end = further.partition_point(|&(other, _)| other <= record);
            assert_eq!(holders.contains(record), start < end, "record {record}");
            let range = holders.range(record);
            assert_eq!(further[range], further[start..end], "record {record}");
        }
        let none = Holders::of([], 448);
        assert!(!none.contains(447) && none.range(447).is_empty());
    }
}
