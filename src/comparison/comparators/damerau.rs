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
        kind.may_be_near()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        f64::from(alignment_distance(values.short_text(a), values.short_text(b)))
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

/// Returns the fewest edits that letters alone allow, in any form of edit distance.
#[inline]
pub(super) fn length_bound(values: &Prepared, a: u32, b: u32) -> f64 {
    let (x, y) = (values.sketch(a), values.sketch(b));
    f64::from(x.length.max(y.length).saturating_sub(x.common_letters(y)))
}

/// Gives keys such that texts within a number of edits, in any form of edit distance, share one.
///
/// Returns `false` where there would be more keys than values: beyond two edits, or in long or
/// other than ASCII texts.
pub(super) fn deletion_keys(text: &str, edits: f64, keys: &mut dyn FnMut(u64)) -> bool {
    let few = edits <= 2.0 && text.len() <= 32 && text.is_ascii();
    if few {
        deletions(text.as_bytes(), edits as u32, keys);
    }
    few
}

/// Base of the hashes, and what undoes a multiplication by it; any odd number has one.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
const INVERSE: u64 = {
    // Each step doubles the bits in which the product is 1, from three on.
    let (mut inverse, mut step) = (BASE, 0);
    while step < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(BASE.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
};

/// Gives a hash of a text of 32 letters at most and of every text that up to two deletions make
/// of it.
///
/// Two texts within k edits share one with at most k deletions from each: what is deleted on
/// either side is where they differ, and of swapped neighbours one is deleted.
///
/// # Formula
/// `h(t) = Σ (tᵢ + 1) Bⁱ mod 2⁶⁴`, so that a deletion moves what follows it down by one power of B,
/// and each key is a few sums of what begins the text.
fn deletions(text: &[u8], most: u32, keys: &mut dyn FnMut(u64)) {
    let mut begun = [0u64; 33];
    let (mut power, length) = (1u64, text.len());
    for (place, &letter) in text.iter().enumerate() {
        begun[place + 1] = begun[place].wrapping_add(power.wrapping_mul(u64::from(letter) + 1));
        power = power.wrapping_mul(BASE);
    }
    let between = |from: usize, to: usize| begun[to].wrapping_sub(begun[from]);
    keys(begun[length]);
    if most == 0 {
        return;
    }
    for (first, &before) in begun[..length].iter().enumerate() {
        let rest = between(first + 1, length).wrapping_mul(INVERSE);
        keys(before.wrapping_add(rest));
        for second in first + 1..if most > 1 { length } else { 0 } {
            let middle = between(first + 1, second);
            let rest = between(second + 1, length).wrapping_mul(INVERSE).wrapping_add(middle);
            keys(before.wrapping_add(rest.wrapping_mul(INVERSE)));
        }
    }
}

/// Returns the optimal string alignment distance of two texts, in edits, by bits.
///
/// Source: Hyyrö (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit
/// distances, Nordic Journal of Computing 10(1).
pub(crate) fn alignment_distance(a: &str, b: &str) -> u32 {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    if x.len() > 64 || !x.is_ascii() || !y.is_ascii() {
        return strsim::osa_distance(a, b) as u32;
    }
    if x.is_empty() {
        return y.len() as u32;
    }
    let mut places = [0u64; 128];
    for (place, &letter) in x.iter().enumerate() {
        places[(letter & 127) as usize] |= 1 << place;
    }
    // One column of the table of distances at a time, as the places where it rises and falls.
    let (mut rises, mut falls) = (u64::MAX, 0u64);
    let (mut diagonal, mut before) = (0u64, 0u64);
    let last = 1u64 << (x.len() - 1);
    let mut distance = x.len() as u32;
    for &letter in y {
        let same = places[(letter & 127) as usize];
        let swapped = ((!diagonal & same) << 1) & before;
        diagonal = ((same & rises).wrapping_add(rises) ^ rises) | same | falls | swapped;
        let right_rises = falls | !(diagonal | rises);
        let right_falls = diagonal & rises;
        distance += u32::from(right_rises & last != 0);
        distance -= u32::from(right_falls & last != 0);
        let right_rises = right_rises << 1 | 1;
        rises = (right_falls << 1) | !(diagonal | right_rises);
        falls = diagonal & right_rises;
        before = same;
    }
    distance
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

    fn keys(text: &str, edits: u32) -> Vec<u64> {
        let mut found = Vec::new();
        deletions(text.as_bytes(), edits, &mut |key| found.push(key));
        found
    }

    #[test]
    fn keys_are_those_of_the_texts_that_deletions_leave() {
        for text in ["", "a", "anna", "2012-03-04"] {
            let whole = |text: &str| keys(text, 0)[0];
            let without = |text: &str, place: usize| [&text[..place], &text[place + 1..]].concat();
            let mut expected = vec![whole(text)];
            for first in 0..text.len() {
                let once = without(text, first);
                expected.push(whole(&once));
                expected.extend((first..once.len()).map(|place| whole(&without(&once, place))));
            }
            assert_eq!(keys(text, 2), expected, "{text}");
        }
        assert_ne!(keys("ab", 0), keys("ba", 0));
    }

    proptest! {
        #[test]
        fn texts_within_k_edits_share_a_key(a in "[ab]{0,7}", b in "[ab]{0,7}") {
            let edits = alignment_distance(&a, &b);
            if edits <= 2 {
                let other = keys(&b, edits);
                prop_assert!(keys(&a, edits).iter().any(|key| other.contains(key)));
            }
        }

        #[test]
        fn texts_within_k_edits_of_the_other_forms_share_a_key(
            a in "[abc]{0,7}", b in "[abc]{0,7}"
        ) {
            for edits in [strsim::levenshtein(&a, &b), strsim::damerau_levenshtein(&a, &b)] {
                if edits <= 2 {
                    let other = keys(&b, edits as u32);
                    prop_assert!(keys(&a, edits as u32).iter().any(|key| other.contains(key)));
                }
            }
        }

        #[test]
        fn kernel_agrees_with_strsim(a in "[a-d]{0,20}", b in "[a-d]{0,20}") {
            prop_assert_eq!(alignment_distance(&a, &b), strsim::osa_distance(&a, &b) as u32);
        }
    }
}
