//! The comparison engine: two records in, one agreement pattern out.

use rayon::prelude::*;

use super::level::settle;
use super::neighbours::Neighbours;
use super::random_agreement::Occurrences;
use super::{Comparison, PatternSpace, Prepared, RandomAgreement};
use crate::error::Result;
use crate::record::{MISSING, Records, SourceId};

/// Comparisons compiled against the records that they will compare.
pub struct ComparisonEngine<'a> {
    compiled: Vec<Compiled<'a>>,
    space: PatternSpace,
}

struct Compiled<'a> {
    comparison: Comparison,
    codes: &'a [u32],
    values: Prepared,
    neighbours: Option<Neighbours>,
    stride: u32,
    none: u8,
}

impl<'a> ComparisonEngine<'a> {
    /// Prepares values and settles pairs of distinct values where there are few enough.
    ///
    /// # Errors
    /// `UnknownName` for an attribute the records do not have; `TooLarge` for too many patterns.
    pub fn new(records: &'a Records, comparisons: &[Comparison]) -> Result<Self> {
        let space = PatternSpace::new(comparisons.iter().map(Comparison::outcomes))?;
        let places: Result<Vec<usize>> =
            comparisons.iter().map(|c| records.attribute(c.attribute())).collect();
        let compiled = comparisons
            .par_iter()
            .zip(places?)
            .enumerate()
            .map(|(order, (comparison, place))| {
                let column = &records.columns()[place];
                let values = Prepared::new(column.dictionary());
                Compiled {
                    neighbours: Neighbours::build(&values, comparison.levels()),
                    codes: column.codes(),
                    values,
                    stride: space.stride(order),
                    none: comparison.outcomes() as u8,
                    comparison: comparison.clone(),
                }
            })
            .collect();
        Ok(Self { compiled, space })
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
        self.compiled.iter().fold(0, |pattern, compiled| {
            let (x, y) = (compiled.codes[a as usize], compiled.codes[b as usize]);
            pattern + u32::from(compiled.outcome(x, y)) * compiled.stride
        })
    }

    /// Returns the codes that a comparison's attribute has, one a record.
    pub fn codes(&self, comparison: usize) -> &'a [u32] {
        self.compiled[comparison].codes
    }

    /// Computes how often random record pairs reach each outcome of each comparison.
    ///
    /// `allowed` says for two sources whether records of theirs may be linked.
    pub fn random_agreement(
        &self,
        records: &Records,
        allowed: &(dyn Fn(SourceId, SourceId) -> bool + Sync),
    ) -> Vec<RandomAgreement> {
        self.compiled
            .par_iter()
            .map(|compiled| {
                let count = |source: usize| {
                    let mut counts = vec![0u32; compiled.values.codes()];
                    let range = records.of_source(source as SourceId);
                    for &code in &compiled.codes[range.start as usize..range.end as usize] {
                        counts[code as usize] += 1;
                    }
                    counts
                };
                let by_source = (0..records.sources().len()).map(count).collect();
                RandomAgreement::compute(
                    &compiled.values,
                    compiled.comparison.levels(),
                    compiled.neighbours.as_ref(),
                    &Occurrences { by_source, allowed },
                )
            })
            .collect()
    }
}

impl Compiled<'_> {
    fn outcome(&self, x: u32, y: u32) -> u8 {
        if x == MISSING || y == MISSING {
            0
        } else if x == y {
            1
        } else if let Some(table) = &self.neighbours {
            table.level(x, y).unwrap_or(self.none)
        } else {
            settle(self.comparison.levels(), &self.values, x, y)
        }
    }
}
