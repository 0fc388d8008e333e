//! The household class: what two different children at one address look like.
//!
//! Learnt without labels, from pairs inside one agency's records that share an address. Without
//! it a model on families learns "same household" instead of "same child".

use hashbrown::HashMap;

use super::bound::shares_of;
use super::parameters::ComparisonParameters;
use super::sessions::{Blocked, Session, reduce};
use super::training::MOST_ITERATIONS;
use crate::comparison::PatternSpace;

/// Weight of the independent product beside the joint counts, in pairs.
const SHRINKAGE: f64 = 200.0;
/// Fewest pairs of different children from which shares are learnt.
const FEWEST_PAIRS: f64 = 30.0;

/// Pairs inside one agency's records that share an address.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseholdPairs {
    /// Pattern and number of pairs, those of a large address counting less.
    pub patterns: Vec<(u32, f64)>,
    /// Number of each pattern's pairs that some blocking rule would propose.
    pub candidates: Vec<f64>,
    /// For each comparison, whether it is about the place and not the person.
    pub location: Vec<bool>,
    /// For each comparison, whether it tells the address, so that all the pairs agree on it.
    pub told_by: Vec<bool>,
}

impl HouseholdPairs {
    /// Says for each comparison whether members of a household share what it compares: the place,
    /// and the family name where it tells the address. Such values differ by mistakes alone, as
    /// those of one child do; pairs that were found by their agreement say nothing of it.
    pub(super) fn shared(&self) -> Vec<bool> {
        self.location.iter().zip(&self.told_by).map(|(&place, &told)| place || told).collect()
    }

