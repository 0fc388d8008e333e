//! What may be typed after `cci comparator`.

use std::path::PathBuf;

use clap::Args;

use super::DataArguments;

/// Options of `comparator`.
#[derive(Debug, Args)]
#[command(after_help = "Example: cci comparator jaro_winkler martha marhta\n         \
                        cci comparator jaro_winkler --attribute family_name --run cci-out")]
pub(in crate::cli) struct ComparatorArguments {
    /// Comparator, or all; every comparator is listed if left out
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,
    /// Values to compare, two by two; - reads one a line from standard input
    #[arg(value_name = "VALUE", requires = "name")]
    pub(in crate::cli) values: Vec<String>,
    /// Pairs of values to compare: a CSV file with columns a and b
    #[arg(long, value_name = "FILE", requires = "name", conflicts_with = "values")]
    pub(in crate::cli) pairs: Option<PathBuf>,
    /// Attribute of a run's or of settings' data, whose candidate pairs to chart
    #[arg(long, value_name = "NAME", requires = "name", conflicts_with_all = ["values", "pairs"])]
    pub(in crate::cli) attribute: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) data: DataArguments,
}
