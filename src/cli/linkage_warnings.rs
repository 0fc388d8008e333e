//! What is said of a linkage beside its result: where it may have gone wrong.

use hashbrown::HashMap;

use super::data::Data;
use super::outcome::Outcome;
use crate::cluster::{Clusterer, groups_too_large};
use crate::record::{RecordId, SourceId};
use crate::report::text;

/// So many records with several partners in a source are no accident of a small file.
const FEWEST_WITH_SEVERAL: usize = 20;

/// Returns what is to be said of links and entities.
pub(super) fn all(
    data: &Data,
    outcome: &Outcome,
    clusterer: &dyn Clusterer,
) -> impl Iterator<Item = String> {
    [several_partners(data, outcome), too_large(data, outcome, clusterer)].into_iter().flatten()
}

/// Warns where many records are linked to several of one source, within which no duplicates are
/// looked for: to members of a family, if the source holds nobody twice.
fn several_partners(data: &Data, outcome: &Outcome) -> Option<String> {
    let (records, mask) = (&data.reading.records, &data.plan.mask);
    let mut partners: HashMap<(RecordId, SourceId), u32> = HashMap::new();
    for (_, link) in outcome.linkage.links.iter() {
        for (record, other) in [(link.a, link.b), (link.b, link.a)] {
            let source = records.source_of(other);
            if !mask.allows(source, source) && !records.sources()[source as usize].duplicate_free {
                *partners.entry((record, source)).or_default() += 1;
            }
        }
    }
    let several = partners.values().filter(|&&partners| partners > 1).count();
    (several > FEWEST_WITH_SEVERAL && several * 20 > partners.len()).then(|| {
        format!(
            "Warning: {} of {} linked records are linked to several of one source. If a source \
             holds nobody twice, say duplicate_free = true in its [[source]]: then at most one is",
            text::count(several as u64),
            text::count(partners.len() as u64)
        )
    })
}

/// Warns where links join more records than a clusterer weighs together.
fn too_large(data: &Data, outcome: &Outcome, clusterer: &dyn Clusterer) -> Option<String> {
    let most = clusterer.most_records()?;
    let records = data.reading.records.len();
    let (groups, largest) = groups_too_large(records, &outcome.linkage.links, most)?;
    let (groups, holds) = match groups {
        1 => ("One group".into(), "holds"),
        many => (format!("{} groups", text::count(many as u64)), "hold"),
    };
    Some(format!(
        "Warning: {groups} of linked records {holds} more than {most} (the largest {}), of which {} \
         leaves the weakest links out. Look for a value that stands for no value, or for a rule \
         that joins strangers, with cci blocking",
        text::count(largest as u64),
        clusterer.name(),
    ))
}
