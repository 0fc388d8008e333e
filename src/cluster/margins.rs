//! What speaks for every two records of a component, so that a partition can be weighed.

use super::component::Component;
use crate::record::UnionFind;
use crate::strategy::{Agreement, Evidence};

/// Bits of a link that a key decided: more than any evidence of attributes.
const BY_KEY: f64 = 1e4;
/// Bits between records that stood in one entity before: more than all keys of a component.
const STANDING: f64 = 1e9;

/// Bits that speak for each pair of a component being one child, or against it.
pub(super) struct Margins {
    /// Members of the component.
    pub(super) size: usize,
    pub(super) margins: Vec<f64>,
}

impl Margins {
    /// Weighs every two members; what a key decided and what is excluded stands.
    pub(super) fn new<'e>(
        component: &Component,
        evidence: &Evidence<'e>,
        bits: impl Fn(&Evidence<'e>, &Agreement) -> f64,
    ) -> Self {
        let size = component.size();
        let mut margins = Self { size, margins: vec![0.0; size * size] };
        for (x, &a) in component.members.iter().enumerate() {
            for (y, &b) in component.members.iter().enumerate().skip(x + 1) {
                let margin = match (component.stands(x, y), component.excludes(x, y)) {
                    (true, _) => STANDING,
                    (false, true) => f64::NEG_INFINITY,
                    (false, false) => bits(evidence, &evidence.agreement(a, b)),
                };
                margins.set(x, y, margin);
            }
        }
        let open =
            |&&(x, y): &&(usize, usize)| !component.excludes(x, y) && !component.stands(x, y);
        for &(x, y) in component.certain.iter().filter(open) {
            margins.set(x, y, BY_KEY);
        }
        margins
    }

    /// Takes the bits of every two of so many members from a function of their places.
    #[cfg(test)]
    pub(super) fn of_places(size: usize, bits: impl Fn(usize, usize) -> f64) -> Self {
        let mut margins = Self { size, margins: vec![0.0; size * size] };
        for x in 0..size {
            (x + 1..size).for_each(|y| margins.set(x, y, bits(x, y)));
        }
        margins
    }

    pub(super) fn set(&mut self, x: usize, y: usize, margin: f64) {
        self.margins[x * self.size + y] = margin;
        self.margins[y * self.size + x] = margin;
    }

    pub(super) fn margin(&self, x: usize, y: usize) -> f64 {
        self.margins[x * self.size + y]
    }

    /// Joins the members that are never parted into units: returns the unit of each member, and
    /// what speaks for every two units.
    ///
    /// Where some of those that keys join exclude each other, each of them is a unit of its own.
    pub(super) fn units(&self) -> (Vec<usize>, Margins) {
        let pairs = || (0..self.size).flat_map(|x| (0..x).map(move |y| (y, x)));
        let mut sets = UnionFind::new(self.size);
        for (x, y) in pairs().filter(|&(x, y)| self.margin(x, y) >= BY_KEY) {
            sets.join(x as u32, y as u32);
        }
        let sets = sets.roots();
        let excluded = |&(x, y): &(usize, usize)| self.margin(x, y) == f64::NEG_INFINITY;
        let parted: Vec<u32> = pairs()
            .filter(|(x, y)| sets[*x] == sets[*y])
            .filter(excluded)
            .map(|(x, _)| sets[x])
            .collect();
        let mut first = vec![None; self.size];
        let mut units = 0;
        let mut unit = |member: usize| {
            let known = &mut first[sets[member] as usize];
            if let (Some(unit), false) = (*known, parted.contains(&sets[member])) {
                return unit;
            }
            *known = Some(units);
            units += 1;
            units - 1
        };
        let unit_of: Vec<usize> = (0..self.size).map(&mut unit).collect();
        let mut margins = Margins { size: units, margins: vec![0.0; units * units] };
        for (x, y) in pairs().filter(|&(x, y)| unit_of[x] != unit_of[y]) {
            let (s, t) = (unit_of[x], unit_of[y]);
            margins.set(s, t, margins.margin(s, t) + self.margin(x, y));
        }
        (unit_of, margins)
    }

    /// Returns the bits within each subset of the members, as bits of its number.
    pub(super) fn within(&self) -> Vec<f64> {
        let all = (1usize << self.size) - 1;
        let mut within = vec![0.0; all + 1];
        for set in 1..=all {
            let first = set.trailing_zeros() as usize;
            let rest = set & (set - 1);
            let mut sum = within[rest];
            let mut others = rest;
            while others != 0 {
                sum += self.margin(first, others.trailing_zeros() as usize);
                others &= others - 1;
            }
            within[set] = sum;
        }
        within
    }
}
