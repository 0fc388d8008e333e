//! Constraints: what somebody has decided of two records, whatever the evidence says.

use super::{Assignment, Link, Method};
use crate::record::RecordId;

/// Pairs of records that cannot be linked, and pairs that must be.
///
/// The linkage custodian's word about single records, where a [`Veto`](super::Veto) is a rule
/// about their values. It binds keys, probability and clusterers alike.
/// Source of the idea: Wagstaff et al. (2001), ICML 18, "must-link" and "cannot-link".
#[derive(Default)]
pub struct Constraints {
    /// Pairs that are never in one entity, sorted, the smaller record first.
    apart: Vec<(RecordId, RecordId)>,
    /// Pairs that are always in one entity, sorted, the smaller record first.
    together: Vec<(RecordId, RecordId)>,
    /// Records of the pairs that are apart, sorted.
    restricted: Vec<RecordId>,
    sealed: Option<Sealed>,
}

/// Constraints of a linkage about which nobody has decided anything.
pub(super) static NONE: Constraints =
    Constraints { apart: Vec::new(), together: Vec::new(), restricted: Vec::new(), sealed: None };

impl Constraints {
    /// Takes pairs that cannot be linked and pairs that must be, in any order.
    ///
    /// Nothing may be asked for that contradicts itself: no record is to be apart from another
    /// that it must be with, by however many steps.
    pub fn new(
        apart: impl IntoIterator<Item = (RecordId, RecordId)>,
        together: impl IntoIterator<Item = (RecordId, RecordId)>,
    ) -> Self {
        let apart = sorted(apart);
        let mut restricted: Vec<RecordId> = apart.iter().flat_map(|&(a, b)| [a, b]).collect();
        restricted.sort_unstable();
        restricted.dedup();
        Self { apart, together: sorted(together), restricted, sealed: None }
    }

    /// Adds what is sealed, which goes before pairs that must be linked.
    #[must_use]
    pub fn with_sealed(mut self, sealed: Sealed) -> Self {
        self.together.retain(|&(a, b)| !sealed.forbids(a, b));
        Self { sealed: Some(sealed), ..self }
    }

    /// Says whether there is nothing to keep to.
    pub fn is_empty(&self) -> bool {
        self.apart.is_empty() && self.together.is_empty() && self.sealed.is_none()
    }

    /// Says whether two records cannot be linked.
    pub fn forbids(&self, a: RecordId, b: RecordId) -> bool {
        let apart = || self.apart.binary_search(&(a.min(b), a.max(b))).is_ok();
        (!self.apart.is_empty() && apart())
            || self.sealed.as_ref().is_some_and(|sealed| sealed.forbids(a, b))
    }

    /// Says whether a record is in no candidate pair at all.
    pub fn retires(&self, record: RecordId) -> bool {
        self.sealed.as_ref().is_some_and(|sealed| sealed.retired[record as usize])
    }

    /// Says whether any record is in no candidate pair at all.
    pub fn retires_any(&self) -> bool {
        self.sealed.as_ref().is_some_and(|sealed| sealed.retired.contains(&true))
    }

    /// Says whether a record is in any pair that cannot be linked.
    pub fn restricts(&self, record: RecordId) -> bool {
        let sealed = |sealed: &Sealed| sealed.restricts(record);
        self.restricted.binary_search(&record).is_ok() || self.sealed.as_ref().is_some_and(sealed)
    }

    /// Returns the number of pairs that cannot be linked and are in one entity, by the number of
    /// each record's entity.
    pub fn broken_by(&self, entity_of: &[Option<u32>]) -> usize {
        let same = |a: RecordId, b: RecordId| {
            entity_of[a as usize].is_some() && entity_of[a as usize] == entity_of[b as usize]
        };
        let apart = self.apart.iter().filter(|&&(a, b)| same(a, b)).count();
        let all = 0..entity_of.len() as RecordId;
        let sealed = self.sealed.iter().flat_map(|sealed| {
            let pair = |&(a, b): &(RecordId, RecordId)| same(a, b) && (sealed.test)(a, b);
            let restricted = all.clone().filter(|&record| sealed.restricts(record));
            let pairs = restricted.flat_map(|a| all.clone().map(move |b| (a, b)));
            pairs.filter(move |(a, b)| a != b).filter(pair).collect::<Vec<_>>()
        });
        apart + sealed.count()
    }

    /// Returns the pairs that must be linked, sorted.
    pub fn together(&self) -> &[(RecordId, RecordId)] {
        &self.together
    }

    /// Returns what a key decided, without the pairs that cannot be linked and with those that
    /// must be.
    pub(super) fn bind(&self, mut assignment: Assignment) -> Assignment {
        if self.is_empty() {
            return assignment;
        }
        let links = &mut assignment.links;
        links.retain(|(_, link)| !self.forbids(link.a, link.b));
        let decided = |a, b| {
            let link = Link { a, b, pattern: 0, weight: f32::INFINITY };
            (Method::Custodian, link)
        };
        let known = links.len();
        for &(a, b) in &self.together {
            let place = |(_, link): &(Method, Link)| (link.a, link.b);
            if links[..known].binary_search_by_key(&(a, b), place).is_err() {
                links.push(decided(a, b));
            }
        }
        links.sort_unstable_by_key(|(_, link)| (link.a, link.b));
        assignment
    }
}

/// Test of a pair of records that only somebody with a key can make.
pub type PairTest = Box<dyn Fn(RecordId, RecordId) -> bool + Send + Sync>;

/// Records of identities that were sealed, and what tests a proposed pair.
pub struct Sealed {
    retired: Vec<bool>,
    sealed: Vec<bool>,
    test: PairTest,
}

impl Sealed {
    /// Takes who is retired and who is of a sealed identity, by record, and the test of a pair,
    /// which is asked only of pairs with one of the latter.
    pub fn new(retired: Vec<bool>, sealed: Vec<bool>, test: PairTest) -> Self {
        Self { retired, sealed, test }
    }

    fn restricts(&self, record: RecordId) -> bool {
        self.retired[record as usize] || self.sealed[record as usize]
    }

    fn forbids(&self, a: RecordId, b: RecordId) -> bool {
        let either = |of: &[bool]| of[a as usize] || of[b as usize];
        either(&self.retired) || (either(&self.sealed) && (self.test)(a, b))
    }
}

fn sorted(pairs: impl IntoIterator<Item = (RecordId, RecordId)>) -> Vec<(RecordId, RecordId)> {
    let mut pairs: Vec<_> = pairs.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
