//! What two approvers may allow: a seal taken back, and one pseudonym found in another scope.

use super::event::hex;
use super::{Handle, KnownEpoch, PersonState, Registry, Run};
use crate::error::Result;
use crate::identifier::{EpochState, Pseudonym, Scope};

impl Run<'_> {
    /// Takes the seal of a person back, to the state that it had before; returns that.
    ///
    /// Whoever calls this has seen two approvals.
    ///
    /// # Errors
    /// `BadStore` if no sealed person has the handle, or the registry cannot be written.
    pub fn unseal(&mut self, handle: &Handle) -> Result<PersonState> {
        self.step(|run| {
            let person = run.find(handle)?;
            // Not sealed and not there is one answer, as everywhere.
            if person.state != PersonState::Sealed {
                return Err(run.unknown_handle());
            }
            let state = run.state_before_seal(handle)?;
            run.vault.set_state(person.id, state)?;
            run.record_move(&person, state).map(|()| state)
        })
    }

    /// Returns the state that the events tell a sealed person to have had.
    fn state_before_seal(&self, handle: &Handle) -> Result<PersonState> {
        let handle = hex(handle.bytes());
        let mut before = PersonState::Provisional;
        self.vault.visit_events(&mut |_, event| {
            if event.name == "person_moved" && event.payload.contains(&handle) {
                let unread = |_| self.refuse("an event of it cannot be read");
                let told: serde_json::Value =
                    serde_json::from_str(event.payload).map_err(unread)?;
                let state = told["state"].as_str().and_then(PersonState::find);
                before = state.filter(|state| *state != PersonState::Sealed).unwrap_or(before);
            }
            Ok(())
        })?;
        Ok(before)
    }
}

impl Registry {
    /// Returns the pseudonym of a scope's active epoch that stands for the same person as one of
    /// another scope.
    ///
    /// `None` if either scope does not answer for the person, for whatever reason.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read.
    pub fn same_person_in(
        &self,
        to: &Scope,
        scope: &Scope,
        pseudonym: &Pseudonym,
    ) -> Result<Option<Pseudonym>> {
        // One snapshot, so that a change made meanwhile is seen whole or not at all.
        let snapshot = self.store.snapshot()?;
        let Some(nearest) = snapshot.nearest(scope, pseudonym)? else { return Ok(None) };
        let id = nearest.person.id;
        if nearest.answer().is_none() {
            return Ok(None);
        }
        let active = |known: &&KnownEpoch| known.state == EpochState::Active;
        let epochs = snapshot.epochs(Some(to))?;
        let (Some(place), Some(active)) = (snapshot.scope(to)?, epochs.iter().find(active)) else {
            return Ok(None);
        };
        if snapshot.objectors(place)?.contains(&id) {
            return Ok(None);
        }
        if let Some(own) = snapshot.pseudonym_of(place, active.epoch, id)? {
            return Ok(Some(own));
        }
        // Of persons merged into this one the first pseudonym leads here as well as any.
        let mut merged = Vec::new();
        for other in snapshot.led_to(id)? {
            merged.extend(snapshot.pseudonym_of(place, active.epoch, other)?);
        }
        Ok(merged.into_iter().min())
    }
}
