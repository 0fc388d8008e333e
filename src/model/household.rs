//! The household class: what two different children at one address look like.
//!
//! Learnt without labels, from pairs inside one agency's records that share an address. Without
//! it a model on families learns "same household" instead of "same child".

use hashbrown::HashMap;

use super::parameters::ComparisonParameters;
use super::sessions::{Blocked, Session, reduce};
use super::training::MOST_ITERATIONS;
use crate::comparison::PatternSpace;

/// Weight of the independent product beside the joint counts, in pairs.
const SHRINKAGE: f64 = 200.0;

/// Pairs inside one agency's records that share an address.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseholdPairs {
    /// Pattern and number of pairs.
    pub patterns: Vec<(u32, u64)>,
    /// Number of each pattern's pairs that some blocking rule would propose.
    pub candidates: Vec<u64>,
    /// For each comparison, whether it is about the place and not the person.
    pub location: Vec<bool>,
}

impl HouseholdPairs {
    /// Returns for each pattern the chance that its pairs are different children.
    ///
    /// `of_matches` gives the natural logarithm of a pattern's probability among matches,
    /// `shares` what different children are taken to look like at first.
    ///
    /// A roll may hold a child twice, so its same-address pairs are a mixture: a share ν looks as
    /// matches do, the rest as siblings with independent comparisons do. Independence is what
    /// tells them apart: a duplicate agrees on given name and date of birth at once. (A joint
    /// table in its place would take the duplicates for siblings and hardly ever let go.)
    pub(super) fn of_different_children(
        &self,
        space: &PatternSpace,
        of_matches: impl Fn(u32) -> f64,
        mut shares: Vec<Vec<f64>>,
    ) -> Vec<f64> {
        let blocked: Vec<Blocked> = self
            .location
            .iter()
            .map(|&place| if place { Blocked::Equal } else { Blocked::Free })
            .collect();
        let persons: Vec<(u32, f64)> = self
            .patterns
            .iter()
            .map(|&(pattern, count)| (reduce(space, pattern, &blocked), count as f64))
            .collect();
        let same: Vec<f64> = persons.iter().map(|&(pattern, _)| of_matches(pattern)).collect();
        let total: f64 = persons.iter().map(|(_, count)| count).sum();
        let mut duplicates = 0.5f64;
        let mut different = vec![1.0 - duplicates; persons.len()];
        for _ in 0..MOST_ITERATIONS {
            let sibling = |pattern: u32| -> f64 {
                let outcome = |c| space.outcome(pattern, c) as usize;
                let present = (0..shares.len()).filter(|&c| outcome(c) > 0);
                present.map(|c| shares[c][outcome(c) - 1].ln()).sum()
            };
            let odds = duplicates.ln() - (1.0 - duplicates).ln();
            let next: Vec<f64> = persons
                .iter()
                .zip(&same)
                .map(|(&(pattern, _), same)| 1.0 / (1.0 + (odds + same - sibling(pattern)).exp()))
                .collect();
            let kept: f64 = persons.iter().zip(&next).map(|((_, count), d)| count * d).sum();
            let before = duplicates;
            duplicates = ((total - kept + 0.5) / (total + 1.0)).clamp(1e-9, 1.0 - 1e-9);
            different = next;
            let weighted: Vec<(u32, f64)> =
                persons.iter().zip(&different).map(|(&(p, count), d)| (p, count * d)).collect();
            shares = household_shares(space, &weighted);
            if (duplicates - before).abs() < 1e-9 {
                break;
            }
        }
        different
    }
}

/// Joint distribution of the person comparisons among different children of a household.
///
/// `s(h) = (n_h + k Π s_c(h_c)) / (n + k)` within each pattern of missing values, k = 200.
/// Places are taken to disagree as they do for one child: errors in an address are alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HouseholdTable {
    space: PatternSpace,
    /// What is outside the table: location, and in a session what its rule touches.
    outside: Vec<bool>,
    location: Vec<bool>,
    blocked: Vec<Blocked>,
    shares: Vec<Vec<f64>>,
    counts: HashMap<u32, f64>,
    totals: HashMap<u32, f64>,
}

impl HouseholdTable {
    /// Builds the table from weighted pairs, seen as a session sees them, or whole.
    pub(super) fn build(
        space: &PatternSpace,
        location: &[bool],
        pairs: &[(u32, f64)],
        session: Option<&Session>,
    ) -> Self {
        let comparisons = space.comparisons();
        let blocked = session.map_or(vec![Blocked::Free; comparisons], |s| s.blocked.clone());
        let outside: Vec<bool> =
            (0..comparisons).map(|c| location[c] || blocked[c] != Blocked::Free).collect();
        let mut table = Self {
            space: space.clone(),
            shares: household_shares(space, pairs),
            outside,
            location: location.to_vec(),
            blocked,
            counts: HashMap::new(),
            totals: HashMap::new(),
        };
        for &(pattern, weight) in pairs {
            if table.satisfies_rule(pattern) {
                *table.counts.entry(table.key(pattern)).or_default() += weight;
            }
        }
        table.sum();
        table
    }

