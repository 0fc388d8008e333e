//! How far comparisons depend on each other, which the model takes them not to do.
//!
//! Where two comparisons fail together, their evidence is counted twice. Nothing is mended here:
//! who sees it may join the two, or leave one out.

use super::sessions::Session;
use crate::comparison::PatternSpace;

/// Pairs of records among which two comparisons are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Records of one child.
    Matches,
    /// Records of unrelated children, as far as training rules propose them.
    Unrelated,
}

impl Among {
    /// Both, in the order of reports.
    pub const ALL: [Among; 2] = [Among::Matches, Among::Unrelated];

    /// Returns the name used in model files.
    pub fn name(self) -> &'static str {
        match self {
            Among::Matches => "matches",
            Among::Unrelated => "unrelated",
        }
    }
}

/// How far two comparisons depend on each other among pairs of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependence {
    /// Class of the pairs.
    pub among: Among,
    /// Places of the two comparisons, in order.
    pub comparisons: [usize; 2],
    /// Mutual information of their outcomes, in bits a pair; 0 where they do not depend.
    pub bits: f64,
    /// Two outcomes whose common share lies furthest from what independence expects.
    pub outcomes: [u8; 2],
    /// Share of the pairs that show both outcomes.
    pub observed: f64,
    /// Share that would if the comparisons did not depend on each other.
    pub expected: f64,
}

/// Returns every two comparisons that some session leaves free, those first that depend most.
///
/// Of each class by itself: matches come before unrelated pairs.
///
/// # Formula
/// In session r, over its patterns g with ζ their probability of the class,
/// `O_r(l, k) = Σ N(g, r) ζ(g) [g_c = l, g_d = k]` and `E_r(l, k) = O_r(l, ·) O_r(·, k) / O_r`, so
/// that what the sessions' rules select is no dependence. With O and E their sums over sessions,
/// the mutual information is `Σ O_r(l, k) log2(O_r(l, k) / E_r(l, k)) / Σ O_r`.
pub(super) fn dependence(
    space: &PatternSpace,
    sessions: &[Session],
    posterior: impl Fn(usize, &Session, usize) -> [f64; 3],
) -> Vec<Dependence> {
    let comparisons = space.comparisons();
    let twos: Vec<[usize; 2]> =
        (0..comparisons).flat_map(|c| (c + 1..comparisons).map(move |d| [c, d])).collect();
    let mut found = Vec::new();
    for (among, class) in [(Among::Matches, 0), (Among::Unrelated, 2)] {
        let mut tables: Vec<Tables> = twos.iter().map(|two| Tables::new(space, *two)).collect();
        for (place, session) in sessions.iter().enumerate() {
            for (at, &(pattern, count)) in session.patterns.iter().enumerate() {
                let weight = count * posterior(place, session, at)[class];
                let free = tables.iter_mut().filter(|t| t.two.iter().all(|&c| session.is_free(c)));
                free.for_each(|tables| tables.add(space, pattern, weight));
            }
            tables.iter_mut().for_each(Tables::close_session);
        }
        let mut all: Vec<Dependence> =
            tables.into_iter().filter_map(|tables| tables.dependence(among)).collect();
        all.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.comparisons.cmp(&y.comparisons)));
        found.append(&mut all);
    }
    found
}

/// Pairs by the outcomes of two comparisons: of the present session, observed and expected of all.
struct Tables {
    two: [usize; 2],
    columns: usize,
    session: Vec<f64>,
    observed: Vec<f64>,
    expected: Vec<f64>,
    /// Sum over sessions of pairs times the information of their outcomes, in bits.
    bits: f64,
}

impl Tables {
    fn new(space: &PatternSpace, two: [usize; 2]) -> Self {
        let [rows, columns] = two.map(|comparison| space.outcome_count(comparison));
        let none = vec![0.0; rows * columns];
        let (session, observed) = (none.clone(), none.clone());
        Self { two, columns, session, observed, expected: none, bits: 0.0 }
    }

