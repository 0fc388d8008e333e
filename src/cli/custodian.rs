//! The custodian's folder: its key, its memberships, and what was decided there.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use super::digest;
use super::duty::Duty;
use super::seals::{SEAL_KEY, Seals};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{CustodianKey, KeyFolder, OsRandom, SealKey};
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
    folder: PathBuf,
}

impl Custodian {
    /// Opens the folder of a custodian.
    ///
    /// # Errors
    /// `BadKey` or `BadStore` if key or memberships are missing or cannot be used.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let key = CustodianKey::from_file(&folder.join(KEY))?;
        let memberships = Memberships::open(&folder.join(MEMBERSHIPS))?;
        Ok(Self { key, memberships, folder: folder.into() })
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

    /// Returns what a linkage of the records at hand keeps to: decisions and seals.
    ///
    /// Records of a sealed identity that are recognised by their values are remembered.
    ///
    /// # Errors
    /// `BadStore` if decisions or seals cannot be read, `BadKey` if there is no key for these.
    pub(super) fn constraints(&mut self, records: &Records) -> Result<Constraints> {
        let decided = self.decided(records)?;
        let Some(seals) = self.seals()? else { return Ok(decided) };
        let (sealed, tokens) = seals.watch(records, |record| tag_of(&self.key, records, record));
        self.memberships.retire(&tokens)?;
        Ok(decided.with_sealed(sealed))
    }

    /// Reads the seals, if there are any.
    ///
    /// # Errors
    /// As [`Seals::read`].
    pub(super) fn seals(&self) -> Result<Option<Seals>> {
        Seals::read(&self.folder, &self.memberships)
    }

    /// Returns a digest of all seals, by which a run says that it kept to them.
    ///
    /// # Errors
    /// `BadStore` if they cannot be read.
    pub(super) fn seals_digest(&self) -> Result<Option<String>> {
        let tokens = self.memberships.seal_tokens()?;
        Ok((!tokens.is_empty()).then(|| digest::of_bytes(&tokens.concat())))
    }

    /// Returns the seal key, which is made with the first seal.
    ///
    /// # Errors
    /// `BadKey` or `Unwritable` if it cannot be used or made.
    pub(super) fn seal_key(&self) -> Result<SealKey> {
        let path = self.folder.join(SEAL_KEY);
        if !path.exists() && self.memberships.seal_tokens()?.is_empty() {
            SealKey::create_file(&path, &mut OsRandom)?;
        }
        SealKey::from_file(&path)
    }

    /// Returns what was decided of the records at hand.
    ///
    /// Records that are together by way of one that is not at hand are together all the same.
    fn decided(&self, records: &Records) -> Result<Constraints> {
        let decided = self.memberships.decided_pairs()?;
        if decided.is_empty() {
            return Ok(Constraints::default());
        }
        let all = 0..records.len() as RecordId;
        let of_tag: HashMap<RecordTag, RecordId> =
            all.map(|record| (tag_of(&self.key, records, record), record)).collect();
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

/// Returns the tag of a record at hand.
pub(super) fn tag_of(key: &CustodianKey, records: &Records, record: RecordId) -> RecordTag {
    let source = &records.sources()[records.source_of(record) as usize].name;
    key.record_tag(source, records.local_id(record))
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
