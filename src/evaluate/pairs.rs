//! Quality counted in pairs of records: precision, recall and F1.

use serde::{Deserialize, Serialize};

use super::rate::Rate;

/// Precision, recall and F1 over pairs that the sources allow.
///
/// Pairs of one child are not independent of one another, so the intervals are
/// narrower than they should be where entities are large.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairQuality {
    /// Matches among the pairs joined.
    pub precision: Rate,
    /// Pairs joined among all matches, those that blocking lost included.
    pub recall: Rate,
    /// Harmonic mean of precision and recall.
    pub f1: Option<f64>,
}

impl PairQuality {
    /// Builds the measures from three counts of pairs.
    ///
    /// # Formula
    /// `F1 = 2 · both / (joined + matches)`.
    /// Source: van Rijsbergen (1979), Information Retrieval, chapter 7.
    pub fn new(joined: u64, matches: u64, both: u64) -> Self {
        let either = joined + matches;
        Self {
            precision: Rate::new(both, joined),
            recall: Rate::new(both, matches),
            f1: (either > 0).then(|| 2.0 * both as f64 / either as f64),
        }
    }
}
