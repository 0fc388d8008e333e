//! Edit distance with swaps, where a part may be edited again.

use super::damerau::{deletion_keys, length_bound};
use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Damerau–Levenshtein distance of two texts, in edits.
///
/// As `damerau`, but what was swapped may be parted by an insertion: `ca` and `abc` are two edits
/// apart and not three. This is the form of DuckDB, and so of Splink. Source: Lowrance and
/// Wagner (1975), Journal of the ACM 22(2).
pub(super) struct DamerauLevenshtein;

impl Comparator for DamerauLevenshtein {
    fn name(&self) -> &'static str {
        "damerau_levenshtein"
    }

    fn measure(&self) -> Measure {
        Measure::Distance
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.may_be_near()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        strsim::damerau_levenshtein(values.text(a), values.text(b)) as f64
    }

    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        length_bound(values, a, b)
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        deletion_keys(values.text(code), threshold, keys)
    }
}
