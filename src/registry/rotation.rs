//! Rotation: the members of a scope get pseudonyms of a new epoch, and a crosswalk to them.

use super::{Issued, PersonState, Registry, Run};
use crate::error::Result;
use crate::identifier::{Epoch, EpochState, Pseudonym, PseudonymKey, Scope};

/// How soon the pseudonyms of the epoch before are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// They are accepted until the epoch is retired.
    Window,
    /// They are refused at once, because the key leaked.
    None,
}

impl Run<'_> {
    /// Makes a pending key the active one of its scope and issues it to every member.
    ///
    /// Members are who has a pseudonym in the epoch that was active; persons who were merged are
    /// one member. Who is not to be answered for is withheld.
    ///
    /// # Errors
    /// `BadStore` if the scope has no active epoch, or as [`Run::change_over`] and [`Run::issue`].
    pub fn rotate(&mut self, key: &PseudonymKey, overlap: Overlap) -> Result<(Epoch, Issued)> {
        self.step(|run| {
            let scope = key.scope();
            let before = run.active_epoch(scope)?.ok_or_else(|| {
                run.unknown(scope, key.epoch()).note("a scope is rotated from an active epoch")
            })?;
            let next = match overlap {
                Overlap::Window => EpochState::AcceptOnly,
                Overlap::None => EpochState::Retired,
            };
            run.try_move(scope, before, next)?;
            run.try_activate(key)?;
            let members = run.withhold(run.vault.members(scope, before)?, scope)?;
            run.issue_to(key, &members).map(|issued| (before, issued))
        })
    }
}

impl Registry {
    /// Visits every pseudonym of an earlier epoch with the one that took its place and the state of
    /// the person, and returns how many there are.
    ///
    /// They come in the order of the earlier ones, which is random. Persons who were merged have
    /// two earlier ones and one later. The crosswalk is for the scope's agency alone.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read; whatever the visitor fails with.
    pub fn crosswalk(
        &self,
        scope: &Scope,
        epochs: [Epoch; 2],
        mut visit: impl FnMut(Pseudonym, Pseudonym, PersonState) -> Result<()>,
    ) -> Result<u64> {
        // One snapshot, so that a merge made meanwhile is seen whole or not at all.
        let snapshot = self.store.snapshot()?;
        let mut count = 0;
        snapshot.visit_crossed(scope, epochs, &mut |crossed| {
            if crossed.state.is_answered() && !crossed.objects {
                visit(crossed.earlier, crossed.later, crossed.state)?;
                count += 1;
            }
            Ok(())
        })?;
        Ok(count)
    }
}
