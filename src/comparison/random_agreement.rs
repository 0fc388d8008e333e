//! How often two records drawn at random reach each level: computed from the distinct values.

use super::Combination;
use super::neighbours::Neighbours;
use super::occurrences::Occurrences;
use super::values::Values;

/// Share of random record pairs, both values present, that reach each outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomAgreement {
    /// Share of each outcome from 1; they sum to 1. Never zero.
    pub shares: Vec<f64>,
    /// Record pairs with both values present.
    pub pairs: f64,
    /// Share of the distinct values whose neighbours were enumerated; 1 means exact.
    pub enumerated: f64,
    /// Standard error of each share, where values chosen by hash stood for others.
    pub errors: Option<Vec<f64>>,
}

impl RandomAgreement {
    /// Computes the shares from the distinct values and how often each occurs.
    ///
    /// # Formula
    /// `U(l) = Σ n_s(v) n_t(w) [level(v, w) = l] / Σ n_s n_t` over values v, w and over the pairs
    /// of sources s, t that may be linked; `n (n − 1) / 2` within a source. True matches are
    /// still inside: the model takes them out. Records of several values count with each, so a
    /// pair that agrees twice counts twice; such pairs are few. `itself` says how a value compares
    /// with itself, which is the first level but for tuples that lack a value. Where not all values were
    /// enumerated, each pair of values is met from its earlier end alone, so that dividing by the
    /// share of the ends chosen is unbiased. With n of N ends chosen, and s² the variance over
    /// them of the pairs X met from one, the sum has the variance `N² (1 − n/N) s² / n`.
    /// Source: Horvitz and Thompson (1952), JASA 47(260), for equal chances.
    pub(crate) fn compute(
        values: &Values,
        itself: &dyn Fn(u32) -> u8,
        levels: &[Combination],
        neighbours: &Neighbours,
        occurrences: &Occurrences<'_>,
    ) -> Self {
        let outcomes = levels.len() + 1;
        let pairs = occurrences.all();
        let mut counts = vec![0.0; outcomes];
        let mut spread = neighbours.chosen().map(|_| Spread::new(outcomes));
        for v in values.value_codes() {
            let level = usize::from(itself(v)) - 1;
            counts[level] += occurrences.same(level, v);
        }
        for (v, w, level) in neighbours.iter() {
            let pairs = occurrences.pairs(level as usize - 1, v, w);
            let stands_for = neighbours.stands_for(v);
            counts[level as usize - 1] += pairs * stands_for;
            // Values of the head stand for themselves and add no error.
            if let Some(spread) = spread.as_mut().filter(|_| stands_for > 1.0) {
                spread.add(v, level as usize - 1, pairs);
            }
        }
        for (level, count) in counts[..outcomes - 1].iter_mut().enumerate() {
            *count = (*count - occurrences.own(level)).max(0.0);
        }
        let enumerated = neighbours.enumerated();
        let near: f64 = counts[..outcomes - 1].iter().sum();
        counts[outcomes - 1] = (pairs - near).max(0.0);
        // Half a pair stands in for a level that no random pair reached.
        let floor = 0.5;
        let total: f64 = counts.iter().map(|count| count.max(floor)).sum();
        let shares = counts.iter().map(|count| count.max(floor) / total).collect();
        let errors = spread.zip(neighbours.chosen()).map(|(spread, (chosen, of))| {
            spread.deviations(chosen, of).into_iter().map(|error| error / total).collect()
        });
        Self { shares, pairs, enumerated, errors }
    }

    /// Puts an outcome before the last, for pairs that were counted to reach no level, or of which
    /// some stood for all, with that error.
    pub(crate) fn with_level_before_none(mut self, pairs: f64, error: f64) -> Self {
        // As above, half a pair stands in for a level that no random pair reached.
        let share = pairs.max(0.5) / self.pairs.max(1.0);
        let none = self.shares.len() - 1;
        self.shares[none] = (self.shares[none] - share).max(0.5 / self.pairs.max(1.0));
        self.shares.insert(none, share);
        let total: f64 = self.shares.iter().sum();
        self.shares.iter_mut().for_each(|share| *share /= total);
        if error > 0.0 && self.errors.is_none() {
            self.errors = Some(vec![0.0; none + 1]);
        }
        if let Some(errors) = &mut self.errors {
            errors.insert(none, error / self.pairs.max(1.0));
        }
        self
    }
}

