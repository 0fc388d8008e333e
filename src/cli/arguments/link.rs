//! What may be typed after `cci link`.

use std::path::PathBuf;

use clap::Args;

use super::Output;

/// Options of `link`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cci link --config schemas/linkage/febrl4.toml --data tests/data --out febrl4"
)]
pub(in crate::cli) struct LinkArguments {
    /// Settings: files, attributes, rules, comparisons, decisions
    #[arg(long, value_name = "FILE", required_unless_present = "against")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Folder that holds the files; that of the settings if left out
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) data: Option<PathBuf>,
    /// Folder of an earlier run: its records keep their entities, the others are added; the files
    /// hold the earlier records too
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) against: Option<PathBuf>,
    /// Merge entities of the earlier run where new records speak for it; else they are reported
    #[arg(long, requires = "against")]
    pub(in crate::cli) merge: bool,
    /// Custodian's folder: what was decided of single records there is kept to
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) custodian: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    /// Strategy, in place of the one in the settings
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) strategy: Option<String>,
    /// Model to score with in place of training one: a model file, or the folder of a run
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) model: Option<PathBuf>,
    /// Day as at which ages are judged, YYYY-MM-DD; later births and ages above 25 go to quarantine
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_at: Option<String>,
    /// Write every scored pair as well, linked or not: scores.parquet
    #[arg(long)]
    pub(in crate::cli) scores: bool,
    /// Draw so many other partitions into entities by their probability as well: draws.parquet
    #[arg(long, value_name = "N", conflicts_with = "against", value_parser = number_of_draws)]
    pub(in crate::cli) draws: Option<u32>,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 1, requires = "draws")]
    pub(in crate::cli) seed: u64,
}

/// Most draws: each is a column of the table.
const MOST_DRAWS: u32 = 1_000;

fn number_of_draws(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=MOST_DRAWS).contains(number));
    number.ok_or_else(|| format!("expected a whole number from 1 to {MOST_DRAWS}"))
}
