//! Values entered in each other's place and miswritten besides.

use rayon::prelude::*;

use super::level::settle;
use super::occurrences::Occurrences;
use super::random_agreement::error_of_total;
use super::values::Values;
use super::{Combination, Prepared};
use crate::record::{Column, DictionaryBuilder, MISSING};

/// How alike a value and the one in the other place must be.
const ALIKE: &str = "jaro_winkler >= 0.92";
/// Most pairs of values, one of each place, that are all looked at beforehand.
const MOST_PAIRS: u64 = 200_000_000;
/// Pairs of values that are looked at where these are too many: rows of one value with all.
const SAMPLED_PAIRS: u64 = 400_000_000;

/// Two columns whose values may be alike across.
pub(super) struct Alike {
    /// Values of both columns; those of the first have their own codes.
    values: Values,
    levels: Vec<Combination>,
    /// Code here of each code of the second column.
    of_second: Vec<u32>,
    /// Values of the second column that are near each of the first, if all were looked at.
    near: Option<Vec<Vec<u32>>>,
}

/// Pairs of records that are swapped and alike among random ones, and the error of that.
pub(super) struct Counted {
    pub(super) pairs: f64,
    pub(super) error: f64,
}

impl Alike {
    /// Looks at all pairs of values where these are few enough.
    pub(super) fn new(columns: [&Column; 2]) -> Self {
        Self::within(columns, MOST_PAIRS)
    }

    fn within([first, second]: [&Column; 2], most_pairs: u64) -> Self {
        let mut builder = DictionaryBuilder::default();
        first.dictionary().iter().for_each(|(code, value)| {
            assert_eq!(builder.code(value), code, "distinct values have codes in order");
        });
        let mut of_second = vec![MISSING];
        of_second.extend(second.dictionary().iter().map(|(_, value)| builder.code(value)));
        let levels = Combination::parse(ALIKE).expect("the level is written as levels are");
        let mut alike = Self {
            values: Values::one(Prepared::new(&builder.finish())),
            levels: vec![levels],
            of_second,
            near: None,
        };
        let [rows, others] = [first, second].map(|column| column.dictionary().codes() as u64);
        if rows * others <= most_pairs {
            alike.near = Some(alike.all_near(rows as u32));
        }
        alike
    }

    /// Returns the values of the second column near each of the first, sorted.
    ///
    /// Each value of the first is looked at with all later ones of both by bounds, so that a pair
    /// is met from its earlier end whichever column that is of.
    fn all_near(&self, first: u32) -> Vec<Vec<u32>> {
        let mut second = vec![MISSING; self.values.codes()];
        for (code, &here) in self.of_second.iter().enumerate().skip(1) {
            second[here as usize] = code as u32;
        }
        let met = |code: u32| -> Vec<u32> {
            let mut found = Vec::new();
            self.levels[0].scan(&self.values, code, &mut found);
            found.retain(|&later| settle(&self.levels, &self.values, code, later) == 1);
            found
        };
        let met: Vec<Vec<u32>> = (1..first).into_par_iter().map(met).collect();
        let mut near: Vec<Vec<u32>> = vec![Vec::new(); first as usize];
        let mut add = |here: u32, other: u32| {
            if here < first && second[other as usize] != MISSING {
                near[here as usize].push(second[other as usize]);
            }
        };
        for (code, met) in (1..first).zip(met) {
            add(code, code);
            for later in met {
                add(code, later);
                add(later, code);
            }
        }
        near.par_iter_mut().for_each(|near| near.sort_unstable());
        near
    }

    /// Says whether a value of the first column and one of the second are the same or alike.
    pub(super) fn is_near(&self, first: u32, second: u32) -> bool {
        if first == MISSING || second == MISSING {
            return false;
        }
        match &self.near {
            Some(near) => near[first as usize].binary_search(&second).is_ok(),
            None => self.is_near_by_text(first, second),
        }
    }

    fn is_near_by_text(&self, first: u32, second: u32) -> bool {
        let other = self.of_second[second as usize];
        first == other || settle(&self.levels, &self.values, first, other) == 1
    }

    /// Returns the values of the second column near one of the first, sorted.
    fn near_first(&self, first: u32) -> Vec<u32> {
        let all = 1..self.of_second.len() as u32;
        all.filter(|&second| first != MISSING && self.is_near_by_text(first, second)).collect()
    }

