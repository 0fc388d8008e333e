//! What the custodian's memberships ask of whatever keeps them: operations of meaning, no SQL.
//!
//! The rules of linkages, decisions and seals stand in the files beside this one and are the same
//! over every store. What a store promises is in `tests/registry/memberships.rs`, `decisions.rs`
//! and `random_links.rs`.

use std::collections::BTreeSet;

use super::{Actor, DecidedPair, Decision, Ground, Handle, RecordTag, Verdict};
use crate::error::Result;
use crate::identifier::SealToken;

/// Number of a linkage that was kept, from 1.
pub(super) type LinkageNumber = i64;

/// Linkage as it is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Linkage<'a> {
    /// Seconds since 1970.
    pub(super) recorded_at: i64,
    /// Day as at which the records were, in days since 1970.
    pub(super) day: i64,
    pub(super) records: i64,
    pub(super) toolkit: &'a str,
}

/// Last linkage that was kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastLinkage {
    pub(super) number: LinkageNumber,
    pub(super) recorded_at: i64,
    pub(super) day: i64,
}

/// Membership of a record in an entity, in days since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Membership {
    pub(super) handle: Handle,
    pub(super) valid_from: i64,
    /// `None` while the record is in its source.
    pub(super) valid_to: Option<i64>,
}

/// Membership as it was recorded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recorded {
    pub(super) tag: RecordTag,
    pub(super) linkage: LinkageNumber,
    pub(super) membership: Membership,
    /// Whether it is what is known, of a record that is in its source.
    pub(super) now: bool,
}

/// Which memberships are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// What has ever been known.
    Ever,
    /// What is known now.
    Now,
}

/// What a decision does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decides {
    /// Says of pairs of records what they are.
    Pairs(Verdict),
    /// Ends the decision of that number.
    Lifts(i64),
}

/// What somebody did, when and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act<'a> {
    /// Seconds since 1970.
    pub(super) recorded_at: i64,
    pub(super) actor: &'a Actor,
    pub(super) reason: &'a Ground,
}

/// Reading memberships; each call sees what was committed, or the writer's own writes.
pub(super) trait LinksReading {
    /// Returns the last linkage that was kept.
    fn last_linkage(&self) -> Result<Option<LastLinkage>>;

    /// Counts the records that have ever belonged to an entity.
    fn records(&self) -> Result<u64>;

    /// Says whether a record has ever belonged to an entity.
    fn is_known(&self, tag: &RecordTag) -> Result<bool>;

    /// Returns what is known of a record now.
    fn membership(&self, tag: &RecordTag) -> Result<Option<Membership>>;

    /// Returns the entity of a record on a day, as it was known at a moment in seconds since 1970.
    fn handle_at(&self, tag: &RecordTag, day: i64, moment: i64) -> Result<Option<Handle>>;

    /// Lists the records that are in their sources and not among some, the earliest first.
    fn absent(&self, present: &[RecordTag]) -> Result<Vec<(RecordTag, Membership)>>;

    /// Returns all that was ever recorded of the records that are a handle's now.
    ///
    /// Of each record what was recorded first comes first.
    fn histories(&self, handle: &Handle) -> Result<Vec<Recorded>>;

    /// Returns the handles of records.
    fn handles(&self, tags: &[RecordTag], known: Known) -> Result<BTreeSet<Handle>>;

    /// Lists every decision about pairs, in force or lifted, by number.
    fn decisions(&self) -> Result<Vec<Decision>>;

    /// Lists the pairs of the decisions in force, by number and by the age of their records.
    fn decided_pairs(&self) -> Result<Vec<DecidedPair>>;

    /// Returns the numbers of the decisions that name records, in force or lifted.
    fn decisions_about(&self, tags: &[RecordTag]) -> Result<BTreeSet<i64>>;

    /// Says whether there is a decision about pairs of that number, not lifted.
    fn is_in_force(&self, number: i64) -> Result<bool>;

    /// Returns when the last decision was recorded, 0 if there is none.
    fn last_decided_at(&self) -> Result<i64>;

    /// Returns when the last seal was recorded, 0 if there is none.
    fn last_sealed_at(&self) -> Result<i64>;

    /// Lists every token of a seal in the order of its bytes.
    fn seal_tokens(&self) -> Result<Vec<SealToken>>;
}

/// Writing memberships; what is dropped without [`LinksWriting::commit`] never was.
pub(super) trait LinksWriting: LinksReading {
    /// Adds a linkage; returns its number.
    fn add_linkage(&mut self, linkage: &Linkage<'_>) -> Result<LinkageNumber>;

    /// Replaces what is known of a record, which is added unless it is there.
    ///
    /// What one linkage says of a record is not replaced by that same linkage.
    fn replace(
        &mut self,
        linkage: LinkageNumber,
        tag: &RecordTag,
        membership: &Membership,
    ) -> Result<()>;

    /// Appends a decision; returns its number.
    fn add_decision(&mut self, decides: Decides, act: &Act<'_>) -> Result<i64>;

    /// Keeps the pairs of a decision, each once, of records that are known.
    fn add_pairs(&mut self, decision: i64, pairs: &[(RecordTag, RecordTag)]) -> Result<()>;

    /// Keeps that a seal was made.
    fn add_seal(&mut self, act: &Act<'_>) -> Result<()>;

    /// Adds tokens that are not there yet.
    fn add_seal_tokens(&mut self, tokens: &[SealToken]) -> Result<()>;

    /// Keeps everything; when it returns, nothing that happens later takes it away.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// Memberships that are kept somewhere: many may read while one writes.
pub(super) trait LinksStore: LinksReading + Send {
    /// Reads everything as it is at one moment.
    fn snapshot(&self) -> Result<Box<dyn LinksReading + '_>>;

    /// Begins to write, alone.
    fn begin(&mut self) -> Result<Box<dyn LinksWriting + '_>>;
}
