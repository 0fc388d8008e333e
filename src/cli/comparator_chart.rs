//! How a comparator's numbers fall among the candidate pairs of data: as JSON, and as a chart.

use std::sync::atomic::AtomicU64;

use hashbrown::HashMap;
use rayon::prelude::*;
use serde::Serialize;

use super::comparator_scores::measure_name;
use super::data::Data;
use crate::blocking::Blocking;
use crate::comparison::{Comparator, Comparison, ComparisonEngine, Measure, Prepared};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{MISSING, RecordId};
use crate::report::text;

/// Bins of a similarity from 0 to 1.
const BINS: usize = 20;
/// Largest distance that has a bin of its own.
const LARGEST_ALONE: u32 = 8;
/// Characters of the longest bar.
const LONGEST_BAR: usize = 40;

/// How two different values fall among the candidate pairs.
#[derive(Serialize)]
pub(super) struct Chart {
    schema_version: u32,
    comparator: &'static str,
    measure: &'static str,
    attribute: String,
    /// Candidate pairs, each once.
    candidate_pairs: u64,
    /// Candidate pairs of which a record has no value.
    missing: u64,
    /// Candidate pairs that share a value.
    equal: u64,
    /// Candidate pairs of different values, by the comparator's number.
    bins: Vec<Bin>,
    /// The same by the levels of the comparison.
    levels: Vec<LevelShare>,
}

/// Range of numbers.
#[derive(Serialize)]
struct Bin {
    range: String,
    #[serde(flatten)]
    counts: Counts,
}

/// Outcome of the attribute's comparison.
#[derive(Serialize)]
struct LevelShare {
    level: String,
    #[serde(flatten)]
    counts: Counts,
    /// Share of the candidate pairs with two values.
    share: Option<f64>,
    /// Share of random pairs with two values.
    random_share: f64,
}

/// How many pairs.
#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    /// Pairs of distinct values, each once.
    value_pairs: u64,
    /// Candidate pairs of records that they decide.
    candidate_pairs: u64,
}

/// Candidate pairs by the values that decide them.
#[derive(Default)]
struct Tally {
    pairs: u64,
    missing: u64,
    equal: HashMap<u32, u64>,
    different: HashMap<(u32, u32), u64>,
}

impl Chart {
    /// Charts an attribute of data.
    ///
    /// # Errors
    /// `UnknownName` for an attribute that the data do not have; `BadValue` for one that the
    /// comparator does not suit; `TooLarge` for too many candidate pairs.
    pub(super) fn of(comparator: &'static dyn Comparator, name: &str, data: &Data) -> Result<Self> {
        let records = &data.reading.records;
        let attribute = records.columns()[records.attribute(name)?].attribute();
        if !comparator.suits(attribute.kind()) {
            let (name, kind) = (comparator.name(), attribute.kind().name());
            return Err(Error::new(
                ErrorKind::BadValue,
                format!("comparator {name} does not suit kind {kind}"),
            )
            .help("run cci comparator to see which do"));
        }
        let declared = data.plan.comparisons.iter().find(|known| known.attribute() == name);
        let comparison =
            declared.cloned().map_or_else(|| Comparison::ready_made(attribute), Comparison::alone);
        let blocking = Blocking::new(records, &data.plan.rules, data.plan.mask.clone())?;
        blocking.check_size(data.plan.most_pairs)?;
        let pairs = blocking.pairs_by_rule().iter().sum();
        let comparisons = [comparison];
        let engine = ComparisonEngine::for_pairs(records, &comparisons, pairs)?;
        let tally = Tally::count(&blocking, &engine);
        let mask = &data.plan.mask;
        let random = engine.random_agreement(records, &|s, t| mask.allows(s, t)).remove(0).shares;

        let values = Prepared::new(engine.column(0).dictionary());
        let mut different: Vec<((u32, u32), u64)> = tally.different.into_iter().collect();
        different.sort_unstable();
        let measured: Vec<(usize, u8, u64)> = different
            .into_par_iter()
            .map(|((x, y), pairs)| {
                let bin = bin_of(comparator.measure(), comparator.compare(&values, x, y));
                (bin, engine.outcome_of_values(0, x, y), pairs)
            })
            .collect();
        let [comparison] = comparisons;
        let mut bins: Vec<Counts> = Vec::new();
        let mut levels = vec![Counts::default(); comparison.outcomes()];
        for (bin, outcome, pairs) in measured {
            bins.resize(bins.len().max(bin + 1), Counts::default());
            bins[bin].add(pairs);
            levels[usize::from(outcome) - 1].add(pairs);
        }
        tally.equal.values().for_each(|&pairs| levels[0].add(pairs));
        let present = tally.pairs - tally.missing;
        let range = |bin| range_of(comparator.measure(), bin);
        Ok(Self {
            schema_version: 1,
            comparator: comparator.name(),
            measure: measure_name(comparator.measure()),
            attribute: name.to_string(),
            candidate_pairs: tally.pairs,
            missing: tally.missing,
            equal: tally.equal.values().sum(),
            bins: bins
                .into_iter()
                .enumerate()
                .map(|(bin, counts)| Bin { range: range(bin), counts })
                .collect(),
            levels: levels
                .into_iter()
                .zip(random)
                .enumerate()
                .map(|(place, (counts, random_share))| LevelShare {
                    level: comparison.outcome_label(place as u8 + 1),
                    counts,
                    share: (present > 0).then(|| counts.candidate_pairs as f64 / present as f64),
                    random_share,
                })
                .collect(),
        })
    }

