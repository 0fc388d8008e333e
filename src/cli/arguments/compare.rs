//! What may be typed after `cci compare`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{DataArguments, OUT};

/// What `compare` puts side by side other than strategies.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CompareCommand {
    /// Put designs of the identifier side by side: whom they reach, what a leak gives away, what
    /// mistakes they catch, what they cost
    #[command(after_help = "Example: cci compare identifiers --run cci-out")]
    Identifiers(CompareIdentifiersArguments),
}

/// Options of `compare identifiers`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CompareIdentifiersArguments {
    /// Run folder whose data, truth and entities to use
    #[arg(long, value_name = "DIR", default_value = OUT)]
    pub(in crate::cli) run: PathBuf,
}

/// Options of `compare`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example: cci compare --run cci-out --strategy nhs_number --strategy exact_key"
)]
pub(in crate::cli) struct CompareArguments {
    #[command(subcommand)]
    pub(in crate::cli) what: Option<CompareCommand>,
    #[command(flatten)]
    pub(in crate::cli) data: DataArguments,
    /// Strategies to compare; every one that the data allow if left out
    #[arg(long = "strategy", value_name = "NAME")]
    pub(in crate::cli) strategies: Vec<String>,
}
