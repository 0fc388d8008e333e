//! Jaro similarity: common letters near each other, without a bonus for a common start.

use super::jaro_winkler::{Needed, jaro_bound, jaro_similarity};
use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Jaro similarity of two texts, from 0 to 1.
///
/// The J of `jaro_winkler`. Source: Jaro (1989), JASA 84(406).
pub(super) struct Jaro;

impl Comparator for Jaro {
    fn name(&self) -> &'static str {
        "jaro"
    }

    fn measure(&self) -> Measure {
        Measure::Similarity
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.may_be_near()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        jaro_similarity(values.text(a), values.text(b))
    }

    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        jaro_bound(values, a, b)
    }

    fn scan(&self, values: &Prepared, code: u32, threshold: f64, found: &mut Vec<u32>) {
        Needed::for_jaro(threshold).scan(values, code, found);
    }
}
