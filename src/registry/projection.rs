//! How things stand, made again from the events and compared with the tables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fault::fault;
use super::vault_store::VaultReading;
use super::{PersonState, Registry};
use crate::error::{Error, Result};

/// What a check of the whole registry found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Events read.
    pub events: u64,
    /// Persons there are.
    pub persons: u64,
    /// What is not as it should be, in words without anybody's identifier; empty if all is well.
    pub differences: Vec<String>,
}

/// How things stand: what the tables hold and what the events say.
///
/// Persons go by the hexadecimal form of their handles. A person of whom no event speaks is
/// provisional.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Projection {
    pub(super) states: BTreeMap<String, PersonState>,
    pub(super) current: BTreeMap<String, String>,
    pub(super) apart: BTreeSet<[String; 2]>,
    pub(super) objections: BTreeSet<[String; 3]>,
    pub(super) epochs: BTreeMap<(String, String, u64), [String; 2]>,
}

/// A merge as the events tell it.
struct Merge {
    loser: String,
    survivor: String,
    state_before: PersonState,
}

/// Events read one after another.
#[derive(Default)]
struct Replay {
    stands: Projection,
    in_force: BTreeMap<u64, Merge>,
}

impl Registry {
    /// Checks the file, its references, and that the tables are what the events make of them.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read, or holds an event that this version does not
    /// know.
    pub fn verify(&self) -> Result<Verified> {
        let snapshot = self.store.snapshot()?;
        let mut differences = snapshot.damage()?;
        let (told, events) = self.replay(&*snapshot)?;
        let held = snapshot.standing()?;
        for (what, same) in [
            ("states of persons", told.states == held.states),
            ("merges of persons", told.current == held.current),
            ("persons to be kept apart", told.apart == held.apart),
            ("objections", told.objections == held.objections),
            ("states of epochs", told.epochs == held.epochs),
        ] {
            if !same {
                differences.push(format!("the {what} are not those that the events tell"));
            }
        }
        Ok(Verified { events, persons: snapshot.totals()?.persons, differences })
    }

    /// Makes the projection from the events, in their order.
    fn replay(&self, vault: &dyn VaultReading) -> Result<(Projection, u64)> {
        let (mut replay, mut count) = (Replay::default(), 0);
        vault.visit_events(&mut |number, event| {
            let seq = number.unsigned_abs();
            let payload: Value =
                serde_json::from_str(event.payload).map_err(|_| self.unreadable_event(seq))?;
            count += 1;
            replay.apply(seq, event.name, &payload).ok_or_else(|| self.unreadable_event(seq))
        })?;
        Ok((replay.finish(), count))
    }

    fn unreadable_event(&self, seq: u64) -> Error {
        fault(
            &self.path,
            &format!("event {seq} is not one that this version knows"),
            "update cci to the version that wrote the registry, or restore it from its backup",
        )
    }
}

impl Replay {
    /// Applies one event; `None` if it is not one that can follow what was before.
    fn apply(&mut self, seq: u64, name: &str, payload: &Value) -> Option<()> {
        let text = |key: &str| payload.get(key)?.as_str().map(String::from);
        let stands = &mut self.stands;
        match name {
            "run_begun" | "persons_minted" | "pseudonyms_issued" => {}
            "epoch_planned" | "epoch_activated" => {
                let state = if name == "epoch_planned" { "pending" } else { "active" };
                let epoch = (text("agency")?, text("purpose")?, payload.get("epoch")?.as_u64()?);
                stands.epochs.insert(epoch, [state.into(), text("fingerprint")?]);
            }
            "epoch_moved" => {
                let epoch = (text("agency")?, text("purpose")?, payload.get("epoch")?.as_u64()?);
                stands.epochs.get_mut(&epoch)?[0] = text("state")?;
            }
            "person_moved" => {
                self.move_person(text("handle")?, PersonState::find(&text("state")?)?)
            }
            "persons_merged" => {
                let (loser, survivor) = (text("loser")?, text("survivor")?);
                let state_before = stands.state(&loser);
                stands.set_state(loser.clone(), PersonState::Superseded);
                self.in_force.insert(seq, Merge { loser, survivor, state_before });
            }
            "persons_unmerged" => {
                let merge = self.in_force.remove(&payload.get("merge")?.as_u64()?)?;
                stands.set_state(merge.loser.clone(), merge.state_before);
                stands.apart.insert(pair(merge.loser, merge.survivor));
            }
            "person_split" => {
                stands.apart.insert(pair(text("from")?, text("into")?));
            }
            "objected" => {
                let objection = [text("handle")?, text("agency")?, text("purpose")?];
                stands.objections.insert(objection);
            }
            "objection_withdrawn" => {
                let objection = [text("handle")?, text("agency")?, text("purpose")?];
                stands.objections.remove(&objection);
            }
            _ => return None,
        }
        Some(())
    }

    /// Moves a person; erasing takes those along who were merged into it.
    fn move_person(&mut self, handle: String, state: PersonState) {
        if state == PersonState::Erased {
            let mut family = vec![handle.clone()];
            let mut next = 0;
            while let Some(of) = family.get(next).cloned() {
                let below = self.in_force.values().filter(|merge| merge.survivor == of);
                family.extend(below.map(|merge| merge.loser.clone()));
                next += 1;
            }
            for member in family {
                self.stands.objections.retain(|[who, ..]| *who != member);
                self.in_force.retain(|_, merge| merge.loser != member);
                self.stands.set_state(member, PersonState::Erased);
            }
        }
        self.stands.set_state(handle, state);
    }

    /// Follows every merge in force to its end.
    fn finish(mut self) -> Projection {
        let into: BTreeMap<&str, &str> =
            self.in_force.values().map(|m| (m.loser.as_str(), m.survivor.as_str())).collect();
        for &loser in into.keys() {
            let mut end = loser;
            while let Some(next) = into.get(end) {
                end = next;
            }
            self.stands.current.insert(loser.into(), end.into());
        }
        self.stands
    }
}

impl Projection {
    fn state(&self, handle: &str) -> PersonState {
        self.states.get(handle).copied().unwrap_or(PersonState::Provisional)
    }

    fn set_state(&mut self, handle: String, state: PersonState) {
        if state == PersonState::Provisional {
            self.states.remove(&handle);
        } else {
            self.states.insert(handle, state);
        }
    }
}

/// Puts two handles in order, so that a pair has one form.
pub(super) fn pair(a: String, b: String) -> [String; 2] {
    if a < b { [a, b] } else { [b, a] }
}
