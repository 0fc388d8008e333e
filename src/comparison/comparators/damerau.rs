//! Edit distance with swapped neighbours: how many keystrokes apart two texts are.

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Optimal string alignment distance of two texts, in edits.
///
/// An edit inserts, deletes or replaces a letter, or swaps two neighbours; no part is edited
/// twice. Source: Damerau (1964), Communications of the ACM 7(3), in its restricted form.
pub(super) struct Damerau;

impl Comparator for Damerau {
    fn name(&self) -> &'static str {
        "damerau"
    }

    fn measure(&self) -> Measure {
        Measure::Distance
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind != AttributeKind::Sex
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        f64::from(alignment_distance(values.text(a), values.text(b)))
    }

    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let longer = values.text(a).len().max(values.text(b).len()) as u32;
        f64::from(longer.saturating_sub(values.common_letters(a, b)))
    }
}

/// Returns the optimal string alignment distance of two texts, in edits.
pub(crate) fn alignment_distance(a: &str, b: &str) -> u32 {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    if y.len() > 63 || !x.is_ascii() || !y.is_ascii() {
        return strsim::osa_distance(a, b) as u32;
    }
    let mut before = [0u32; 64];
    let mut above: [u32; 64] = std::array::from_fn(|column| column as u32);
    for (row, &letter) in x.iter().enumerate() {
        let mut here = [0u32; 64];
        here[0] = row as u32 + 1;
        for (column, &other) in y.iter().enumerate() {
            let replaced = above[column] + u32::from(letter != other);
            let mut least = replaced.min(above[column + 1] + 1).min(here[column] + 1);
            if row > 0 && column > 0 && letter == y[column - 1] && x[row - 1] == other {
                least = least.min(before[column - 1] + 1);
            }
            here[column + 1] = least;
        }
        before = above;
        above = here;
    }
    above[y.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_slip_of_each_kind_is_one_edit() {
        for (a, b) in [("1234", "1243"), ("1234", "124"), ("1234", "12345"), ("1234", "1934")] {
            assert_eq!(alignment_distance(a, b), 1, "{a} {b}");
        }
        // No part is edited twice: ca to abc takes three edits here, two in the full form.
        assert_eq!(alignment_distance("ca", "abc"), 3);
    }

    proptest! {
        #[test]
        fn kernel_agrees_with_strsim(a in "[a-d]{0,20}", b in "[a-d]{0,20}") {
            prop_assert_eq!(alignment_distance(&a, &b), strsim::osa_distance(&a, &b) as u32);
        }
    }
}