    /// Returns for each pattern the chance that its pairs are different children of a household.
    ///
    /// `of_matches` gives the natural logarithm of a pattern's probability among matches,
    /// `unrelated` the share of each outcome of each comparison among unrelated pairs.
    ///
    /// A roll may hold a child twice, and a street or a block of flats holds many families. So its
    /// same-address pairs are a mixture: some look as matches do, some as strangers do, the rest as
    /// siblings with independent comparisons do. Independence is what tells them apart: a
    /// duplicate agrees on given name and date of birth at once, a sibling on the family name and
    /// the birthplace. (A joint table in place of the siblings' would take the duplicates for
    /// siblings and hardly ever let go.) Where the address is told by the family name as well,
    /// nobody is taken for a stranger: what is left would not tell one from a sibling.
    pub(super) fn of_different_children(
        &self,
        space: &PatternSpace,
        of_matches: impl Fn(u32) -> f64,
        unrelated: Vec<Vec<f64>>,
    ) -> Vec<f64> {
        let blocked: Vec<Blocked> = (self.shared().into_iter())
            .map(|shared| if shared { Blocked::Equal } else { Blocked::Free })
            .collect();
        let persons: Vec<(u32, f64)> = self
            .patterns
            .iter()
            .map(|&(pattern, count)| (reduce(space, pattern, &blocked), count))
            .collect();
        let likelihood = |shares: &[Vec<f64>], pattern: u32| -> f64 {
            let outcome = |c| space.outcome(pattern, c) as usize;
            let present = (0..shares.len()).filter(|&c| outcome(c) > 0);
            present.map(|c| shares[c][outcome(c) - 1].ln()).sum()
        };
        let known: Vec<[f64; 2]> = persons
            .iter()
            .map(|&(pattern, _)| [of_matches(pattern), likelihood(&unrelated, pattern)])
            .collect();
        let by_name = self.told_by.iter().zip(&self.location).any(|(&told, &place)| told && !place);
        let strangers = if by_name { 0.0 } else { 1.0 };
        let mut parts: [f64; 3] = [0.25, 0.5, 0.25 * strangers];
        let mut siblings = unrelated.clone();
        let mut different = vec![0.0; persons.len()];
        for _ in 0..MOST_ITERATIONS {
            let mut sums = [0.5, 0.5, 0.5 * strangers];
            for (at, &(pattern, count)) in persons.iter().enumerate() {
                let logs = [known[at][0], likelihood(&siblings, pattern), known[at][1]];
                let posterior = shares_of(std::array::from_fn(|k| parts[k].ln() + logs[k]));
                sums.iter_mut().zip(posterior).for_each(|(sum, share)| *sum += count * share);
                different[at] = posterior[1];
            }
            let total: f64 = sums.iter().sum();
            let next = sums.map(|sum| sum / total);
            let step = next.iter().zip(parts).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
            parts = next;
            let weighted: Vec<(u32, f64)> =
                persons.iter().zip(&different).map(|(&(p, count), d)| (p, count * d)).collect();
            siblings = household_shares(space, &weighted);
            // Where duplicates are many, those that differ would take every sibling who happens
            // to agree: siblings agree by chance as often as strangers do.
            for (shares, least) in siblings.iter_mut().zip(&unrelated) {
                if shares[0] < least[0] {
                    let rest = (1.0 - least[0]) / (1.0 - shares[0]);
                    shares.iter_mut().for_each(|share| *share *= rest);
                    shares[0] = least[0];
                }
            }
            if step < 1e-9 {
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

    /// Says whether there were enough pairs to tell what different children look like.
    pub(super) fn is_learnt(&self) -> bool {
        self.counts.values().sum::<f64>() >= FEWEST_PAIRS
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of agreement on given name, family name, birthplace and place.
    type Class = [f64; 4];
    const SAME: Class = [0.9, 0.95, 0.9, 1.0];
    const SIBLINGS: Class = [0.02, 0.9, 0.8, 1.0];
    const STRANGERS: Class = [0.02, 0.01, 0.05, 1.0];

    fn likelihood(class: &Class, outcomes: &[u8]) -> f64 {
        let share = |(&agreed, &outcome)| if outcome == 1 { agreed } else { 1.0 - agreed };
        class.iter().zip(outcomes).map(share).product()
    }

    /// Returns what is found of exact expectations: the pairs of siblings in truth, those found,
    /// and how often those agree on the family name.
    fn found(pairs: [f64; 3], told_by: [bool; 4]) -> [f64; 3] {
        let space = PatternSpace::new([2; 4]).unwrap();
        // All pairs agree on what the address is told by.
        let possible =
            |outcomes: &[u8]| (0..4).all(|c| outcomes[c] == 1 || (outcomes[c] == 2 && !told_by[c]));
        let all: Vec<u32> = (0..space.size()).filter(|&p| possible(&space.outcomes(p))).collect();
        let within = |class: &Class| -> Vec<f64> {
            let chances = all.iter().map(|&p| likelihood(class, &space.outcomes(p)));
            let total: f64 = chances.clone().sum();
            chances.map(|chance| chance / total).collect()
        };
        let classes = [SAME, SIBLINGS, STRANGERS].map(|class| within(&class));
        let count = |at: usize| (0..3).map(|k| pairs[k] * classes[k][at]).sum();
        let patterns: Vec<(u32, f64)> = (0..all.len()).map(|at| (all[at], count(at))).collect();
        let households = HouseholdPairs {
            candidates: vec![0.0; patterns.len()],
            patterns,
            location: vec![false, false, false, true],
            told_by: told_by.to_vec(),
        };
        let same = |pattern: u32| {
            let logs = (0..4).map(|c| match space.outcome(pattern, c) {
                0 => 0.0,
                1 => SAME[c].ln(),
                _ => (1.0 - SAME[c]).ln(),
            });
            logs.sum()
        };
        let unrelated = STRANGERS.map(|share| vec![share.min(0.5), 1.0 - share.min(0.5)]).to_vec();
        let different = households.of_different_children(&space, same, unrelated);
        let of_pattern = households.patterns.iter().zip(&different);
        let weighted: Vec<(u32, f64)> =
            of_pattern.map(|(&(pattern, count), weight)| (pattern, count * weight)).collect();
        let siblings = weighted.iter().map(|(_, count)| count).sum();
        [pairs[1], siblings, household_shares(&space, &weighted)[1][0]]
    }

    #[test]
    fn siblings_are_found_among_duplicates_and_the_strangers_of_a_street() {
        let place = [false, false, false, true];
        for pairs in [[0.0, 10_000.0, 0.0], [3_000.0, 5_000.0, 500.0], [50.0, 4_000.0, 60_000.0]] {
            let [truth, siblings, named_alike] = found(pairs, place);
            assert!((0.97..1.03).contains(&(siblings / truth)), "{siblings} of {truth}");
            assert!((named_alike - 0.9).abs() < 0.02, "{named_alike}");
        }
    }

    #[test]
    fn an_address_told_by_the_family_name_is_no_sign_against_a_duplicate() {
        // Many records a person, badly written: the name that all share would tell of siblings.
        let [truth, siblings, named_alike] =
            found([30_000.0, 8_000.0, 0.0], [false, true, false, true]);
        assert!((0.9..1.1).contains(&(siblings / truth)), "{siblings} of {truth}");
        assert!(named_alike > 0.99, "{named_alike}");
    }

    #[test]
    fn a_family_name_that_tells_the_address_differs_by_mistakes_as_that_of_one_child() {
        let space = PatternSpace::new([2; 4]).unwrap();
        // Siblings at one address, all of whom agree on the family name that tells it.
        let alike = space.pattern(&[2, 1, 1, 1]);
        let households = HouseholdPairs {
            patterns: vec![(alike, 1_000.0)],
            candidates: vec![0.0],
            location: vec![false, false, false, true],
            told_by: vec![false, true, false, true],
        };
        assert_eq!(households.shared(), [false, true, false, true]);
        let table = HouseholdTable::build(&space, &households.shared(), &households.patterns, None);
        let of_one_child = SAME.map(|share| ComparisonParameters {
            attribute: String::new(),
            kinds: Vec::new(),
            labels: Vec::new(),
            m: vec![share, 1.0 - share],
            u: vec![0.5; 2],
            s: None,
            term_frequency: None,
            u_sampled: None,
            errors: None,
        });
        let [exact, miswritten] = [1, 2]
            .map(|outcome| table.log_likelihood(space.pattern(&[2, outcome, 1, 1]), &of_one_child));
        let mistakes = (0.05_f64 / 0.95).ln();
        assert!((miswritten - exact - mistakes).abs() < 1e-12, "{miswritten} and {exact}");
    }
}
