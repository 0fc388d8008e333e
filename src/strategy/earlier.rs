//! What an earlier linkage decided: new records are linked against it, and it is not redone.

use super::Links;
use crate::record::RecordId;

/// Entities and links of an earlier linkage, of those records that it had.
#[derive(Debug, Clone)]
pub struct EarlierLinkage {
    entity_of: Vec<Option<u32>>,
    next_entity: u32,
    links: Links,
}

/// Whether entities that stood before may be joined into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Never: a new record that speaks for two of them joins one.
    Apart,
    /// Where the evidence says so.
    MayMerge,
}

impl EarlierLinkage {
    /// Takes the entity of each record, by its number; `None` for a new record.
    ///
    /// Numbers from `next_entity` on are free. The links are of records that are not new.
    pub fn new(entity_of: Vec<Option<u32>>, next_entity: u32, mut links: Links) -> Self {
        links.by_key.sort_unstable_by_key(|(_, link)| (link.a, link.b));
        links.by_probability.sort_unstable_by_key(|link| (link.a, link.b));
        Self { entity_of, next_entity, links }
    }

    /// Returns the entity in which each record stood; `None` for a new record.
    pub fn entity_of(&self) -> &[Option<u32>] {
        &self.entity_of
    }

    /// Returns the first number that no entity has, gone ones included.
    pub fn next_entity(&self) -> u32 {
        self.next_entity
    }

    /// Says whether a record is new.
    pub fn is_new(&self, record: RecordId) -> bool {
        self.entity_of[record as usize].is_none()
    }

    /// Returns the links of the earlier linkage.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Says of each record whether it is new.
    pub(super) fn newness(&self) -> Vec<bool> {
        self.entity_of.iter().map(Option::is_none).collect()
    }
}
