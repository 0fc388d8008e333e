//! Draws of the partition: what else the entities could be, for analysts who carry the doubt on.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use rayon::prelude::*;

use super::component::{Component, Linked};
use super::margins::Margins;
use crate::record::{Entities, Records};
use crate::strategy::{Evidence, Link, Links};

/// Records of a component up to which draws are exact and independent of each other.
const EXACT: usize = 12;
/// Sweeps over a larger component before each draw.
const SWEEPS: u64 = 100;
/// Least probability of a scored pair that may join two components.
const LEAST: f64 = 0.01;

/// How many partitions are drawn, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Draws {
    /// Number of partitions.
    pub count: u32,
    /// Seed; the same one gives the same partitions.
    pub seed: u64,
}

/// Draws partitions of the records from what the evidence says of all of them.
///
/// # Formula
/// `P(C) ∝ 2^Σ W_ij` over the pairs i < j that a partition C has in one set, W being match weights:
/// of two records alone they are one child's with their match probability. Pairs of larger sets
/// count as if they were independent, and the prior with each of them, as in correlation
/// clustering. No set holds two records of a duplicate-free source or under a veto, so that what
/// rivals take from a weight is left out; what a key decided stays together. Components are joined by links and by scored pairs of probability
/// .01 or more. Up to twelve records the sums over all partitions are made by dynamic
/// programming over subsets (what a key joined is one); beyond, each draw is the end of a hundred sweeps of Gibbs sampling
/// that move one record at a time, or those that a key joined, from every record alone.
/// Source: Geman and Geman (1984), IEEE PAMI 6(6), for the sampling.
pub fn draw(
    records: &Records,
    links: &Links,
    scored: &[Link],
    evidence: &Evidence<'_>,
    draws: Draws,
) -> Vec<Entities> {
    let mut joined = Links::default();
    joined.add(links);
    let likely = scored.iter().filter(|link| link.probability().get() >= LEAST);
    joined.by_probability.extend(likely.copied());
    let linked = Linked::of(records, &joined, evidence);
    let drawn: Vec<Vec<Vec<usize>>> = (0..linked.count())
        .into_par_iter()
        .map(|place| {
            let component = linked.component(place, records);
            let margins = Margins::new(&component, evidence, Evidence::weight_before_rivals);
            let chance = |draw| Chance::new(draws.seed, draw, &component);
            partitions(&margins, (0..u64::from(draws.count)).map(chance))
        })
        .collect();
    let one = |draw: usize| linked.entities(|place| Some(&drawn[place][draw]));
    (0..draws.count as usize).map(one).collect()
}

/// Draws partitions of one component: the set of each member, once for each source of chance.
///
/// What is never parted moves as one: record by record it could never leave where it once is.
fn partitions(margins: &Margins, chances: impl Iterator<Item = Chance>) -> Vec<Vec<usize>> {
    let (unit_of, margins) = margins.units();
    let exact = (margins.size <= EXACT).then(|| Exact::new(&margins));
    let of_units = chances.map(|mut chance| match &exact {
        Some(exact) => exact.draw(&mut chance),
        None => gibbs(&margins, &mut chance),
    });
    of_units.map(|labels| unit_of.iter().map(|&unit| labels[unit]).collect()).collect()
}

/// Uniform numbers by hash: the same for a seed, a draw and a component, at any number of threads.
struct Chance {
    hasher: FixedState,
    draw: u64,
    component: u32,
    used: u64,
}

impl Chance {
    fn new(seed: u64, draw: u64, component: &Component) -> Self {
        let hasher = FixedState::with_seed(seed);
        Self { hasher, draw, component: component.members[0], used: 0 }
    }

    /// Returns a number from 0 to below 1.
    fn next(&mut self) -> f64 {
        self.used += 1;
        let hash = self.hasher.hash_one((self.draw, self.component, self.used));
        (hash >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Chooses a place by weights, given as logarithms to base 2, the largest of which is finite.
    fn choose(&mut self, weights: &[f64]) -> usize {
        let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = weights.iter().map(|weight| (weight - most).exp2()).sum();
        let mut left = self.next() * total;
        let mut last = 0;
        for (place, weight) in weights.iter().enumerate() {
            let share = (weight - most).exp2();
            if share > 0.0 {
                last = place;
                if left < share {
                    return place;
                }
                left -= share;
            }
        }
        last
    }
}

/// Sums over all partitions of a small component.
struct Exact {
    size: usize,
    /// Bits within each subset.
    within: Vec<f64>,
    /// Logarithm to base 2 of the sum over all partitions of each subset.
    sums: Vec<f64>,
}

impl Exact {
    fn new(margins: &Margins) -> Self {
        let within = margins.within();
        let mut exact = Self { size: margins.size, sums: vec![0.0; within.len()], within };
        let mut weights = Vec::new();
        for set in 1..exact.within.len() {
            exact.weigh(set, &mut weights);
            let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = weights.iter().map(|weight| (weight - most).exp2()).sum();
            exact.sums[set] = most + total.log2();
        }
        exact
    }

    /// Weighs the sets that the first record of a subset may be in, each with all partitions of
    /// what is left; the first of them is the record alone.
    fn weigh(&self, set: usize, weights: &mut Vec<f64>) {
        let first = set & set.wrapping_neg();
        let rest = set ^ first;
        weights.clear();
        let mut with = 0;
        loop {
            weights.push(self.within[with | first] + self.sums[rest ^ with]);
            if with == rest {
                break;
            }
            // The next subset of the rest.
            with = with.wrapping_sub(rest) & rest;
        }
    }

    fn draw(&self, chance: &mut Chance) -> Vec<usize> {
        let mut labels = vec![0; self.size];
        let mut left = self.within.len() - 1;
        let mut weights = Vec::new();
        for label in 0.. {
            if left == 0 {
                break;
            }
            self.weigh(left, &mut weights);
            let first = left & left.wrapping_neg();
            let rest = left ^ first;
            let mut with: usize = 0;
            for _ in 0..chance.choose(&weights) {
                with = with.wrapping_sub(rest) & rest;
            }
            let set = with | first;
            let members = (0..self.size).filter(|place| set >> place & 1 == 1);
            members.for_each(|place| labels[place] = label);
            left ^= set;
        }
        labels
    }
}

/// Draws a partition of a larger component by moving one record at a time.
fn gibbs(margins: &Margins, chance: &mut Chance) -> Vec<usize> {
    let size = margins.size;
    let mut labels: Vec<usize> = (0..size).collect();
    let mut counts = vec![1usize; size];
    let mut gains = vec![0.0; size];
    for _ in 0..SWEEPS {
        for record in 0..size {
            counts[labels[record]] -= 1;
            let alone = counts.iter().position(|&count| count == 0).expect("one set is left empty");
            for (label, gain) in gains.iter_mut().enumerate() {
                let open = counts[label] > 0 || label == alone;
                *gain = if open { 0.0 } else { f64::NEG_INFINITY };
            }
            for other in (0..size).filter(|&other| other != record) {
                gains[labels[other]] += margins.margin(record, other);
            }
            labels[record] = chance.choose(&gains);
            counts[labels[record]] += 1;
        }
    }
    labels
}

#[cfg(test)]
mod tests;
