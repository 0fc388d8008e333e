//! One strategy applied to data, clustered and, where truth is known, evaluated.

use std::time::{Duration, Instant};

use super::data::Data;
use crate::blocking::Blocking;
use crate::cluster::{self, Additions, Clusterer, Draws};
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::{Evaluation, EvaluationInput, evaluate};
use crate::record::{Entities, Truth};
use crate::report::StrategyRow;
use crate::strategy::{
    EarlierLinkage, Link, LinkInput, Linkage, Links, Progress, Standing, Strategy,
};

/// What a strategy made of the data.
pub(super) struct Outcome {
    /// Strategy.
    pub(super) strategy: &'static dyn Strategy,
    /// Links and how they were scored.
    pub(super) linkage: Linkage,
    /// Entities that the links make.
    pub(super) entities: Entities,
    /// Time from records to entities.
    pub(super) time: Duration,
    /// What new records added, if they were linked against an earlier linkage.
    pub(super) additions: Option<Additions>,
    /// What else the entities could be, if draws were asked for.
    pub(super) draws: Vec<Entities>,
}

impl Outcome {
    /// Applies a strategy and clusters its links.
    ///
    /// # Errors
    /// What the strategy lacks or cannot do.
    pub(super) fn of(
        strategy: &'static dyn Strategy,
        clusterer: &dyn Clusterer,
        data: &Data,
        progress: &Progress,
    ) -> Result<Self> {
        Self::with_draws(strategy, clusterer, data, progress, None)
    }

    /// Applies a strategy, clusters its links, and draws what else the entities could be.
    ///
    /// # Errors
    /// As [`Outcome::of`]; `BadValue` if there are to be draws and the strategy scores no pairs.
    pub(super) fn with_draws(
        strategy: &'static dyn Strategy,
        clusterer: &dyn Clusterer,
        data: &Data,
        progress: &Progress,
        draws: Option<Draws>,
    ) -> Result<Self> {
        let start = Instant::now();
        require(strategy, data)?;
        let records = &data.reading.records;
        let input = LinkInput::new(records, &data.plan, progress).under(&data.constraints);
        let linkage = strategy.link(&input)?;
        let evidence = linkage.evidence(&input)?;
        let entities = clusterer.cluster(records, &linkage.links, &evidence);
        let time = start.elapsed();
        let draws = match (draws, &linkage.scoring) {
            (None, _) => Vec::new(),
            (Some(draws), Some(scoring)) => {
                cluster::draw(records, &linkage.links, &scoring.kept, &evidence, draws)
            }
            (Some(_), None) => {
                let message = format!("strategy {} scores no pairs", strategy.name());
                return Err(Error::new(ErrorKind::BadValue, message)
                    .help("leave --draws out, or choose a strategy that uses probability"));
            }
        };
        drop(evidence);
        Ok(Self { strategy, linkage, entities, time, additions: None, draws })
    }

    /// Applies a strategy to the pairs with a new record and adds these to the entities that are.
    ///
    /// The links are those of the earlier linkage and those added.
    ///
    /// # Errors
    /// What the strategy lacks or cannot do.
    pub(super) fn after(
        (earlier, standing): (&EarlierLinkage, Standing),
        strategy: &'static dyn Strategy,
        clusterer: &dyn Clusterer,
        data: &Data,
        progress: &Progress,
    ) -> Result<Self> {
        let start = Instant::now();
        require(strategy, data)?;
        let input = LinkInput::new(&data.reading.records, &data.plan, progress)
            .under(&data.constraints)
            .after(earlier);
        let mut linkage = strategy.link(&input)?;
        let additions = cluster::add(clusterer, &input, &linkage, earlier, standing)?;
        linkage.links.add(earlier.links());
        let entities = additions.entities.clone();
        let additions = Some(additions);
        let (time, draws) = (start.elapsed(), Vec::new());
        Ok(Self { strategy, linkage, entities, time, additions, draws })
    }

    /// Returns the number of each record's entity.
    pub(super) fn numbers(&self) -> &[u32] {
        match &self.additions {
            Some(additions) => &additions.numbers,
            None => self.entities.entity_of(),
        }
    }

    /// Evaluates the outcome against the truth.
    ///
    /// # Errors
    /// `BadTruth` if the truth is of other records.
    pub(super) fn evaluate(&self, data: &Data, truth: &Truth) -> Result<Evaluation> {
        evaluate_links(data, truth, &self.linkage.links, self.scored(), &self.entities)
    }

    /// Returns the pairs that were scored and kept; none if the strategy scores none.
    pub(super) fn scored(&self) -> &[Link] {
        self.linkage.scoring.as_ref().map_or(&[], |scoring| &scoring.kept)
    }

    /// Returns the strategy's line in a comparison.
    pub(super) fn row(&self, evaluation: &Evaluation) -> StrategyRow {
        StrategyRow::of(self.strategy.name(), evaluation, self.linkage.candidate_pairs)
    }
}

/// Refuses a strategy that needs what the plan does not have.
///
/// # Errors
/// `BadValue` naming what is lacking.
pub(super) fn require(strategy: &dyn Strategy, data: &Data) -> Result<()> {
    match strategy.lacks(&data.reading.records, &data.plan) {
        None => Ok(()),
        Some(lacking) => Err(Error::new(
            ErrorKind::BadValue,
            format!("strategy {} needs {lacking}", strategy.name()),
        )
        .note(format!("settings: {}", data.settings.name()))
        .help("add it to the settings, or choose another strategy")),
    }
}

/// Evaluates links and entities against the truth.
///
/// # Errors
/// `BadTruth` if the truth is of other records; what blocking refuses.
pub(super) fn evaluate_links(
    data: &Data,
    truth: &Truth,
    links: &Links,
    scored: &[Link],
    entities: &Entities,
) -> Result<Evaluation> {
    let records = &data.reading.records;
    let blocking = Blocking::new(records, &data.plan.rules, data.plan.mask.clone())?;
    evaluate(&EvaluationInput {
        records,
        truth,
        links,
        scored,
        entities,
        may_link: &|s, t| data.plan.mask.allows(s, t),
        covered: &|a, b| blocking.covers(a, b),
    })
}
