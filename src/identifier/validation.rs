//! Validation of a printed pseudonym by what anybody may know: no key, no vault, no network.

use std::collections::BTreeMap;

use super::pseudonym::mask_of;
use super::{Epoch, EpochState, Pseudonym, Refusal, Scope};

/// Scopes that exist and how far their epochs have come, as an issuer publishes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownScopes {
    epochs: BTreeMap<Scope, BTreeMap<Epoch, EpochState>>,
}

impl KnownScopes {
    /// Adds an epoch of a scope; of one that is given twice the later state counts.
    pub fn add(&mut self, scope: Scope, epoch: Epoch, state: EpochState) {
        let known = self.epochs.entry(scope).or_default().entry(epoch).or_insert(state);
        *known = state.max(*known);
    }

    /// Says whether the scope is known.
    pub fn contains(&self, scope: &Scope) -> bool {
        self.epochs.contains_key(scope)
    }

    fn state(&self, scope: &Scope, epoch: Epoch) -> Option<EpochState> {
        self.epochs.get(scope)?.get(&epoch).copied()
    }
}

/// What can be said of a printed pseudonym within one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Its check symbols hold, and nothing is known against its epoch.
    Valid(Epoch),
    /// It is no printed pseudonym of this scheme.
    Malformed(Refusal),
    /// It is a match token, which stands for a value and not for a person.
    MatchToken,
    /// Its check symbols hold in no scope that is known.
    Mistyped,
    /// Its check symbols hold in another scope.
    WrongScope(Scope),
    /// Its check symbols hold, and the scope has not issued in such an epoch.
    UnknownEpoch(Epoch),
    /// Its check symbols hold, and its epoch is retired or destroyed.
    RetiredEpoch(Epoch),
}

impl Verdict {
    /// Returns the word for it, as programs read it.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Valid(_) => "valid",
            Verdict::Malformed(_) => "malformed",
            Verdict::MatchToken => "match_token",
            Verdict::Mistyped => "mistyped",
            Verdict::WrongScope(_) => "wrong_scope",
            Verdict::UnknownEpoch(_) => "unknown_epoch",
            Verdict::RetiredEpoch(_) => "retired_epoch",
        }
    }

    /// Returns the epoch, where the check symbols hold.
    pub fn epoch(&self) -> Option<Epoch> {
        match self {
            Verdict::Valid(epoch) | Verdict::UnknownEpoch(epoch) | Verdict::RetiredEpoch(epoch) => {
                Some(*epoch)
            }
            _ => None,
        }
    }
}

/// Says what a printed pseudonym is worth in a scope.
///
/// With no scopes known, one of another scope counts as mistyped and every epoch as live. A valid
/// pseudonym need not have been issued to anybody: that only the issuer can say. A mistyped one
/// can have another scope's check symbols, about once in 1,000 for each other scope that is known;
/// it is refused all the same.
///
/// ```
/// use cci::identifier::{Epoch, EpochState, KnownScopes, Scope, Verdict, validate};
/// let education = Scope::new("education", "direct_care").unwrap();
/// let police = Scope::new("police", "direct_care").unwrap();
/// let mut known = KnownScopes::default();
/// known.add(education.clone(), Epoch::FIRST, EpochState::Active);
/// known.add(police.clone(), Epoch::FIRST, EpochState::Active);
///
/// let printed = "C0MR-055J-BMB8-PJBD-TWKG";
/// assert_eq!(validate(printed, &education, &known), Verdict::Valid(Epoch::FIRST));
/// assert_eq!(validate(printed, &police, &known), Verdict::WrongScope(education.clone()));
/// let mistyped = "C0MR-055J-BMB8-PJBD-TWKH";
/// assert_eq!(validate(mistyped, &education, &known), Verdict::Mistyped);
/// ```
pub fn validate(text: &str, scope: &Scope, known: &KnownScopes) -> Verdict {
    let epoch = match Pseudonym::parse(text, scope) {
        Ok(pseudonym) => pseudonym.epoch(),
        Err(Refusal::CheckFailed) => {
            let mask = mask_of(text);
            let other = known.epochs.keys().find(|other| Some(other.check_mask()) == mask);
            return other.map_or(Verdict::Mistyped, |other| Verdict::WrongScope(other.clone()));
        }
        Err(Refusal::MatchToken) => return Verdict::MatchToken,
        Err(refusal) => return Verdict::Malformed(refusal),
    };
    match known.state(scope, epoch) {
        Some(EpochState::Retired | EpochState::Destroyed) => Verdict::RetiredEpoch(epoch),
        Some(EpochState::Active | EpochState::AcceptOnly) => Verdict::Valid(epoch),
        Some(EpochState::Pending) => Verdict::UnknownEpoch(epoch),
        None if known.contains(scope) => Verdict::UnknownEpoch(epoch),
        None => Verdict::Valid(epoch),
    }
}
