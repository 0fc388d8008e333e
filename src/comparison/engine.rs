//! The comparison engine: two records in, one agreement pattern out.

use std::sync::Arc;

use rayon::prelude::*;

use super::first_codes::{CodesOfRecord, FirstCodes, TakenCodes};
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
    /// Of the comparisons in their order, then of columns that only swaps look at.
    pub(super) firsts: Arc<FirstCodes>,
}

/// Comparison with the values that it compares.
pub(super) struct Compiled<'a> {
    pub(super) comparison: Comparison,
    pub(super) column: ComparedColumn<'a>,
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
                let levels = comparison.levels();
                let alone =
                    |code| if code == MISSING { 0 } else { settle(levels, &values, code, code) };
                let tuples = 0..if values.are_tuples() { values.codes() as u32 } else { 0 };
                Ok(Compiled {
                    neighbours: neighbours(&values, levels),
                    loosest: loosest(levels).cloned().collect(),
                    beside_itself: tuples.map(alone).collect(),
                    column,
                    values,
                    stride: space.stride(order),
                    none: comparison.outcomes() as u8,
                    comparison: comparison.clone(),
                })
            })
            .collect();
        let compiled = compiled?;
        let mut lanes: Vec<&Column> = compiled.iter().map(|compiled| &*compiled.column).collect();
        let mut lane_of = |column: &'a Column| {
            let known = lanes.iter().position(|lane| std::ptr::eq(*lane, column));
            known.unwrap_or_else(|| {
                lanes.push(column);
                lanes.len() - 1
            })
        };
        let swap = |(own, other): (usize, &str)| {
            let names = || comparisons.iter().map(Comparison::attribute);
            let found = names().position(|name| name == other).filter(|&found| found != own);
            let found =
                found.ok_or_else(|| Error::unknown_name("other comparison", other, names()))?;
            let column = |place: usize| comparisons[place].columns(records);
            let columns = [column(own)?[0], column(found)?[0]];
            let lanes = columns.map(&mut lane_of);
            Ok(Swap::new([own, found], columns, lanes, comparisons[own].swaps_alike()))
        };
        let declared = comparisons.iter().enumerate();
        let swaps: Result<Vec<Swap<'a>>> = declared
            .filter_map(|(own, c)| c.swapped_with().map(|other| (own, other)))
            .map(swap)
            .collect();
        let swaps = swaps?;
        let firsts = Arc::new(FirstCodes::of(&lanes, records.len()));
        Ok(Self { swaps, compiled, space, firsts })
    }

    /// Returns the numbering of the patterns.
    pub fn space(&self) -> &PatternSpace {
        &self.space
    }

    /// Iterates over the comparisons, in pattern order.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.compiled.iter().map(|compiled| &compiled.comparison)
    }

    /// Returns the first codes of all records; lanes are comparisons.
    pub fn first_codes(&self) -> &Arc<FirstCodes> {
        &self.firsts
    }

    /// Returns the agreement pattern of two records.
    pub fn pattern(&self, a: RecordId, b: RecordId) -> u32 {
        self.pattern_of([a, b], [self.firsts.of_record(a), self.firsts.of_record(b)])
    }

    /// Returns the pattern of two records whose first codes are at hand.
    pub(super) fn pattern_of(&self, records: [RecordId; 2], codes: [CodesOfRecord<'_>; 2]) -> u32 {
        let comparisons = self.compiled.iter().enumerate();
        let pattern = comparisons.fold(0, |pattern, (lane, compiled)| {
            pattern + u32::from(compiled.outcome_of(lane, records, codes)) * compiled.stride
        });
        self.with_swaps(pattern, records, codes)
    }

    fn with_swaps(
        &self,
        pattern: u32,
        records: [RecordId; 2],
        codes: [CodesOfRecord<'_>; 2],
    ) -> u32 {
        let swaps = self.swaps.iter();
        swaps.fold(pattern, |pattern, swap| swap.told(&self.space, pattern, records, codes))
    }

    /// Returns the agreement patterns of pairs of records.
    ///
    /// Their values are fetched together and compared comparison by comparison: pair after pair
    /// each would wait for its own.
    pub fn patterns(&self, pairs: &[(RecordId, RecordId)]) -> Vec<u32> {
        let mut taken = TakenCodes::default();
        self.firsts.take(pairs.iter().flat_map(|&(a, b)| [a, b]), &mut taken);
        let codes = |place: usize| [taken.at(2 * place), taken.at(2 * place + 1)];
        let mut patterns = vec![0; pairs.len()];
        for (lane, compiled) in self.compiled.iter().enumerate() {
            for (place, (pattern, &(a, b))) in patterns.iter_mut().zip(pairs).enumerate() {
                let outcome = compiled.outcome_of(lane, [a, b], codes(place));
                *pattern += u32::from(outcome) * compiled.stride;
            }
        }
        for (place, (pattern, &(a, b))) in patterns.iter_mut().zip(pairs).enumerate() {
            *pattern = self.with_swaps(*pattern, [a, b], codes(place));
        }
        patterns
    }

    /// Returns the values of two records that decide an outcome: the first two in the order of
    /// each record's values whose outcome is the pair's; `None` if either record holds none.
    pub fn deciding_values(&self, comparison: usize, a: u32, b: u32) -> Option<(u32, u32)> {
        let compiled = &self.compiled[comparison];
        let codes = [self.firsts.of_record(a), self.firsts.of_record(b)];
        let outcome = compiled.outcome_of(comparison, [a, b], codes);
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
                    &|x, y| compiled.outcome(x, y),
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
    /// Returns the best outcome of any two values that two records hold, whose first ones are at
    /// hand in a lane.
    #[inline]
    fn outcome_of(&self, lane: usize, [a, b]: [RecordId; 2], codes: [CodesOfRecord<'_>; 2]) -> u8 {
        let [x, y] = codes.map(|codes| codes.code(lane));
        let first = self.outcome(x, y);
        // Records of one value each, the most by far, end here.
        if first == 1 || !codes.iter().any(|codes| codes.may_hold_several(lane)) {
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