/// Sums and squares of the pairs met from each value that was chosen.
struct Spread {
    value: u32,
    /// Pairs met from the present value, by outcome; those that reach a level in the last place.
    of_value: Vec<f64>,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Spread {
    fn new(outcomes: usize) -> Self {
        let none = vec![0.0; outcomes];
        Self { value: 0, of_value: none.clone(), sums: none.clone(), squares: none }
    }

    /// Adds pairs; values come one after the other.
    fn add(&mut self, value: u32, place: usize, pairs: f64) {
        if value != self.value {
            self.close();
            self.value = value;
        }
        self.of_value[place] += pairs;
        if let Some(reached) = self.of_value.last_mut() {
            *reached += pairs;
        }
    }

    fn close(&mut self) {
        for (place, pairs) in self.of_value.iter_mut().enumerate() {
            self.sums[place] += *pairs;
            self.squares[place] += *pairs * *pairs;
            *pairs = 0.0;
        }
    }

    /// Returns the standard error of each sum over all values, so many of which were chosen.
    fn deviations(mut self, chosen: f64, of: f64) -> Vec<f64> {
        self.close();
        let sums = self.sums.iter().zip(&self.squares);
        sums.map(|(&sum, &squares)| error_of_total(sum, squares, chosen, of)).collect()
    }
}

/// Returns the standard error of a total over so many, told by the sum and the squares over those
/// of them that were chosen.
pub(super) fn error_of_total(sum: f64, squares: f64, chosen: f64, of: f64) -> f64 {
    let variance = (squares - sum * sum / chosen) / (chosen - 1.0).max(1.0);
    (of * of * (1.0 - chosen / of) * variance.max(0.0) / chosen).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Prepared;
    use crate::comparison::level::settle;
    use crate::record::DictionaryBuilder;

    /// Returns 400 near and far names, and how often each occurs in two sources.
    fn world() -> (Values, Vec<Combination>, Vec<Vec<u32>>) {
        world_of("")
    }

    /// Returns such names with a common ending, which changes which of them are chosen.
    fn world_of(ending: &str) -> (Values, Vec<Combination>, Vec<Vec<u32>>) {
        let mut builder = DictionaryBuilder::default();
        for first in ["ann", "hann", "joann", "be", "zo", "mari", "mary", "el", "al", "is"] {
            for last in 0..40u8 {
                let tail = [b'a' + last % 7, b'a' + last / 7];
                builder.code(&format!("{first}{}{ending}", String::from_utf8_lossy(&tail)));
            }
        }
        let values = Values::one(Prepared::new(&builder.finish()));
        let levels = ["exact", "jaro_winkler >= 0.92", "jaro_winkler >= 0.84"];
        let levels = levels.iter().map(|text| Combination::parse(text).unwrap()).collect();
        let count =
            |source: u32| (0..values.codes() as u32).map(|c| c * (source + 3) % 5).collect();
        let by_source = vec![count(0), count(1)];
        (values, levels, by_source)
    }

    #[test]
    fn some_of_the_values_come_near_the_exact_counts() {
        let (values, levels, by_source) = world();
        let present =
            by_source.iter().map(|n: &Vec<u32>| n[1..].iter().map(|&c| u64::from(c)).sum());
        let present = present.collect();
        let occurrences = Occurrences::of_counts(by_source, present, &|s, t| s != t);
        let shares = |neighbours: &Neighbours| {
            RandomAgreement::compute(&values, &|_| 1, &levels, neighbours, &occurrences).shares
        };
        let exact = shares(&Neighbours::build(&values, &levels, 400, u64::MAX));
        // The more values are enumerated, the nearer it comes.
        for (effort, off) in [(60_000, 0.45), (150_000, 0.25)] {
            let some = Neighbours::within(&values, &levels, effort);
            assert!(!some.is_whole() && some.enumerated() < 0.6, "{}", some.enumerated());
            for (share, truth) in shares(&some).iter().zip(&exact) {
                assert!((share / truth - 1.0).abs() < off, "{effort}: {share} for {truth}");
            }
        }
    }

    #[test]
    fn errors_are_as_large_as_the_shares_are_off() {
        let mut squares = [0.0; 4];
        let worlds = 30;
        for world in 0..worlds {
            let ending = String::from_utf8(vec![b'a' + world % 26, b'a' + world / 26]).unwrap();
            let (values, levels, by_source) = world_of(&ending);
            let present = by_source.iter().map(|n| n[1..].iter().map(|&c| u64::from(c)).sum());
            let present = present.collect();
            let occurrences = Occurrences::of_counts(by_source, present, &|s, t| s != t);
            let all = Neighbours::build(&values, &levels, 400, u64::MAX);
            let exact = RandomAgreement::compute(&values, &|_| 1, &levels, &all, &occurrences);
            assert_eq!(exact.errors, None, "nothing was sampled");
            let some = Neighbours::within(&values, &levels, 90_000);
            let some = RandomAgreement::compute(&values, &|_| 1, &levels, &some, &occurrences);
            let errors = some.errors.unwrap();
            assert_eq!(errors[0], 0.0, "equal values are counted, not sampled");
            for level in 1..4 {
                let off = some.shares[level] - exact.shares[level];
                squares[level] += (off / errors[level]).powi(2) / f64::from(worlds);
            }
        }
        // In units of their error the shares are off by 1 on average over the squares; 30 worlds
        // tell this to about a quarter, and few rows make the error itself uncertain.
        for square in &squares[1..] {
            assert!((0.5..2.0).contains(square), "{squares:?}");
        }
    }

    #[test]
    fn values_joined_alone_find_all_that_is_near_them() {
        let mut builder = DictionaryBuilder::default();
        for number in 0..3_000u32 {
            builder.code(&format!("{:06}", number * 37 % 9_973));
        }
        let values = Values::one(Prepared::new(&builder.finish()));
        let levels = ["exact", "damerau <= 1", "damerau <= 2"];
        let levels: Vec<Combination> =
            levels.iter().map(|text| Combination::parse(text).unwrap()).collect();
        let all = Neighbours::build(&values, &levels, 400, u64::MAX);
        // Of 22 keys a value, sorting all takes more than this; so some are joined with all.
        let some = Neighbours::within(&values, &levels, 300_000);
        let (chosen, others) = some.chosen().expect("not all are enumerated");
        let head = 3_000 - others as u32;
        assert!(head > 50 && (f64::from(head) - chosen).abs() < 1.0, "{head} and {chosen}");
        let found: Vec<(u32, u32, u8)> = some.iter().collect();
        assert!(found.iter().all(|&(a, b, level)| all.level(a, b) == Some(level)));
        let of_rows = |pairs: &mut dyn Iterator<Item = (u32, u32, u8)>| {
            let rows: Vec<u32> = found.iter().map(|&(a, ..)| a).collect();
            let in_head = |a: u32| a <= head || rows.binary_search(&a).is_ok();
            pairs.filter(|&(a, ..)| in_head(a)).count()
        };
        assert_eq!(of_rows(&mut all.iter()), found.len(), "nothing near is missed");
    }

    #[test]
    fn settling_one_by_one_gives_the_level_of_the_table() {
        let (values, levels, _) = world();
        let table = Neighbours::build(&values, &levels, 400, 0);
        for a in values.value_codes() {
            for b in a + 1..values.codes() as u32 {
                let level = settle(&levels, &values, a, b);
                assert_eq!(table.level(a, b).unwrap_or(4), level);
            }
        }
    }
}
