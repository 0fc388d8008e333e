//! Term frequency: agreeing on a rare value says more than agreeing on a common one.

use super::{FrequencyShare, Model, TermFrequency};
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
    settings: TermFrequency,
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
                model.comparisons[place].term_frequency.map(|settings| {
                    let log_share = log_shares(engine.column(place), records, settings);
                    let log_u = model.comparisons[place].u[0].ln();
                    let rarest = log_share.iter().flatten().copied().fold(0.0, f32::min);
                    let most = settings.power * (log_u - f64::from(rarest)).max(0.0);
                    Terms {
                        column: engine.column(place),
                        stride: engine.space().stride(place),
                        radix: outcomes_with_missing(comparison),
                        most_bits: most / std::f64::consts::LN_2,
                        log_share,
                        log_u,
                        settings,
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
    /// the rarest shared one, since long lists have more chances to share. A model may ask for
    /// the share in all sources together, for a least share and for a power of the whole.
    pub fn rarity_of(&self, comparison: usize, pattern: u32, a: RecordId, b: RecordId) -> f64 {
        let Some(terms) = &self.terms[comparison] else { return 0.0 };
        if pattern / terms.stride % terms.radix != 1 {
            return 0.0;
        }
        let share = |record: RecordId, code: u32| {
            let source = match terms.settings.share {
                FrequencyShare::OwnSource => self.source_of[record as usize] as usize,
                FrequencyShare::AllSources => 0,
            };
            f64::from(terms.log_share[source][code as usize])
        };
        let both = |code: u32| 0.5 * (share(a, code) + share(b, code));
        let (codes, first) = (terms.column.codes(), terms.column.codes()[a as usize]);
        if !terms.column.is_list() || first == codes[b as usize] {
            return terms.settings.power * (both(first) - terms.log_u);
        }
        // Of the values that both hold the rarest counts, against all the chances to share one.
        let others = terms.column.codes_of(b);
        let mine = terms.column.codes_of(a);
        let chances = (mine.clone().count() * others.clone().count()) as f64;
        let shared = mine.filter(|&code| others.clone().any(|other| other == code));
        let rarest = shared.map(both).fold(0.0, f64::min);
        terms.settings.power * ((rarest + chances.ln()).min(0.0) - terms.log_u)
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

/// Returns the logarithm of each value's share, in each source or in all together.
fn log_shares(column: &Column, records: &Records, settings: TermFrequency) -> Vec<Vec<f32>> {
    let least = settings.least;
    match settings.share {
        FrequencyShare::OwnSource => (0..records.sources().len())
            .map(|source| log_shares_of(column, records.of_source(source as SourceId), least))
            .collect(),
        FrequencyShare::AllSources => {
            vec![log_shares_of(column, 0..records.len() as RecordId, least)]
        }
    }
}

fn log_shares_of(column: &Column, range: std::ops::Range<RecordId>, least: f64) -> Vec<f32> {
    let counts = column.counts(range.clone());
    let codes = &column.codes()[range.start as usize..range.end as usize];
    let present = codes.iter().filter(|&&code| code != MISSING).count();
    let whole = present.max(1) as f64;
    let log_share = |count: u32| (f64::from(count.max(1)) / whole).max(least).ln() as f32;
    counts.iter().map(|&count| log_share(count)).collect()
}
