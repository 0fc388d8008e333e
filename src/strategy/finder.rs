//! Finding one record among all: an index built once, candidates weighed as a linkage would.

use rayon::prelude::*;

use super::constraints::NONE;
use super::models_of_sources::ModelsOfSources;
use super::probabilistic::with_sources;
use super::source_pairs::SourcePairs;
use super::{Constraints, Link, LinkInput, Links, Plan, Progress, Shift, Vetoes};
use crate::blocking::{Blocking, BlockingRule, KeyIndex, LinkMask};
use crate::comparison::{Comparison, ComparisonEngine, joined_values};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Explanation, MatchWeight, Model, TermFrequencies};
use crate::record::{RecordId, Records, RecordsBuilder, Source, SourceId};

/// Index of records in which one more is looked for, again and again.
pub struct Finder<'a> {
    records: &'a Records,
    plan: &'a Plan,
    model: &'a Model,
    models: ModelsOfSources,
    indexes: Vec<KeyIndex>,
    /// Places of the attributes of each rule's keys, and of each comparison.
    of_rules: Vec<Vec<usize>>,
    of_comparisons: Vec<Vec<usize>>,
    frequencies: TermFrequencies<'a>,
    shifts: Vec<Shift>,
    constraints: &'a Constraints,
}

/// What is known of the record that is looked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Normalised values by attribute, in the order of the records' columns; the first is current.
    pub values: Vec<Vec<String>>,
    /// Source that it would be a record of, if that is known.
    pub source: Option<SourceId>,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Records that some rule proposes.
    pub candidates: usize,
    /// The best of them, best first.
    pub best: Vec<FoundRecord>,
}

/// Record that may be about the same child.
#[derive(Debug)]
pub struct FoundRecord {
    /// Record.
    pub record: RecordId,
    /// Blocking rules that propose it, as bits.
    pub rules: u32,
    /// Its weight, step by step.
    pub explanation: Explanation,
}

