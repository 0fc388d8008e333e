//! States of an epoch: a key is planned, issues, is accepted, is refused, is gone.

use std::fmt;

/// How far the key period of a scope has come. It never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EpochState {
    /// Its secret is made; nothing is issued yet.
    Pending,
    /// It issues and resolves; one epoch of a scope at a time.
    Active,
    /// It resolves and no longer issues: the window in which an agency changes over.
    AcceptOnly,
    /// It neither issues nor resolves; its secret is kept.
    Retired,
    /// Its secret is deleted, so that its pseudonyms can never be computed again.
    Destroyed,
}

impl EpochState {
    /// Every state, from first to last.
    pub const ALL: [EpochState; 5] =
        [Self::Pending, Self::Active, Self::AcceptOnly, Self::Retired, Self::Destroyed];

    /// Returns the name, as people type it and as the registry keeps it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::AcceptOnly => "accept_only",
            Self::Retired => "retired",
            Self::Destroyed => "destroyed",
        }
    }

    /// Finds a state by its name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Says whether an epoch may go from this state to another.
    ///
    /// One step at a time, but for two: a key that leaked is retired at once, and one that never
    /// issued may be destroyed.
    ///
    /// ```
    /// use cci::identifier::EpochState::{AcceptOnly, Active, Destroyed, Pending, Retired};
    /// assert!(Active.may_become(AcceptOnly) && Active.may_become(Retired));
    /// assert!(!Active.may_become(Destroyed) && !Retired.may_become(AcceptOnly));
    /// assert!(Pending.may_become(Destroyed) && !Pending.may_become(Retired));
    /// ```
    pub fn may_become(self, next: EpochState) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Active | Self::Destroyed)
                | (Self::Active, Self::AcceptOnly | Self::Retired)
                | (Self::AcceptOnly, Self::Retired)
                | (Self::Retired, Self::Destroyed)
        )
    }

    /// Says whether pseudonyms of the epoch stand for anybody.
    pub fn resolves(self) -> bool {
        matches!(self, Self::Active | Self::AcceptOnly)
    }
}

impl fmt::Display for EpochState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_state_is_ever_come_back_to_and_only_the_last_is_final() {
        for from in EpochState::ALL {
            assert_eq!(EpochState::find(from.name()), Some(from));
            for to in EpochState::ALL {
                assert!(!from.may_become(to) || from < to, "{from} to {to}");
            }
            let is_final = EpochState::ALL.iter().all(|&to| !from.may_become(to));
            assert_eq!(is_final, from == EpochState::Destroyed);
        }
    }
}
