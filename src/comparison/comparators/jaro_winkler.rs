//! Jaro–Winkler similarity: common letters near each other, with a bonus for a common start.

use crate::comparison::letter_planes::{Fewest, LENGTHS};
use crate::comparison::prepared::Sketch;
use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::AttributeKind;

/// Jaro–Winkler similarity of two texts.
///
/// # Formula
/// `J = (c/|a| + c/|b| + (c − t)/c) / 3`, with c common letters within half the longer length
/// and t half the number of them out of order; `JW = J + 0.1 p (1 − J)` with p ≤ 4 letters of
/// common start. Source: Winkler (1990), Proceedings of the Section on Survey Research Methods.
/// Differs: the bonus is given only where J > 0.7, as in strsim, rapidfuzz and DuckDB.
pub(super) struct JaroWinkler;

impl Comparator for JaroWinkler {
    fn name(&self) -> &'static str {
        "jaro_winkler"
    }

    fn measure(&self) -> Measure {
        Measure::Similarity
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind.may_be_near()
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        jaro_winkler(values.text(a), values.text(b))
    }

    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let common_start = values.sketch(a).common_start(values.sketch(b));
        with_bonus(jaro_bound(values, a, b), common_start)
    }

    fn sift(
        &self,
        values: &Prepared,
        code: u32,
        others: &[u32],
        threshold: f64,
        may_reach: &mut [bool],
    ) {
        let needed = Needed::for_threshold(threshold);
        let own = values.sketch(code);
        let found = may_reach.iter_mut().zip(others);
        if others.len() < MANY {
            found.for_each(|(may, &other)| *may |= needed.by(own, values.sketch(other)));
            return;
        }
        let needed = NeededBeside::new(needed, own);
        found.for_each(|(may, &other)| *may |= needed.by(values.sketch(other)));
    }

    fn scan(&self, values: &Prepared, code: u32, threshold: f64, found: &mut Vec<u32>) {
        Needed::for_threshold(threshold).scan(values, code, found);
    }
}

/// Others from which on it is worth its while to count beforehand how many letters each length
/// needs.
const MANY: usize = 512;

/// What the letters of two texts must show for the similarity to reach a threshold.
pub(super) struct Needed {
    /// For each length of the common start, what the sum of the shares of common letters must be.
    shares: [f64; 5],
}

impl Needed {
    fn for_threshold(threshold: f64) -> Self {
        let shares = std::array::from_fn(|start| {
            let bonus = 0.1 * start as f64;
            // Above 0.7 the bonus helps; below it the letters must do alone.
            let jaro = ((threshold - bonus) / (1.0 - bonus)).max(0.7).min(threshold);
            // One part in a hundred million covers the rounding of the sums.
            3.0 * (jaro - 1e-8) - 1.0
        });
        Self { shares }
    }

    /// The same of the similarity without a bonus.
    pub(super) fn for_jaro(threshold: f64) -> Self {
        Self { shares: [3.0 * (threshold - 1e-8) - 1.0; 5] }
    }

    /// Adds the later codes whose letters show it beside those of a value.
    pub(super) fn scan(self, values: &Prepared, code: u32, found: &mut Vec<u32>) {
        let own = values.sketch(code);
        let needed = NeededBeside::new(self, own);
        if own.overflowed {
            let later = code + 1..values.codes() as u32;
            return found.extend(later.filter(|&other| needed.by(values.sketch(other))));
        }
        let from = found.len();
        values.letter_planes().look_through(own, &needed.fewest, found);
        let mut kept = from;
        for at in from..found.len() {
            let other = found[at];
            // Written either way: which are kept cannot be foreseen.
            found[kept] = other;
            kept += usize::from(other > code && needed.by(values.sketch(other)));
        }
        found.truncate(kept);
    }

    /// Says whether two texts show it: `c/|a| + c/|b|` is enough, with c letters in common.
    fn by(&self, x: &Sketch, y: &Sketch) -> bool {
        if !(x.ascii && y.ascii) {
            return true;
        }
        // Letters past counting count as all of them.
        let common = f64::from(x.common_letters(y).min(x.length));
        let (a, b) = (f64::from(x.length), f64::from(y.length));
        common * (a + b) >= self.shares[x.common_start(y)] * (a * b)
    }
}

