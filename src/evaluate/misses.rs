//! Why matches were missed, and what the false links are.

use serde::{Deserialize, Serialize};

use super::companions::Companions;
use super::evaluation::EvaluationInput;
use crate::record::RecordId;

/// Most missed pairs that are looked at one by one.
const MOST_EXPLAINED: u64 = 20_000_000;

/// Matches that no entity holds, by the step that lost them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Misses {
    /// No blocking rule proposed the pair.
    pub blocking: u64,
    /// The pair was proposed and no decision linked it.
    pub below_threshold: u64,
    /// The pair was linked and clustering took it apart.
    pub separated: u64,
}

impl Misses {
    /// Returns the number of missed matches.
    pub fn total(&self) -> u64 {
        self.blocking + self.below_threshold + self.separated
    }

    /// Sorts the missed matches by cause; `None` if there are too many to look at.
    ///
    /// `by_both` groups records by child, then entity; `apart` is the number of pairs of records
    /// of one child in different entities, those included that the mask does not allow.
    pub(crate) fn sort(
        input: &EvaluationInput<'_>,
        by_both: &Companions,
        apart: u64,
    ) -> Option<Self> {
        if apart > MOST_EXPLAINED {
            return None;
        }
        let separated = separated(input);
        let mut misses = Self::default();
        let parts: Vec<&[_]> = by_both.groups().collect();
        for (place, part) in parts.iter().enumerate() {
            let child = part[0].0 >> 32;
            let others = parts[place + 1..].iter().take_while(|other| other[0].0 >> 32 == child);
            for &(_, other, second) in others.copied().flatten() {
                for &(_, source, first) in *part {
                    if !(input.may_link)(source, other) {
                        continue;
                    }
                    let pair = (first.min(second), first.max(second));
                    if separated.binary_search(&pair).is_ok() {
                        misses.separated += 1;
                    } else if (input.covered)(pair.0, pair.1) {
                        misses.below_threshold += 1;
                    } else {
                        misses.blocking += 1;
                    }
                }
            }
        }
        Some(misses)
    }
}

/// Returns the linked matches that clustering took apart, sorted.
fn separated(input: &EvaluationInput<'_>) -> Vec<(RecordId, RecordId)> {
    let child = &input.truth.child_of;
    let entity = input.entities.entity_of();
    let mut separated: Vec<_> = input
        .links
        .iter()
        .map(|(_, link)| (link.a.min(link.b), link.a.max(link.b)))
        .filter(|&(a, b)| child[a as usize] == child[b as usize])
        .filter(|&(a, b)| entity[a as usize] != entity[b as usize])
        .collect();
    separated.sort_unstable();
    separated
}

/// Links between two children, by what the children are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FalseLinks {
    /// Children of one multiple birth, such as twins.
    pub multiple_birth: u64,
    /// Other children of one household.
    pub household: u64,
    /// Children of different households.
    pub unrelated: u64,
}

impl FalseLinks {
    /// Returns the number of false links.
    pub fn total(&self) -> u64 {
        self.multiple_birth + self.household + self.unrelated
    }

    /// Counts the false links by kind; `None` if the truth knows no households.
    pub(crate) fn sort(input: &EvaluationInput<'_>) -> Option<Self> {
        let household = input.truth.household_of.as_ref()?;
        let birth = |child: usize| input.truth.multiple_birth_of.as_ref().and_then(|b| b[child]);
        let mut kinds = Self::default();
        for (a, b) in input.decided() {
            let (a, b) = (input.truth.child_of[a] as usize, input.truth.child_of[b] as usize);
            if a == b {
                continue;
            }
            if birth(a).is_some() && birth(a) == birth(b) {
                kinds.multiple_birth += 1;
            } else if household[a] == household[b] {
                kinds.household += 1;
            } else {
                kinds.unrelated += 1;
            }
        }
        Some(kinds)
    }
}
