//! Components of linked records, small enough to weigh every pair inside.

use rayon::prelude::*;

use super::joined_sets::given_sets;
use crate::record::{Entities, RecordId, Records, UnionFind};
use crate::strategy::{Constraints, EarlierLinkage, Evidence, Links, Standing};

/// Records of a component at most; weaker links do not make it larger.
pub(super) const LARGEST: usize = 400;

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

/// Parts every component and puts the sets together; `part` gives each member the label of its
/// set.
///
/// Links are taken best first, and one that would make a component too large is left out. After
/// an earlier linkage its entities come whole, and only those that a new record may change.
pub(super) fn partition(
    records: &Records,
    links: &Links,
    evidence: &Evidence<'_>,
    part: impl Fn(&Component<'_>) -> Vec<usize> + Sync,
) -> Entities {
    let linked = Linked::of(records, links, evidence);
    let parted: Vec<Option<Vec<usize>>> = (0..linked.count())
        .into_par_iter()
        .with_min_len(256)
        .map(|place| {
            if linked.members(place).len() == 2 && !linked.may_exclude {
                return None;
            }
            let component = linked.component(place, records);
            // The link of two is all that there is to know of them.
            match component.size() {
                2 if !component.excludes(0, 1) => None,
                _ => Some(part(&component)),
            }
        })
        .collect();
    linked.entities(|place| parted[place].as_deref())
}

/// Records that links connect, by component.
pub(super) struct Linked<'a> {
    /// Records component by component, in order within each.
    members: Vec<RecordId>,
    /// Where each component starts, and the end of the last.
    starts: Vec<u32>,
    /// Links within components that a key decided, by their first record.
    by_key: Vec<(RecordId, RecordId)>,
    sources: Vec<u8>,
    /// Set in which each record is from the start.
    given: Vec<RecordId>,
    earlier: Option<&'a EarlierLinkage>,
    apart: bool,
    /// Whether any two records can be kept apart by what is known of them beforehand.
    may_exclude: bool,
    constraints: &'a Constraints,
}

impl<'a> Linked<'a> {
    /// Finds the components of two records and more.
    pub(super) fn of(records: &Records, links: &Links, evidence: &Evidence<'a>) -> Self {
        let earlier = evidence.earlier();
        let sets = given_sets(records.len(), evidence);
        let given = sets.clone().roots();
        let roots = joined(sets, links).roots();
        let mut sizes = vec![0u32; records.len()];
        roots.iter().for_each(|&root| sizes[root as usize] += 1);
        if let Some((earlier, _)) = earlier {
            let mut changes = vec![false; records.len()];
            let new = (0..records.len() as RecordId).filter(|&record| earlier.is_new(record));
            new.for_each(|record| changes[roots[record as usize] as usize] = true);
            let unchanged = sizes.iter_mut().zip(changes).filter(|(_, changes)| !changes);
            unchanged.for_each(|(size, _)| *size = 0);
        }
        let (mut starts, mut next) = (vec![0], vec![u32::MAX; records.len()]);
        let mut members = 0;
        for &root in &roots {
            let size = sizes[root as usize];
            if size > 1 && next[root as usize] == u32::MAX {
                next[root as usize] = members;
                members += size;
                starts.push(members);
            }
        }
        let mut linked = Self {
            members: vec![0; members as usize],
            starts,
            by_key: Vec::new(),
            sources: records.source_ids(),
            given,
            earlier: earlier.map(|(earlier, _)| earlier),
            apart: matches!(earlier, Some((_, Standing::Apart))),
            may_exclude: earlier.is_some()
                || !evidence.constraints().is_empty()
                || records.sources().iter().any(|source| source.duplicate_free),
            constraints: evidence.constraints(),
        };
        for (record, &root) in roots.iter().enumerate() {
            let next = &mut next[root as usize];
            if *next != u32::MAX {
                linked.members[*next as usize] = record as RecordId;
                *next += 1;
            }
        }
        let within = |&(a, b): &(RecordId, RecordId)| {
            roots[a as usize] == roots[b as usize] && sizes[roots[a as usize] as usize] > 1
        };
        linked.by_key =
            links.by_key.iter().map(|(_, link)| (link.a, link.b)).filter(within).collect();
        linked.by_key.sort_unstable();
        linked
    }

    /// Returns the number of components.
    pub(super) fn count(&self) -> usize {
        self.starts.len() - 1
    }

