//! Rank of rows of bits over the field of two elements.
//!
//! A linear code longer than the rank of the filters is the same bits several times over: from
//! dependent bits an attacker solves for the filter, and the diffusion is undone.

use super::diffusion::{DiffusionShape, WindowFunction};
use super::filter::Filter;
use crate::error::{Error, ErrorKind, Result};

/// Rows of bits reduced to as many as are independent.
#[derive(Debug, Clone)]
pub struct Rank {
    /// Row with each leading bit, if there is one.
    rows: Vec<Option<Vec<u64>>>,
    found: usize,
}

impl Rank {
    /// Starts with no rows, of so many bits each.
    pub fn new(length: usize) -> Self {
        Self { rows: vec![None; length], found: 0 }
    }

    /// Adds a row, the first bit the highest of the first word; says whether the rank rose.
    ///
    /// # Panics
    /// If a bit is set behind the length.
    pub fn add(&mut self, row: &[u64]) -> bool {
        let mut row = row.to_vec();
        for word in 0..row.len() {
            while row[word] != 0 {
                let leading = 64 * word + row[word].leading_zeros() as usize;
                match &self.rows[leading] {
                    Some(known) => {
                        // Words before have no bits left in either row.
                        row[word..].iter_mut().zip(&known[word..]).for_each(|(a, b)| *a ^= b);
                    }
                    None => {
                        self.rows[leading] = Some(row);
                        self.found += 1;
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Returns the rank of the rows added so far.
    pub fn get(&self) -> usize {
        self.found
    }

    /// Says whether no row can raise the rank any more.
    pub fn is_full(&self) -> bool {
        self.found == self.rows.len()
    }
}

/// Checks that no bit of linear codes depends on others; secret functions are not linear.
///
/// # Errors
/// `BadValue` if the codes are longer than the rank of the filters, or of lower rank than long.
pub fn check_rank(shape: DiffusionShape, filters: &[Filter], codes: &[Filter]) -> Result<()> {
    if shape.function != WindowFunction::ExclusiveOr {
        return Ok(());
    }
    let of_filters = rank_of(filters);
    let of_codes = rank_of(codes);
    if of_filters >= shape.length && of_codes == shape.length {
        return Ok(());
    }
    let message = format!(
        "codes of {} bits by exclusive or are made of filters of rank {of_filters} and have rank \
         {of_codes} over {} records",
        shape.length,
        codes.len()
    );
    Err(Error::new(ErrorKind::BadValue, message)
        .note("bits that depend on others let whoever has the codes solve for the filters")
        .help(
            "encode more records than a code has bits, or choose --profile balanced; to take the \
             risk, add --unsafe linear-span",
        ))
}

fn rank_of(filters: &[Filter]) -> usize {
    let mut rank = Rank::new(filters.first().map_or(0, Filter::length));
    for filter in filters {
        rank.add(filter.words());
        if rank.is_full() {
            break;
        }
    }
    rank.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependent_rows_raise_no_rank() {
        let mut rank = Rank::new(70);
        let (a, b) = ([0b1011, 1 << 62], [0b0110, 1 << 63]);
        assert!(rank.add(&a) && rank.add(&b));
        assert!(!rank.add(&[a[0] ^ b[0], a[1] ^ b[1]]) && !rank.add(&[0, 0]));
        assert!(rank.add(&[0, 1 << 58]) && !rank.is_full());
        assert_eq!(rank.get(), 3);
    }

    /// Rank by trying every combination of rows, for all matrices of four rows of three bits.
    #[test]
    fn rank_is_that_of_every_small_matrix() {
        for bits in 0..1_u64 << 12 {
            let rows: Vec<u64> = (0..4).map(|row| (bits >> (3 * row)) & 7).collect();
            let mut rank = Rank::new(64);
            rows.iter().for_each(|&row| {
                rank.add(&[row]);
            });
            let mut sums: Vec<u64> = (0..16_u32)
                .map(|chosen| {
                    (0..4).filter(|row| chosen >> row & 1 == 1).fold(0, |sum, row| sum ^ rows[row])
                })
                .collect();
            sums.sort_unstable();
            sums.dedup();
            // A space of dimension r has 2^r elements.
            assert_eq!(sums.len(), 1 << rank.get(), "{rows:?}");
        }
    }
}
