//! What may be typed after `cci explain`.

use clap::{Args, Subcommand};

use super::ScoredDataArguments;

/// What `explain` explains.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ExplainCommand {
    /// Why two records are linked or not: steps in bits that add up to the match weight
    #[command(after_help = "Example: cci explain pair police:P000042 health:H008817")]
    Pair(ExplainPairArguments),
    /// Why one record is linked as it is: its candidates, best first, and what would change it
    #[command(after_help = "Example: cci explain record police:P000042")]
    Record(ExplainRecordArguments),
    /// What holds an entity together: weakest link, bridges, each member's best rival outside
    #[command(after_help = "Example: cci explain entity police:P000042")]
    Entity(ExplainEntityArguments),
}

/// Options of `explain pair`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainPairArguments {
    /// One record, as source:identifier
    #[arg(value_name = "A")]
    pub(in crate::cli) a: String,
    /// The other record, as source:identifier
    #[arg(value_name = "B")]
    pub(in crate::cli) b: String,
    #[command(flatten)]
    pub(in crate::cli) data: ScoredDataArguments,
}

/// Options of `explain record`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainRecordArguments {
    /// Record, as source:identifier
    #[arg(value_name = "RECORD")]
    pub(in crate::cli) record: String,
    /// Candidates to show, the best
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(in crate::cli) most: usize,
    #[command(flatten)]
    pub(in crate::cli) data: ScoredDataArguments,
}

/// Options of `explain entity`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainEntityArguments {
    /// Entity: its number in entities.parquet, or any of its records as source:identifier
    #[arg(value_name = "ENTITY")]
    pub(in crate::cli) entity: String,
    /// Pairs of its records to print, the lightest
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(in crate::cli) most: usize,
    #[command(flatten)]
    pub(in crate::cli) data: ScoredDataArguments,
}
