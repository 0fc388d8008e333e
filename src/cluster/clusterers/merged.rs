//! Merging: groups of records are compared as one record of several values, best pair first.

use rayon::prelude::*;

use crate::cluster::Clusterer;
use crate::cluster::component::{Component, components, entities};
use crate::record::{Entities, Records};
use crate::strategy::{Agreement, Evidence, Links};

/// Merges the two groups that agree best, compares the merged group anew, and goes on.
///
/// What one record lacks another of its group may hold, so two records that share nothing do not
/// part a group; and what no value of the one group shares with any of the other, such as the
/// given names of twins, speaks against them once and not once a pair. Groups are merged while
/// the weight of their union reaches the threshold and no duplicate-free source is broken.
/// Source: the merging of Benjelloun et al. (2009), VLDB Journal 18(1), "Swoosh", with match
/// weights in place of rules.
pub(super) struct Merged;

impl Clusterer for Merged {
    fn name(&self) -> &'static str {
        "merged"
    }

    fn describe(&self) -> &'static str {
        "Merges the groups that agree best and compares the merged group anew."
    }

    fn cluster(&self, records: &Records, links: &Links, evidence: &Evidence<'_>) -> Entities {
        let parted: Vec<(Component, Vec<usize>)> = components(records, links)
            .into_par_iter()
            .map(|component| {
                let sets = part(&component, evidence);
                (component, sets)
            })
            .collect();
        entities(records.len(), &parted)
    }
}

/// What speaks for merging two groups.
struct Bond {
    agreement: Agreement,
    /// Bits above the threshold; infinite where a key decided or a source forbids.
    margin: f64,
}

/// Returns the set of each member of a component.
fn part(component: &Component, evidence: &Evidence<'_>) -> Vec<usize> {
    let size = component.size();
    let mut labels: Vec<usize> = (0..size).collect();
    let mut groups: Vec<usize> = (0..size).collect();
    let place = |x: usize, y: usize| x.min(y) * size + x.max(y);
    let mut bonds: Vec<Option<Bond>> = (0..size * size).map(|_| None).collect();
    for x in 0..size {
        for y in x + 1..size {
            let agreement = evidence.agreement(component.members[x], component.members[y]);
            let margin = evidence.margin(&agreement);
            bonds[place(x, y)] = Some(Bond { agreement, margin });
        }
    }
    let mut decide = |x: usize, y: usize, margin: f64| {
        bonds[place(x, y)].as_mut().expect("every pair has a bond").margin = margin;
    };
    component.certain.iter().for_each(|&(x, y)| decide(x, y, f64::INFINITY));
    for x in 0..size {
        (x + 1..size).filter(|&y| component.excludes(x, y)).for_each(|y| {
            decide(x, y, f64::NEG_INFINITY);
        });
    }
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for (order, &x) in groups.iter().enumerate() {
            for &y in &groups[order + 1..] {
                let margin = bonds[place(x, y)].as_ref().expect("groups have bonds").margin;
                if margin >= 0.0 && best.is_none_or(|(most, ..)| margin > most) {
                    best = Some((margin, x, y));
                }
            }
        }
        let Some((_, x, y)) = best else { return labels };
        groups.retain(|&group| group != y);
        labels.iter_mut().filter(|label| **label == y).for_each(|label| *label = x);
        for &z in groups.iter().filter(|&&z| z != x) {
            let other = bonds[place(y, z)].take().expect("groups have bonds");
            let bond = bonds[place(x, z)].as_mut().expect("groups have bonds");
            bond.agreement.join(&other.agreement);
            bond.margin = match (bond.margin, other.margin) {
                (f64::NEG_INFINITY, _) | (_, f64::NEG_INFINITY) => f64::NEG_INFINITY,
                (f64::INFINITY, _) | (_, f64::INFINITY) => f64::INFINITY,
                _ => evidence.margin(&bond.agreement),
            };
        }
    }
}
