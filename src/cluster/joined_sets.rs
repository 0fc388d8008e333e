//! Sets of records under construction, in which entities of an earlier linkage stand and what
//! was decided of single records is kept to.

use hashbrown::HashMap;

use crate::record::{Entities, RecordId, UnionFind};
use crate::strategy::{Constraints, Evidence, Standing};

/// Returns sets in which the records of each entity that stood before are joined, and those that
/// must be linked.
pub(super) fn given_sets(records: usize, evidence: &Evidence<'_>) -> UnionFind {
    let mut sets = UnionFind::new(records);
    let mut first: HashMap<u32, RecordId> = HashMap::new();
    let stood = evidence.earlier().map_or(&[][..], |(earlier, _)| earlier.entity_of());
    for (record, entity) in stood.iter().enumerate() {
        if let Some(entity) = *entity {
            let first = *first.entry(entity).or_insert(record as RecordId);
            sets.join(first, record as RecordId);
        }
    }
    for &(a, b) in evidence.constraints().together() {
        sets.join(a, b);
    }
    sets
}

/// Sets of records that links join one by one, entities that stood before among them.
pub(super) struct JoinedSets<'a> {
    sets: UnionFind,
    /// Entity that stood before, of each set by its root, where such entities stay apart.
    entity: Vec<Option<u32>>,
    constraints: &'a Constraints,
    /// Records of each set by its root, where there are constraints to keep to.
    members: Vec<Vec<RecordId>>,
}

impl<'a> JoinedSets<'a> {
    /// Starts with every record alone, or in the entity in which it stood.
    pub(super) fn new(records: usize, evidence: &Evidence<'a>) -> Self {
        let mut sets = given_sets(records, evidence);
        let constraints = evidence.constraints();
        let mut entity = match evidence.earlier() {
            Some((earlier, Standing::Apart)) => earlier.entity_of().to_vec(),
            Some((_, Standing::MayMerge)) | None => Vec::new(),
        };
        for record in 0..entity.len() {
            let root = sets.root(record as RecordId) as usize;
            entity[root] = entity[root].or(entity[record]);
        }
        let mut members = Vec::new();
        if !constraints.is_empty() {
            members.resize(records, Vec::new());
            for record in 0..records as RecordId {
                members[sets.root(record) as usize].push(record);
            }
        }
        Self { sets, entity, constraints, members }
    }

    /// Returns the root of a record's set.
    pub(super) fn root(&mut self, record: RecordId) -> RecordId {
        self.sets.root(record)
    }

    /// Joins the sets of two records, unless two entities stay apart that stood before, or two of
    /// their records cannot be linked; returns the kept root and the lost one if they were joined.
    pub(super) fn join(&mut self, a: RecordId, b: RecordId) -> Option<(RecordId, RecordId)> {
        let (a, b) = (self.sets.root(a), self.sets.root(b));
        let entity = |root: RecordId| self.entity.get(root as usize).copied().flatten();
        let (x, y) = (entity(a), entity(b));
        if a == b || (x.is_some() && y.is_some()) || self.forbids(a, b) {
            return None;
        }
        let joined = self.sets.join(a, b);
        if let (Some((kept, _)), Some(_)) = (joined, x.or(y)) {
            self.entity[kept as usize] = x.or(y);
        }
        if let (Some((kept, lost)), false) = (joined, self.members.is_empty()) {
            let lost = std::mem::take(&mut self.members[lost as usize]);
            self.members[kept as usize].extend(lost);
        }
        joined
    }

    /// Says whether a record of one set cannot be linked to one of the other.
    fn forbids(&self, a: RecordId, b: RecordId) -> bool {
        if self.members.is_empty() {
            return false;
        }
        let (ours, theirs) = (&self.members[a as usize], &self.members[b as usize]);
        let bars = |some: &[RecordId], others: &[RecordId]| {
            let mut restricted = some.iter().filter(|&&record| self.constraints.restricts(record));
            restricted.any(|&x| others.iter().any(|&y| self.constraints.forbids(x, y)))
        };
        // Of a pair that is sealed only the one side is known to be restricted.
        bars(ours, theirs) || bars(theirs, ours)
    }

    /// Returns the sets as entities.
    pub(super) fn entities(self) -> Entities {
        Entities::from_labels(&self.sets.roots())
    }
}