/// What the letters of others must show beside those of one text: whole letters in common.
struct NeededBeside<'a> {
    needed: Needed,
    own: &'a Sketch,
    /// Fewest letters in common, by length of the common start and of the other text.
    fewest: Fewest,
}

impl<'a> NeededBeside<'a> {
    fn new(needed: Needed, own: &'a Sketch) -> Self {
        let mut fewest = [[0; LENGTHS]; 5];
        for (of_start, share) in fewest.iter_mut().zip(needed.shares) {
            for (length, fewest) in of_start.iter_mut().enumerate() {
                let (a, b) = (f64::from(own.length), length as f64);
                let least = share * (a * b);
                // What rounding takes away from the quotient is given back one by one.
                let about = (least / (a + b)).floor().max(1.0) - 1.0;
                let mut common = if about < f64::from(own.length) { about } else { 0.0 };
                while common <= a && common * (a + b) < least {
                    common += 1.0;
                }
                *fewest = common as u32;
            }
        }
        Self { needed, own, fewest }
    }

    /// Says what [`Needed::by`] says of the two.
    #[inline]
    fn by(&self, other: &Sketch) -> bool {
        let start = self.own.common_start(other);
        match self.fewest[start].get(other.length as usize) {
            Some(&fewest) if other.ascii && self.own.ascii => {
                self.own.common_letters(other).min(self.own.length) >= fewest
            }
            _ => self.needed.by(self.own, other),
        }
    }
}

/// Returns the most that the Jaro similarity of two values can be, by their letters alone.
pub(super) fn jaro_bound(values: &Prepared, a: u32, b: u32) -> f64 {
    let (a, b) = (values.sketch(a), values.sketch(b));
    match a.ascii && b.ascii {
        true => bound_of(a.length, b.length, a.common_letters(b)),
        false => 1.0,
    }
}

fn bound_of(x: u32, y: u32, common: u32) -> f64 {
    let common = f64::from(common.min(x.min(y)));
    if common == 0.0 {
        return 0.0;
    }
    // One part in a billion covers the rounding of the sums.
    (common / f64::from(x) + common / f64::from(y) + 1.0) / 3.0 + 1e-9
}

/// Returns the Jaro–Winkler similarity of two texts, from 0 to 1.
///
/// ```
/// // MARTHA and MARHTA: six common letters, one transposition, three letters of common start.
/// // J = (1 + 1 + 5/6) / 3 = 0.9444; JW = 0.9444 + 0.3 × 0.0556 = 0.9611.
/// # use cci::comparison::{COMPARATORS, Prepared};
/// # use cci::record::DictionaryBuilder;
/// # let mut builder = DictionaryBuilder::default();
/// # let (a, b) = (builder.code("martha"), builder.code("marhta"));
/// # let values = Prepared::new(&builder.finish());
/// # let comparator = COMPARATORS.iter().find(|c| c.name() == "jaro_winkler").unwrap();
/// assert!((comparator.compare(&values, a, b) - 0.9611).abs() < 1e-4);
/// ```
pub(crate) fn jaro_winkler(a: &str, b: &str) -> f64 {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    if !fits(x, y) {
        return strsim::jaro_winkler(a, b);
    }
    with_bonus(jaro(x, y), common_start(x, y))
}

/// Returns the Jaro similarity of two texts, from 0 to 1.
pub(super) fn jaro_similarity(a: &str, b: &str) -> f64 {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    if fits(x, y) { jaro(x, y) } else { strsim::jaro(a, b) }
}

/// Says whether two texts are short and plain enough for the bit masks.
fn fits(x: &[u8], y: &[u8]) -> bool {
    x.len() <= 64 && y.len() <= 64 && x.is_ascii() && y.is_ascii()
}

fn with_bonus(jaro: f64, common_start: usize) -> f64 {
    if jaro > 0.7 { jaro + 0.1 * common_start as f64 * (1.0 - jaro) } else { jaro }
}

fn common_start(x: &[u8], y: &[u8]) -> usize {
    x.iter().zip(y).take(4).take_while(|(p, q)| p == q).count()
}

