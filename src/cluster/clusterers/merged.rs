//! Merging: groups of records are compared as one record of several values, best pair first.

use crate::cluster::Clusterer;
use crate::cluster::component::{Component, LARGEST, partition};
use crate::record::{Entities, Records};
use crate::strategy::{Agreement, Evidence, Links};

/// Merges the two groups that agree best, compares the merged group anew, and goes on.
///
/// What one record lacks another of its group may hold, so two records that share nothing do not
/// part a group; and what no value of the one group shares with any of the other, such as the
/// given names of twins, speaks against them the more the more records the smaller group has,
/// though not once a pair. Groups are merged while the weight of their union reaches the
/// threshold and no duplicate-free source is broken.
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

    fn most_records(&self) -> Option<usize> {
        Some(LARGEST)
    }

    fn cluster(&self, records: &Records, links: &Links, evidence: &Evidence<'_>) -> Entities {
        partition(records, links, evidence, |component| part(component, evidence))
    }
}

/// What speaks for merging two groups.
struct Bond {
    agreement: Agreement,
    /// Bits above the threshold; infinite where a key decided or something forbids.
    margin: f64,
}

/// Groups of a component, each under its first member, and the bonds between them.
struct Groups<'a> {
    evidence: &'a Evidence<'a>,
    size: usize,
    /// Group of each member.
    labels: Vec<usize>,
    groups: Vec<usize>,
    bonds: Vec<Option<Bond>>,
    /// Records of each group that hold a value, for each comparison.
    holding: Vec<Vec<u32>>,
}

/// Returns the set of each member of a component.
fn part(component: &Component<'_>, evidence: &Evidence<'_>) -> Vec<usize> {
    let mut groups = Groups::new(component, evidence);
    // What stood before is merged before anything else, and so never parted.
    for x in 0..component.size() {
        for y in x + 1..component.size() {
            if component.stands(x, y) && groups.labels[y] == y {
                groups.merge(groups.labels[x], y);
            }
        }
    }
    while let Some((x, y)) = groups.best() {
        groups.merge(x, y);
    }
    groups.labels
}

impl<'a> Groups<'a> {
    /// Starts with every member alone.
    fn new(component: &Component<'_>, evidence: &'a Evidence<'a>) -> Self {
        let size = component.size();
        let all: Vec<usize> = (0..size).collect();
        let bonds = (0..size * size).map(|_| None).collect();
        let members = &component.members;
        let holding = members.iter().map(|&member| evidence.holds(member)).collect();
        let mut groups = Self { evidence, size, labels: all.clone(), groups: all, bonds, holding };
        for x in 0..size {
            for y in x + 1..size {
                let agreement = evidence.agreement(members[x], members[y]);
                let margin = match component.excludes(x, y) {
                    true => f64::NEG_INFINITY,
                    false => evidence.margin(&agreement),
                };
                let place = groups.place(x, y);
                groups.bonds[place] = Some(Bond { agreement, margin });
            }
        }
        for &(x, y) in component.certain.iter().filter(|&&(x, y)| !component.excludes(x, y)) {
            let place = groups.place(x, y);
            groups.bonds[place].as_mut().expect("every pair has a bond").margin = f64::INFINITY;
        }
        groups
    }

    fn place(&self, x: usize, y: usize) -> usize {
        x.min(y) * self.size + x.max(y)
    }

    /// Returns the two groups that agree best, if any two agree well enough.
    fn best(&self) -> Option<(usize, usize)> {
        let mut best: Option<(f64, usize, usize)> = None;
        for (order, &x) in self.groups.iter().enumerate() {
            for &y in &self.groups[order + 1..] {
                let bond = self.bonds[self.place(x, y)].as_ref();
                let margin = bond.expect("groups have bonds").margin;
                if margin >= 0.0 && best.is_none_or(|(most, ..)| margin > most) {
                    best = Some((margin, x, y));
                }
            }
        }
        best.map(|(_, x, y)| (x, y))
    }

    /// Merges a later group into an earlier one and compares it anew with all others.
    fn merge(&mut self, x: usize, y: usize) {
        self.groups.retain(|&group| group != y);
        self.labels.iter_mut().filter(|label| **label == y).for_each(|label| *label = x);
        let lost = std::mem::take(&mut self.holding[y]);
        self.holding[x].iter_mut().zip(lost).for_each(|(kept, lost)| *kept += lost);
        for &z in self.groups.iter().filter(|&&z| z != x) {
            let (kept, lost) = (self.place(x, z), self.place(y, z));
            let other = self.bonds[lost].take().expect("groups have bonds");
            let bond = self.bonds[kept].as_mut().expect("groups have bonds");
            let fewest = self.holding[x].iter().zip(&self.holding[z]).map(|(&a, &b)| a.min(b));
            bond.agreement.join(&other.agreement, fewest);
            bond.margin = match (bond.margin, other.margin) {
                (f64::NEG_INFINITY, _) | (_, f64::NEG_INFINITY) => f64::NEG_INFINITY,
                (f64::INFINITY, _) | (_, f64::INFINITY) => f64::INFINITY,
                _ => self.evidence.margin(&bond.agreement),
            };
        }
    }
}
