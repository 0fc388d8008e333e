//! The comparison engine: two records in, one agreement pattern out.

use std::borrow::Cow;

use rayon::prelude::*;

use super::joint::{ComparedColumn, Joined};
use super::level::settle;
use super::neighbours::Neighbours;
use super::occurrences::Occurrences;
use super::searched::loosest;
use super::swapped::Swap;
use super::values::Values;
use super::{Combination, Comparison, PatternSpace, RandomAgreement};
use crate::error::{Error, Result};
use crate::record::{Column, MISSING, RecordId, Records, SourceId};

/// Comparisons compiled against the records that they will compare.
pub struct ComparisonEngine<'a> {
    pub(super) compiled: Vec<Compiled<'a>>,
    pub(super) swaps: Vec<Swap<'a>>,
    pub(super) space: PatternSpace,
}

/// Comparison with the values that it compares.
pub(super) struct Compiled<'a> {
    pub(super) comparison: Comparison,
    pub(super) column: ComparedColumn<'a>,
    pub(super) codes: Cow<'a, [u32]>,
    pub(super) values: Values,
    /// Outcome of each tuple beside itself, which may lack a value; none of single values, which
    /// are the same.
    beside_itself: Vec<u8>,
    pub(super) neighbours: Neighbours,
    /// Levels whose bounds tell what may reach any but the first.
    pub(super) loosest: Vec<Combination>,
    pub(super) stride: u32,
    pub(super) none: u8,
}

impl<'a> ComparisonEngine<'a> {
    /// Prepares values and settles pairs of distinct values where there are few enough.
    ///
    /// # Errors
    /// `UnknownName` for an attribute that the records do not have, or that values are swapped with
    /// and that is not compared; `TooLarge` for too many patterns.
    pub fn new(records: &'a Records, comparisons: &[Comparison]) -> Result<Self> {
        Self::for_pairs(records, comparisons, u64::MAX)
    }

    /// Prepares values for about so many pairs of records: the fewer these are, the less is
    /// settled beforehand. Patterns are the same.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_pairs(records: &'a Records, comparisons: &[Comparison], pairs: u64) -> Result<Self> {
        Self::compile(records, comparisons, &|values, levels| {
            Neighbours::build(values, levels, records.len() as u64, pairs)
        })
    }

    /// Prepares values for a handful of pairs of records: nothing is settled beforehand.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_few_pairs(records: &'a Records, comparisons: &[Comparison]) -> Result<Self> {
        Self::compile(records, comparisons, &|values, _| Neighbours::none(values))
    }

    fn compile(
        records: &'a Records,
        comparisons: &[Comparison],
        neighbours: &(dyn Fn(&Values, &[Combination]) -> Neighbours + Sync),
    ) -> Result<Self> {
        let space = PatternSpace::new(comparisons.iter().map(Comparison::outcomes))?;
        let compiled: Result<Vec<Compiled<'a>>> = comparisons
            .par_iter()
            .enumerate()
            .map(|(order, comparison)| {
                let Joined { column, values } = comparison.joined(records)?;
                let codes = match &column {
                    ComparedColumn::OfRecords(column) => Cow::Borrowed(column.codes()),
                    ComparedColumn::Tuples(column) => Cow::Owned(column.codes().to_vec()),
                };
                let levels = comparison.levels();
                let alone =
                    |code| if code == MISSING { 0 } else { settle(levels, &values, code, code) };
                let tuples = 0..if values.are_tuples() { values.codes() as u32 } else { 0 };
                Ok(Compiled {
                    neighbours: neighbours(&values, levels),
                    loosest: loosest(levels).cloned().collect(),
                    beside_itself: tuples.map(alone).collect(),
                    column,
                    codes,
                    values,
                    stride: space.stride(order),
                    none: comparison.outcomes() as u8,
                    comparison: comparison.clone(),
                })
            })
            .collect();
        let compiled = compiled?;
        let swap = |(own, other): (usize, &str)| {
            let names = || comparisons.iter().map(Comparison::attribute);
            let found = names().position(|name| name == other).filter(|&found| found != own);
            let found =
                found.ok_or_else(|| Error::unknown_name("other comparison", other, names()))?;
            let column = |place: usize| comparisons[place].columns(records);
            let columns = [column(own)?[0], column(found)?[0]];
            Ok(Swap::new([own, found], columns, comparisons[own].swaps_alike()))
        };
        let declared = comparisons.iter().enumerate();
        let swaps: Result<Vec<Swap<'a>>> = declared
            .filter_map(|(own, c)| c.swapped_with().map(|other| (own, other)))
            .map(swap)
            .collect();
        Ok(Self { swaps: swaps?, compiled, space })
    }

    /// Returns the numbering of the patterns.
    pub fn space(&self) -> &PatternSpace {
        &self.space
    }

    /// Iterates over the comparisons, in pattern order.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.compiled.iter().map(|compiled| &compiled.comparison)
    }

    /// Returns the agreement pattern of two records.
    pub fn pattern(&self, a: u32, b: u32) -> u32 {
        let pattern = self.compiled.iter().fold(0, |pattern, compiled| {
            pattern + u32::from(compiled.outcome_of_records(a, b)) * compiled.stride
        });
        self.swaps.iter().fold(pattern, |pattern, swap| swap.told(&self.space, pattern, a, b))
    }

    /// Returns the agreement patterns of pairs of records.
    ///
    /// Their values are fetched together, comparison by comparison: pair after pair each would
    /// wait for its own.
    pub fn patterns(&self, pairs: &[(RecordId, RecordId)]) -> Vec<u32> {
        let mut patterns = vec![0; pairs.len()];
        let mut codes = Vec::with_capacity(pairs.len());
        for compiled in &self.compiled {
            let code = |record: RecordId| compiled.codes[record as usize];
            codes.clear();
            codes.extend(pairs.iter().map(|&(a, b)| (code(a), code(b))));
            for ((pattern, &(x, y)), &(a, b)) in patterns.iter_mut().zip(&codes).zip(pairs) {
                let outcome = compiled.best_outcome(compiled.outcome(x, y), a, b);
                *pattern += u32::from(outcome) * compiled.stride;
            }
        }
        for swap in &self.swaps {
            for (pattern, &(a, b)) in patterns.iter_mut().zip(pairs) {
                *pattern = swap.told(&self.space, *pattern, a, b);
            }
        }
        patterns
    }

    /// Returns the values of two records that decide an outcome: the first two in the order of
    /// each record's values whose outcome is the pair's; `None` if either record holds none.
    pub fn deciding_values(&self, comparison: usize, a: u32, b: u32) -> Option<(u32, u32)> {
        let compiled = &self.compiled[comparison];
        let outcome = compiled.outcome_of_records(a, b);
        let others = compiled.column.codes_of(b);
        let pairs = compiled.column.codes_of(a).flat_map(|x| others.clone().map(move |y| (x, y)));
        pairs.into_iter().find(|&(x, y)| compiled.outcome(x, y) == outcome)
    }

    /// Returns the outcome of a comparison of two values, given by their codes.
    pub fn outcome_of_values(&self, comparison: usize, x: u32, y: u32) -> u8 {
        self.compiled[comparison].outcome(x, y)
    }

    /// Returns the column of a comparison's attribute, or of the tuples of several.
    pub fn column(&self, comparison: usize) -> &Column {
        &self.compiled[comparison].column
    }

    /// Returns the same column to be kept beyond the engine.
    pub fn compared_column(&self, comparison: usize) -> ComparedColumn<'a> {
        self.compiled[comparison].column.clone()
    }

    /// Computes how often random record pairs reach each outcome of each comparison.
    ///
    /// `allowed` says for two sources whether records of theirs may be linked.
    pub fn random_agreement(
        &self,
        records: &Records,
        allowed: &(dyn Fn(SourceId, SourceId) -> bool + Sync),
    ) -> Vec<RandomAgreement> {
        let mut found: Vec<RandomAgreement> = self
            .compiled
            .par_iter()
            .map(|compiled| {
                let occurrences = Occurrences::count(
                    records,
                    &compiled.column,
                    &compiled.values,
                    &compiled.comparison,
                    allowed,
                );
                let itself = |code| compiled.itself(code);
                RandomAgreement::compute(
                    &compiled.values,
                    &itself,
                    compiled.comparison.levels(),
                    &compiled.neighbours,
                    &occurrences,
                )
            })
            .collect();
        for swap in &self.swaps {
            let compiled = &self.compiled[swap.places[0]];
            let differ = |x, y| compiled.outcome(x, y) == compiled.none;
            let pairs = swap.random_pairs(records, allowed, &differ);
            let place = &mut found[swap.places[0]];
            *place = place.clone().with_level_before_none(pairs.swapped, 0.0);
            if let Some(alike) = pairs.alike {
                *place = place.clone().with_level_before_none(alike.pairs, alike.error);
            }
        }
        found
    }
}

