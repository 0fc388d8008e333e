//! What a rule of `cci check` is: a question to a file's records, and the fix for what it finds.

use super::profile::FileProfile;
use crate::record::{AttributeKind, MISSING, RecordId, Records};

/// File under check: its records and what its cells look like.
pub struct Checkup<'a> {
    /// Records of this file alone.
    pub records: &'a Records,
    /// Shapes, placeholders.
    pub profile: &'a FileProfile,
}

/// What a rule found in one column or attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Column or attribute in which it was found.
    pub place: String,
    /// What was found, in words without values.
    pub what: String,
    /// Records concerned, in record order.
    pub records: Vec<RecordId>,
    /// Records that could have been concerned.
    pub of: u64,
}

/// Question to a file's records.
pub trait Rule: Sync {
    /// Returns the name, for example `first_of_january`.
    fn name(&self) -> &'static str;

    /// Returns what the supplier should do about it.
    fn fix(&self) -> &'static str;

    /// Returns what was found, nothing where all is well.
    fn find(&self, checkup: &Checkup) -> Vec<Finding>;
}

/// Returns the groups of records, at least `least` of them, that share a key; largest first.
///
/// Records without a key are in no group.
pub(super) fn sharing<K: Ord>(
    records: usize,
    least: usize,
    key: impl Fn(RecordId) -> Option<K>,
) -> Vec<Vec<RecordId>> {
    let keyed = |record| key(record).map(|key| (key, record));
    let mut keys: Vec<(K, RecordId)> = (0..records as RecordId).filter_map(keyed).collect();
    keys.sort_unstable();
    let mut groups: Vec<Vec<RecordId>> = keys
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() >= least)
        .map(|group| group.iter().map(|(_, record)| *record).collect())
        .collect();
    groups.sort_by(|a, b| (b.len(), a[0]).cmp(&(a.len(), b[0])));
    groups
}

/// Returns each value of a kind that far more records hold than the file's others, as a finding.
///
/// Far more is at least `fewest` records and so many times the mean of the file's values; `noun`
/// names the kind in the finding.
pub(super) fn crowded(
    checkup: &Checkup,
    kind: AttributeKind,
    noun: &str,
    fewest: usize,
    times_the_mean: usize,
) -> Vec<Finding> {
    let columns = checkup.records.columns().iter();
    let mut findings = Vec::new();
    for column in columns.filter(|column| column.attribute().kind() == kind) {
        let codes = column.codes();
        let of = codes.iter().filter(|&&code| code != MISSING).count();
        let mean = of.div_ceil(column.dictionary().distinct().max(1));
        let code = |record| Some(codes[record as usize]).filter(|&code| code != MISSING);
        for records in sharing(codes.len(), fewest.max(times_the_mean * mean), code) {
            findings.push(Finding {
                place: column.attribute().name().to_string(),
                what: format!("one {noun} for {} records", records.len()),
                records,
                of: of as u64,
            });
        }
    }
    findings
}