    fn members(&self, place: usize) -> &[RecordId] {
        &self.members[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Puts sets together, given for each component as one label a member; `None` for one set.
    ///
    /// Records of no component stand alone, or in the entity in which they stood before.
    pub(super) fn entities<'s>(&self, sets: impl Fn(usize) -> Option<&'s [usize]>) -> Entities {
        let mut labels = self.given.clone();
        for component in 0..self.count() {
            let (members, sets) = (self.members(component), sets(component));
            for (place, &record) in members.iter().enumerate() {
                let alike = |sets: &[usize]| sets.iter().position(|set| *set == sets[place]);
                let first = sets.map_or(Some(0), alike).expect("its own label is there");
                labels[record as usize] = members[first];
            }
        }
        Entities::from_labels(&labels)
    }

    /// Returns the component at a place.
    pub(super) fn component(&self, place: usize, records: &Records) -> Component<'a> {
        let members = self.members(place);
        let find = |record| members.binary_search(&record).expect("links stay inside");
        let of_record = |record: RecordId| {
            let start = self.by_key.partition_point(|&(a, _)| a < record);
            self.by_key[start..].iter().take_while(move |&&(a, _)| a == record)
        };
        let declared =
            |source: u8| records.sources()[usize::from(source)].duplicate_free.then_some(source);
        let stood = |record| self.earlier.is_some_and(|earlier| !earlier.is_new(record));
        Component {
            certain: members
                .iter()
                .flat_map(|&record| of_record(record))
                .map(|&(a, b)| (find(a), find(b)))
                .collect(),
            unique: members.iter().map(|&r| declared(self.sources[r as usize])).collect(),
            given: members.iter().map(|&r| self.given[r as usize]).collect(),
            stood: members.iter().map(|&r| stood(r)).collect(),
            members: members.to_vec(),
            apart: self.apart,
            constraints: self.constraints,
        }
    }
}

/// Counts the groups of more than so many of the records that links join, and the records of the
/// largest; `None` if there is none.
pub fn groups_too_large(records: usize, links: &Links, most: usize) -> Option<(usize, usize)> {
    let mut sets = UnionFind::new(records);
    links.iter().for_each(|(_, link)| {
        sets.join(link.a, link.b);
    });
    let mut sizes = vec![0usize; records];
    sets.roots().into_iter().for_each(|root| sizes[root as usize] += 1);
    let large = sizes.iter().filter(|&&size| size > most);
    let largest = large.clone().max()?;
    Some((large.count(), *largest))
}

/// Joins sets by links, the best first; none that would make one too large.
fn joined(mut sets: UnionFind, links: &Links) -> UnionFind {
    // Where all of them together make none too large their order is nothing to the sets.
    let mut all = sets.clone();
    let small = links.iter().all(|(_, link)| match all.join(link.a, link.b) {
        Some((root, _)) => all.size(root) as usize <= LARGEST,
        None => true,
    });
    if small {
        return all;
    }
    for link in links.best_first() {
        let (a, b) = (sets.root(link.a), sets.root(link.b));
        if a != b && (sets.size(a) + sets.size(b)) as usize <= LARGEST {
            sets.join(a, b);
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::Link;

    /// Returns links of records each with the next, of weights that fall and rise.
    fn chain(records: u32) -> Links {
        let weight = |a: u32| (a.wrapping_mul(2_654_435_761) >> 20) as f32;
        let link = |a| Link { a, b: a + 1, pattern: 0, weight: weight(a) };
        let by_probability = (0..records - 1).map(link).collect();
        Links { by_key: Vec::new(), by_probability }
    }

    #[test]
    fn the_weakest_links_are_left_out_where_a_component_would_be_too_large() {
        let records = LARGEST as u32 + 1;
        let links = chain(records);
        let mut last = joined(UnionFind::new(records as usize), &links);
        let weakest = links.best_first()[LARGEST - 1];
        assert_ne!(last.root(weakest.a), last.root(weakest.b));
        assert_eq!(last.root(0), last.root(weakest.a));
        assert_eq!(last.root(records - 1), last.root(weakest.b));
        let mut whole = joined(UnionFind::new(records as usize), &chain(records - 1));
        assert_eq!(whole.root(0), whole.root(records - 2));
        let root = whole.root(0);
        assert_eq!(whole.size(root) as usize, LARGEST);
    }
}
