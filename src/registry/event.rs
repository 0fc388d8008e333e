//! Events: what was done to the registry, appended and never changed.

use serde::Serialize;

use crate::identifier::{Fingerprint, PseudonymKey};

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
    /// Describes the activation of a key's epoch.
    pub(super) fn epoch_activated(key: &'a PseudonymKey) -> Self {
        Event::EpochActivated {
            agency: key.scope().agency(),
            epoch: key.epoch().number(),
            fingerprint: hex(key.fingerprint()),
            purpose: key.scope().purpose(),
        }
    }

    /// Returns the name of the type, as in the table.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Event::RunBegun { .. } => "run_begun",
            Event::EpochActivated { .. } => "epoch_activated",
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
