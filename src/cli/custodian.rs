//! The custodian's folder: its key, its memberships, and what was decided there.

use std::path::Path;

use hashbrown::HashMap;

use super::duty::Duty;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{CustodianKey, KeyFolder, OsRandom};
use crate::record::{RecordId, Records};
use crate::registry::{Memberships, RecordTag, Verdict};
use crate::strategy::Constraints;

/// Name of the custodian's key in its folder.
const KEY: &str = "custodian.key";
/// Name of the custodian's memberships in its folder.
const MEMBERSHIPS: &str = "memberships.sqlite";

/// What a custodian keeps.
pub(super) struct Custodian {
    /// Key by which records are recognised.
    pub(super) key: CustodianKey,
    /// Which record belongs to which entity, and what was decided.
    pub(super) memberships: Memberships,
}

impl Custodian {
    /// Opens the folder of a custodian.
    ///
    /// # Errors
    /// `BadKey` or `BadStore` if key or memberships are missing or cannot be used.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let key = CustodianKey::from_file(&folder.join(KEY))?;
        Ok(Self { key, memberships: Memberships::open(&folder.join(MEMBERSHIPS))? })
    }

    /// Opens the folder; key and memberships are made together the first time.
    ///
    /// # Errors
    /// As [`Custodian::open`]; `BadValue` for another duty's folder, `Unwritable` if nothing can
    /// be made there.
    pub(super) fn open_or_make(folder: &Path) -> Result<Self> {
        let (key, memberships) = (folder.join(KEY), folder.join(MEMBERSHIPS));
        if !key.exists() && !memberships.exists() {
            Duty::Custodian.refuse_others(folder)?;
            KeyFolder::at(folder).make()?;
            CustodianKey::create_file(&key, &mut OsRandom)?;
            Memberships::create(&memberships)?;
        }
        Self::open(folder)
    }

    /// Returns the tag of a record that is named as source:identifier.
    ///
    /// # Errors
    /// `BadValue` if the name has another form.
    pub(super) fn tag(&self, name: &str) -> Result<RecordTag> {
        let (source, id) = name.split_once(':').ok_or_else(|| {
            Error::new(ErrorKind::BadValue, "record: expected source:identifier")
                .help("for example police:P000042")
        })?;
        Ok(self.key.record_tag(source, id))
    }

    /// Returns what was decided of the records at hand, as a linkage keeps to it.
    ///
    /// Records that are together by way of one that is not at hand are together all the same.
    ///
    /// # Errors
    /// `BadStore` if the decisions cannot be read.
    pub(super) fn constraints(&self, records: &Records) -> Result<Constraints> {
        let decided = self.memberships.decided_pairs()?;
        if decided.is_empty() {
            return Ok(Constraints::default());
        }
        let name = |record| &records.sources()[records.source_of(record) as usize].name;
        let tag = |record| self.key.record_tag(name(record), records.local_id(record));
        let of_tag: HashMap<RecordTag, RecordId> =
            (0..records.len() as RecordId).map(|record| (tag(record), record)).collect();
        let at_hand = |a: &RecordTag, b: &RecordTag| Some((*of_tag.get(a)?, *of_tag.get(b)?));
        let of = |verdict| decided.iter().filter(move |pair| pair.verdict == verdict);
        let apart = of(Verdict::Apart).filter_map(|pair| at_hand(&pair.a, &pair.b));
        let sets = sets(of(Verdict::Together).map(|pair| (pair.a, pair.b)));
        let together = sets.iter().flat_map(|set| {
            let here: Vec<RecordId> =
                set.iter().filter_map(|tag| of_tag.get(tag).copied()).collect();
            here.windows(2).map(|two| (two[0], two[1])).collect::<Vec<_>>()
        });
        Ok(Constraints::new(apart, together))
    }
}

/// Returns the sets that pairs make, each in the order in which its members first came.
fn sets(pairs: impl Iterator<Item = (RecordTag, RecordTag)>) -> Vec<Vec<RecordTag>> {
    let mut sets: Vec<Vec<RecordTag>> = Vec::new();
    for (a, b) in pairs {
        let place = |sets: &[Vec<RecordTag>], tag| sets.iter().position(|set| set.contains(tag));
        match (place(&sets, &a), place(&sets, &b)) {
            (None, None) => sets.push(vec![a, b]),
            (Some(x), None) => sets[x].push(b),
            (None, Some(y)) => sets[y].push(a),
            (Some(x), Some(y)) if x != y => {
                let lost = std::mem::take(&mut sets[x.max(y)]);
                sets[x.min(y)].extend(lost);
                sets.remove(x.max(y));
            }
            (Some(_), Some(_)) => {}
        }
    }
    sets
}
