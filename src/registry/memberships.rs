//! The linkage custodian's memberships: which record belongs to which entity, and since when.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::clock::now;
use super::fault::fault;
use super::links_store::{Linkage, LinkageNumber, LinksStore, LinksWriting, Membership};
use super::links_stores::{self, DUTY};
use super::memory::{Memory, PLACE};
use super::reassignment::{Reassignment, reassign};
use super::sqlite::SqliteStore;
use super::{DecidedPair, Handle, Verdict};
use crate::error::{Error, Result};
use crate::identifier::{OsRandom, RandomSource};

/// Name of a record in the custodian's file: a keyed tag, never a local identifier.
pub type RecordTag = [u8; 16];

/// Memberships of records in entities, in a file of the custodian's own.
pub struct Memberships {
    pub(super) store: Box<dyn LinksStore>,
    pub(super) path: PathBuf,
    pub(super) random: Box<dyn RandomSource + Send>,
}

/// What a linkage would change, or has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Handle of each record, and how they differ from before.
    pub reassignment: Reassignment,
    /// Records known before that the linkage does not have.
    pub absent: u64,
    /// Number of the decision that each record is subject to, by place; the latest of several.
    pub decided: BTreeMap<usize, u64>,
    /// Handle that each record held before, by place.
    pub before: Vec<Option<Handle>>,
    /// Last run that the proposal knows of; it cannot be applied after another.
    based_on: LinkageNumber,
}

impl Memberships {
    /// Creates the file, which only its owner can read.
    ///
    /// # Errors
    /// `OutputExists` if there is one already; `Unwritable` or `BadStore` if it cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        Ok(Self::over(Box::new(SqliteStore::create(path, &DUTY)?), path.into()))
    }

    /// Opens the file.
    ///
    /// # Errors
    /// `BadStore` if it is missing or no custodian's memberships.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::over(Box::new(SqliteStore::open(path, &DUTY)?), path.into()))
    }

    /// Makes memberships that are gone when they are dropped, for tests and for measuring.
    pub fn in_memory() -> Self {
        Self::over(Box::new(Memory::<Box<links_stores::Tables>>::empty()), PLACE.into())
    }

    /// Makes memberships over a store; the path is what messages call it.
    fn over(store: Box<dyn LinksStore>, path: PathBuf) -> Self {
        Self { store, path, random: Box::new(OsRandom) }
    }

    /// Takes handles from the given source instead of the operating system, for tests.
    #[must_use]
    pub fn with_random(mut self, random: Box<dyn RandomSource + Send>) -> Self {
        self.random = random;
        self
    }

    /// Says what a linkage would change: who keeps a handle, who moves, who is new. Keeps nothing.
    ///
    /// # Errors
    /// `BadStore` if the linkage does not keep to what was decided of two records, or the file
    /// cannot be read; `BadKey` if no random bytes can be had.
    ///
    /// # Panics
    /// If the two slices differ in length.
    pub fn propose(&mut self, tags: &[RecordTag], entity_of: &[u32]) -> Result<Proposal> {
        let snapshot = self.store.snapshot()?;
        let held = tags
            .iter()
            .map(|tag| Ok(snapshot.membership(tag)?.map(|known| known.handle)))
            .collect::<Result<Vec<Option<Handle>>>>()?;
        let all = snapshot.records()?;
        let based_on = snapshot.last_linkage()?.map_or(0, |last| last.number);
        let decided = snapshot.decided_pairs()?;
        drop(snapshot);
        let decided = kept_to(&decided, tags, entity_of).map_err(|broken| self.unheeded(broken))?;
        let present = held.iter().flatten().count() as u64;
        let random = &mut self.random;
        let reassignment = reassign(&held, entity_of, || {
            let mut bytes = [0; Handle::LENGTH];
            random.fill(&mut bytes)?;
            Ok(Handle::from_bytes(bytes))
        })?;
        let absent = all - present;
        Ok(Proposal { reassignment, absent, decided, before: held, based_on })
    }

    /// Keeps what a proposal says, whole or not at all; `day` is that of the records, in days
    /// since 1970.
    ///
    /// A record that moves belonged to its new entity all along: what changes is what is known.
    /// Of a record that is absent it is known from now on until when it was there.
    ///
    /// # Errors
    /// `BadStore` if another run was kept since the proposal, or the file cannot be written.
    ///
    /// # Panics
    /// If the tags are not those of the proposal.
    pub fn apply(&mut self, proposal: &Proposal, tags: &[RecordTag], day: i64) -> Result<()> {
        let handles = &proposal.reassignment.handles;
        assert_eq!(tags.len(), handles.len(), "the records of the proposal");
        let mut links = self.store.begin()?;
        if links.last_linkage()?.map_or(0, |last| last.number) != proposal.based_on {
            return Err(fault(
                &self.path,
                "another linkage was kept since this one was proposed",
                "propose it again, and look at what it changes now",
            ));
        }
        write(&mut *links, handles, tags, day)?;
        links.commit()
    }

    /// Builds the error of a linkage that does not keep to so many decisions.
    fn unheeded(&self, broken: usize) -> Error {
        fault(
            &self.path,
            &format!("the linkage does not keep to {broken} of the pairs that were decided upon"),
            "link again with --custodian, so that what was decided is kept to",
        )
    }

    /// Returns the entity of a record on a day, as it was known at a moment in seconds since 1970.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn handle_of(&self, tag: &RecordTag, day: i64, known_by: u64) -> Result<Option<Handle>> {
        let known_by = i64::try_from(known_by).unwrap_or(i64::MAX);
        self.store.handle_at(tag, day, known_by)
    }
}

