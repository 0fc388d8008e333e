//! What a comparator is: one way of measuring how alike two values are.

use super::Prepared;
use crate::record::AttributeKind;

/// What a comparator's number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// From 0 to 1; a level holds at or above its threshold.
    Similarity,
    /// From 0; a level holds at or below its threshold.
    Distance,
    /// 1 if the condition holds, else 0; a level has no threshold.
    Condition,
}

impl Measure {
    /// Returns whether a number reaches a threshold.
    pub(super) fn reaches(self, threshold: f64) -> impl Fn(f64) -> bool {
        // A distance is a similarity below zero.
        let sign = if self == Measure::Distance { -1.0 } else { 1.0 };
        move |number| sign * number >= sign * threshold
    }
}

/// One way of measuring how alike two values of an attribute are.
///
/// Symmetric, and never given a missing value: missing is decided before any comparator runs.
pub trait Comparator: Sync {
    /// Returns the name used in settings, for example `jaro_winkler`.
    fn name(&self) -> &'static str;

    /// Returns what the number means.
    fn measure(&self) -> Measure;

    /// Says whether the comparator makes sense for a kind of attribute.
    fn suits(&self, kind: AttributeKind) -> bool;

    /// Returns the number for two values.
    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64;

    /// Returns a cheap number at least as favourable as [`Comparator::compare`].
    ///
    /// Where even this misses a level's threshold, the level is settled without the full work.
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let _ = (values, a, b);
        match self.measure() {
            Measure::Similarity | Measure::Condition => 1.0,
            Measure::Distance => 0.0,
        }
    }

    /// Gives keys of a value such that any two values reaching the threshold share one.
    ///
    /// Returns `false` if the comparator has no such keys; then values are looked through with
    /// [`Comparator::scan`].
    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        let _ = (values, code, threshold, keys);
        false
    }

    /// Marks the others that may reach the threshold with a value, by their bounds alone.
    ///
    /// Those that are missing or the value itself may be marked or not.
    fn sift(
        &self,
        values: &Prepared,
        code: u32,
        others: &[u32],
        threshold: f64,
        may_reach: &mut [bool],
    ) {
        let reaches = self.measure().reaches(threshold);
        for (may_reach, &other) in may_reach.iter_mut().zip(others) {
            *may_reach |= reaches(self.bound(values, code, other));
        }
    }

    /// Adds the later codes that may reach the threshold with a value, by their bounds alone.
    fn scan(&self, values: &Prepared, code: u32, threshold: f64, found: &mut Vec<u32>) {
        let reaches = self.measure().reaches(threshold);
        let later = code + 1..values.codes() as u32;
        found.extend(later.filter(|&other| reaches(self.bound(values, code, other))));
    }
}
