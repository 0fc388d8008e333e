//! Connected components: whatever links reach each other is one entity.

use crate::cluster::Clusterer;
use crate::cluster::joined_sets::JoinedSets;
use crate::record::{Entities, Records};
use crate::strategy::{Evidence, Links};

/// Makes one entity of all records that links connect, however thinly.
pub(super) struct Components;

impl Clusterer for Components {
    fn name(&self) -> &'static str {
        "components"
    }

    fn describe(&self) -> &'static str {
        "Makes one entity of all records that links connect."
    }

    fn cluster(&self, records: &Records, links: &Links, evidence: &Evidence<'_>) -> Entities {
        let mut sets = JoinedSets::new(records.len(), evidence);
        // The order matters only where entities that stood before stay apart.
        for link in links.best_first() {
            sets.join(link.a, link.b);
        }
        sets.entities()
    }
}