    fn add(&mut self, space: &PatternSpace, pattern: u32, weight: f64) {
        let [row, column] = self.two.map(|comparison| space.outcome(pattern, comparison) as usize);
        if row > 0 && column > 0 {
            self.session[(row - 1) * self.columns + column - 1] += weight;
        }
    }

    fn close_session(&mut self) {
        let all: f64 = self.session.iter().sum();
        let sum = |of: &dyn Fn(usize) -> bool| -> f64 {
            let cells = self.session.iter().enumerate();
            cells.filter(|(cell, _)| of(*cell)).map(|(_, pairs)| pairs).sum()
        };
        let columns = self.columns;
        let rows: Vec<f64> =
            (0..self.session.len() / columns).map(|r| sum(&|cell| cell / columns == r)).collect();
        let of_columns: Vec<f64> = (0..columns).map(|c| sum(&|cell| cell % columns == c)).collect();
        for cell in 0..self.session.len() {
            let pairs = std::mem::take(&mut self.session[cell]);
            let (row, column) = (rows[cell / columns], of_columns[cell % columns]);
            if pairs > 0.0 {
                // A quotient of products would run out of the numbers where hardly a pair is left.
                self.bits += pairs * (pairs.log2() + all.log2() - row.log2() - column.log2());
            }
            if all > 0.0 {
                self.expected[cell] += row / all * column;
            }
            self.observed[cell] += pairs;
        }
    }

    /// Returns what the tables tell, if any pair was seen.
    fn dependence(&self, among: Among) -> Option<Dependence> {
        let all: f64 = self.observed.iter().sum();
        let off = |cell: &usize| (self.observed[*cell] - self.expected[*cell]).abs();
        let furthest = (0..self.observed.len()).max_by(|x, y| off(x).total_cmp(&off(y)))?;
        (all > 0.0).then(|| Dependence {
            among,
            comparisons: self.two,
            bits: (self.bits / all).max(0.0),
            outcomes: [furthest / self.columns, furthest % self.columns].map(|o| o as u8 + 1),
            // Sums of one thing in two orders may differ in their last digit.
            observed: (self.observed[furthest] / all).min(1.0),
            expected: (self.expected[furthest] / all).min(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(weights: [f64; 4]) -> Dependence {
        let space = PatternSpace::new([2, 2]).unwrap();
        let mut tables = Tables::new(&space, [0, 1]);
        // Outcomes 1 and 2 of both: patterns 4, 5, 7 and 8 of nine.
        for (pattern, weight) in [4, 5, 7, 8].into_iter().zip(weights) {
            tables.add(&space, pattern, weight);
        }
        tables.close_session();
        tables.dependence(Among::Matches).unwrap()
    }

    #[test]
    fn bits_are_those_of_a_table_worked_by_hand() {
        // Half and half on the diagonal: one outcome tells the other, which is one bit.
        let whole = tables([50.0, 0.0, 0.0, 50.0]);
        assert_eq!((whole.bits, whole.observed, whole.expected), (1.0, 0.5, 0.25));
        assert!(tables([40.0, 40.0, 10.0, 10.0]).bits < 1e-12);
    }

    #[test]
    fn hardly_a_pair_and_rounding_leave_numbers_that_a_model_file_takes() {
        for tiny in [1e-150, 1e-200, 1e-300] {
            for weights in [[tiny; 4], [tiny, 0.0, 0.0, tiny], [1.0, tiny, tiny, 0.0]] {
                let told = tables(weights);
                let shares = [told.observed, told.expected];
                assert!(told.bits >= 0.0 && told.bits <= 1.0 + 1e-9, "{weights:?}: {told:?}");
                assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)), "{weights:?}: {told:?}");
            }
        }
        for parts in 1..200 {
            let share = 1.0 / f64::from(parts);
            let space = PatternSpace::new([2, 2]).unwrap();
            let mut tables = Tables::new(&space, [0, 1]);
            (0..parts).for_each(|_| {
                tables.add(&space, 4, share);
                tables.close_session();
            });
            let told = tables.dependence(Among::Unrelated).unwrap();
            assert!(told.observed <= 1.0 && told.expected <= 1.0, "{parts}: {told:?}");
        }
    }
}
