//! What a clusterer is: one way of turning links into entities.

use super::CLUSTERERS;
use crate::error::{Error, Result};
use crate::record::{Entities, Records};
use crate::strategy::{Evidence, Links};

/// Way of turning links into a partition of the records.
///
/// The result does not depend on the order in which links or sources are given.
pub trait Clusterer: Sync {
    /// Returns the name used in settings, for example `components`.
    fn name(&self) -> &'static str;

    /// Returns one sentence that says what the clusterer does.
    fn describe(&self) -> &'static str;

    /// Returns how many linked records are weighed together at most, beyond which the weakest links
    /// are left out; `None` if any number is.
    fn most_records(&self) -> Option<usize> {
        None
    }

    /// Partitions the records; the evidence is of all pairs, linked or not.
    fn cluster(&self, records: &Records, links: &Links, evidence: &Evidence<'_>) -> Entities;
}

/// Finds a clusterer by name.
///
/// # Errors
/// `UnknownName` with the nearest clusterer, if no clusterer has that name.
pub fn find(name: &str) -> Result<&'static dyn Clusterer> {
    CLUSTERERS
        .iter()
        .copied()
        .find(|clusterer| clusterer.name() == name)
        .ok_or_else(|| Error::unknown_name("clusterer", name, CLUSTERERS.iter().map(|c| c.name())))
}
