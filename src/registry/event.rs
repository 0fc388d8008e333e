//! Events: what was done to the registry, appended and never changed.

use serde::Serialize;

use crate::identifier::{EpochState, PseudonymKey};

/// Something done within a run, as it is written to the event table.
///
/// The payload is canonical JSON: the fields of a variant stand in alphabetical order, without
/// spaces. It holds counts, scopes and handles, never a key, a pseudonym or anything about a child.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Event<'a> {
    /// A run began.
    RunBegun { toolkit: &'static str },
    /// A scope's epoch became the one that issues.
    EpochActivated { agency: &'a str, epoch: u8, fingerprint: String, purpose: &'a str },
    /// A scope's epoch became known, for later.
    EpochPlanned { agency: &'a str, epoch: u8, fingerprint: String, purpose: &'a str },
    /// An epoch went on to another state.
    EpochMoved { agency: &'a str, epoch: u8, purpose: &'a str, state: &'static str },
    /// A person went on to another state.
    PersonMoved { handle: String, state: &'static str },
    /// Two persons became one.
    PersonsMerged { loser: String, survivor: String },
    /// A merge was taken back.
    PersonsUnmerged { loser: String, merge: u64, survivor: String },
    /// A person was minted for records of another.
    PersonSplit { from: String, into: String },
    /// A person objected to a scope.
    Objected { agency: &'a str, handle: String, purpose: &'a str },
    /// An objection was taken back.
    ObjectionWithdrawn { agency: &'a str, handle: String, purpose: &'a str },
    /// Person keys were minted.
    PersonsMinted { count: u32 },
    /// Pseudonyms were issued; `held` were there already, `withheld` are not to be.
    PseudonymsIssued {
        agency: &'a str,
        clashes: u64,
        epoch: u8,
        held: u64,
        issued: u64,
        purpose: &'a str,
        withheld: u64,
    },
}

impl<'a> Event<'a> {
    /// Describes the first that is known of a key's epoch: pending, or active at once.
    pub(super) fn epoch_added(key: &'a PseudonymKey, state: EpochState) -> Self {
        let (agency, purpose) = (key.scope().agency(), key.scope().purpose());
        let (epoch, fingerprint) = (key.epoch().number(), hex(&key.fingerprint()));
        match state {
            EpochState::Pending => Event::EpochPlanned { agency, epoch, fingerprint, purpose },
            _ => Event::EpochActivated { agency, epoch, fingerprint, purpose },
        }
    }

    /// Returns the name of the type, as in the table.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Event::RunBegun { .. } => "run_begun",
            Event::EpochActivated { .. } => "epoch_activated",
            Event::EpochPlanned { .. } => "epoch_planned",
            Event::EpochMoved { .. } => "epoch_moved",
            Event::PersonMoved { .. } => "person_moved",
            Event::PersonsMerged { .. } => "persons_merged",
            Event::PersonsUnmerged { .. } => "persons_unmerged",
            Event::PersonSplit { .. } => "person_split",
            Event::Objected { .. } => "objected",
            Event::ObjectionWithdrawn { .. } => "objection_withdrawn",
            Event::PersonsMinted { .. } => "persons_minted",
            Event::PseudonymsIssued { .. } => "pseudonyms_issued",
        }
    }

    /// Returns the payload as canonical JSON.
    pub(super) fn payload(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are always JSON")
    }
}

/// Returns bytes as lower-case hexadecimal: a fingerprint, a handle or a hash, never a secret.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
