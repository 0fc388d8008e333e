//! Edit distance without swaps.

use super::damerau::{deletion_keys, length_bound};
use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Levenshtein distance of two texts, in edits.
///
/// An edit inserts, deletes or replaces a letter; two swapped neighbours are two edits. Source:
/// Levenshtein (1966), Soviet Physics Doklady 10(8).
pub(super) struct Levenshtein;

impl Comparator for Levenshtein {
    fn name(&self) -> &'static str {
        "levenshtein"
    }

    fn measure(&self) -> Measure {
        Measure::Distance
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.may_be_near()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        strsim::levenshtein(values.text(a), values.text(b)) as f64
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
