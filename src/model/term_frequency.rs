//! Term frequency: agreeing on a rare value says more than agreeing on a common one.

use std::sync::Arc;

use rayon::prelude::*;

use super::{FrequencyShare, Model, TermFrequency};
use crate::comparison::{ComparedColumn, ComparisonEngine, FirstCodes};
use crate::record::{Column, MISSING, RecordId, Records, SourceId};

/// How common each value is in each source, for the comparisons that ask for it.
pub struct TermFrequencies<'a> {
    terms: Vec<Option<Terms<'a>>>,
    /// Source of each record; empty where there is but one.
    source_of: Vec<SourceId>,
    /// First codes of the records, if they were put side by side.
    firsts: Option<Arc<FirstCodes>>,
}

struct Terms<'a> {
    column: ComparedColumn<'a>,
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
        let places = 0..model.comparisons.len();
        let columns = places.map(|place| engine.compared_column(place));
        let firsts = Some(engine.first_codes().clone());
        Self { firsts, ..Self::of_columns(records, columns, model) }
    }

    /// Counts values in each source, given the column of each of the model's comparisons.
    pub fn of_columns(
        records: &Records,
        columns: impl Iterator<Item = ComparedColumn<'a>>,
        model: &Model,
    ) -> Self {
        let columns: Vec<_> = columns.zip(&model.comparisons).collect();
        let terms = columns
            .into_par_iter()
            .enumerate()
            .map(|(place, (column, comparison))| {
                comparison.term_frequency.map(|settings| {
                    let log_share = log_shares(&column, records, settings);
                    let log_u = comparison.u[0].ln();
                    let rarest = log_share.iter().flatten().copied().fold(0.0, f32::min);
                    let most = settings.power * (log_u - f64::from(rarest)).max(0.0);
                    Terms {
                        column,
                        stride: model.space().stride(place),
                        // The outcomes, and missing.
                        radix: comparison.labels.len() as u32 + 1,
                        most_bits: most / std::f64::consts::LN_2,
                        log_share,
                        log_u,
                        settings,
                    }
                })
            })
            .collect();
        let one = records.sources().len() == 1;
        let source_of = if one { Vec::new() } else { records.source_ids() };
        Self { terms, source_of, firsts: None }
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
        let Some(terms) = self.agreed(comparison, pattern) else { return 0.0 };
        let sources = (self.source_of(a), self.source_of(b));
        let [first, other] = [a, b].map(|record| match &self.firsts {
            Some(firsts) => firsts.of_record(record).code(comparison),
            None => terms.column.codes()[record as usize],
        });
        if !terms.column.is_list() || first == other {
            return terms.rarity_of_one(first, sources);
        }
        terms.rarity_of_rarest(terms.column.codes_of(a), terms.column.codes_of(b), sources)
    }

    /// Returns the same between a record and values that need not be among the records'.
    ///
    /// Without a source the values are taken to be of the record's own.
    pub fn rarity_beside(
        &self,
        comparison: usize,
        pattern: u32,
        (values, source): (&[String], Option<SourceId>),
        b: RecordId,
    ) -> f64 {
        let Some(terms) = self.agreed(comparison, pattern) else { return 0.0 };
        let of_b = self.source_of(b);
        let sources = (source.unwrap_or(of_b), of_b);
        let others = terms.column.codes_of(b);
        let dictionary = terms.column.dictionary();
        // Values that the record lacks have no code that could be shared.
        let code = |value: &String| {
            others.clone().find(|&code| dictionary.value(code) == value).unwrap_or(MISSING)
        };
        let codes: Vec<u32> = values.iter().map(code).collect();
        match codes.first() {
            Some(&first) if others.clone().next() == Some(first) => {
                terms.rarity_of_one(first, sources)
            }
            _ => terms.rarity_of_rarest(codes.into_iter(), others, sources),
        }
    }

    fn source_of(&self, record: RecordId) -> SourceId {
        self.source_of.get(record as usize).copied().unwrap_or(0)
    }

    /// Returns the terms of a comparison, if a pattern agrees on it and rarity counts.
    fn agreed(&self, comparison: usize, pattern: u32) -> Option<&Terms<'a>> {
        let terms = self.terms[comparison].as_ref()?;
        (pattern / terms.stride % terms.radix == 1).then_some(terms)
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

impl Terms<'_> {
    /// Returns the mean logarithm of a value's shares in two sources.
    fn both(&self, code: u32, (s, t): (SourceId, SourceId)) -> f64 {
        let share = |source: SourceId| {
            let source = match self.settings.share {
                FrequencyShare::OwnSource => source as usize,
                FrequencyShare::AllSources => 0,
            };
            f64::from(self.log_share[source][code as usize])
        };
        if s == t { share(s) } else { 0.5 * (share(s) + share(t)) }
    }

    /// Returns what sharing a first value adds.
    fn rarity_of_one(&self, code: u32, sources: (SourceId, SourceId)) -> f64 {
        self.settings.power * (self.both(code, sources) - self.log_u)
    }

    /// Returns what sharing any of several values adds: of those that both hold the rarest
    /// counts, against all the chances to share one.
    fn rarity_of_rarest(
        &self,
        mine: impl Iterator<Item = u32> + Clone,
        others: impl Iterator<Item = u32> + Clone,
        sources: (SourceId, SourceId),
    ) -> f64 {
        let chances = (mine.clone().count() * others.clone().count()) as f64;
        let shared = mine.filter(|&code| others.clone().any(|other| other == code));
        let rarest = shared.map(|code| self.both(code, sources)).fold(0.0, f64::min);
        self.settings.power * ((rarest + chances.ln()).min(0.0) - self.log_u)
    }
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
    // Most values are held by few records.
    let of_few: [f32; 64] = std::array::from_fn(|count| log_share(count as u32));
    let of_count = |&count: &u32| match of_few.get(count as usize) {
        Some(&share) => share,
        None => log_share(count),
    };
    counts.iter().map(of_count).collect()
}
