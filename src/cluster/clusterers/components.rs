//! Connected components: whatever links reach each other is one entity.

use crate::cluster::Clusterer;
use crate::record::{Entities, Records, UnionFind};
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

    fn cluster(&self, records: &Records, links: &Links, _: &Evidence<'_>) -> Entities {
        let mut sets = UnionFind::new(records.len());
        for (_, link) in links.iter() {
            sets.join(link.a, link.b);
        }
        Entities::from_labels(&sets.roots())
    }
}
