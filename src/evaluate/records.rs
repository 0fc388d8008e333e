//! Quality counted in records, which is how the report speaks: linked, missed, false.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use crate::record::SourceId;

/// Where a record's partners are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partners {
    /// In other sources, as the link mask allows. This is linkage.
    OtherSources,
    /// In the same source, since the link mask allows nothing else. This is deduplication.
    SameSource,
}

impl Partners {
    /// Finds where partners are, from the link mask.
    pub fn of(sources: SourceId, may_link: impl Fn(SourceId, SourceId) -> bool) -> Self {
        let across = (0..sources).any(|a| (a + 1..sources).any(|b| may_link(a, b)));
        if across { Partners::OtherSources } else { Partners::SameSource }
    }

    /// Says whether records of two sources can be partners, given that the mask allows them.
    pub fn between(self, a: SourceId, b: SourceId) -> bool {
        match self {
            Partners::OtherSources => a != b,
            Partners::SameSource => a == b,
        }
    }
}

/// Counts of records of some group.
///
/// A **partner** of a record is a record of the same child in another source that the link mask
/// allows; in a deduplication, in the same source. A record is
/// - **linkable** if it has a partner;
/// - **linked** if its entity holds another record in a place where partners are looked for;
/// - **missed** if it is linkable and its entity holds none of its partners;
/// - **partly missed** if it is linkable and its entity holds some of its partners, not all;
/// - **falsely linked** if it is linked and its entity holds a record of another child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecordQuality {
    /// Linked records among all records.
    pub linked: Rate,
    /// Linked records among linkable records.
    pub linked_of_linkable: Rate,
    /// Missed records among linkable records.
    pub missed: Rate,
    /// Partly missed records among linkable records.
    pub partly_missed: Rate,
    /// Falsely linked records among linked records.
    pub falsely_linked: Rate,
    /// Records that are not linked but share an entity with another child's record.
    ///
    /// They stand beside the false rate, so that a merge within one source is not hidden.
    pub merged_unlinked: u64,
}

/// Facts about one record that the counts are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordFacts {
    /// Number of partners.
    pub(crate) partners: u32,
    /// Number of partners in the record's entity.
    pub(crate) found: u32,
    /// Whether the entity holds another record where partners are looked for.
    pub(crate) linked: bool,
    /// Whether the entity holds a record of another child.
    pub(crate) merged: bool,
}

impl RecordQuality {
    /// Counts some records.
    pub(crate) fn count(records: impl Iterator<Item = RecordFacts>) -> Self {
        let mut count = Self::default();
        for record in records {
            let linkable = record.partners > 0;
            let add = |rate: &mut Rate, among: bool, counted: bool| {
                rate.denominator += u64::from(among);
                rate.numerator += u64::from(among && counted);
            };
            let some_found = record.found > 0 && record.found < record.partners;
            add(&mut count.linked, true, record.linked);
            add(&mut count.linked_of_linkable, linkable, record.linked);
            add(&mut count.missed, linkable, record.found == 0);
            add(&mut count.partly_missed, linkable, some_found);
            add(&mut count.falsely_linked, record.linked, record.merged);
            count.merged_unlinked += u64::from(record.merged && !record.linked);
        }
        count
    }
}
