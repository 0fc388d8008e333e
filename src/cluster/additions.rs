//! What new records add to entities that stand: they join one, start one, or speak for two.

use super::Clusterer;
use crate::error::Result;
use crate::record::{Entities, RecordId};
use crate::strategy::{EarlierLinkage, Link, LinkInput, Linkage, Links, Method, Standing};

/// Entities after new records were added to those of an earlier linkage.
#[derive(Debug, Clone, PartialEq)]
pub struct Additions {
    /// Partition of all records.
    pub entities: Entities,
    /// Number of each record's entity: the earlier one where it stood, the lowest where several
    /// were merged, else the next that is free.
    pub numbers: Vec<u32>,
    /// New records in an entity that stood before.
    pub joined: u64,
    /// Entities of new records alone.
    pub started: u32,
    /// Entities that stood and that the evidence would merge into another.
    pub mergeable: u32,
    /// Entities that stood and were merged into another: all of those, or none.
    pub merged: u32,
    /// Links between the parts of what the evidence would merge, sorted by records.
    pub cross_links: Vec<CrossLink>,
}

/// Link between two parts of what the evidence would merge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossLink {
    /// How the link was decided.
    pub method: Method,
    /// Link.
    pub link: Link,
    /// Numbers of the entities of its two records, while all that stood are kept apart.
    pub entities: [u32; 2],
}

/// Adds new records to the entities of an earlier linkage, none of which is ever parted.
///
/// `linkage` is of the pairs with a new record. Where the clusterer, free to, would merge entities
/// that stood, the links between these are cross-links, for somebody to judge. Under
/// [`Standing::Apart`] a new record goes to the one that it agrees with best; under
/// [`Standing::MayMerge`] they are merged.
///
/// # Errors
/// What comparing refuses.
pub fn add(
    clusterer: &dyn Clusterer,
    input: &LinkInput<'_>,
    linkage: &Linkage,
    earlier: &EarlierLinkage,
    standing: Standing,
) -> Result<Additions> {
    let evidence = linkage.evidence(input)?.after(earlier, Standing::Apart);
    let apart = clusterer.cluster(input.records, &linkage.links, &evidence);
    let evidence = evidence.after(earlier, Standing::MayMerge);
    let free = clusterer.cluster(input.records, &linkage.links, &evidence);
    let cross_links = cross_links(&linkage.links, earlier, &apart, &free);
    let before = stood(&apart, earlier).iter().flatten().count();
    let mergeable = (before - stood(&free, earlier).iter().flatten().count()) as u32;
    let (entities, merged) = match standing {
        Standing::Apart => (apart, 0),
        Standing::MayMerge => (free, mergeable),
    };
    let stood = stood(&entities, earlier);
    let entity_of = entities.entity_of().iter().zip(earlier.entity_of());
    let joins = |(entity, before): &(&u32, &Option<u32>)| {
        before.is_none() && stood[**entity as usize].is_some()
    };
    Ok(Additions {
        numbers: numbers(&entities, earlier),
        joined: entity_of.filter(joins).count() as u64,
        started: stood.iter().filter(|stood| stood.is_none()).count() as u32,
        mergeable,
        merged,
        cross_links,
        entities,
    })
}

/// Returns the lowest number under which each entity stood; `None` for those of new records.
fn stood(entities: &Entities, earlier: &EarlierLinkage) -> Vec<Option<u32>> {
    let mut lowest: Vec<Option<u32>> = vec![None; entities.count() as usize];
    for (&entity, before) in entities.entity_of().iter().zip(earlier.entity_of()) {
        let lowest = &mut lowest[entity as usize];
        *lowest = lowest.iter().chain(before).min().copied();
    }
    lowest
}

/// Returns the links between parts of entities that hold several of those that stood.
fn cross_links(
    links: &Links,
    earlier: &EarlierLinkage,
    apart: &Entities,
    free: &Entities,
) -> Vec<CrossLink> {
    let numbers = numbers(apart, earlier);
    let mut before: Vec<(u32, u32)> = free
        .entity_of()
        .iter()
        .zip(earlier.entity_of())
        .filter_map(|(&entity, before)| Some((entity, (*before)?)))
        .collect();
    before.sort_unstable();
    before.dedup();
    let mut several = vec![false; free.count() as usize];
    for two in before.windows(2).filter(|two| two[0].0 == two[1].0) {
        several[two[0].0 as usize] = true;
    }
    let merged = |record: RecordId| free.entity_of()[record as usize];
    let mut cross_links: Vec<CrossLink> = links
        .iter()
        .map(|(method, link)| {
            let entities = [link.a, link.b].map(|record| numbers[record as usize]);
            CrossLink { method, link, entities }
        })
        .filter(|CrossLink { link, entities, .. }| {
            let within = merged(link.a) == merged(link.b) && several[merged(link.a) as usize];
            within && entities[0] != entities[1]
        })
        .collect();
    cross_links.sort_unstable_by_key(|cross| (cross.link.a, cross.link.b));
    cross_links
}

/// Returns the number of each record's entity: the lowest under which it stood, else the next
/// free one in the order of first records.
fn numbers(entities: &Entities, earlier: &EarlierLinkage) -> Vec<u32> {
    let mut free = earlier.next_entity()..;
    let number: Vec<u32> = stood(entities, earlier)
        .into_iter()
        .map(|stood| stood.or_else(|| free.next()).expect("there are fewer records than numbers"))
        .collect();
    entities.entity_of().iter().map(|&entity| number[entity as usize]).collect()
}