    /// Describes it: the levels in a table, the numbers as bars.
    pub(super) fn describe(&self) -> String {
        let count = text::count;
        let (comparator, attribute) = (self.comparator, &self.attribute);
        let mut parts = vec![format!(
            "{comparator} of {attribute}: {} candidate pairs, {} without a value, {} equal.\n",
            count(self.candidate_pairs),
            count(self.missing),
            count(self.equal)
        )];
        let rows = self.levels.iter().map(|level| {
            let percent = |share: f64| format!("{:.4}%", 100.0 * share);
            vec![
                level.level.clone(),
                count(level.counts.value_pairs),
                count(level.counts.candidate_pairs),
                level.share.map_or("not defined".into(), percent),
                percent(level.random_share),
            ]
        });
        let header = ["Level", "Pairs of values", "Candidate pairs", "Of candidates", "Of random"];
        parts.push(text::aligned(&header, rows));
        let has_some = |bin: &Bin| bin.counts.value_pairs > 0;
        let (first, last) = (
            self.bins.iter().position(has_some).unwrap_or(0),
            self.bins.iter().rposition(has_some).map_or(0, |last| last + 1),
        );
        let most = self.bins.iter().map(|bin| bin.counts.candidate_pairs).max().unwrap_or(0);
        let line = |range: &str, values: &str, pairs: &str, bar: &str| {
            format!("{range:<16}{values:>16}{pairs:>17}  {bar}").trim_end().to_string() + "\n"
        };
        let mut bars = line(self.measure, "Pairs of values", "Candidate pairs", "");
        for bin in self.bins[first..last].iter().rev() {
            let pairs = bin.counts.candidate_pairs;
            let length = (pairs * LONGEST_BAR as u64).div_ceil(most.max(1)) as usize;
            let values = count(bin.counts.value_pairs);
            bars += &line(&bin.range, &values, &count(pairs), &"#".repeat(length));
        }
        parts.push(bars);
        parts.join("\n")
    }
}

impl Counts {
    /// Adds a pair of values that decides so many pairs of records.
    fn add(&mut self, pairs: u64) {
        self.value_pairs += 1;
        self.candidate_pairs += pairs;
    }
}

impl Tally {
    /// Counts the candidate pairs by the values that decide an engine's one comparison.
    fn count(blocking: &Blocking<'_>, engine: &ComparisonEngine<'_>) -> Self {
        let column = engine.column(0);
        let decide = |a: RecordId, b: RecordId| {
            if column.holds_several(a) || column.holds_several(b) {
                return engine.deciding_values(0, a, b);
            }
            let (x, y) = (column.codes()[a as usize], column.codes()[b as usize]);
            (x != MISSING && y != MISSING).then_some((x, y))
        };
        let parts = blocking.visit(
            Self::default,
            |tally: &mut Self, a, b, _| {
                tally.pairs += 1;
                match decide(a, b) {
                    None => tally.missing += 1,
                    Some((x, y)) if x == y => *tally.equal.entry(x).or_insert(0) += 1,
                    Some((x, y)) => {
                        *tally.different.entry((x.min(y), x.max(y))).or_insert(0) += 1;
                    }
                }
            },
            &AtomicU64::new(0),
        );
        parts.into_iter().fold(Self::default(), |mut all, part| {
            all.pairs += part.pairs;
            all.missing += part.missing;
            part.equal.into_iter().for_each(|(x, n)| *all.equal.entry(x).or_insert(0) += n);
            for (pair, n) in part.different {
                *all.different.entry(pair).or_insert(0) += n;
            }
            all
        })
    }
}

/// Returns the place of a number's bin.
fn bin_of(measure: Measure, number: f64) -> usize {
    match measure {
        Measure::Similarity => ((number * BINS as f64) as usize).min(BINS - 1),
        Measure::Condition => usize::from(number >= 1.0),
        Measure::Distance if number <= f64::from(LARGEST_ALONE) => number.ceil() as usize,
        // Twice as wide each: 9 to 16, 17 to 32; the last holds all beyond.
        Measure::Distance => {
            let doublings = (number / f64::from(LARGEST_ALONE)).log2().ceil().min(12.0);
            LARGEST_ALONE as usize + doublings as usize
        }
    }
}

/// Returns the numbers of a bin in words.
fn range_of(measure: Measure, bin: usize) -> String {
    let edge = |bin: usize| bin as f64 / BINS as f64;
    match measure {
        Measure::Similarity => format!("{:.2} to {:.2}", edge(bin), edge(bin + 1)),
        Measure::Condition => if bin == 1 { "holds" } else { "does not hold" }.into(),
        Measure::Distance if bin <= LARGEST_ALONE as usize => bin.to_string(),
        Measure::Distance => {
            let lower = LARGEST_ALONE << (bin - LARGEST_ALONE as usize - 1);
            match bin - LARGEST_ALONE as usize {
                12 => format!("over {lower}"),
                _ => format!("{} to {}", lower + 1, 2 * lower),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_falls_into_the_bin_that_names_it() {
        let of = |measure, number| range_of(measure, bin_of(measure, number));
        let similarity = [0.0, 0.049, 0.05, 0.92, 0.9999].map(|n| of(Measure::Similarity, n));
        let bins = ["0.00 to 0.05", "0.00 to 0.05", "0.05 to 0.10", "0.90 to 0.95", "0.95 to 1.00"];
        assert_eq!(similarity, bins);
        let distances = [1.0, 8.0, 9.0, 16.0, 17.0, 31.0, 16_384.0, 16_385.0, f64::INFINITY];
        let bins =
            ["1", "8", "9 to 16", "9 to 16", "17 to 32", "17 to 32", "8193 to 16384", "over 16384"];
        let found = distances.map(|n| of(Measure::Distance, n));
        assert_eq!(found[..8], bins);
        assert_eq!(found[8], "over 16384");
        assert_eq!([1.0, 0.0].map(|n| of(Measure::Condition, n)), ["holds", "does not hold"]);
    }
}
