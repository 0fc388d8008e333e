//! Components of linked records, small enough to weigh every pair inside.

use crate::record::{Entities, RecordId, Records, UnionFind};
use crate::strategy::Links;

/// Records of a component at most; weaker links do not make it larger.
const LARGEST: usize = 400;

/// Records that links connect, and those of the links that a key decided.
pub(super) struct Component {
    /// Records, in order; two at least.
    pub(super) members: Vec<RecordId>,
    /// Pairs of places among the members that a key decided.
    pub(super) certain: Vec<(usize, usize)>,
    /// Sources of the members that are declared free of duplicates, as numbers; `None` else.
    unique: Vec<Option<u8>>,
}

impl Component {
    /// Says whether two members can never be one child, being of one duplicate-free source.
    pub(super) fn excludes(&self, x: usize, y: usize) -> bool {
        self.unique[x].is_some() && self.unique[x] == self.unique[y]
    }

    /// Returns the number of members.
    pub(super) fn size(&self) -> usize {
        self.members.len()
    }
}

/// Returns the components of two records and more.
///
/// Links are taken best first, and one that would make a component too large is left out.
pub(super) fn components(records: &Records, links: &Links) -> Vec<Component> {
    let mut sets = UnionFind::new(records.len());
    for link in links.best_first() {
        let (a, b) = (sets.root(link.a), sets.root(link.b));
        if a != b && (sets.size(a) + sets.size(b)) as usize <= LARGEST {
            sets.join(a, b);
        }
    }
    let sizes: Vec<u32> = (0..records.len() as RecordId).map(|record| sets.size(record)).collect();
    let roots = sets.roots();
    let sources = records.source_ids();
    let mut place = vec![u32::MAX; records.len()];
    let mut components: Vec<Component> = Vec::new();
    for (record, &root) in roots.iter().enumerate().filter(|(_, root)| sizes[**root as usize] > 1) {
        let slot = &mut place[root as usize];
        if *slot == u32::MAX {
            *slot = components.len() as u32;
            let empty = Component { members: Vec::new(), certain: Vec::new(), unique: Vec::new() };
            components.push(empty);
        }
        let component = &mut components[*slot as usize];
        let source = sources[record];
        let declared = records.sources()[source as usize].duplicate_free;
        component.members.push(record as RecordId);
        component.unique.push(declared.then_some(source));
    }
    for &(_, link) in &links.by_key {
        let root = roots[link.a as usize];
        if root == roots[link.b as usize] {
            let component = &mut components[place[root as usize] as usize];
            let find = |r| component.members.binary_search(&r).expect("links stay inside");
            let pair = (find(link.a), find(link.b));
            component.certain.push(pair);
        }
    }
    components
}

/// Builds entities from the sets of each component, given as one label a member.
pub(super) fn entities(records: usize, parted: &[(Component, Vec<usize>)]) -> Entities {
    let mut labels: Vec<RecordId> = (0..records as RecordId).collect();
    for (component, sets) in parted {
        for (place, &record) in component.members.iter().enumerate() {
            let first = sets.iter().position(|set| *set == sets[place]).expect("is there");
            labels[record as usize] = component.members[first];
        }
    }
    Entities::from_labels(&labels)
}
