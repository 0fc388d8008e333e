//! Term frequency: agreeing on a rare value says more than agreeing on a common one.

use super::Model;
use crate::comparison::{Comparison, ComparisonEngine};
use crate::record::{Column, MISSING, RecordId, Records, SourceId};

/// How common each value is in each source, for the comparisons that ask for it.
pub struct TermFrequencies<'a> {
    terms: Vec<Option<Terms<'a>>>,
    source_of: Vec<SourceId>,
}

struct Terms<'a> {
    column: &'a Column,
    stride: u32,
    radix: u32,
    /// Natural logarithm of each value's share, by source and code.
    log_share: Vec<Vec<f32>>,
    log_u: f64,
    /// Most bits by which the rarest value can raise a weight.
    most_bits: f64,
}

impl<'a> TermFrequencies<'a> {
    /// Counts values in each source.
    pub fn new(records: &Records, engine: &ComparisonEngine<'a>, model: &Model) -> Self {
        let terms = engine
            .comparisons()
            .enumerate()
            .map(|(place, comparison)| {
                comparison.uses_term_frequency().then(|| {
                    let sources = 0..records.sources().len();
                    let log_share: Vec<Vec<f32>> = sources
                        .map(|source| log_shares(engine.column(place), records, source))
                        .collect();
                    let log_u = model.comparisons[place].u[0].ln();
                    let rarest = log_share.iter().flatten().copied().fold(0.0, f32::min);
                    Terms {
                        column: engine.column(place),
                        stride: engine.space().stride(place),
                        radix: outcomes_with_missing(comparison),
                        most_bits: (log_u - f64::from(rarest)).max(0.0) / std::f64::consts::LN_2,
                        log_share,
                        log_u,
                    }
                })
            })
            .collect();
        Self { terms, source_of: records.source_ids() }
    }

    /// Returns by how much one comparison's rarity changes the unrelated class, as a logarithm.
    ///
    /// # Formula
    /// `ln √(f_a(v) f_b(v)) − ln u` where both records hold the value v, else 0, with f the
    /// share of the source's records with a value that hold v. Where records hold several
    /// values and share one that is not first in both: `min(0, ln(n_a n_b) + ln √(f_a f_b))` of
    /// the rarest shared one, since long lists have more chances to share.
    pub fn rarity_of(&self, comparison: usize, pattern: u32, a: RecordId, b: RecordId) -> f64 {
        let Some(terms) = &self.terms[comparison] else { return 0.0 };
        if pattern / terms.stride % terms.radix != 1 {
            return 0.0;
        }
        let share = |record: RecordId, code: u32| {
            f64::from(terms.log_share[self.source_of[record as usize] as usize][code as usize])
        };
        let both = |code: u32| 0.5 * (share(a, code) + share(b, code));
        let (codes, first) = (terms.column.codes(), terms.column.codes()[a as usize]);
        if !terms.column.is_list() || first == codes[b as usize] {
            return both(first) - terms.log_u;
        }
        // Of the values that both hold the rarest counts, against all the chances to share one.
        let others = terms.column.codes_of(b);
        let mine = terms.column.codes_of(a);
        let chances = (mine.clone().count() * others.clone().count()) as f64;
        let shared = mine.filter(|&code| others.clone().any(|other| other == code));
        let rarest = shared.map(both).fold(0.0, f64::min);
        (rarest + chances.ln()).min(0.0) - terms.log_u
    }

    /// Returns the sum of [`TermFrequencies::rarity_of`] over all comparisons.
    pub fn rarity(&self, pattern: u32, a: RecordId, b: RecordId) -> f64 {
        (0..self.terms.len()).map(|place| self.rarity_of(place, pattern, a, b)).sum()
    }

    /// Returns the most by which rarity can raise the weight of a pattern, in bits.
    ///
    /// No value is rarer than one occurrence in the largest source.
    pub fn most_bits(&self, pattern: u32) -> f64 {
        let exact = |terms: &&Terms<'_>| pattern / terms.stride % terms.radix == 1;
        self.terms.iter().flatten().filter(exact).map(|terms| terms.most_bits).sum()
    }
}

fn outcomes_with_missing(comparison: &Comparison) -> u32 {
    comparison.outcomes() as u32 + 1
}

fn log_shares(column: &Column, records: &Records, source: usize) -> Vec<f32> {
    let range = records.of_source(source as SourceId);
    let counts = column.counts(range.clone());
    let codes = &column.codes()[range.start as usize..range.end as usize];
    let present = codes.iter().filter(|&&code| code != MISSING).count();
    let floor = present.max(1) as f64;
    counts.iter().map(|&count| (f64::from(count.max(1)) / floor).ln() as f32).collect()
}
