//! Agreement patterns: the outcomes of all comparisons as one small integer.

use crate::error::{Error, ErrorKind, Result};

/// Numbering of agreement patterns: mixed radix, the first comparison fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternSpace {
    radices: Vec<u32>,
    strides: Vec<u32>,
    size: u32,
}

impl PatternSpace {
    /// Numbers the patterns of comparisons with the given numbers of observed outcomes.
    ///
    /// # Errors
    /// `TooLarge` if the patterns do not fit in 32 bits.
    pub fn new(outcomes: impl IntoIterator<Item = usize>) -> Result<Self> {
        let radices: Vec<u32> = outcomes.into_iter().map(|count| count as u32 + 1).collect();
        let mut strides = Vec::with_capacity(radices.len());
        let mut size = 1u32;
        for &radix in &radices {
            strides.push(size);
            size = size.checked_mul(radix).ok_or_else(|| {
                Error::new(
                    ErrorKind::TooLarge,
                    format!("{} comparisons have more than 4,294,967,295 patterns", radices.len()),
                )
                .help("declare fewer comparisons or fewer levels")
            })?;
        }
        Ok(Self { radices, strides, size })
    }

    /// Returns the number of comparisons.
    pub fn comparisons(&self) -> usize {
        self.radices.len()
    }

    /// Returns the number of patterns.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Returns the number of observed outcomes of a comparison, missing not counted.
    pub fn outcome_count(&self, comparison: usize) -> usize {
        self.radices[comparison] as usize - 1
    }

    /// Returns the step between neighbouring outcomes of a comparison.
    pub fn stride(&self, comparison: usize) -> u32 {
        self.strides[comparison]
    }

    /// Returns the outcome of one comparison in a pattern.
    pub fn outcome(&self, pattern: u32, comparison: usize) -> u8 {
        (pattern / self.strides[comparison] % self.radices[comparison]) as u8
    }

    /// Returns a pattern with another outcome of one comparison.
    pub fn with_outcome(&self, pattern: u32, comparison: usize, outcome: u8) -> u32 {
        let stride = self.strides[comparison];
        pattern - u32::from(self.outcome(pattern, comparison)) * stride
            + u32::from(outcome) * stride
    }

    /// Returns the outcomes of a pattern, one a comparison.
    pub fn outcomes(&self, pattern: u32) -> Vec<u8> {
        (0..self.comparisons()).map(|comparison| self.outcome(pattern, comparison)).collect()
    }

    /// Returns the pattern of some outcomes.
    ///
    /// # Panics
    /// If an outcome is beyond its comparison.
    pub fn pattern(&self, outcomes: &[u8]) -> u32 {
        assert_eq!(outcomes.len(), self.comparisons(), "one outcome a comparison");
        outcomes.iter().zip(&self.radices).zip(&self.strides).fold(
            0,
            |sum, ((&outcome, &radix), &stride)| {
                assert!(u32::from(outcome) < radix, "outcome within its comparison");
                sum + u32::from(outcome) * stride
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_reads_back() {
        let space = PatternSpace::new([3, 1, 4]).unwrap();
        assert_eq!(space.size(), 4 * 2 * 5);
        for pattern in 0..space.size() {
            assert_eq!(space.pattern(&space.outcomes(pattern)), pattern);
        }
    }

    #[test]
    fn too_many_patterns_are_refused() {
        assert!(PatternSpace::new([12; 9]).is_err());
    }
}
