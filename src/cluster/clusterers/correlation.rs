//! Correlation clustering: the partition that the evidence of all pairs together likes best.

use crate::cluster::Clusterer;
use crate::cluster::component::{LARGEST, partition};
use crate::cluster::margins::Margins;
use crate::record::{Entities, Records};
use crate::strategy::{Evidence, Links};

/// Records of a component up to which the best partition is found for certain.
const EXACT: usize = 12;
/// Sweeps of single moves over a larger component, at most.
const SWEEPS: usize = 50;
/// Weighs every two records of a component, linked or not, and splits where they contradict.
///
/// # Formula
/// The partition C of a component that maximises `Σ_{i<j in one set} (W_ij − τ)`, W being match
/// weights and τ the threshold, no set holding two records of a duplicate-free source. Up to
/// [`EXACT`] records by dynamic programming over subsets; beyond, by average linkage followed by
/// moves of single records. Source: Bansal, Blum and Chawla (2004), Machine Learning 56.
pub(super) struct Correlation;

impl Clusterer for Correlation {
    fn name(&self) -> &'static str {
        "correlation"
    }

    fn describe(&self) -> &'static str {
        "Weighs every two records of a component and splits it where they contradict."
    }

    fn most_records(&self) -> Option<usize> {
        Some(LARGEST)
    }

    fn cluster(&self, records: &Records, links: &Links, evidence: &Evidence<'_>) -> Entities {
        partition(records, links, evidence, |component| {
            part(&Margins::new(component, evidence, Evidence::margin))
        })
    }
}

/// Parts a component; returns the set of each member.
fn part(component: &Margins) -> Vec<usize> {
    if component.size <= EXACT { part_exactly(component) } else { part_greedily(component) }
}

/// Finds the best partition: the set of the first record, then the best partition of the rest.
fn part_exactly(component: &Margins) -> Vec<usize> {
    let size = component.size;
    let all = (1usize << size) - 1;
    let within = component.within();
    let mut best = vec![0.0f64; all + 1];
    let mut choice = vec![0usize; all + 1];
    for set in 1..=all {
        let first = set & set.wrapping_neg();
        let rest = set ^ first;
        best[set] = f64::NEG_INFINITY;
        // Every subset of the rest, the largest first, so that a tie joins.
        let mut with = rest;
        loop {
            let chosen = with | first;
            let value = within[chosen] + best[set ^ chosen];
            if value > best[set] {
                best[set] = value;
                choice[set] = chosen;
            }
            if with == 0 {
                break;
            }
            with = (with - 1) & rest;
        }
    }
    let mut labels = vec![0; size];
    let (mut left, mut label) = (all, 0);
    while left != 0 {
        let chosen = choice[left];
        (0..size).filter(|place| chosen >> place & 1 == 1).for_each(|place| labels[place] = label);
        left ^= chosen;
        label += 1;
    }
    labels
}

/// Joins the two sets whose pairs gain most on average, until none gains; then moves records.
fn part_greedily(component: &Margins) -> Vec<usize> {
    let size = component.size;
    let mut sums = component.margins.clone();
    let mut sizes = vec![1usize; size];
    let mut labels: Vec<usize> = (0..size).collect();
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for x in (0..size).filter(|&x| sizes[x] > 0) {
            for y in (x + 1..size).filter(|&y| sizes[y] > 0) {
                let average = sums[x * size + y] / (sizes[x] * sizes[y]) as f64;
                if average > best.map_or(0.0, |(average, ..)| average) {
                    best = Some((average, x, y));
                }
            }
        }
        let Some((_, x, y)) = best else { break };
        for z in (0..size).filter(|&z| z != x && z != y) {
            sums[x * size + z] += sums[y * size + z];
            sums[z * size + x] = sums[x * size + z];
        }
        sizes[x] += sizes[y];
        sizes[y] = 0;
        labels.iter_mut().filter(|label| **label == y).for_each(|label| *label = x);
    }
    for _ in 0..SWEEPS {
        let mut moved = false;
        for record in 0..size {
            moved |= move_one(component, &mut labels, record);
        }
        if !moved {
            break;
        }
    }
    labels
}

/// Moves a record to the set that gains most, or alone; says whether it moved.
fn move_one(component: &Margins, labels: &mut [usize], record: usize) -> bool {
    let size = component.size;
    let mut gains = vec![0.0; size];
    let mut members = vec![0usize; size];
    for other in (0..size).filter(|&other| other != record) {
        gains[labels[other]] += component.margin(record, other);
        members[labels[other]] += 1;
    }
    let now = labels[record];
    let alone = members.iter().position(|&count| count == 0);
    let mut best = (gains[now], now);
    if let Some(alone) = alone.filter(|_| 0.0 > best.0) {
        best = (0.0, alone);
    }
    for label in (0..size).filter(|&label| members[label] > 0) {
        if gains[label] > best.0 {
            best = (gains[label], label);
        }
    }
    labels[record] = best.1;
    best.1 != now
}

#[cfg(test)]
mod tests;