impl Compiled<'_> {
    /// Returns the best outcome of any two values that two records hold.
    fn outcome_of_records(&self, a: RecordId, b: RecordId) -> u8 {
        self.best_outcome(self.outcome(self.codes[a as usize], self.codes[b as usize]), a, b)
    }

    /// Returns the best outcome of any two values that two records hold, given that of the first.
    #[inline]
    pub(super) fn best_outcome(&self, first: u8, a: RecordId, b: RecordId) -> u8 {
        // Records of one value each, the most by far, end here.
        let several = || self.column.holds_several(a) || self.column.holds_several(b);
        if first == 1 || !several() {
            return first;
        }
        let others = self.column.codes_of(b);
        self.column
            .codes_of(a)
            .flat_map(|x| others.clone().map(move |y| self.outcome(x, y)))
            .fold(first, u8::min)
    }

    /// Returns the outcome of two values.
    #[inline]
    pub(super) fn outcome(&self, x: u32, y: u32) -> u8 {
        if x == MISSING || y == MISSING {
            0
        } else if x == y {
            self.itself(x)
        } else if self.neighbours.is_whole() {
            self.neighbours.level(x, y).unwrap_or_else(|| self.differing(x, y))
        } else {
            self.settled(x, y)
        }
    }

    /// Returns the outcome of two different values, worked out.
    #[inline]
    pub(super) fn settled(&self, x: u32, y: u32) -> u8 {
        let levels = self.comparison.levels();
        let settled = settle(levels, &self.values, x, y);
        if usize::from(settled) > levels.len() { self.differing(x, y) } else { settled }
    }

    /// Returns the outcome of a value beside itself.
    #[inline]
    fn itself(&self, code: u32) -> u8 {
        match self.beside_itself.get(code as usize) {
            None => 1,
            Some(&outcome) if outcome <= self.comparison.levels().len() as u8 => outcome,
            Some(_) => self.none,
        }
    }

    /// Returns the outcome of two values that reach no level: missing where they are tuples that
    /// hold no attribute both.
    #[inline]
    fn differing(&self, x: u32, y: u32) -> u8 {
        let apart = self.values.are_tuples() && self.values.held(x) & self.values.held(y) == 0;
        if apart { 0 } else { self.none }
    }
}
