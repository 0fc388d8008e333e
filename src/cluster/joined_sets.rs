//! Sets of records under construction, in which entities of an earlier linkage stand.

use hashbrown::HashMap;

use crate::record::{Entities, RecordId, UnionFind};
use crate::strategy::{EarlierLinkage, Evidence, Standing};

/// Joins the records of each entity that stood before.
pub(super) fn join_standing(earlier: &EarlierLinkage, sets: &mut UnionFind) {
    let mut first: HashMap<u32, RecordId> = HashMap::new();
    for (record, entity) in earlier.entity_of().iter().enumerate() {
        if let Some(entity) = *entity {
            let first = *first.entry(entity).or_insert(record as RecordId);
            sets.join(first, record as RecordId);
        }
    }
}

/// Sets of records that links join one by one, entities that stood before among them.
pub(super) struct JoinedSets {
    sets: UnionFind,
    /// Entity that stood before, of each set by its root, where such entities stay apart.
    entity: Vec<Option<u32>>,
}

impl JoinedSets {
    /// Starts with every record alone, or in the entity in which it stood.
    pub(super) fn new(records: usize, evidence: &Evidence<'_>) -> Self {
        let mut sets = UnionFind::new(records);
        let Some((earlier, standing)) = evidence.earlier() else {
            return Self { sets, entity: Vec::new() };
        };
        join_standing(earlier, &mut sets);
        let entity = match standing {
            Standing::Apart => earlier.entity_of().to_vec(),
            Standing::MayMerge => Vec::new(),
        };
        Self { sets, entity }
    }

    /// Returns the root of a record's set.
    pub(super) fn root(&mut self, record: RecordId) -> RecordId {
        self.sets.root(record)
    }

    /// Joins the sets of two records, unless two entities stay apart that stood before; returns
    /// the kept root and the lost one if they were joined.
    pub(super) fn join(&mut self, a: RecordId, b: RecordId) -> Option<(RecordId, RecordId)> {
        let (a, b) = (self.sets.root(a), self.sets.root(b));
        let entity = |root: RecordId| self.entity.get(root as usize).copied().flatten();
        let (x, y) = (entity(a), entity(b));
        if a == b || (x.is_some() && y.is_some()) {
            return None;
        }
        let joined = self.sets.join(a, b);
        if let (Some((kept, _)), Some(_)) = (joined, x.or(y)) {
            self.entity[kept as usize] = x.or(y);
        }
        joined
    }

    /// Returns the sets as entities.
    pub(super) fn entities(self) -> Entities {
        Entities::from_labels(&self.sets.roots())
    }
}
