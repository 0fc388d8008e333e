//! Which handle an entity of a new linkage keeps, so that identifiers stay what they were.

use std::collections::{BTreeMap, BTreeSet};

use super::Handle;
use crate::error::Result;

/// Handles for the entities of a linkage, and how they differ from those held before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reassignment {
    /// Handle of each record, in the order of the records.
    pub handles: Vec<Handle>,
    /// Records that had none.
    pub new: u64,
    /// Records that keep theirs.
    pub unchanged: u64,
    /// Records that get another, by place.
    pub moved: Vec<usize>,
    /// Handles that no entity keeps, with the one that most of their records get.
    pub merged: Vec<(Handle, Handle)>,
    /// Handles some of whose records become an entity of their own, with its new handle.
    pub split: Vec<(Handle, Handle)>,
}

/// Gives each entity the handle that most of its records hold, no handle to two entities.
///
/// The entity with the most records of a handle keeps it; of two with as many, the entity of the
/// earlier record. Of two handles with as many records in an entity the smaller stays. An entity
/// that keeps none gets a fresh one.
///
/// # Errors
/// What making a fresh handle meets.
///
/// # Panics
/// If the two slices differ in length.
pub(super) fn reassign(
    held: &[Option<Handle>],
    entity_of: &[u32],
    mut fresh: impl FnMut() -> Result<Handle>,
) -> Result<Reassignment> {
    assert_eq!(held.len(), entity_of.len(), "a record has an entity");
    let mut shared: BTreeMap<(u32, Handle), u32> = BTreeMap::new();
    for (handle, &entity) in held.iter().zip(entity_of) {
        if let Some(handle) = handle {
            *shared.entry((entity, *handle)).or_default() += 1;
        }
    }
    let mut first_record: BTreeMap<u32, usize> = BTreeMap::new();
    for (place, &entity) in entity_of.iter().enumerate() {
        first_record.entry(entity).or_insert(place);
    }
    let mut claims: Vec<(u32, usize, Handle, u32)> = shared
        .iter()
        .map(|(&(entity, handle), &count)| (count, first_record[&entity], handle, entity))
        .collect();
    claims.sort_unstable_by_key(|&(count, first, handle, _)| {
        (std::cmp::Reverse(count), first, handle)
    });
    let (mut handle_of, mut kept) = (BTreeMap::new(), BTreeSet::new());
    for (_, _, handle, entity) in claims {
        if !kept.contains(&handle) && !handle_of.contains_key(&entity) {
            handle_of.insert(entity, handle);
            kept.insert(handle);
        }
    }
    // Entities in the order of their first records, so that fresh handles come in a fixed order.
    let mut by_first: Vec<(usize, u32)> =
        first_record.iter().map(|(&entity, &first)| (first, entity)).collect();
    by_first.sort_unstable();
    let mut made = BTreeSet::new();
    for (_, entity) in by_first {
        if let std::collections::btree_map::Entry::Vacant(place) = handle_of.entry(entity) {
            made.insert(*place.insert(fresh()?));
        }
    }
    let handles: Vec<Handle> = entity_of.iter().map(|entity| handle_of[entity]).collect();
    Ok(compare(held, handles, &kept, &made))
}

/// Says how the new handles differ from those that were held.
fn compare(
    held: &[Option<Handle>],
    handles: Vec<Handle>,
    kept: &BTreeSet<Handle>,
    made: &BTreeSet<Handle>,
) -> Reassignment {
    let (mut new, mut unchanged, mut moved) = (0, 0, Vec::new());
    let mut went: BTreeMap<Handle, BTreeMap<Handle, u32>> = BTreeMap::new();
    for (place, (before, &after)) in held.iter().zip(&handles).enumerate() {
        match *before {
            None => new += 1,
            Some(before) if before == after => unchanged += 1,
            Some(before) => {
                moved.push(place);
                *went.entry(before).or_default().entry(after).or_default() += 1;
            }
        }
    }
    let (mut merged, mut split) = (Vec::new(), Vec::new());
    for (before, targets) in &went {
        if !kept.contains(before) {
            let most =
                targets.iter().max_by_key(|(target, count)| (**count, std::cmp::Reverse(**target)));
            merged.extend(most.map(|(target, _)| (*before, *target)));
        }
        split.extend(targets.keys().filter(|t| made.contains(*t)).map(|target| (*before, *target)));
    }
    Reassignment { handles, new, unchanged, moved, merged, split }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(number: u8) -> Handle {
        Handle::from_bytes([number; 16])
    }

    /// Handles by number, 0 for none; fresh ones count from 100.
    fn reassigned(held: &[u8], entity_of: &[u32]) -> Reassignment {
        let held: Vec<_> = held.iter().map(|&n| (n > 0).then(|| handle(n))).collect();
        let mut next = 99;
        reassign(&held, entity_of, || {
            next += 1;
            Ok(handle(next))
        })
        .unwrap()
    }

    fn numbers(handles: &[Handle]) -> Vec<u8> {
        handles.iter().map(|handle| handle.bytes()[0]).collect()
    }

    #[test]
    fn entities_that_are_the_same_keep_their_handles_whatever_they_are_called() {
        for entity_of in [[0, 0, 1, 2], [7, 7, 3, 0]] {
            let found = reassigned(&[1, 1, 2, 3], &entity_of);
            assert_eq!(numbers(&found.handles), [1, 1, 2, 3]);
            assert_eq!((found.new, found.unchanged, found.moved.len()), (0, 4, 0));
        }
    }

    #[test]
    fn a_merge_keeps_the_handle_of_the_more_records_and_names_the_other() {
        let found = reassigned(&[1, 2, 2, 0], &[0, 0, 0, 0]);
        assert_eq!(numbers(&found.handles), [2; 4]);
        assert_eq!((found.new, found.unchanged, found.moved), (1, 2, vec![0]));
        assert_eq!((found.merged, found.split), (vec![(handle(1), handle(2))], vec![]));
    }

    #[test]
    fn a_split_leaves_the_handle_with_the_more_records() {
        let found = reassigned(&[1, 1, 1], &[0, 1, 1]);
        assert_eq!(numbers(&found.handles), [100, 1, 1]);
        assert_eq!((found.merged, found.split), (vec![], vec![(handle(1), handle(100))]));
        // Of two halves the one with the earlier record keeps it.
        assert_eq!(numbers(&reassigned(&[1, 1], &[5, 2]).handles), [1, 100]);
    }

    #[test]
    fn a_record_that_goes_over_to_another_entity_is_neither_merge_nor_split() {
        let found = reassigned(&[1, 1, 2, 2, 2], &[0, 0, 1, 1, 0]);
        assert_eq!(numbers(&found.handles), [1, 1, 2, 2, 1]);
        assert_eq!((found.moved, found.merged, found.split), (vec![4], vec![], vec![]));
    }

    #[test]
    fn two_entities_that_trade_records_never_share_a_handle() {
        let found = reassigned(&[1, 1, 1, 2, 2, 2], &[0, 1, 1, 0, 0, 1]);
        assert_eq!(numbers(&found.handles), [2, 1, 1, 2, 2, 1]);
        assert_eq!(found.moved, [0, 5]);
    }
}