/// Writes a linkage and every membership that it changes.
fn write(
    links: &mut dyn LinksWriting,
    handles: &[Handle],
    tags: &[RecordTag],
    day: i64,
) -> Result<()> {
    let linkage = add_linkage(links, Some(day), tags.len())?;
    for (tag, &handle) in tags.iter().zip(handles) {
        let valid_from = match links.membership(tag)? {
            Some(known) if known.handle == handle && known.valid_to.is_none() => continue,
            // Gone and back: it is there from today on. Moved: it was the new entity's all along.
            Some(known) if known.valid_to.is_some() => day.max(known.valid_from),
            Some(known) => known.valid_from,
            None => day,
        };
        links.replace(linkage, tag, &Membership { handle, valid_from, valid_to: None })?;
    }
    for (tag, known) in links.absent(tags)? {
        let valid_to = Some(day.max(known.valid_from));
        links.replace(linkage, &tag, &Membership { valid_to, ..known })?;
    }
    Ok(())
}

/// Adds a linkage of so many records, as at a day or at that of the one before.
pub(super) fn add_linkage(
    links: &mut dyn LinksWriting,
    day: Option<i64>,
    records: usize,
) -> Result<LinkageNumber> {
    let last = links.last_linkage()?;
    // A clock that is set back makes no linkage older than the one before.
    let recorded_at = (now() as i64).max(last.map_or(0, |last| last.recorded_at));
    let day = day.or(last.map(|last| last.day)).expect("a linkage has a day, or one before it");
    let (records, toolkit) = (records as i64, env!("CARGO_PKG_VERSION"));
    links.add_linkage(&Linkage { recorded_at, day, records, toolkit })
}

/// Checks that a linkage keeps to what was decided; returns the decision of each record concerned.
///
/// Records that the linkage does not have are in no entity. Fails with the number of pairs that
/// are not kept to.
fn kept_to(
    decided: &[DecidedPair],
    tags: &[RecordTag],
    entity_of: &[u32],
) -> std::result::Result<BTreeMap<usize, u64>, usize> {
    let mut places: BTreeMap<RecordTag, Option<usize>> =
        decided.iter().flat_map(|pair| [(pair.a, None), (pair.b, None)]).collect();
    for (place, tag) in tags.iter().enumerate() {
        if let Some(known) = places.get_mut(tag) {
            *known = Some(place);
        }
    }
    let (mut decisions, mut broken) = (BTreeMap::new(), 0);
    for pair in decided {
        let (Some(a), Some(b)) = (places[&pair.a], places[&pair.b]) else { continue };
        let together = entity_of[a] == entity_of[b];
        broken += usize::from(together != (pair.verdict == Verdict::Together));
        decisions.extend([(a, pair.decision), (b, pair.decision)]);
    }
    if broken == 0 { Ok(decisions) } else { Err(broken) }
}