    /// Counts the pairs of records that are swapped and alike, among all that may be linked.
    ///
    /// `names` are the pairs of values that records hold, sorted, each once, and `occurrences`
    /// how many records do. `told` says of two of them that they reach another level. All are
    /// gone through, or some rows by hash that stand for all, as for a level of one attribute.
    pub(super) fn random_pairs(
        &self,
        names: &[(u32, u32)],
        occurrences: &Occurrences<'_>,
        told: &(dyn Fn((u32, u32), (u32, u32)) -> bool + Sync),
    ) -> Counted {
        let values = self.values.codes() as u64 + self.of_second.len() as u64;
        let most = match self.near {
            Some(_) => names.len(),
            None => (SAMPLED_PAIRS / values.max(1)) as usize,
        };
        self.pairs_of(most, names, occurrences, told)
    }

    /// Counts them by at most so many rows.
    fn pairs_of(
        &self,
        most: usize,
        names: &[(u32, u32)],
        occurrences: &Occurrences<'_>,
        told: &(dyn Fn((u32, u32), (u32, u32)) -> bool + Sync),
    ) -> Counted {
        let mut rows: Vec<usize> = (0..names.len()).collect();
        if most < rows.len() {
            let hash = |row: &usize| {
                let (x, y) = names[*row];
                (self.values.hash(x), self.values.hash(self.of_second[y as usize]))
            };
            rows.sort_by_cached_key(hash);
            rows.truncate(most.max(2));
            rows.sort_unstable();
        }
        let mut of_second: Vec<Vec<u32>> = vec![Vec::new(); self.of_second.len()];
        for (place, &(_, y)) in names.iter().enumerate() {
            of_second[y as usize].push(place as u32);
        }
        // Pairs met from one row: each is met from both its ends.
        let met = |row: &usize| -> f64 {
            let (x, y) = names[*row];
            let near = match &self.near {
                Some(near) => near[x as usize].clone(),
                None => self.near_first(x),
            };
            let others = near.iter().flat_map(|&second| &of_second[second as usize]);
            let reached = others.filter(|&&other| {
                let other = names[other as usize];
                self.is_near(other.0, y) && !told((x, y), other)
            });
            reached.map(|&other| occurrences.pairs(0, *row as u32, other)).sum()
        };
        let met: Vec<f64> = rows.par_iter().map(met).collect();
        // Without names there is nothing to count, nor to err in.
        let (chosen, of) = (rows.len().max(1) as f64, names.len().max(1) as f64);
        let sum: f64 = met.iter().sum();
        let squares: f64 = met.iter().map(|pairs| pairs * pairs).sum();
        Counted {
            pairs: sum * (of / chosen) / 2.0,
            error: error_of_total(sum, squares, chosen, of) / 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Attribute, AttributeKind, Dictionary};

    fn column(dictionary: Dictionary) -> Column {
        Column::new(Attribute::new("name", AttributeKind::GivenName), dictionary, Vec::new())
    }

    #[test]
    fn some_rows_come_as_near_the_count_of_all_as_their_error_says() {
        let (mut squares, worlds) = (0.0, 40);
        for world in 0..worlds {
            let mut builder = DictionaryBuilder::default();
            for start in ["jonathan", "marianne", "elizabet", "catherin"] {
                for place in 0..60u8 {
                    let tail = [b'a' + (place + world) % 26, b'a' + place / 26, b'a' + world % 26];
                    builder.code(&format!("{start}{}", String::from_utf8_lossy(&tail)));
                }
            }
            let dictionary = builder.finish();
            let codes = dictionary.codes() as u32;
            let columns = [column(dictionary.clone()), column(dictionary)];
            let names: Vec<(u32, u32)> =
                (1..codes).flat_map(|x| [(x, 1 + x * 7 % 240), (x, 1 + x * 11 % 240)]).collect();
            let mut names = names;
            names.sort_unstable();
            names.dedup();
            let counts = vec![vec![1; names.len()], vec![2; names.len()]];
            let occurrences = Occurrences::of_counts(counts, Vec::new(), &|s, t| s != t);
            let told = |one: (u32, u32), two: (u32, u32)| one.0 == two.0;
            let columns = [&columns[0], &columns[1]];
            let exact = Alike::new(columns).random_pairs(&names, &occurrences, &told);
            assert!(exact.error == 0.0 && exact.pairs > 1_000.0, "{}", exact.pairs);
            let by_text = Alike::within(columns, 0);
            let all = by_text.pairs_of(names.len(), &names, &occurrences, &told);
            assert_eq!((all.pairs, all.error), (exact.pairs, 0.0), "texts say what lists say");
            let some = by_text.pairs_of(120, &names, &occurrences, &told);
            squares += ((some.pairs - exact.pairs) / some.error).powi(2) / f64::from(worlds);
        }
        // In units of its error the count is off by 1 on average over the squares; 40 worlds tell
        // this to about a fifth, and few rows make the error itself uncertain.
        assert!((0.5..2.0).contains(&squares), "{squares}");
    }
}
