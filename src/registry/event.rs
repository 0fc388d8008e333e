//! Events: what was done to the registry, appended and never changed.

use serde::Serialize;

use crate::identifier::{EpochState, Fingerprint, PseudonymKey};

/// Something done within a run, as it is written to the event table.
///
/// The payload is canonical JSON: the fields of a variant stand in alphabetical order, without
/// spaces. It holds counts and scopes, never anything of a person.
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
    /// Person keys were minted.
    PersonsMinted { count: u32 },
    /// Pseudonyms were issued; `held` were there already.
    PseudonymsIssued {
        agency: &'a str,
        clashes: u64,
        epoch: u8,
        held: u64,
        issued: u64,
        purpose: &'a str,
    },
}

impl<'a> Event<'a> {
    /// Describes the first that is known of a key's epoch: pending, or active at once.
    pub(super) fn epoch_added(key: &'a PseudonymKey, state: EpochState) -> Self {
        let (agency, purpose) = (key.scope().agency(), key.scope().purpose());
        let (epoch, fingerprint) = (key.epoch().number(), hex(key.fingerprint()));
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
            Event::PersonsMinted { .. } => "persons_minted",
            Event::PseudonymsIssued { .. } => "pseudonyms_issued",
        }
    }

    /// Returns the payload as canonical JSON.
    pub(super) fn payload(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are always JSON")
    }
}

fn hex(fingerprint: Fingerprint) -> String {
    fingerprint.iter().map(|byte| format!("{byte:02x}")).collect()
}
