//! A linkage with all that can be asked of it afterwards: links, entities, weights of any pair.

use super::arguments::ScoredDataArguments;
use super::console::Console;
use super::data::Data;
use super::model_source;
use super::outcome::Outcome;
use crate::blocking::Blocking;
use crate::comparison::ComparisonEngine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Explanation, TermFrequencies};
use crate::record::{MISSING, RecordId, Records};
use crate::strategy::{Method, Progress, Scoring};

/// Records and what the linkage of their settings made of them.
pub(super) struct Judgement {
    /// Settings, records and plan.
    pub(super) data: Data,
    /// Links and entities.
    pub(super) outcome: Outcome,
}

/// What weighs any pair of records.
pub(super) struct Weighing<'a> {
    /// Model and threshold.
    pub(super) scoring: &'a Scoring,
    /// Records.
    pub(super) records: &'a Records,
    engine: ComparisonEngine<'a>,
    frequencies: TermFrequencies<'a>,
}

impl Judgement {
    /// Links the data by the strategy and the clusterer of their settings.
    ///
    /// # Errors
    /// What the strategy lacks or cannot do; whatever is wrong with settings, files or model.
    pub(super) fn of(options: &ScoredDataArguments, console: &Console) -> Result<Self> {
        let data = model_source::find_data(options, console)?;
        let (strategy, clusterer) = (data.settings.strategy()?, data.settings.clusterer()?);
        let mut outcome = Outcome::of(strategy, clusterer, &data, &Progress::default())?;
        let asked = data.settings.strategy_asked()?;
        if outcome.linkage.scoring.is_none() && asked.name() != strategy.name() {
            console.say(&format!(
                "Strategy {}, by which the run linked, weighs no pairs: what follows is by strategy \
                 {}, which its settings name",
                strategy.name(),
                asked.name()
            ));
            outcome = Outcome::of(asked, clusterer, &data, &Progress::default())?;
        }
        Ok(Self { data, outcome })
    }

    /// Applies the rules to the records.
    ///
    /// # Errors
    /// What [`Blocking::new`] refuses.
    pub(super) fn blocking(&self) -> Result<Blocking<'_>> {
        Blocking::new(self.records(), &self.data.plan.rules, self.data.plan.mask.clone())
    }

    /// Returns the records.
    pub(super) fn records(&self) -> &Records {
        &self.data.reading.records
    }

    /// Returns the entity of a record.
    pub(super) fn entity_of(&self, record: RecordId) -> u32 {
        self.outcome.entities.entity_of()[record as usize]
    }

    /// Returns the records of an entity, in order.
    pub(super) fn members(&self, entity: u32) -> Vec<RecordId> {
        let all = 0..self.records().len() as RecordId;
        all.filter(|&record| self.entity_of(record) == entity).collect()
    }

    /// Returns the records that a record is linked with, and how.
    pub(super) fn linked(&self, record: RecordId) -> Vec<(RecordId, Method)> {
        let links = self.outcome.linkage.links.iter();
        let own = links.filter(|(_, link)| link.a == record || link.b == record);
        own.map(|(method, link)| (if link.a == record { link.b } else { link.a }, method)).collect()
    }

    /// Returns what weighs pairs, if the strategy scored any.
    ///
    /// # Errors
    /// What comparing refuses.
    pub(super) fn weighing(&self) -> Result<Option<Weighing<'_>>> {
        let Some(scoring) = &self.outcome.linkage.scoring else { return Ok(None) };
        let records = self.records();
        // A few pairs are weighed, which repays nothing settled beforehand.
        let engine = ComparisonEngine::for_pairs(records, &self.data.plan.comparisons, 0)?;
        let frequencies = TermFrequencies::new(records, &engine, &scoring.model);
        Ok(Some(Weighing { scoring, records, engine, frequencies }))
    }

    /// Returns the error of a strategy that scored nothing.
    pub(super) fn unscored(&self) -> Error {
        let name = self.outcome.strategy.name();
        Error::new(ErrorKind::BadValue, format!("strategy {name} scores no pairs"))
            .note(format!("settings: {}", self.data.settings.name()))
            .help("name a strategy in the settings that uses probability")
    }
}

impl Weighing<'_> {
    /// Returns the threshold in bits.
    pub(super) fn threshold(&self) -> f64 {
        self.scoring.threshold.bits()
    }

    /// Explains the weight of two records.
    pub(super) fn explain(&self, x: RecordId, y: RecordId) -> Explanation {
        let (a, b) = (x.min(y), x.max(y));
        let pattern = self.engine.pattern(a, b);
        self.scoring.explain(self.records, &self.frequencies, pattern, (a, b))
    }

    /// Returns the outcome of a comparison of two records.
    pub(super) fn outcome(&self, x: RecordId, y: RecordId, comparison: usize) -> u8 {
        let pattern = self.engine.pattern(x.min(y), x.max(y));
        self.engine.space().outcome(pattern, comparison)
    }

    /// Returns the weight in bits of two records if a comparison had another outcome, and their
    /// rivals were what they are.
    pub(super) fn weight_if(&self, x: RecordId, y: RecordId, place: usize, outcome: u8) -> f64 {
        let (a, b) = (x.min(y), x.max(y));
        let pattern = self.engine.pattern(a, b);
        let model = self.scoring.model_of(self.records, a, b);
        let now = Explanation::of_pair(model, &self.frequencies, pattern, a, b).weight;
        let (sources, rivals) =
            self.scoring.by_sources(self.records, a, b, now).unwrap_or_default();
        let then =
            Explanation::weight_if(model, &self.frequencies, pattern, (a, b), place, outcome);
        let other = self.engine.space().with_outcome(pattern, place, outcome);
        then.bits() + sources + rivals + self.scoring.vetoed_bits(other)
    }

    /// Says whether the source of a record holds an attribute at all.
    pub(super) fn source_holds(&self, record: RecordId, comparison: usize) -> bool {
        let codes = self.engine.column(comparison).codes();
        let mut source = self.records.of_source(self.records.source_of(record));
        source.any(|record| codes[record as usize] != MISSING)
    }
}
