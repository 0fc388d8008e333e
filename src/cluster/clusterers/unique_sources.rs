//! Components that keep the holders' word: no entity has two records of a duplicate-free source.

use crate::cluster::Clusterer;
use crate::cluster::joined_sets::JoinedSets;
use crate::record::{Entities, RecordId, Records};
use crate::strategy::{Evidence, Links};

/// Takes links best first and refuses those that would break a source's declaration.
///
/// Between two duplicate-free sources this is greedy one-to-one assignment; without any
/// declaration it is the connected components.
pub(super) struct UniqueSources;

impl Clusterer for UniqueSources {
    fn name(&self) -> &'static str {
        "unique_sources"
    }

    fn describe(&self) -> &'static str {
        "Takes links best first, never joining two records of a duplicate-free source."
    }

    fn cluster(&self, records: &Records, links: &Links, evidence: &Evidence<'_>) -> Entities {
        let unique: Vec<bool> = records.sources().iter().map(|s| s.duplicate_free).collect();
        let mut sets = JoinedSets::new(records.len(), evidence);
        // Duplicate-free sources present in each set, as bits: there are at most 64 sources.
        let of_record: Vec<u64> = records
            .source_ids()
            .into_iter()
            .map(|source| u64::from(unique[source as usize]) << source)
            .collect();
        let mut present = of_record.clone();
        for (record, bits) in of_record.iter().enumerate() {
            let root = sets.root(record as RecordId) as usize;
            present[root] |= bits;
        }
        for link in links.best_first() {
            let (a, b) = (sets.root(link.a), sets.root(link.b));
            if a != b && present[a as usize] & present[b as usize] != 0 {
                continue;
            }
            if let Some((kept, lost)) = sets.join(a, b) {
                present[kept as usize] |= present[lost as usize];
            }
        }
        sets.entities()
    }
}
