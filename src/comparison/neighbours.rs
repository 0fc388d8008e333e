//! All pairs of distinct values that reach a level: string work once a pair of values.
//!
//! Where a dictionary is small enough, every pair of its values is settled beforehand; scoring a
//! pair of records is then a look-up, and the agreement of random pairs an exact sum.

use rayon::prelude::*;

use super::{Level, Prepared, level::settle};

/// Most pairs of distinct values that are settled beforehand.
const MOST_PAIRS: u64 = 400_000_000;

/// Values that reach a level other than `exact`, by the smaller code of the two.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours {
    starts: Vec<u32>,
    codes: Vec<u32>,
    levels: Vec<u8>,
}

impl Neighbours {
    /// Settles every pair of distinct values, or returns `None` if there are too many.
    pub(crate) fn build(values: &Prepared, levels: &[Level]) -> Option<Self> {
        let distinct = values.codes() as u64;
        if distinct * distinct / 2 > MOST_PAIRS {
            return None;
        }
        let none = levels.len() as u8 + 1;
        let rows: Vec<Vec<(u32, u8)>> = values
            .value_codes()
            .into_par_iter()
            .map(|a| {
                (a + 1..values.codes() as u32)
                    .filter_map(|b| {
                        let level = settle(levels, values, a, b);
                        (level != none).then_some((b, level))
                    })
                    .collect()
            })
            .collect();
        let total: usize = rows.iter().map(Vec::len).sum();
        let mut table = Self {
            starts: vec![0, 0],
            codes: Vec::with_capacity(total),
            levels: Vec::with_capacity(total),
        };
        for row in rows {
            for (code, level) in row {
                table.codes.push(code);
                table.levels.push(level);
            }
            table.starts.push(u32::try_from(table.codes.len()).ok()?);
        }
        Some(table)
    }

    /// Returns the level of two different values, if they reach one.
    pub(crate) fn level(&self, a: u32, b: u32) -> Option<u8> {
        let (low, high) = (a.min(b) as usize, a.max(b));
        let range = self.starts[low] as usize..self.starts[low + 1] as usize;
        let place = self.codes[range.clone()].binary_search(&high).ok()?;
        Some(self.levels[range.start + place])
    }

    /// Iterates over pairs of values and their level.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, u8)> + '_ {
        (0..self.starts.len() - 1).flat_map(move |low| {
            (self.starts[low] as usize..self.starts[low + 1] as usize)
                .map(move |place| (low as u32, self.codes[place], self.levels[place]))
        })
    }
}
