//! What linking new records against an earlier run added: in figures, and in words.

use serde::Serialize;

use super::data::Data;
use super::earlier_run::{EarlierRun, Found};
use super::outcome::Outcome;
use crate::report::text;

/// Most links across entities that are printed; the table has them all.
const MOST_PRINTED: usize = 10;

/// What new records added to an earlier run.
#[derive(Serialize)]
pub(super) struct Against {
    /// SHA-256 of the manifest of the earlier run.
    manifest_sha256: String,
    /// Records of the earlier run; each keeps its entity.
    known_records: u64,
    /// Records of the earlier run that are not among those linked.
    absent_records: u64,
    new_records: u64,
    /// New records that joined an entity that stood.
    joined: u64,
    /// Entities of new records alone.
    entities_started: u32,
    /// Entities of the earlier run that the evidence would merge into another.
    entities_mergeable: u32,
    /// Entities of the earlier run that are now part of another: all of those, or none.
    entities_merged: u32,
    /// Links with a new record.
    links_added: u64,
    /// Links that speak for merging them, for somebody to judge.
    cross_links: u64,
    /// First number that no entity has had.
    next_entity: u32,
}

impl Against {
    /// Counts what an outcome added, if it was added to an earlier run.
    pub(super) fn of(earlier: &EarlierRun, found: &Found, outcome: &Outcome) -> Option<Self> {
        let additions = outcome.additions.as_ref()?;
        let before = found.linkage.links().len();
        let next = additions.numbers.iter().max().map_or(0, |most| most + 1);
        Some(Self {
            manifest_sha256: earlier.sha256.clone(),
            known_records: found.known,
            absent_records: found.absent,
            new_records: additions.numbers.len() as u64 - found.known,
            joined: additions.joined,
            entities_started: additions.started,
            entities_mergeable: additions.mergeable,
            entities_merged: additions.merged,
            links_added: (outcome.linkage.links.len() - before) as u64,
            cross_links: additions.cross_links.len() as u64,
            next_entity: next.max(found.linkage.next_entity()),
        })
    }

    /// Describes it in a few lines, the first links across entities among them.
    pub(super) fn describe(&self, data: &Data, outcome: &Outcome) -> String {
        let count = text::count;
        let mut lines = vec![format!(
            "{} records keep their entities; of {} new ones {} join one, the others start {}",
            count(self.known_records),
            count(self.new_records),
            count(self.joined),
            count(u64::from(self.entities_started)),
        )];
        if self.absent_records > 0 {
            lines.push(format!(
                "{} records of the earlier run are not here; nothing can join them",
                count(self.absent_records)
            ));
        }
        let crossing = outcome.additions.iter().flat_map(|additions| &additions.cross_links);
        if self.entities_mergeable > 0 {
            let what = match self.entities_merged {
                0 => "would be merged and stay apart for review",
                _ => "are merged into another",
            };
            lines.push(format!(
                "{} of those entities {what}; {} links speak for it:",
                count(u64::from(self.entities_mergeable)),
                count(self.cross_links)
            ));
        }
        lines.extend(crossing.take(MOST_PRINTED).map(|cross| {
            let name = |record| data.reading.records.name(record);
            let [x, y] = cross.entities;
            let (a, b) = (name(cross.link.a), name(cross.link.b));
            match cross.link.weight.is_finite() {
                true => format!("  {x} and {y}: {a} and {b}, {:+.1} bits", cross.link.weight),
                false => format!("  {x} and {y}: {a} and {b}, by {}", cross.method.name()),
            }
        }));
        lines.join("\n")
    }
}