impl<'a> Finder<'a> {
    /// Indexes records by the rules of a plan that brings its model.
    ///
    /// The links of an earlier linkage tell how many children two sources share.
    ///
    /// # Errors
    /// `BadModel` without a model; `UnknownName` for an attribute that the records do not have.
    pub fn new(records: &'a Records, plan: &'a Plan, links: &Links) -> Result<Self> {
        let model = plan.model.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::BadModel, "there is no model to weigh candidates with")
                .help("name one with --model, or link by a strategy that uses probability")
        })?;
        let indexes: Result<Vec<KeyIndex>> =
            plan.rules.iter().map(|rule| KeyIndex::build(records, rule)).collect();
        let of_rule = |rule: &BlockingRule| {
            rule.keys().iter().map(|key| records.attribute(&key.attribute)).collect()
        };
        let of_rules: Result<Vec<Vec<usize>>> = plan.rules.iter().map(of_rule).collect();
        let of_comparison = |comparison: &Comparison| {
            let attributes = comparison.attributes().iter();
            attributes.map(|attribute| records.attribute(attribute.name())).collect()
        };
        let of_comparisons = plan.comparisons.iter().map(of_comparison);
        let of_comparisons = of_comparisons.collect::<Result<Vec<Vec<usize>>>>()?;
        let columns = plan.comparisons.iter().map(|comparison| comparison.column(records));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let frequencies = TermFrequencies::of_columns(records, columns.into_iter(), model);
        let progress = Progress::default();
        let sources = SourcePairs::new(&LinkInput::new(records, plan, &progress), model);
        let models = ModelsOfSources::new(records, model);
        let mut shifts = Vec::new();
        if !sources.is_empty() {
            let mut alone = by_themselves(records, plan, &models, model, &links.by_probability)?;
            shifts = sources.weigh(&mut alone, &links.by_key);
        }
        let (indexes, of_rules) = (indexes?, of_rules?);
        Ok(Self {
            records,
            plan,
            model,
            models,
            indexes,
            of_rules,
            of_comparisons,
            frequencies,
            shifts,
            constraints: &NONE,
        })
    }

    /// Leaves records out that are retired.
    #[must_use]
    pub fn under(self, constraints: &'a Constraints) -> Self {
        Self { constraints, ..self }
    }

    /// Finds the records that may be about the same child, so many of the best.
    ///
    /// A candidate has the weight that a linkage gives a new record with these values, except
    /// that the new record is not counted among those that hold a value, and that candidates are
    /// no rivals of each other.
    ///
    /// # Errors
    /// `BadValue` unless there are values for each attribute, or none.
    pub fn find(&self, query: &Query, most: usize) -> Result<Found> {
        if query.values.len() != self.records.columns().len() {
            let (expected, found) = (self.records.columns().len(), query.values.len());
            let message = format!("expected values of {expected} attributes, found {found}");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("give an empty list for an attribute without a value"));
        }
        let (proposed, by_rules) = self.proposed(query);
        let few = self.beside(query, &proposed);
        let asked = proposed.len() as RecordId;
        let mask = LinkMask::new(1, |_, _| true);
        // Who is near whom, and how large a block is, is told by all records, not by these few.
        let rules: Vec<BlockingRule> =
            self.plan.rules.iter().map(BlockingRule::of_few_records).collect();
        let blocking = Blocking::new(&few, &rules, mask)?;
        let engine = ComparisonEngine::for_few_pairs(&few, &self.plan.comparisons)?;
        let vetoes = Vetoes::new(&self.plan.vetoes, &engine)?;
        let mut weighed: Vec<(f64, RecordId, u32, u32)> = (0..asked)
            .filter_map(|place| {
                // Two keys of one hash: not a candidate after all.
                let rules = blocking.rules_of(place, asked) & by_rules[place as usize];
                let rules = Some(rules).filter(|&rules| rules != 0)?;
                let pattern = engine.pattern(place, asked);
                let record = proposed[place as usize];
                let weight = self.weight(query, pattern, record).bits()
                    + vetoes.bits(engine.space(), pattern);
                Some((weight + self.shift(query, record).unwrap_or(0.0), record, rules, pattern))
            })
            .collect();
        let candidates = weighed.len();
        weighed.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        weighed.truncate(most);
        let found = |(_, record, rules, pattern): (f64, RecordId, u32, u32)| {
            let rarity = |place| self.rarity(query, place, pattern, record);
            let alone = Explanation::of_pattern(self.model_of(query, record), pattern, rarity);
            let alone = vetoes.explain(engine.space(), pattern, alone);
            let explanation = match self.shift(query, record) {
                Some(bits) => with_sources(alone, bits),
                None => alone,
            };
            FoundRecord { record, rules, explanation }
        };
        Ok(Found { candidates, best: weighed.into_iter().map(found).collect() })
    }

    /// Returns the records that rules propose by their keys, in order, and perhaps some that only
    /// share a key's hash, with those rules as bits.
    fn proposed(&self, query: &Query) -> (Vec<RecordId>, Vec<u32>) {
        let mut proposed: Vec<(RecordId, u32)> = Vec::new();
        let mut found = Vec::new();
        let held = |&place: &usize| query.values[place].iter().map(String::as_str).collect();
        let rules = self.plan.rules.iter().zip(&self.indexes).zip(&self.of_rules);
        for (number, ((rule, index), places)) in rules.enumerate() {
            let values: Vec<Vec<&str>> = places.iter().map(held).collect();
            index.find(rule, &values, &mut found);
            proposed.extend(found.drain(..).map(|record| (record, 1 << number)));
        }
        proposed.sort_unstable();
        proposed.dedup_by(|next, kept| {
            kept.1 |= if next.0 == kept.0 { next.1 } else { 0 };
            next.0 == kept.0
        });
        proposed.retain(|&(record, _)| !self.constraints.retires(record));
        if let Some(source) = query.source {
            let of = |record: RecordId| self.records.source_of(record);
            proposed.retain(|&(record, _)| self.plan.mask.allows(source, of(record)));
        }
        proposed.into_iter().unzip()
    }

    /// Returns some of the records as records of their own, and the query after them.
    fn beside(&self, query: &Query, some: &[RecordId]) -> Records {
        let columns = self.records.columns();
        let attributes = columns.iter().map(|column| column.attribute().clone()).collect();
        let mut builder = RecordsBuilder::new(attributes);
        builder.open_source(Source::new("candidates"));
        for &record in some {
            builder.push("", |place| columns[place].value(record).unwrap_or_default());
            for (place, column) in columns.iter().enumerate() {
                for code in column.codes_of(record).skip(1) {
                    builder.push_further(place, column.dictionary().value(code));
                }
            }
        }
        let first = |place: usize| query.values[place].first().map_or("", String::as_str);
        builder.push("", first);
        for (place, values) in query.values.iter().enumerate() {
            values.iter().skip(1).for_each(|value| builder.push_further(place, value));
        }
        builder.finish()
    }

    fn weight(&self, query: &Query, pattern: u32, record: RecordId) -> MatchWeight {
        let comparisons = 0..self.model.comparisons.len();
        let rarity = comparisons.map(|place| self.rarity(query, place, pattern, record)).sum();
        self.model_of(query, record).pattern_weight(pattern).weight(rarity)
    }

    /// Returns the model of the sources of the query and of a record, if both are known.
    fn model_of(&self, query: &Query, record: RecordId) -> &Model {
        let of = |source| self.models.of(source, self.records.source_of(record));
        query.source.map_or(self.model, of)
    }

    fn rarity(&self, query: &Query, place: usize, pattern: u32, record: RecordId) -> f64 {
        let beside = |values: &[String]| {
            self.frequencies.rarity_beside(place, pattern, (values, query.source), record)
        };
        match self.of_comparisons[place].as_slice() {
            [attribute] => beside(&query.values[*attribute]),
            attributes => {
                let values = attributes.iter().map(|&attribute| query.values[attribute].as_slice());
                beside(&joined_values(&values.collect::<Vec<_>>()))
            }
        }
    }

    /// Returns the bits that the sources of the query and of a record add, if both are known.
    fn shift(&self, query: &Query, record: RecordId) -> Option<f64> {
        let (s, t) = (query.source?, self.records.source_of(record));
        let known = self.shifts.iter().find(|shift| shift.sources == (s.min(t), s.max(t)));
        known.map(|shift| shift.bits)
    }
}

/// Returns links with the weight that each pair has by itself, without sources and rivals.
fn by_themselves(
    records: &Records,
    plan: &Plan,
    models: &ModelsOfSources,
    model: &Model,
    links: &[Link],
) -> Result<Vec<Link>> {
    let engine = ComparisonEngine::for_pairs(records, &plan.comparisons, links.len() as u64)?;
    let frequencies = TermFrequencies::new(records, &engine, model);
    let weighed = |link: &Link| {
        let (a, b, pattern) = (link.a, link.b, engine.pattern(link.a, link.b));
        let weight = models.of(records.source_of(a), records.source_of(b)).pattern_weight(pattern);
        let bits = weight.weight(frequencies.rarity(pattern, a, b)).bits();
        Link { pattern, weight: bits as f32, ..*link }
    };
    Ok(links.par_iter().map(weighed).collect())
}
