//! What the report is made from: plain facts and counts of one run.

use serde::{Deserialize, Serialize};

use crate::evaluate::{Evaluation, Gap, Rate};

/// Everything that the report says, before disclosure control.
///
/// Durations are not reproducible, so they have no place here but the optional
/// [`StrategyRow::seconds`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportInput {
    /// What was run, and on what.
    pub run: RunFacts,
    /// What became of the rows of each source.
    pub accounts: Vec<SourceAccount>,
    /// Quality against the truth.
    pub evaluation: Evaluation,
    /// Strategies side by side; empty if only one was run.
    pub strategies: Vec<StrategyRow>,
    /// How the model weighs evidence; `None` if the strategy has no model.
    pub model: Option<ModelFacts>,
    /// Blocking rules in the order in which they were tried; empty if there are none.
    pub blocking: Vec<RuleFacts>,
}

/// Facts about a run; no host, user, path or duration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// Short name of the run, from the digest of its manifest.
    pub run_id: String,
    /// Version of the toolkit.
    pub version: String,
    /// Day of the run, if it was given from outside.
    pub date: Option<String>,
    /// Whether the records are stamped synthetic.
    pub synthetic: bool,
    /// Number of children in the truth.
    pub children: Option<u64>,
    /// Seed of every random choice.
    pub seed: Option<u64>,
    /// Name of the strategy.
    pub strategy: String,
    /// Digest of the settings.
    pub settings_digest: String,
    /// Name and digest of each input file.
    pub inputs: Vec<(String, String)>,
    /// Whether the threshold was chosen on the truth it is scored on.
    pub tuned: bool,
    /// Number of reviewed pairs that stand in place of truth, if they do.
    pub reviewed_pairs: Option<u64>,
}

/// What became of the rows of one source.
///
/// Rows read are rows accepted, quarantined and declared duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceAccount {
    /// Label of the source.
    pub label: String,
    /// Rows that became records.
    pub accepted: u64,
    /// Rows put aside because of a bad cell.
    pub quarantined: u64,
    /// Rows left out as copies of another.
    pub duplicates: u64,
    /// Attributes of the source with the number of accepted records that lack them.
    pub missing: Vec<(String, u64)>,
    /// What was recognised about cells, in words, with the number of cells.
    #[serde(default)]
    pub remarks: Vec<(String, u64)>,
}

impl SourceAccount {
    /// Returns the number of rows read.
    pub fn read(&self) -> u64 {
        self.accepted + self.quarantined + self.duplicates
    }
}

/// One strategy in the comparison of strategies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StrategyRow {
    /// Name of the strategy.
    pub name: String,
    /// Linked records among all records.
    pub linked: Rate,
    /// Missed records among linkable records.
    pub missed: Rate,
    /// Falsely linked records among linked records.
    pub falsely_linked: Rate,
    /// Largest gap of a source or group below the overall linkage rate.
    pub largest_gap: Option<Gap>,
    /// Number of candidate pairs scored.
    pub pairs_scored: u64,
    /// Time taken; shown only where given.
    pub seconds: Option<f64>,
}

impl StrategyRow {
    /// Takes the figures of a strategy from its evaluation, without a time.
    pub fn of(name: impl Into<String>, evaluation: &Evaluation, pairs_scored: u64) -> Self {
        Self {
            name: name.into(),
            linked: evaluation.records.linked,
            missed: evaluation.records.missed,
            falsely_linked: evaluation.records.falsely_linked,
            largest_gap: evaluation.largest_gap.clone(),
            pairs_scored,
            seconds: None,
        }
    }
}

/// How the model weighs evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// Levels of every comparison, in the order of the model.
    pub levels: Vec<LevelFacts>,
    /// Match weight from which a pair is linked, in bits.
    pub threshold: f64,
    /// Probability that two records taken at random are a match.
    pub prior: f64,
}

/// One level of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelFacts {
    /// Name of the comparison, usually the attribute.
    pub comparison: String,
    /// Name of the level, for example `same`.
    pub level: String,
    /// Probability of the level among matches.
    pub m: f64,
    /// Probability of the level among other pairs.
    pub u: f64,
    /// Match weight of the level, in bits.
    pub weight: f64,
}

/// One blocking rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFacts {
    /// The rule as the settings write it.
    pub rule: String,
    /// Pairs that it proposes and no earlier rule does.
    pub new_pairs: u64,
    /// Pairs that it would propose beside, in blocks larger than its settings allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oversize_pairs: Option<u64>,
}
