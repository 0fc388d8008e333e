//! `metrics.json`: every figure of a run, for machines.

use std::path::Path;

use serde::Serialize;

use super::data::Data;
use super::digest;
use super::issuer::Issue;
use super::manifest::Generated;
use super::outcome::Outcome;
use crate::blocking::{BlockingRule, Oversize};
use crate::evaluate::Evaluation;
use crate::model::Promise;
use crate::normalise::CANON_VERSION;
use crate::report::{
    LevelFacts, ModelFacts, ReportInput, RuleFacts, RunFacts, SourceAccount, StrategyRow, text,
};
use crate::schema::{Account, Remark};

/// Version of the format of `metrics.json`.
const SCHEMA_VERSION: u32 = 1;

/// Figures of a run.
#[derive(Debug, Serialize)]
pub(super) struct Metrics<'a> {
    schema_version: u32,
    /// Version of the canonical form from which everything below was made.
    canon: &'static str,
    /// What the model promised at the threshold, before the truth was looked at.
    promise: Option<Promise>,
    /// Identifiers minted, for runs that mint.
    issue: Option<Issue>,
    /// What became of the rows of each history file that is there.
    histories: Vec<Rows>,
    #[serde(flatten)]
    report: &'a ReportInput,
}

impl<'a> Metrics<'a> {
    /// Puts the figures of a run together.
    pub(super) fn new(
        data: &Data,
        outcome: &Outcome,
        issue: Option<Issue>,
        report: &'a ReportInput,
    ) -> Self {
        let promise = outcome.linkage.scoring.as_ref().map(|scoring| scoring.promise);
        let histories = data.reading.histories.iter().map(Rows::of_file).collect();
        Self {
            schema_version: SCHEMA_VERSION,
            canon: CANON_VERSION,
            promise,
            issue,
            histories,
            report,
        }
    }
}

/// What became of the rows of one source or history file.
#[derive(Debug, Serialize)]
pub(super) struct Rows {
    pub(super) source: String,
    pub(super) read: u64,
    pub(super) accepted: u64,
    pub(super) quarantined: u64,
    pub(super) declared_duplicates: u64,
}

impl Rows {
    /// Returns the account of a source, under its name.
    pub(super) fn of_source(account: &Account) -> Self {
        Self {
            source: account.source.clone(),
            read: account.read,
            accepted: account.accepted,
            quarantined: account.quarantined,
            declared_duplicates: account.declared_duplicates,
        }
    }

    /// Returns the account of a history, under its file's name.
    pub(super) fn of_file(account: &Account) -> Self {
        let name = Path::new(&account.file).file_name().unwrap_or_default();
        Self { source: name.to_string_lossy().into_owned(), ..Self::of_source(account) }
    }

    /// Says that nothing is lost.
    ///
    /// ```text
    /// health: read 1,050 = accepted 1,048 + quarantined 2 + declared duplicates 0
    /// ```
    pub(super) fn describe(&self) -> String {
        let count = text::count;
        format!(
            "{}: read {} = accepted {} + quarantined {} + declared duplicates {}",
            self.source,
            count(self.read),
            count(self.accepted),
            count(self.quarantined),
            count(self.declared_duplicates)
        )
    }
}

/// Puts together what the report says of a run.
pub(super) fn report_input(
    data: &Data,
    settings_digest: &str,
    generated: Option<&Generated>,
    outcome: &Outcome,
    evaluation: Evaluation,
    strategies: Vec<StrategyRow>,
) -> ReportInput {
    let scoring = outcome.linkage.scoring.as_ref();
    ReportInput {
        run: RunFacts {
            run_id: run_id(data, settings_digest, outcome),
            version: env!("CARGO_PKG_VERSION").into(),
            date: None,
            synthetic: generated.is_some(),
            children: generated.map(|generated| u64::from(generated.children)),
            seed: generated.map(|generated| generated.seed),
            strategy: outcome.strategy.name().into(),
            settings_digest: settings_digest.into(),
            inputs: data.inputs.clone(),
            tuned: false,
            reviewed_pairs: None,
        },
        accounts: accounts(data),
        evaluation,
        strategies,
        model: scoring.map(|scoring| ModelFacts {
            levels: levels(scoring),
            threshold: scoring.threshold.bits(),
            prior: scoring.model.prior.get(),
        }),
        blocking: match scoring {
            Some(scoring) => {
                let rules = data.plan.rules.iter().zip(&scoring.rule_pairs);
                rules.zip(&scoring.oversize).map(rule_facts).collect()
            }
            None => Vec::new(),
        },
    }
}

/// Returns a short name that differs where settings, inputs or strategy do.
fn run_id(data: &Data, settings_digest: &str, outcome: &Outcome) -> String {
    let inputs = data.inputs.iter().map(|(_, digest)| digest.as_str());
    let parts: Vec<&str> = inputs.chain([settings_digest, outcome.strategy.name()]).collect();
    digest::of_bytes(parts.join(" ").as_bytes()).chars().take(8).collect()
}

fn rule_facts(
    ((rule, &(_, new_pairs)), oversize): ((&BlockingRule, &(u64, u64)), &Option<Oversize>),
) -> RuleFacts {
    let oversize_pairs = oversize.map(|oversize| oversize.pairs);
    RuleFacts { rule: rule.label(), new_pairs, oversize_pairs }
}

fn levels(scoring: &crate::strategy::Scoring) -> Vec<LevelFacts> {
    let of = |comparison: &crate::model::ComparisonParameters| {
        (0..comparison.m.len())
            .map(|place| LevelFacts {
                comparison: comparison.attribute.clone(),
                level: comparison.labels[place].clone(),
                m: comparison.m[place],
                u: comparison.u[place],
                weight: comparison.weight(place as u8 + 1),
            })
            .collect::<Vec<_>>()
    };
    scoring.model.comparisons.iter().flat_map(of).collect()
}

/// Returns what became of the rows of each source, and which attributes its records lack.
fn accounts(data: &Data) -> Vec<SourceAccount> {
    let records = &data.reading.records;
    let place = |name: &str| records.sources().iter().position(|source| source.name == name);
    data.reading
        .accounts
        .iter()
        .map(|account| {
            // Rows whose source cannot be known have an account and no source.
            let source = place(&account.source);
            let range = source.map_or(0..0, |source| records.of_source(source as u8));
            let recorded = |name: &str| {
                account.columns.iter().any(|column| column.attribute.as_deref() == Some(name))
            };
            let missing = records
                .columns()
                .iter()
                .filter(|column| recorded(column.attribute().name()))
                .map(|column| {
                    let codes = &column.codes()[range.start as usize..range.end as usize];
                    let count = codes.iter().filter(|&&code| code == 0).count() as u64;
                    (column.attribute().name().to_string(), count)
                })
                .collect();
            SourceAccount {
                label: source.map_or(account.source.clone(), |source| {
                    records.sources()[source].label.clone()
                }),
                accepted: account.accepted,
                quarantined: account.quarantined,
                duplicates: account.declared_duplicates,
                missing,
                remarks: remarks(account),
            }
        })
        .collect()
}

/// Returns what was recognised about the cells of a source, in the order of the remarks.
fn remarks(account: &Account) -> Vec<(String, u64)> {
    let counts = || account.columns.iter().flat_map(|column| &column.remarks);
    let cells = |remark: Remark| {
        counts().filter(|count| count.remark == remark).map(|count| count.cells).sum::<u64>()
    };
    let all = Remark::ALL.iter().map(|&remark| (remark.words().to_string(), cells(remark)));
    all.filter(|(_, cells)| *cells > 0).collect()
}