    /// Restores the whole table from what [`HouseholdTable::counts`] gave.
    pub(super) fn restore(
        space: &PatternSpace,
        location: &[bool],
        shares: Vec<Vec<f64>>,
        counts: &[(u32, f64)],
    ) -> Self {
        let mut table = Self {
            space: space.clone(),
            outside: location.to_vec(),
            location: location.to_vec(),
            blocked: vec![Blocked::Free; space.comparisons()],
            shares,
            counts: counts.iter().copied().collect(),
            totals: HashMap::new(),
        };
        table.sum();
        table
    }

    /// Sums the counts by what is missing; in order of patterns, so that sums always agree.
    fn sum(&mut self) {
        for (pattern, weight) in self.counts() {
            *self.totals.entry(self.missing(pattern)).or_default() += weight;
        }
    }

    /// Returns the number of pairs of each pattern of person comparisons, sorted.
    pub(super) fn counts(&self) -> Vec<(u32, f64)> {
        let mut counts: Vec<(u32, f64)> = self.counts.iter().map(|(&p, &n)| (p, n)).collect();
        counts.sort_unstable_by_key(|&(pattern, _)| pattern);
        counts
    }

    /// Says for each comparison whether it is about the place and not the person.
    pub(super) fn location(&self) -> &[bool] {
        &self.location
    }

    /// Returns the natural logarithm of a pattern's probability in a household.
    pub(super) fn log_likelihood(&self, pattern: u32, comparisons: &[ComparisonParameters]) -> f64 {
        let mut place = 0.0;
        for (c, comparison) in comparisons.iter().enumerate() {
            let outcome = self.space.outcome(pattern, c) as usize;
            if outcome > 0 && self.location[c] && self.blocked[c] == Blocked::Free {
                place += comparison.m[outcome - 1].ln();
            }
        }
        self.persons_log(pattern) + place
    }

    /// Returns the same of the comparisons of persons alone.
    pub(super) fn persons_log(&self, pattern: u32) -> f64 {
        let mut product = 1.0;
        for (c, shares) in self.shares.iter().enumerate() {
            let outcome = self.space.outcome(pattern, c) as usize;
            if outcome > 0 && !self.outside[c] {
                product *= shares[outcome - 1];
            }
        }
        let count = self.counts.get(&self.key(pattern)).copied().unwrap_or(0.0);
        let total = self.totals.get(&self.missing(pattern)).copied().unwrap_or(0.0);
        ((count + SHRINKAGE * product) / (total + SHRINKAGE)).ln()
    }

    /// Returns the share of each outcome of each comparison.
    pub(super) fn shares(&self) -> &[Vec<f64>] {
        &self.shares
    }

    /// Says whether a pair could have come through the session's rule.
    fn satisfies_rule(&self, pattern: u32) -> bool {
        self.blocked.iter().enumerate().all(|(c, blocked)| {
            let outcome = self.space.outcome(pattern, c);
            self.location[c]
                || match blocked {
                    Blocked::Free => true,
                    Blocked::Equal => outcome == 1,
                    Blocked::Alike => outcome > 0,
                }
        })
    }

    fn key(&self, pattern: u32) -> u32 {
        self.outside.iter().enumerate().fold(pattern, |key, (c, &outside)| {
            let outcome = u32::from(self.space.outcome(pattern, c));
            if outside { key - outcome * self.space.stride(c) } else { key }
        })
    }

    /// Returns which of the table's comparisons are missing, as bits.
    fn missing(&self, pattern: u32) -> u32 {
        self.outside.iter().enumerate().fold(0, |bits, (c, &outside)| {
            bits | u32::from(!outside && self.space.outcome(pattern, c) == 0) << c
        })
    }
}

/// Returns the share of each outcome of each comparison among weighted pairs.
fn household_shares(space: &PatternSpace, pairs: &[(u32, f64)]) -> Vec<Vec<f64>> {
    (0..space.comparisons())
        .map(|c| {
            let outcomes = space.outcome_count(c);
            let mut counts = vec![0.5; outcomes];
            for &(pattern, weight) in pairs {
                match space.outcome(pattern, c) {
                    0 => {}
                    outcome => counts[outcome as usize - 1] += weight,
                }
            }
            let total: f64 = counts.iter().sum();
            counts.into_iter().map(|count| count / total).collect()
        })
        .collect()
}
