//! Entities: sets of records linked together; a child, if the links are right.

use super::RecordId;

/// Partition of the records; entities are numbered by their first record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entities {
    entity_of: Vec<u32>,
    count: u32,
}

impl Entities {
    /// Builds a partition from any labels, one a record.
    ///
    /// Labels are renumbered from 0 in the order of each entity's first record, so that
    /// the same partition is always the same value.
    ///
    /// ```
    /// let entities = cci::record::Entities::from_labels(&[7, 3, 7]);
    /// assert_eq!(entities.entity_of(), [0, 1, 0]);
    /// assert_eq!(entities.count(), 2);
    /// ```
    pub fn from_labels(labels: &[u32]) -> Self {
        let limit = labels.iter().max().map_or(0, |&top| top as usize + 1);
        let mut number = vec![u32::MAX; limit];
        let mut count = 0;
        let entity_of = labels
            .iter()
            .map(|&label| {
                let slot = &mut number[label as usize];
                if *slot == u32::MAX {
                    *slot = count;
                    count += 1;
                }
                *slot
            })
            .collect();
        Self { entity_of, count }
    }

    /// Returns the entity of each record.
    pub fn entity_of(&self) -> &[u32] {
        &self.entity_of
    }

    /// Returns the number of entities.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns the records of each entity, both in order.
    pub fn members(&self) -> Vec<Vec<RecordId>> {
        let mut members = vec![Vec::new(); self.count as usize];
        for (record, &entity) in self.entity_of.iter().enumerate() {
            members[entity as usize].push(record as RecordId);
        }
        members
    }
}
