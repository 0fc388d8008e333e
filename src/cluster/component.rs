//! Components of linked records, small enough to weigh every pair inside.

use super::joined_sets::given_sets;
use crate::record::{Entities, RecordId, Records};
use crate::strategy::{Constraints, Evidence, Links, Standing};

/// Records of a component at most; weaker links do not make it larger.
const LARGEST: usize = 400;

/// Records that links connect, and those of the links that a key decided.
pub(super) struct Component<'a> {
    /// Records, in order; two at least.
    pub(super) members: Vec<RecordId>,
    /// Pairs of places among the members that a key decided.
    pub(super) certain: Vec<(usize, usize)>,
    /// Sources of the members that are declared free of duplicates, as numbers; `None` else.
    unique: Vec<Option<u8>>,
    /// Sets in which the members are from the start: entities that stood before, and records
    /// that must be linked.
    given: Vec<RecordId>,
    /// Whether the members stood in an entity before.
    stood: Vec<bool>,
    /// Whether two such entities stay apart.
    apart: bool,
    constraints: &'a Constraints,
}

impl Component<'_> {
    /// Says whether two members stay together: they stood in one entity before, or must be linked.
    pub(super) fn stands(&self, x: usize, y: usize) -> bool {
        self.given[x] == self.given[y]
    }

    /// Says whether two members can never be one child: being of one duplicate-free source, of two
    /// entities that stay apart, or decided upon.
    pub(super) fn excludes(&self, x: usize, y: usize) -> bool {
        let of_one_source = self.unique[x].is_some() && self.unique[x] == self.unique[y];
        let of_two_entities = self.apart && self.stood[x] && self.stood[y];
        let decided = || self.constraints.forbids(self.members[x], self.members[y]);
        !self.stands(x, y) && (of_one_source || of_two_entities || decided())
    }

    /// Returns the number of members.
    pub(super) fn size(&self) -> usize {
        self.members.len()
    }
}

/// Returns the components of two records and more.
///
/// Links are taken best first, and one that would make a component too large is left out. After
/// an earlier linkage its entities come whole, and only those that a new record may change.
pub(super) fn components<'a>(
    records: &Records,
    links: &Links,
    evidence: &Evidence<'a>,
) -> Vec<Component<'a>> {
    let earlier = evidence.earlier();
    let apart = matches!(earlier, Some((_, Standing::Apart)));
    let mut sets = given_sets(records.len(), evidence);
    let given = sets.clone().roots();
    for link in links.best_first() {
        let (a, b) = (sets.root(link.a), sets.root(link.b));
        if a != b && (sets.size(a) + sets.size(b)) as usize <= LARGEST {
            sets.join(a, b);
        }
    }
    let sizes: Vec<u32> = (0..records.len() as RecordId).map(|record| sets.size(record)).collect();
    let roots = sets.roots();
    let mut changes = vec![earlier.is_none(); records.len()];
    if let Some((earlier, _)) = earlier {
        let new = (0..records.len() as RecordId).filter(|&record| earlier.is_new(record));
        new.for_each(|record| changes[roots[record as usize] as usize] = true);
    }
    let larger = |root: &u32| sizes[*root as usize] > 1 && changes[*root as usize];
    let sources = records.source_ids();
    let mut place = vec![u32::MAX; records.len()];
    let mut components: Vec<Component<'a>> = Vec::new();
    for (record, &root) in roots.iter().enumerate().filter(|(_, root)| larger(root)) {
        let slot = &mut place[root as usize];
        if *slot == u32::MAX {
            *slot = components.len() as u32;
            components.push(Component {
                members: Vec::new(),
                certain: Vec::new(),
                unique: Vec::new(),
                given: Vec::new(),
                stood: Vec::new(),
                apart,
                constraints: evidence.constraints(),
            });
        }
        let component = &mut components[*slot as usize];
        let source = sources[record];
        let declared = records.sources()[source as usize].duplicate_free;
        component.members.push(record as RecordId);
        component.unique.push(declared.then_some(source));
        component.given.push(given[record]);
        let stood = earlier.is_some_and(|(earlier, _)| !earlier.is_new(record as RecordId));
        component.stood.push(stood);
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
///
/// Records of no component stand alone, or in the entity in which they stood before.
pub(super) fn entities(
    records: usize,
    evidence: &Evidence<'_>,
    parted: &[(Component<'_>, Vec<usize>)],
) -> Entities {
    let mut labels = given_sets(records, evidence).roots();
    for (component, sets) in parted {
        for (place, &record) in component.members.iter().enumerate() {
            let first = sets.iter().position(|set| *set == sets[place]).expect("is there");
            labels[record as usize] = component.members[first];
        }
    }
    Entities::from_labels(&labels)
}
