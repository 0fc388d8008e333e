//! Records that are alike in every attribute: copies of one child's, of two children's hardly ever.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use rayon::prelude::*;

use crate::record::{MISSING, RecordId, Records};

/// Counts the pairs of some records that hold the same first value of every attribute, or none of
/// it; those that hold fewer than half of them say nothing.
pub(super) fn copies(records: &Records, some: impl ParallelIterator<Item = RecordId>) -> u64 {
    let columns: Vec<&[u32]> = records.columns().iter().map(|column| column.codes()).collect();
    let hasher = FixedState::with_seed(4);
    let hash = |record: RecordId| {
        let codes: Vec<u32> = columns.iter().map(|codes| codes[record as usize]).collect();
        let held = codes.iter().filter(|&&code| code != MISSING).count();
        (2 * held >= codes.len()).then(|| hasher.hash_one(codes))
    };
    let mut hashes: Vec<u64> = some.filter_map(hash).collect();
    hashes.par_sort_unstable();
    let pairs = |alike: &[u64]| (alike.len() * (alike.len() - 1) / 2) as u64;
    hashes.chunk_by(|x, y| x == y).map(pairs).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Attribute, AttributeKind, RecordsBuilder, Source};

    #[test]
    fn records_that_differ_in_one_attribute_are_no_copies() {
        let kinds = [("given_name", AttributeKind::GivenName), ("sex", AttributeKind::Sex)];
        let attributes = kinds.map(|(name, kind)| Attribute::new(name, kind));
        let mut builder = RecordsBuilder::new(attributes.to_vec());
        builder.open_source(Source::new("a"));
        let rows = [["anna", "F"], ["anna", ""], ["anna", "F"], ["anna", ""], ["anna", "F"]];
        let rows = [&rows[..], &[["", ""]; 3]].concat();
        for (id, row) in rows.iter().enumerate() {
            builder.push(&id.to_string(), |place| row[place]);
        }
        let records = builder.finish();
        assert_eq!(copies(&records, (0..8).into_par_iter()), 3 + 1);
        assert_eq!(copies(&records, (0..2).into_par_iter()), 0);
    }
}