/// Returns the Jaro similarity of two ASCII texts of at most 64 letters, by bit masks.
fn jaro(x: &[u8], y: &[u8]) -> f64 {
    if x.is_empty() || y.is_empty() {
        return f64::from(u8::from(x.len() == y.len()));
    }
    let mut places = [0u64; 128];
    for (place, &letter) in y.iter().enumerate() {
        places[(letter & 127) as usize] |= 1 << place;
    }
    let window = (x.len().max(y.len()) / 2).saturating_sub(1);
    let (mut taken_x, mut taken_y) = (0u64, 0u64);
    for (place, &letter) in x.iter().enumerate() {
        let low = place.saturating_sub(window);
        let high = (place + window).min(63);
        let reach = (u64::MAX << low) & (u64::MAX >> (63 - high));
        let free = places[(letter & 127) as usize] & reach & !taken_y;
        if free != 0 {
            taken_x |= 1 << place;
            taken_y |= free & free.wrapping_neg();
        }
    }
    let common = taken_x.count_ones();
    if common == 0 {
        return 0.0;
    }
    let mut out_of_order = 0;
    while taken_x != 0 {
        let (p, q) = (taken_x.trailing_zeros(), taken_y.trailing_zeros());
        out_of_order += u32::from(x[p as usize] != y[q as usize]);
        taken_x &= taken_x - 1;
        taken_y &= taken_y - 1;
    }
    let c = f64::from(common);
    let transpositions = f64::from(out_of_order / 2);
    (c / x.len() as f64 + c / y.len() as f64 + (c - transpositions) / c) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::DictionaryBuilder;
    use proptest::prelude::*;

    #[test]
    fn letters_of_several_bytes_are_no_more_than_letters() {
        // J = (1 + 5/8 + 1) / 3 = .875, JW = .925: five letters of kyoto, eight with the sign.
        let texts = ["kyoto", "kyoto 京都", "maria@x.de", "mariaéééé@x.de"];
        let mut builder = DictionaryBuilder::default();
        let codes = texts.map(|text| builder.code(text));
        let values = Prepared::new(&builder.finish());
        for [a, b] in [[codes[0], codes[1]], [codes[2], codes[3]]] {
            let exactly = JaroWinkler.compare(&values, a, b);
            assert!(exactly >= 0.92 && JaroWinkler.bound(&values, a, b) >= exactly);
            for (a, b) in [(a, b), (b, a)] {
                let needed = || Needed::for_threshold(0.92);
                let (x, y) = (values.sketch(a), values.sketch(b));
                assert!(needed().by(x, y) && NeededBeside::new(needed(), x).by(y));
            }
        }
    }

    #[test]
    fn published_pairs_have_their_published_values() {
        // Winkler's examples as tabulated in the strsim tests.
        for (a, b, value) in [
            ("dwayne", "duane", 0.84),
            ("dixon", "dicksonx", 0.813),
            ("martha", "marhta", 0.961),
            ("jones", "johnson", 0.832),
        ] {
            assert!((jaro_winkler(a, b) - value).abs() < 5e-4, "{a} {b} {}", jaro_winkler(a, b));
        }
    }

    /// Longer than lengths are counted for.
    const LONG: &str = "anna-banana anna-banana anna-banana anna-banana anna-banana hannah";

    #[test]
    fn what_the_letters_must_show_is_never_too_much() {
        let alphabet =
            ["an", "ann", "anna", "hanna", "nahan", "b", "banana", "annahannahan", "", LONG];
        for a in alphabet {
            for b in alphabet {
                let (x, y) = (Sketch::of(a.as_bytes()), Sketch::of(b.as_bytes()));
                for threshold in [0.1, 0.5, 0.69, 0.7, 0.71, 0.8, 0.84, 0.9, 0.92, 0.97, 1.0] {
                    let reaches = jaro_winkler(a, b) >= threshold;
                    let shown = Needed::for_threshold(threshold).by(&x, &y);
                    assert!(shown || !reaches, "{a} {b} {threshold}");
                    let beside = NeededBeside::new(Needed::for_threshold(threshold), &x);
                    assert_eq!(beside.by(&y), shown, "{a} {b} {threshold}");
                }
                let exactly = jaro_winkler(a, b);
                assert!(Needed::for_threshold(exactly).by(&x, &y), "{a} {b} {exactly}");
            }
        }
    }

    proptest! {
        #[test]
        fn kernel_agrees_with_strsim(a in "[a-e ]{0,70}", b in "[a-e ]{0,70}") {
            let ours = jaro_winkler(&a, &b);
            let theirs = strsim::jaro_winkler(&a, &b);
            prop_assert!((ours - theirs).abs() < 1e-12, "{ours} {theirs}");
        }
    }
}
